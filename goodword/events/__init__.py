"""The outbox: facts announced, stored in the same transaction, handed on, never lost."""
