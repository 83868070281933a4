"""What was said: conversation, message, recipient, attachment, draft, tag; search."""
