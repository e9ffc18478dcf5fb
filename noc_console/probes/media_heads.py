"""Tells media files by their first bytes; light to import."""

from __future__ import annotations

from pathlib import Path

_HEADS = (b"\x1aE\xdf\xa3", b"RIFF", b"RF64", b"OggS", b"fLaC", b"FORM", b"FLV", b"ID3", b"\x00\x00\x01\xba")
_BOXES = frozenset({b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft", b"mdat", b"free", b"wide"})
_SOUND = (b"\x0b\x77", b"\xff\xf1", b"\xff\xf9", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xfd", b"\xff\xfc")


def looks_like_media(start: bytes) -> bool:
    """Say by its first bytes whether something is a media file other than a transport stream."""
    return start[4:8] in _BOXES or start.startswith(_HEADS) or start.startswith(_SOUND)


def is_media_file(path: Path) -> bool:
    """Say by its first bytes whether a file is a media file other than a transport stream."""
    try:
        with path.open("rb") as file:
            return looks_like_media(file.read(64))
    except (OSError, ValueError):
        return False
