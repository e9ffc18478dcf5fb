"""Plumbing: fetching with all timings, the pipe to the workers, the client of the agent's API."""
