"""Read an HLS playlist: bytes and its URL in, a Master or Media value out, BadPlaylist when it is neither."""

from __future__ import annotations

from collections.abc import Mapping

from noc_console.media.hls.parse_master import read_master
from noc_console.media.hls.parse_media import read_media
from noc_console.media.hls.playlist import BadPlaylist, Master, Media
from noc_console.media.hls.text import lines_of
from noc_console.model import Finding, Severity

_MASTER_MARKS = ("#EXT-X-STREAM-INF", "#EXT-X-MEDIA:", "#EXT-X-I-FRAME-STREAM-INF", "#EXT-X-SESSION-")
_MASTER_BYTES = tuple(mark.encode() for mark in _MASTER_MARKS)
_MEDIA_BYTES = (b"#EXTINF", b"#EXT-X-TARGETDURATION", b"#EXT-X-MEDIA-SEQUENCE", b"#EXT-X-PART")


def parse(
    body: bytes, url: str, *, expect_media: bool = False, variables: Mapping[str, str] | None = None
) -> Master | Media:
    """Return what the playlist says; raise BadPlaylist when it is none.

    `expect_media` says that the address came from a master playlist (it names the finding of an unreadable body);
    `variables` are those of the master for EXT-X-DEFINE:IMPORT.
    """
    is_master = any(mark in body for mark in _MASTER_BYTES)
    is_media = any(mark in body for mark in _MEDIA_BYTES)
    finding_id = "hls-media-parse-error" if expect_media or (is_media and not is_master) else "hls-master-parse-error"
    problems: list[Finding] = []

    def complain(text: str, line: int) -> None:
        problems.append(Finding(finding_id, text, {"line": line}, severity=Severity.MINOR))

    lines = lines_of(body, finding_id, complain)
    if is_master or not (is_media or expect_media):
        if is_master and expect_media:
            raise BadPlaylist(finding_id, "A master playlist arrived where a media playlist is expected.")
        master = read_master(lines, url, problems)
        if is_media and not master.variants and b"#EXTINF" in body:
            # RFC 8216 4.3.4: a playlist with master and media tags must be refused; without variants it is media
            return read_media(lines, url, problems, variables or {})
        return master
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
