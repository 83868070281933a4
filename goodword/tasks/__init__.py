"""What is done in a conversation besides answering: steps to tick off, and the time it took."""
