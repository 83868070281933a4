"""The way from the first evening into the example, and back."""
