"""Pictures that people attach to incidents and guides: PNG or JPEG, nothing else."""

from __future__ import annotations

from noc_console.agent.refusals import BadRequest

_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def picture_type(body: bytes) -> str:
    """Return the media type of an attached picture by its first bytes. Raises `BadRequest` for anything else."""
    found = next((kind for magic, kind in _PICTURES.items() if body.startswith(magic)), "")
    if not found:
        raise BadRequest("The picture is neither PNG nor JPEG.")
    return found
