"""The roads, a folder each."""
