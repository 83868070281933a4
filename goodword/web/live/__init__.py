"""Live screens: server-sent events that name what changed, never what it says.

A line carries a topic (`inbox:3`, `conversation:7hq2…`) and the event's id; the page fetches again
through `visible_to`.
"""
