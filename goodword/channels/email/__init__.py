"""Electronic mail: IMAP and SMTP in, SMTP out."""
