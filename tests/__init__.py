"""Tests that need more than one room, or a real server at the door."""
