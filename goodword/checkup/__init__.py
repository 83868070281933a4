"""What is wrong with this installation: `goodword doctor` asks, the rooms answer.

Each module looks at one side of it. What needs the knowledge of a channel lives in that channel
(`channels/email/checkup.py`, `channels/email/sending_domains.py`).
"""
