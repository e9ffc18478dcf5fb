"""Frames of AC-3 and E-AC-3 (ETSI TS 102 366, 4.3, 5.3 and E.1.2), and the sign of Atmos (TS 103 420, 8.3)."""

from __future__ import annotations

from dataclasses import replace

from noc_console.media.es.format import Audio
from noc_console.media.ts.bits import Bits, TooShort

AC3_RATES = (48000, 44100, 32000)
AC3_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
_CHANNELS = (2, 1, 2, 3, 3, 4, 4, 5)
_BLOCKS = (1, 2, 3, 6)
_DEPENDENT = 1
DEPENDENT = "dependent"
# E.2.3.1.8: places of the channel map from its first bit on, and how many channels each is
_PLACES = (1, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 2, 1, 1)
_LFE = 0x0001
# what the channels of acmod are in the map: L C R Ls Rs
_MAPS = (0xA000, 0x4000, 0xA000, 0xE000, 0xA100, 0xE100, 0xB800, 0xF800)

Found = tuple[Audio, int]


def dolby(data: bytes, at: int) -> Found | None:
    """Return the format and size of the AC-3 or E-AC-3 frame at a place, None where there is none."""
    if data[at : at + 2] != b"\x0b\x77" or at + 8 > len(data):
        return None
    # E.2.3.1.6: bsid above 10 is the enhanced syntax
    return _ac3(data, at) if data[at + 5] >> 3 <= 10 else _enhanced(data, at)


def _ac3(data: bytes, at: int) -> Found | None:
    code, index = data[at + 4] >> 6, data[at + 4] & 63
    if code > 2 or index // 2 >= len(AC3_KBPS):
        return None
    rate, kbps = AC3_RATES[code], AC3_KBPS[index // 2]
    size = 2 * (kbps * 96000 // rate + (index & 1 if rate == 44100 else 0))
    bits = Bits(data[at + 6 : at + 16])
    mode = bits.take(3)
    bits.skip((2 if mode & 1 and mode != 1 else 0) + (2 if mode & 4 else 0) + (2 if mode == 2 else 0))
    has_lfe = bits.flag()
    slow = max(data[at + 5] >> 3, 8) - 8
    return Audio("ac3", "", rate >> slow, _CHANNELS[mode] + has_lfe, kbps * 1000 >> slow, has_lfe, name="ac-3"), size


def _enhanced(data: bytes, at: int) -> Found | None:
    bits = Bits(data[at + 2 : at + 2 + 96])
    kind, _, size, code = bits.take(2), bits.take(3), 2 * (bits.take(11) + 1), bits.take(2)
    blocks_code = bits.take(2)
    mode, has_lfe, bsid = bits.take(3), bits.flag(), bits.take(5)
    if bsid > 16 or (code == 3 and blocks_code == 3) or kind == 3 or size < 8:
        return None
    rate = AC3_RATES[code] if code < 3 else AC3_RATES[blocks_code] // 2
    blocks_code = 3 if code == 3 else blocks_code
    blocks = _BLOCKS[blocks_code]
    try:
        is_atmos = _has_objects(bits, kind, code, blocks_code, mode, has_lfe)
    except TooShort:
        is_atmos = False
    channels, bitrate = _CHANNELS[mode] + has_lfe, size * 8 * rate // (256 * blocks)
    profile = DEPENDENT if kind == _DEPENDENT else ""
    return Audio("eac3", profile, rate, channels, bitrate, has_lfe, is_atmos, "ec-3"), size


def combined(own: Audio, data: bytes, at: int, behind: int) -> Audio:
    """Return an independent frame at `at` with the dependent one that stands `behind` it: 7.1, or Atmos."""
    more = dolby(data, behind)
    if more is None or more[0].profile != DEPENDENT:
        return own
    places = _map(data, at) | _map(data, behind)
    channels = sum(count for bit, count in enumerate(_PLACES) if places & (0x8000 >> bit))
    is_atmos = own.is_atmos or more[0].is_atmos
    return replace(own, channels=channels, is_atmos=is_atmos, bitrate_bps=own.bitrate_bps + more[0].bitrate_bps)


def _map(data: bytes, at: int) -> int:
    bits = Bits(data[at + 2 : at + 32])
    kind = bits.take(2)
    bits.skip(18)
    mode, has_lfe = bits.take(3), bits.flag()
    bits.skip(5)
    for _ in range(2 if mode == 0 else 1):
        bits.skip(5)
        if bits.flag():
            bits.skip(8)
    if kind == _DEPENDENT and bits.flag():
        return bits.take(16)
    return _MAPS[mode] | (_LFE if has_lfe else 0)


def _has_objects(bits: Bits, kind: int, code: int, blocks_code: int, mode: int, has_lfe: bool) -> bool:
    """Walk the bit stream information to addbsi, whose first byte ends with flag_ec3_extension_type_a."""
    for _ in range(2 if mode == 0 else 1):
        bits.skip(5)
        if bits.flag():
            bits.skip(8)
    if kind == _DEPENDENT and bits.flag():
        bits.skip(16)
    if bits.flag():
        _mixing(bits, kind, blocks_code, mode, has_lfe)
    if bits.flag():
        _information(bits, code, mode)
    if kind == 0 and blocks_code != 3:
        bits.skip(1)
    if kind == 2 and (blocks_code == 3 or bits.flag()):
        bits.skip(6)
    if not bits.flag():
        return False
    bits.skip(6)
    return bool(bits.take(8) & 1)


def _mixing(bits: Bits, kind: int, blocks_code: int, mode: int, has_lfe: bool) -> None:
    """E.1.2.2, mixmdate."""
    bits.skip((2 if mode > 2 else 0) + (6 if mode & 1 and mode > 2 else 0) + (6 if mode & 4 else 0))
    if has_lfe and bits.flag():
        bits.skip(5)
    if kind != 0:
        return
    for _ in range(2 if mode == 0 else 1):
        if bits.flag():
            bits.skip(6)
    if bits.flag():
        bits.skip(6)
    definition = bits.take(2)
    bits.skip(8 * (bits.take(5) + 2) if definition == 3 else (0, 5, 12)[definition])
    if mode < 2:
        for _ in range(2 if mode == 0 else 1):
            if bits.flag():
                bits.skip(14)
    if bits.flag():
        _block_mixing(bits, blocks_code)


def _block_mixing(bits: Bits, blocks_code: int) -> None:
    if blocks_code == 0:
        bits.skip(5)
        return
    for _ in range(_BLOCKS[blocks_code]):
        if bits.flag():
            bits.skip(5)


def _information(bits: Bits, code: int, mode: int) -> None:
    """E.1.2.2, infomdate."""
    bits.skip(5)
    bits.skip(4 if mode == 2 else 0)
    bits.skip(2 if mode >= 6 else 0)
    for _ in range(2 if mode == 0 else 1):
        if bits.flag():
            bits.skip(8)
    bits.skip(1 if code < 3 else 0)
