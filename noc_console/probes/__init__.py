"""Measure: sockets and players in, observations out; one file per kind; runs in worker processes."""
