"""Loudness, true peak, silence and stereo faults of sound: EBU R 128, Tech 3341 and 3342, ITU-R BS.1770."""
