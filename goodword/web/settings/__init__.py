"""Settings: of the business and its machine for owners, of themselves for everyone."""
