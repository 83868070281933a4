"""⌘K: one field that reaches every page, person, conversation and act."""
