"""Reads from the head of an H.265 key picture how coarsely it is quantised (ITU-T H.265, 7.3.6.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from noc_console.media.es.golomb import Golomb, without_emulation
from noc_console.media.es.hevc import _ordering, _reference_sets, _scaling_lists, _tier_level
from noc_console.media.es.nal import whole_units
from noc_console.media.ts.bits import TooShort

_SPS, _PPS, _CRA, _IDR = 33, 34, 21, (19, 20)
_INTRA = 2
_MOST_UNITS = 32


@dataclass(frozen=True, slots=True)
class _Sequence:
    has_planes: bool
    has_colour: bool
    order_bits: int
    has_offsets: bool
    has_long_terms: bool
    has_motion: bool
    sets: int


@dataclass(frozen=True, slots=True)
class _Picture:
    has_output_flag: bool
    extra_bits: int
    quantiser: int


def key_quantiser(head: bytes) -> float:
    """Return the quantiser of the first slice of a key picture, 0 to 51; nan where the head does not tell it.

    `head` has start codes: the parameter sets, then the first slice, which may be cut after its header.
    """
    sequence, picture = None, None
    for unit, _ in whole_units(head, _MOST_UNITS):
        kind = unit[0] >> 1 & 0x3F if len(unit) > 2 else -1
        try:
            if kind == _SPS:
                sequence = _sequence(Golomb(without_emulation(unit[2:])))
            elif kind == _PPS:
                picture = _picture(Golomb(without_emulation(unit[2:])))
            elif kind in (*_IDR, _CRA) and sequence and picture:
                return _slice(Golomb(without_emulation(unit[2:])), kind, sequence, picture)
        except (TooShort, IndexError):
            return math.nan
    return math.nan


def _sequence(bits: Golomb) -> _Sequence:
    bits.skip(4)
    layers = bits.take(3)
    bits.skip(1)
    _tier_level(bits, layers)
    bits.ue(15)
    chroma = bits.ue(3)
    has_planes = chroma == 3 and bool(bits.flag())
    bits.ue(), bits.ue()
    if bits.flag():
        for _ in range(4):
            bits.ue()
    bits.ue(8), bits.ue(8)
    order_bits = bits.ue(12) + 4
    _ordering(bits, layers)
    for _ in range(6):
        bits.ue()
    if bits.flag() and bits.flag():
        _scaling_lists(bits)
    bits.skip(1)
    has_offsets = bool(bits.flag())
    if bits.flag():
        bits.skip(8)
        bits.ue(), bits.ue()
        bits.skip(1)
    sets = _reference_sets(bits)
    has_long_terms = bool(bits.flag())
    if has_long_terms:
        for _ in range(bits.ue(32)):
            bits.skip(order_bits + 1)
    return _Sequence(has_planes, chroma > 0, order_bits, has_offsets, has_long_terms, bool(bits.flag()), sets)


def _picture(bits: Golomb) -> _Picture:
    bits.ue(), bits.ue()
    bits.skip(1)
    has_output_flag, extra_bits = bool(bits.flag()), bits.take(3)
    bits.skip(2)
    bits.ue(), bits.ue()
    return _Picture(has_output_flag, extra_bits, 26 + bits.se())


def _slice(bits: Golomb, kind: int, sequence: _Sequence, picture: _Picture) -> float:
    if not bits.flag():
        return math.nan
    bits.skip(1)
    bits.ue()
    bits.skip(picture.extra_bits)
    if bits.ue(2) != _INTRA:
        return math.nan
    bits.skip(int(picture.has_output_flag) + 2 * int(sequence.has_planes))
    if kind == _CRA and not _passes_order(bits, sequence):
        return math.nan
    if sequence.has_offsets:
        bits.skip(2 if sequence.has_colour and not sequence.has_planes else 1)
    told = picture.quantiser + bits.se()
    return float(told) if 0 <= told <= 51 else math.nan


def _passes_order(bits: Golomb, sequence: _Sequence) -> bool:
    """Pass by what tells the order of pictures; False where the slice derives its references."""
    bits.skip(sequence.order_bits)
    if bits.flag():
        bits.skip(max(sequence.sets - 1, 0).bit_length())
    elif sequence.sets and bits.flag():
        return False
    else:
        for _ in range(bits.ue(16) + bits.ue(16)):
            bits.ue()
            bits.skip(1)
    if sequence.has_long_terms:
        return False
    bits.skip(int(sequence.has_motion))
    return True
