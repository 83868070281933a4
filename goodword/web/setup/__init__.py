"""The first evening: from the one-time link to the first mail."""
