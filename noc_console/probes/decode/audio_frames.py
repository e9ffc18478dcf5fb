"""Cuts a run of bytes into the frames of an audio codec by the sizes in their heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from noc_console.media.es import dolby, sound

_LONGEST = 16 * 1024
_Size = Callable[[bytes, int], int]


def _adts(data: bytes, at: int) -> int:
    """ISO/IEC 14496-3, 1.A.2: syncword with layer 0, then 13 bits of length."""
    if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return 0
    return (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5


def _latm(data: bytes, at: int) -> int:
    """ISO/IEC 14496-3, 1.7.2: LOAS sync of 11 bits, then 13 bits of length."""
    if data[at] != 0x56 or data[at + 1] & 0xE0 != 0xE0:
        return 0
    return 3 + ((data[at + 1] & 0x1F) << 8 | data[at + 2])


def _mpeg(data: bytes, at: int) -> int:
    found = sound.mpeg_audio(data, at)
    return found[1] if found else 0


def _dolby(data: bytes, at: int) -> int:
    if data[at] != 0x0B or data[at + 1] != 0x77:
        return 0
    if data[at + 5] >> 3 > 10:  # E.2.3.1.2: frmsiz
        return 2 * ((data[at + 2] & 7) << 8 | data[at + 3]) + 2
    code, index = data[at + 4] >> 6, data[at + 4] & 63
    if code > 2 or index // 2 >= len(dolby.AC3_KBPS):
        return 0
    rate = dolby.AC3_RATES[code]
    return 2 * (dolby.AC3_KBPS[index // 2] * 96000 // rate + (index & 1 if rate == 44100 else 0))


def _dts(data: bytes, at: int) -> int:
    found = sound.dts(data, at)
    return found[1] if found else 0


_SIZES: dict[str, tuple[_Size, bytes]] = {
    "aac": (_adts, b"\xff"),
    "aac_latm": (_latm, b"\x56"),
    "mp2": (_mpeg, b"\xff"),
    "mp3": (_mpeg, b"\xff"),
    "ac3": (_dolby, b"\x0b\x77"),
    "eac3": (_dolby, b"\x0b\x77"),
    "dca": (_dts, b"\x7f\xfe\x80\x01"),
}


def can_cut(decoder: str) -> bool:
    """Say whether frames of a decoder are found by their heads."""
    return decoder in _SIZES


def begins(decoder: str, data: bytes) -> bool:
    """Say whether two frames of a decoder follow each other in the data, or one that ends with it."""
    return sum(end <= len(data) for _, (_, end) in zip(range(2), frames(decoder, data), strict=False)) > 0


def frames(decoder: str, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each frame, the last with an end behind the data where it is cut.

    A frame that begins where nothing follows another one is believed only when its successor, or the end, fits.
    """
    size_of, mark = _SIZES[decoder]
    at, is_sure = 0, False
    while 0 <= at <= len(data) - 8:
        size = size_of(data, at)
        if not 7 <= size <= _LONGEST or not (is_sure or _fits(data, at + size, size_of)):
            at, is_sure = data.find(mark, at + 1), False
            continue
        end = at + size
        if decoder == "eac3":  # a dependent substream belongs to the frame before it (TS 102 366, E.2.3.1.1)
            while end + 8 <= len(data) and data[end + 2] >> 6 == 1 and (more := _dolby(data, end)):
                end += more
        yield at, end
        at, is_sure = end, True


def _fits(data: bytes, at: int, size_of: _Size) -> bool:
    return at > len(data) - 8 or size_of(data, at) >= 7
