"""What people call codecs, and what the headers of streams do."""

from __future__ import annotations

import re

_ALIASES = {
    "h264": ("avc", "avc1", "avc3", "mpeg4avc", "mpeg4part10"),
    "hevc": ("h265", "hvc1", "hev1", "mpegh"),
    "mpeg2video": ("mpeg2", "h262", "mp2v"),
    "av1": ("av01",),
    "vp9": ("vp09",),
    "aac": ("mp4a", "aaclc", "heaac", "heaacv2", "aacplus", "aaclatm", "latm"),
    "ac3": ("dolbydigital", "dd"),
    "eac3": ("ec3", "ddp", "ddplus", "dolbydigitalplus"),
    "mp2": ("mpeg1layer2", "musicam"),
}
_CODECS = {alias: codec for codec, aliases in _ALIASES.items() for alias in (codec, *aliases)}
#: `HEVC-10`, `HEVC Main 10`: the operator's names for ten bits.
_DEPTH = re.compile(r"(?:main)?10(?:bit)?$")
_LEAST_BITS = 10


def codec_of(text: str) -> tuple[str, int]:
    """Return the codec a text names, as the headers of streams do, and the bit depth it asks for (0: any)."""
    plain = squeezed(text.replace("+", " plus"))
    if plain in _CODECS:
        return _CODECS[plain], 0
    short, count = _DEPTH.subn("", plain)
    if count and short in _CODECS:
        return _CODECS[short], _LEAST_BITS
    return plain, 0


def squeezed(text: str) -> str:
    """Return a name without case and punctuation, so that `Main 10` and `main10` are one."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
