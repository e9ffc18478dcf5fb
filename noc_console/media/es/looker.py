"""Which PIDs are still to be looked at, and what was found there; bounded bytes, nothing decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es import dolby, sound
from noc_console.media.es.format import Audio, Format, Video
from noc_console.media.es.pes import payload
from noc_console.media.es.picture import look_picture
from noc_console.media.ts.bits import TooShort

MOST_BYTES = 8192
_HIGHEST_CORE = 24_000  # above, spectral band replication would be pointless
_FRAMES = 4
_FRAME_HEAD = 96
_MOST_TRIES = 16
START, ALL = 1, 2
_PICTURES = frozenset({"avc1", "hvc1", "mp2v", "mp1v"})
_Frame = Callable[[bytes, int], tuple[Audio, int] | None]
_SOUNDS: Mapping[str, tuple[_Frame, bytes]] = {
    "mp4a.40.2": (sound.synchronised, b"\xff"),
    "mp4a.40.2-latm": (sound.latm, b"\x56"),
    "mp4a.40.34": (sound.synchronised, b"\xff"),
    "ac-3": (dolby.dolby, b"\x0b\x77"),
    "ec-3": (dolby.dolby, b"\x0b\x77"),
    "dts": (sound.dts, b"\x7f\xfe\x80\x01"),
}


@dataclass(slots=True)
class _Look:
    """One PID: the bytes of the PES packet under way, a sound that was seen once, and what AAC frames carry.

    `signs` are of the frames of this PES packet, `votes` of those before.
    """

    codec: str
    data: bytes = b""
    is_open: bool = False
    candidate: Audio | None = None
    tries: int = 0
    votes: list[bool] = field(default_factory=list)
    signs: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """A format that became another one."""

    pid: int
    before: Format
    after: Format


class Looker:
    """The formats of a stream's elementary streams, learned from the first bytes of PES packets.

    `wanted` has one place per PID: 1 where the next packet that starts a PES packet is asked for, 2 where what
    follows it is asked for too (`look` with `starts` false), 0 where nothing is. Every second all are asked again.
    """

    def __init__(self) -> None:
        self.wanted: NDArray[np.uint8] = np.zeros(8192, np.uint8)
        self.formats: dict[int, Format] = {}
        self.changes: list[Change] = []
        self._looks: dict[int, _Look] = {}

    def expect(self, codecs: Mapping[int, str]) -> None:
        """Take the codec family of every audio and video PID, as the PMT tells it."""
        for pid in [pid for pid, look in self._looks.items() if codecs.get(pid) != look.codec]:
            del self._looks[pid]
            self.formats.pop(pid, None)
            self.wanted[pid] = 0
        for pid, codec in codecs.items():
            if pid not in self._looks and (codec in _PICTURES or codec in _SOUNDS):
                self._looks[pid] = _Look(codec)
                self.wanted[pid] = START

    def tick(self, at: float) -> None:
        """Ask for every PID anew: a format may change while the tables do not."""
        for pid, look in self._looks.items():
            if not self.wanted[pid]:
                look.data, look.is_open, look.tries = b"", False, 0
                look.votes, look.signs = [], []
                self.wanted[pid] = START

    def look(self, pid: int, data: bytes, starts: bool = True) -> None:
        """Take what one packet holds: a PES head and what follows, or (not `starts`) what comes after it."""
        look = self._looks.get(pid)
        if look is None:
            return
        if starts:
            fresh = payload(data)
            look.is_open, look.data = fresh is not None, fresh or b""
            look.tries += 1
            look.votes, look.signs = (look.votes + look.signs)[-_FRAMES:], []
        elif look.is_open:
            look.data += data
        if look.is_open:
            self._read(pid, look)

    def _read(self, pid: int, look: _Look) -> None:
        try:
            found, is_done = look_picture(look.codec, look.data) if look.codec in _PICTURES else _listen(look)
        except TooShort:
            found, is_done = None, False
        is_over = is_done or len(look.data) > MOST_BYTES
        if found is not None and is_over:  # what comes before the picture may add to its format
            self._found(pid, found)
        if is_over:
            look.is_open, look.data = False, b""
            self.wanted[pid] = 0 if is_done and found is not None else START
        else:
            self.wanted[pid] = ALL

    def _found(self, pid: int, found: Format) -> None:
        before = self.formats.get(pid)
        self.formats[pid] = found
        is_other = before is not None and _essence(before) != _essence(found)
        if before is not None and is_other and len(self.changes) < 256:
            self.changes.append(Change(pid, before, found))


def _essence(one: Format) -> tuple[object, ...]:
    """Return what makes a format another one; the bitrate of a frame and what SEI adds later do not."""
    if isinstance(one, Video):
        return one.codec, one.profile, one.level, one.width, one.height, one.frame_rate, one.is_interlaced, one.colour
    return one.codec, one.profile, one.sample_rate, one.channels


def _listen(look: _Look) -> tuple[Format | None, bool]:
    """Find the first frame; one that stands where the PES payload begins or whose successor fits is believed."""
    read, mark = _SOUNDS[look.codec]
    data, at = look.data, look.data.find(mark)
    for _ in range(64):
        if at < 0:
            return None, False
        frame = _frame(read, data, at)
        if frame is not None and frame[0].profile != dolby.DEPENDENT:
            audio, size = frame
            if at == 0 or _frame(read, data, at + size) is not None or audio == look.candidate:
                if audio.codec == "eac3":
                    return _enhanced(look, audio, at, at + size)
                is_core = audio.codec == "aac" and audio.sample_rate <= _HIGHEST_CORE
                return _whole(look, audio, at) if is_core else (audio, True)
            look.candidate = audio
            return None, False
        at = data.find(mark, at + 1)
    return None, False


def _enhanced(look: _Look, own: Audio, at: int, behind: int) -> tuple[Format | None, bool]:
    """E-AC-3 is told with the dependent frame that may stand behind it, where it comes with the same PES packet."""
    if len(look.data) < behind + _FRAME_HEAD and look.tries <= _MOST_TRIES // 4:
        return None, False
    return dolby.combined(own, look.data, at, behind), True


def _whole(look: _Look, core: Audio, at: int) -> tuple[Format | None, bool]:
    """AAC of low rate is told when most of some whole frames agree on what they carry beside the core."""
    look.signs = []
    while (frame := sound.adts(look.data, at)) and at + frame[1] <= len(look.data):
        look.signs.append(sound.has_replication(look.data[at : at + frame[1]]))
        at += frame[1]
    every = look.votes + look.signs
    if len(every) < _FRAMES and look.tries <= _MOST_TRIES:
        return None, False
    return (sound.replicated(core) if len(every) > 1 and sum(every) >= len(every) - 1 else core), True


def _frame(read: _Frame, data: bytes, at: int) -> tuple[Audio, int] | None:
    try:
        return read(data, at)
    except TooShort:
        return None
