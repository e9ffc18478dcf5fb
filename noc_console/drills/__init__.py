"""Drills: what the lab's faults truly are, who walks a guide how, what hands are worth. No clock, no I/O."""
