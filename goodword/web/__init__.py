"""Whole screens that join rooms."""
