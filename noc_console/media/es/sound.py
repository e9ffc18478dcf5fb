"""Heads of audio frames: ADTS and LATM (AAC), MPEG audio, AC-3 and E-AC-3 with Atmos, DTS."""

from __future__ import annotations

from dataclasses import replace

from noc_console.media.es.format import Audio
from noc_console.media.ts.bits import Bits

AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AAC_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
_AAC_OBJECTS = {1: "Main", 2: "LC", 3: "SSR", 4: "LTP", 5: "HE-AAC", 29: "HE-AACv2", 42: "xHE-AAC"}
_MPEG_KBPS = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG_KBPS[(2, 3)] = _MPEG_KBPS[(2, 2)]
_MPEG_RATES = (44100, 48000, 32000)
_DTS_RATES = (0, 8000, 16000, 32000, 0, 0, 11025, 22050, 44100, 0, 0, 12000, 24000, 48000)
_DTS_CHANNELS = (1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8)
_LONGEST_FILL = 2 * (15 + 254)  # bytes looked at, from the end of a frame

Found = tuple[Audio, int]


def synchronised(data: bytes, at: int) -> Found | None:
    """Return the ADTS or MPEG audio frame at a place: the layer field tells them apart, whatever the PMT says."""
    return adts(data, at) or mpeg_audio(data, at)


def adts(data: bytes, at: int) -> Found | None:
    """Return the format and the size of the ADTS frame at a place (ISO/IEC 14496-3, 1.A.2)."""
    if at + 7 > len(data) or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    index, size = data[at + 2] >> 2 & 15, (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    if index >= len(AAC_RATES) or size < 7:
        return None
    kind = (data[at + 2] >> 6) + 1
    channels = _AAC_CHANNELS[(data[at + 2] & 1) << 2 | data[at + 3] >> 6]
    return Audio("aac", _AAC_OBJECTS[kind], AAC_RATES[index], channels, name=f"mp4a.40.{kind}"), size


def has_replication(frame: bytes) -> bool:
    """Say whether an ADTS frame ends with a fill element of spectral band replication (ISO/IEC 14496-3, 4.4.2.7).

    Streams for television signal SBR only there. The element is looked for from the end, where only `ID_END` and
    zeros follow it; another frame looks so by chance once in some dozens, so several frames must agree.
    """
    tail = frame[max(7, len(frame) - _LONGEST_FILL) :]
    value, width = int.from_bytes(tail, "big"), 8 * len(tail)
    for zeros in range(8):
        if width < zeros + 3 or value & ((1 << zeros) - 1):
            break
        if value >> zeros & 7 == 7 and _ends_with_fill(value >> (zeros + 3), width - zeros - 3):
            return True
    return False


def _ends_with_fill(value: int, width: int, stuffing: int = 2) -> bool:
    """Look for a fill element with SBR at the end of some bits, before at most `stuffing` that only fill."""
    for count in range(1, min(width // 8, 15 + 254) + 1):
        header = value >> (8 * count)
        size = 7 if count < 15 else 15
        if header & ((1 << size) - 1) != (0x60 | count if count < 15 else 0x6F00 | count - 14):
            continue
        kind = value >> (8 * count - 4) & 0x0F
        if kind in (0x0D, 0x0E):
            return True
        is_filling = value & ((1 << 8 * count) - 1) == 0
        if is_filling and stuffing:
            return _ends_with_fill(header >> size, width - 8 * count - size, stuffing - 1)
    return False


def replicated(core: Audio) -> Audio:
    """Return a sound whose core is AAC-LC as it comes out with spectral band replication: twice the rate."""
    return replace(core, profile="HE-AAC", sample_rate=2 * core.sample_rate, name="mp4a.40.5")


def latm(data: bytes, at: int) -> Found | None:
    """Return format and size of the LOAS frame at a place that carries its set-up (ISO/IEC 14496-3, 1.7)."""
    if at + 8 > len(data) or data[at] != 0x56 or data[at + 1] & 0xE0 != 0xE0:
        return None
    size = 3 + ((data[at + 1] & 0x1F) << 8 | data[at + 2])
    bits = Bits(data[at + 3 : at + size])
    if bits.flag():  # useSameStreamMux: the set-up came before
        return None
    version = bits.flag()
    if version and bits.flag():
        return None
    if version:
        _latm_value(bits)
    bits.skip(14)
    if version:
        _latm_value(bits)
    return _specific(bits), size


def _latm_value(bits: Bits) -> None:
    bits.skip(8 * (bits.take(2) + 1))


def _specific(bits: Bits) -> Audio:
    """AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): with SBR the rate is that of the output."""
    first = kind = _object_type(bits)
    rate, channels = _rate(bits), bits.take(4)
    if kind in (5, 29):
        rate = _rate(bits)
        kind = _object_type(bits)
    count = _AAC_CHANNELS[channels] if channels < len(_AAC_CHANNELS) else 0
    if first == 29 and count == 1:
        count = 2  # parametric stereo
    return Audio("aac_latm", _AAC_OBJECTS.get(first, f"object {first}"), rate, count, name=f"mp4a.40.{first}")


def _object_type(bits: Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == 31 else kind


def _rate(bits: Bits) -> int:
    index = bits.take(4)
    if index == 15:
        return bits.take(24)
    return AAC_RATES[index] if index < len(AAC_RATES) else 0


def mpeg_audio(data: bytes, at: int) -> Found | None:
    """Return the format and size of the MPEG audio frame at a place (ISO/IEC 11172-3, 2.4.2.3; 13818-3)."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    edition, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    index, rate_code, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if edition == 1 or layer == 4 or index in (0, 15) or rate_code == 3:
        return None
    rate = _MPEG_RATES[rate_code] >> {3: 0, 2: 1, 0: 2}[edition]
    kbps = _MPEG_KBPS[(1 if edition == 3 else 2, layer)][index]
    if layer == 1:
        size = (12_000 * kbps // rate + padding) * 4
    else:
        size = (72_000 if layer == 3 and edition != 3 else 144_000) * kbps // rate + padding
    channels = 1 if data[at + 3] >> 6 == 3 else 2
    name = "mp4a.40.34" if layer == 3 else f"mp4a.40.{31 + layer}"
    return Audio(f"mp{layer}", "", rate, channels, kbps * 1000, name=name), size


def dts(data: bytes, at: int) -> Found | None:
    """Return the format and size of the DTS core frame at a place (ETSI TS 102 114, 5.3)."""
    if data[at : at + 4] != b"\x7f\xfe\x80\x01" or at + 11 > len(data):
        return None
    bits = Bits(data[at + 4 : at + 16])
    bits.skip(7)
    blocks, size, mode, rate = bits.take(7) + 1, bits.take(14) + 1, bits.take(6), bits.take(4)
    if rate >= len(_DTS_RATES) or not _DTS_RATES[rate] or mode >= len(_DTS_CHANNELS) or size < 96:
        return None
    bits.skip(15)
    has_lfe = bits.take(2) in (1, 2)
    hertz = _DTS_RATES[rate]
    bitrate = size * 8 * hertz // (blocks * 32)
    return Audio("dts", "DTS", hertz, _DTS_CHANNELS[mode] + has_lfe, bitrate, has_lfe, name="dtsc"), size
