"""Rules to states: holds, clears, counts. No clock, no I/O."""
