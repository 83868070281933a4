"""What a business writes down beside the rest: fields of its own."""
