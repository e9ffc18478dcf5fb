"""A headend on loopback: real media, endless live HLS and DASH, faults on demand."""
