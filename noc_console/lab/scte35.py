"""Writes the SCTE 35 messages that stand in EXT-X-DATERANGE at the edges of an ad break."""

from __future__ import annotations

from noc_console.lab.crc import mpeg_crc32


def splice_insert(event: int, is_out: bool, ticks: int, duration: int) -> str:
    """Return a splice_insert (ANSI/SCTE 35, 9.7.3) as `0x` and hexadecimal digits.

    `ticks` is the time of the splice and `duration` the length of the break, in 90 kHz ticks.
    """
    # event not cancelled; programme splice, not immediate; a duration only on the way out
    flags = (0x80 if is_out else 0) | 0x40 | (0x20 if is_out else 0) | 0x0F
    command = (event & 0xFFFFFFFF).to_bytes(4, "big") + bytes((0x7F, flags)) + _time(0xFE, ticks)
    if is_out:
        command += _time(0xFE, duration)  # auto_return
    command += bytes((0, 1, 0, 0))  # unique_program_id 1, avail 0 of 0
    body = bytes((0, 0, 0, 0, 0, 0, 0, 0xFF, 0xF0 | len(command) >> 8, len(command) & 0xFF, 5))
    body += command + b"\x00\x00"
    length = len(body) + 4
    whole = bytes((0xFC, 0x30 | length >> 8, length & 0xFF)) + body
    return "0x" + (whole + mpeg_crc32(whole).to_bytes(4, "big")).hex().upper()


def _time(flags: int, ticks: int) -> bytes:
    """Return a 33-bit time behind seven bits of flags."""
    return ((flags >> 1) << 33 | ticks & (1 << 33) - 1).to_bytes(5, "big")
