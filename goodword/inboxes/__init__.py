"""Where people reach us."""
