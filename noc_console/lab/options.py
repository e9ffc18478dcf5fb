"""What a lab is told at start, and the time grid that follows from it: everything is counted in video frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import lcm
from pathlib import Path

FRAME_RATE = 25
TICKS = 3600  # 90 kHz ticks in one video frame
SAMPLES = 1920  # 48 kHz samples in one video frame
AAC_SAMPLES = 1024
SAMPLE_RATE = 48_000


@dataclass(frozen=True, slots=True)
class RungSpec:
    """One picture size of the lab's ladder; `bitrate_bps` is what the encoder aims at, without audio."""

    name: str
    width: int
    height: int
    bitrate_bps: int


LADDER = (
    RungSpec("v360", 640, 360, 420_000),
    RungSpec("v270", 480, 270, 260_000),
    RungSpec("v180", 320, 180, 140_000),
    RungSpec("v144", 256, 144, 90_000),
)


@dataclass(frozen=True)
class LabOptions:
    """The knobs of a lab; `window` is the length of a live playlist in segments (at least 6).

    `ads` switches on the ad breaks of every second pair of HLS channels: `ad_segments` of ads after
    `programme_segments` of programme, counted from the Unix epoch. `log` receives the access log as JSON lines.
    The first `multicast` channels are sent as transport streams too, at `multicast_bps` (0: what they need); those
    beyond the channels have codes of their own. `hdr` more channels are HDR10.
    """

    channels: int = 12
    port: int = 0
    segment_s: float = 6.0
    window: int = 10
    looks: int = 12
    loop_s: float = 24.0
    ladder: tuple[RungSpec, ...] = LADDER
    ads: bool = True
    programme_segments: int = 44
    ad_segments: int = 4
    cache: Path | None = None
    log: Path | None = None
    ring: int = 200_000
    multicast: int = 0
    multicast_bps: float = 0.0
    hdr: int = 0

    @property
    def sdr_looks(self) -> int:
        """Return how many looks are not HDR; they come first."""
        return min(self.looks, self.channels)

    def codec(self, look: int) -> str:
        """Return what the pictures of a look are encoded into."""
        return "h264" if look < self.sdr_looks else "hdr10"

    @cached_property
    def grid(self) -> Grid:
        """Return the time grid of these options."""
        return Grid.of(self.segment_s, self.loop_s)


@dataclass(frozen=True, slots=True)
class Grid:
    """Lengths in video frames: of a segment, of a GOP, of the loop."""

    segment: int
    gop: int
    loop: int

    @classmethod
    def of(cls, segment_s: float, loop_s: float) -> Grid:
        """Return the grid: a GOP of at most 2 s divides the segment at least twice, whole GOPs fill the loop.

        8 video frames last as long as 15 AAC frames, so a loop of a multiple of 8 frames has no seam in the sound.
        """
        segment = max(2, round(segment_s * FRAME_RATE))
        longest = min(2 * FRAME_RATE, segment // 2)
        gop = next(size for size in range(longest, 0, -1) if segment % size == 0)
        step = lcm(gop, 8)
        return cls(segment, gop, step * max(1, round(loop_s * FRAME_RATE / step)))

    @property
    def segment_s(self) -> float:
        """Return the nominal segment duration in seconds."""
        return self.segment / FRAME_RATE

    @property
    def target_s(self) -> int:
        """Return EXT-X-TARGETDURATION: the longest segment rounded to the nearest integer, at least 1."""
        return max(1, int(self.segment_s + 0.5))

    @property
    def gops(self) -> int:
        """Return how many GOPs the loop has."""
        return self.loop // self.gop


def audio_frames(frame: int) -> int:
    """Return the number of AAC frames that start before a video frame: the one nearest to its start comes first."""
    return (frame * SAMPLES + AAC_SAMPLES // 2) // AAC_SAMPLES
