"""The way of an answer out: to whom, when, and handed to its road."""
