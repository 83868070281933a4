"""The way of a message in: taken, read, joined to what it belongs to, or turned away."""
