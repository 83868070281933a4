"""The daily screens: lists of conversations, one conversation, the composer, search."""
