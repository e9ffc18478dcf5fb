"""The incident record: what it holds, how it is told in order, and the page it is printed from; no clock, no I/O."""
