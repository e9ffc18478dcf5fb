"""Writes HLS playlists (RFC 8216) from values, so that a fault is a change of a value."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.lab.clock import iso
from noc_console.lab.schedule import Slot

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment of a media playlist; `tags` are whole lines, `at` its programme date time in Unix seconds.

    `byte_range` is LENGTH@OFFSET.
    """

    slot: Slot
    uri: str
    duration_s: float
    at: float
    init: str = ""
    tags: tuple[str, ...] = ()
    byte_range: str = ""
    is_discontinuity: bool = False


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """A live media playlist."""

    target_s: int
    sequence: int
    discontinuity: int
    entries: tuple[Entry, ...]
    is_iframes: bool = False

    def text(self) -> str:
        """Return the playlist as served."""
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{self.target_s}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.sequence}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self.discontinuity}",
            "#EXT-X-I-FRAMES-ONLY" if self.is_iframes else "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        init = ""
        for entry in self.entries:
            if entry.is_discontinuity:
                lines.append("#EXT-X-DISCONTINUITY")
            lines.extend(entry.tags)
            if entry.init != init:
                lines.append(f'#EXT-X-MAP:URI="{entry.init}"')
                init = entry.init
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{iso(entry.at)}")
            lines.append(f"#EXTINF:{entry.duration_s:.5f},")
            if entry.byte_range:
                lines.append(f"#EXT-X-BYTERANGE:{entry.byte_range}")
            lines.append(entry.uri)
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Variant:
    """One EXT-X-STREAM-INF with its URI; `audio` is the group of its sound, empty when it carries its own."""

    rung: str
    bandwidth_bps: int
    average_bps: int
    codecs: str
    width: int
    height: int
    frame_rate: int
    audio: str = ""
    range: str = "SDR"

    def lines(self) -> tuple[str, str]:
        """Return the tag and the URI."""
        audio = f',AUDIO="{self.audio}"' if self.audio else ""
        return (
            f"#EXT-X-STREAM-INF:BANDWIDTH={self.bandwidth_bps},AVERAGE-BANDWIDTH={self.average_bps},"
            f'CODECS="{self.codecs}",RESOLUTION={self.width}x{self.height},FRAME-RATE={self.frame_rate:.3f},'
            f"VIDEO-RANGE={self.range}{audio},CLOSED-CAPTIONS=NONE",
            f"{self.rung}/playlist.m3u8",
        )


@dataclass(frozen=True, slots=True)
class MasterPlaylist:
    """A multivariant playlist; `extra` are further whole lines (renditions, I-frame playlists)."""

    variants: tuple[Variant, ...]
    extra: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the playlist as served."""
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS", *self.extra]
        for variant in self.variants:
            lines.extend(variant.lines())
        return "\n".join(lines) + "\n"
