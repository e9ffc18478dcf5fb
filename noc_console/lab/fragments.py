"""Packs a look into fMP4 pieces of one GOP, and moves their decode times to any place in time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from struct import pack_into

from noc_console.lab import boxes, hevc
from noc_console.lab.encode import Look
from noc_console.lab.options import AAC_SAMPLES, TICKS, audio_frames


@dataclass(frozen=True, slots=True)
class Fragment:
    """One GOP as moof and mdat; `ticks` is its decode time within the loop, in the track's own scale.

    `time_at` is the place of the decode time; `key_bytes` the length up to the end of the key frame.
    """

    data: bytes
    ticks: int
    time_at: int
    key_bytes: int


def pack_video(look: Look, rung: int) -> tuple[Fragment, ...]:
    """Return the GOPs of one rung's pictures in the loop's order."""
    gop = look.grid.gop
    sample = hevc.sample if look.is_hdr else boxes.video_sample
    samples = [sample(unit) for unit in look.videos[rung].frames]
    return tuple(_piece(samples[first : first + gop], first * TICKS, True) for first in range(0, look.grid.loop, gop))


def pack_audio(look: Look) -> tuple[Fragment, ...]:
    """Return the sound that starts in each GOP, in the loop's order."""
    edges = [audio_frames(first) for first in range(0, look.grid.loop + 1, look.grid.gop)]
    return tuple(
        _piece(list(look.audio.frames[first:end]), first * AAC_SAMPLES, False) for first, end in pairwise(edges)
    )


def placed(piece: Fragment, sequence: int, shift: int) -> bytes:
    """Return a piece with its sequence number, its decode time moved by `shift` ticks of its track."""
    data = bytearray(piece.data)
    pack_into(">I", data, boxes.SEQUENCE_AT, sequence & 0xFFFFFFFF)
    pack_into(">Q", data, piece.time_at, piece.ticks + shift)
    return bytes(data)


def _piece(samples: list[bytes], ticks: int, is_video: bool) -> Fragment:
    data = boxes.fragment(samples, is_video)
    head = len(data) - sum(map(len, samples))
    return Fragment(data, ticks, data.index(b"tfdt") + 8, head + len(samples[0]) if samples else head)
