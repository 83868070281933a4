"""Colleagues at one conversation: whose it is, who hears of it, who is asked aside."""
