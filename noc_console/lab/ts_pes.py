"""Packs the loop of a look into transport packets without a place in time: pictures and sound as PES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.lab.encode import Look, Stream
from noc_console.lab.options import AAC_SAMPLES, SAMPLES, TICKS, audio_frames
from noc_console.lab.transport import adts

PACKET = 188
# a picture is shown this long after its first packet may be sent: the decoder's delay (TR 101 290, 3.10: below 1 s)
DELAY = 83_700
AUDIO_FRAMES_PER_PES = 5
_STAMP_IN_PES = 9


@dataclass(frozen=True, slots=True)
class Unit:
    """One PES packet as transport packets: its presentation time in 90 kHz ticks, and where the stamp is.

    `ticks` already holds the decoder's delay. `stamp` is the offset of the PTS field in the first packet.
    """

    pid: int
    ticks: int
    packets: tuple[bytes, ...]
    stamp: int


def pictures(look: Look, rung: int, pid: int) -> Iterator[Unit]:
    """Yield one unit per frame of the loop; key frames carry the random access indicator."""
    for number, frame in enumerate(look.videos[rung].frames):
        is_key = number % look.grid.gop == 0
        yield _unit(pid, 0xE0, number * TICKS + DELAY, frame, b"\x40" if is_key else b"")


def sound(look: Look, pid: int) -> Iterator[Unit]:
    """Yield the sound of the loop, a few ADTS frames per unit."""
    last = audio_frames(look.grid.loop)
    for start in range(0, last, AUDIO_FRAMES_PER_PES):
        group = look.audio.frames[start : min(start + AUDIO_FRAMES_PER_PES, last)]
        yield sound_unit(Stream(group, look.audio.config), start, pid)


def sound_unit(audio: Stream, start: int, pid: int) -> Unit:
    """Return these frames as one unit; the first is number `start` of the loop."""
    body = b"".join(adts(frame, audio.config) + frame for frame in audio.frames)
    return _unit(pid, 0xC0, start * AAC_SAMPLES * TICKS // SAMPLES + DELAY, body, b"")


def _unit(pid: int, stream_id: int, ticks: int, body: bytes, adaptation: bytes) -> Unit:
    # ISO/IEC 13818-1, 2.4.3.7: only pictures may leave the length open
    length = 0 if stream_id == 0xE0 else 8 + len(body)
    head = b"\x00\x00\x01" + bytes((stream_id,)) + length.to_bytes(2, "big")
    pes = head + b"\x84\x80\x05\x21\x00\x01\x00\x01" + body
    room = PACKET - 4 - (len(adaptation) + 1 if adaptation else 0)
    first = _packet(pid, pes[:room], True, adaptation)
    rest = (_packet(pid, pes[at : at + PACKET - 4], False, b"") for at in range(room, len(pes), PACKET - 4))
    return Unit(pid, ticks, (first, *rest), PACKET - len(pes[:room]) + _STAMP_IN_PES)


def _packet(pid: int, payload: bytes, starts: bool, adaptation: bytes) -> bytes:
    room = PACKET - 4 - len(payload)
    head = bytes((0x47, (0x40 if starts else 0) | pid >> 8, pid & 0xFF, 0x30 if room else 0x10))
    if room == 1:
        head += b"\x00"
    elif room:
        field = adaptation or b"\x00"
        head += bytes((room - 1,)) + field + b"\xff" * (room - 1 - len(field))
    return head + payload
