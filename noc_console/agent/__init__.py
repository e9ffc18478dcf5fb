"""Composes the rooms into a running agent: workers, journal first, then alarms and board."""
