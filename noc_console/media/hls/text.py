"""From the bytes of a body to lines, or the one sentence that says why it is no playlist."""

from __future__ import annotations

from collections.abc import Callable

from noc_console.media.hls.playlist import BadPlaylist

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 300_000
_BOM = b"\xef\xbb\xbf"

Complain = Callable[[str, int], None]


def lines_of(body: bytes, finding_id: str, complain: Complain) -> list[str]:
    """Return the lines of a playlist, the first of which is EXTM3U; raise BadPlaylist where it is none."""
    if len(body) > MAX_BYTES:
        raise BadPlaylist(finding_id, f"The playlist has {len(body)} bytes, more than {MAX_BYTES} are not read.")
    lines = _decoded(body, finding_id, complain).split("\n")
    if len(lines) > MAX_LINES:
        raise BadPlaylist(finding_id, f"The playlist has {len(lines)} lines, more than {MAX_LINES} are not read.")
    # RFC 8216 4.3.1.1: EXTM3U must be the first line; players forgive empty lines before it
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if at:
        complain("Empty lines stand before EXTM3U, which must be the first line.", at + 1)
    first = lines[at].strip()
    if first != "#EXTM3U" and not first.startswith(("#EXTM3U ", "#EXTM3U\t", "#EXTM3U:")):
        raise _no_playlist(lines, finding_id, complain)
    return lines


def _decoded(body: bytes, finding_id: str, complain: Complain) -> str:
    if not body.strip():
        raise BadPlaylist(finding_id, "The playlist is empty.")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadPlaylist(finding_id, "The playlist is encoded in UTF-16; it must be UTF-8.", 1)
    if body[:3] == _BOM:
        # RFC 8216 4.1: clients should fail on a byte order mark
        complain("The playlist begins with a byte order mark, which some players refuse.", 1)
        body = body[3:]
    if b"\0" in body or body[:1] in b"\x47\x1f":
        raise BadPlaylist(finding_id, "Binary data arrived instead of a playlist.", 1)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        complain("The playlist is not valid UTF-8; it is read as Latin-1.", line)
        return body.decode("latin-1")


def _no_playlist(lines: list[str], finding_id: str, complain: Complain) -> BadPlaylist:
    start = "\n".join(lines[:20]).lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in start:
        return BadPlaylist(finding_id, "An HTML page arrived instead of a playlist.", 1)
    if start.startswith("<mpd") or (start.startswith("<?xml") and "<mpd" in start):
        return BadPlaylist(finding_id, "A DASH MPD arrived instead of an HLS playlist.", 1)
    if start.startswith(("<?xml", "<")):
        return BadPlaylist(finding_id, "XML arrived instead of a playlist.", 1)
    if start.startswith(("{", "[")):
        return BadPlaylist(finding_id, "JSON arrived instead of a playlist.", 1)
    for number, line in enumerate(lines, 1):
        if line.startswith("#EXTM3U"):
            return BadPlaylist(finding_id, f"EXTM3U stands in line {number}, it must be the first line.", number)
    return BadPlaylist(finding_id, f"The first line is not EXTM3U but {_first(lines)[:40]!r}.", 1)


def _first(lines: list[str]) -> str:
    return next((line.strip() for line in lines if line.strip()), "")
