"""Who owes what to whom by when."""
