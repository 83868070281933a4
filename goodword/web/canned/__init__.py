"""Canned replies on screen: written below Settings, chosen in the composer."""
