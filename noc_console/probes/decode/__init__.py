"""Decodes stretches of media and measures them: bytes of a segment or stream in, a `media.stretch.Stretch` out."""
