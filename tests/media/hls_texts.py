"""Hand-made playlists for the HLS tests."""

from __future__ import annotations

from datetime import UTC, datetime

from noc_console.media.hls import Media, parse_media
from noc_console.media.ladder import Rung

URL = "http://origin.example/live/index.m3u8"
BEGIN = 1_790_000_000.0


def date_tag(at: float) -> str:
    return f"#EXT-X-PROGRAM-DATE-TIME:{datetime.fromtimestamp(at, UTC).isoformat(timespec='milliseconds')}"


def live_text(
    first: int, count: int = 6, *, target: int = 6, extra: dict[int, list[str]] | None = None, head: str = ""
) -> str:
    """Return a clean live playlist of 6 s segments; `extra` puts lines before the segment of that number."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{target}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    lines += head.splitlines()
    for number in range(first, first + count):
        lines += (extra or {}).get(number, [])
        lines += [date_tag(BEGIN + 6 * number), "#EXTINF:6.000,", f"s{number}.ts"]
    return "\n".join(lines) + "\n"


def live(first: int, count: int = 6, **options: object) -> Media:
    return parse_media(live_text(first, count, **options).encode(), URL)  # type: ignore[arg-type]


VIDEO = Rung("1080p", "video", "http://origin.example/live/high.m3u8", 6_000_000, 5_000_000, "avc1.640028,mp4a.40.2")
LOW = Rung("360p", "video", "http://origin.example/live/low.m3u8", 900_000)
AUDIO = Rung("audio-en", "audio", "http://origin.example/live/en.m3u8")
