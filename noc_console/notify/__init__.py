"""Notices on their way: the outbox, the sender, and one file per kind of receiver."""
