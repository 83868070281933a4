"""Several conversations at once: chosen in a list, counted, done, undone."""
