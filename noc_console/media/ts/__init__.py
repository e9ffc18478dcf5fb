"""MPEG transport streams: packets and arrival times in; tables, time stamps, counters and findings out."""
