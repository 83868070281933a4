"""Measuring and breaking: what Goodword costs and what it survives. Nothing else imports this."""
