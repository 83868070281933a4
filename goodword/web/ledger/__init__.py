"""Promises: the ledger, a promise's own page, and what is done with one."""
