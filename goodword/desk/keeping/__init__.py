"""The word given: what is owed, promised, reminded of, and taken back."""
