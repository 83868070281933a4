"""Where a message meets a promise: receive, reply, deliver, close, hand over."""
