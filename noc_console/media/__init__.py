"""What the standards say: bytes and times in, findings out. No clock, no I/O."""
