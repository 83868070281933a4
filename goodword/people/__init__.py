"""Everyone outside and the addresses they write from."""
