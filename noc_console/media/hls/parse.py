"""Read an HLS playlist: bytes and its URL in, a Master or Media value out, BadPlaylist when it is neither."""

from __future__ import annotations

from collections.abc import Mapping

from noc_console.media.hls.parse_master import read_master
from noc_console.media.hls.parse_media import read_media
from noc_console.media.hls.playlist import BadPlaylist, Master, Media
from noc_console.media.hls.text import lines_of
from noc_console.model import Finding, Severity

_MASTER = (b"#EXT-X-STREAM-INF", b"#EXT-X-I-FRAME-STREAM-INF")
_MASTER_TOO = (b"#EXT-X-MEDIA:", b"#EXT-X-SESSION-")
_MEDIA = (b"#EXTINF", b"#EXT-X-TARGETDURATION", b"#EXT-X-MEDIA-SEQUENCE", b"#EXT-X-PART")


def parse(
    body: bytes, url: str, *, expect_media: bool = False, variables: Mapping[str, str] | None = None
) -> Master | Media:
    """Return what the playlist says; raise BadPlaylist when it is none.

    `expect_media` says that the address came from a master playlist (it names the finding of an unreadable body);
    `variables` are those of the master for EXT-X-DEFINE:IMPORT.
    """
    is_media = any(mark in body for mark in _MEDIA)
    # RFC 8216 4.3.4: master tags and media tags must not meet; when they do, the variants decide
    is_master = any(mark in body for mark in _MASTER) or (not is_media and any(mark in body for mark in _MASTER_TOO))
    finding_id = "hls-media-parse-error" if expect_media or (is_media and not is_master) else "hls-master-parse-error"
    problems: list[Finding] = []

    def complain(text: str, line: int) -> None:
        problems.append(Finding(finding_id, text, {"line": line}, severity=Severity.MINOR))

    lines = lines_of(body, finding_id, complain)
    if is_master or not (is_media or expect_media):
        if is_master and expect_media:
            raise BadPlaylist(finding_id, "A master playlist arrived where a media playlist is expected.")
        return read_master(lines, url, problems)
    return read_media(lines, url, problems, variables or {})


def parse_master(body: bytes, url: str) -> Master:
    """Return a master playlist; raise BadPlaylist for anything else."""
    playlist = parse(body, url)
    if isinstance(playlist, Media):
        raise BadPlaylist("hls-master-parse-error", "A media playlist arrived where a master is expected.")
    return playlist


def parse_media(body: bytes, url: str, variables: Mapping[str, str] | None = None) -> Media:
    """Return a media playlist; raise BadPlaylist for anything else."""
    playlist = parse(body, url, expect_media=True, variables=variables)
    if isinstance(playlist, Master):
        raise BadPlaylist("hls-media-parse-error", "A master playlist arrived where a media playlist is expected.")
    return playlist
