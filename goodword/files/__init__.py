"""Bytes by content hash: attachments, raw mails, pictures."""
