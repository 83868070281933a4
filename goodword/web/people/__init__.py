"""Everyone outside: the directory, the page of a person, organisations, fields of one's own."""
