"""Conversations found by what somebody asks, and views that keep the question."""
