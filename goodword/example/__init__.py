"""An example to look around in: a jeweller's shop, with months of conversations and promises.

All of it happens through the verbs that the pages call, each at its moment; nothing leaves.
"""
