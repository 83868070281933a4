"""Conversations moved, split, parted again, thrown away; many at once, and undone."""
