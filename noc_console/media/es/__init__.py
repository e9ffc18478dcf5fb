"""Elementary streams: what a stream is by its PMT entry, and what its first bytes say of picture and sound."""
