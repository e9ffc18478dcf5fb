"""Text of service information (EN 300 468, annex A): the character table is told by the first byte."""

from __future__ import annotations

_TABLES = {
    0x01: "iso8859-5",
    0x02: "iso8859-6",
    0x03: "iso8859-7",
    0x04: "iso8859-8",
    0x05: "iso8859-9",
    0x06: "iso8859-10",
    0x07: "iso8859-11",
    0x09: "iso8859-13",
    0x0A: "iso8859-14",
    0x0B: "iso8859-15",
    0x11: "utf-16-be",
    0x12: "euc_kr",
    0x13: "gb2312",
    0x14: "utf-16-be",
    0x15: "utf-8",
}
_CONTROLS = dict.fromkeys((*range(32), *range(128, 160))) | {0x8A: " "}


def decoded(data: bytes) -> str:
    """Return the text; what cannot be read becomes a replacement sign, control codes go."""
    if not data:
        return ""
    first = data[0]
    if first == 0x10 and len(data) >= 3:
        table = int.from_bytes(data[1:3], "big")
        codec, data = (f"iso8859-{table}" if 1 <= table <= 16 and table != 12 else "iso8859-1"), data[3:]
    elif first < 0x20:
        codec, data = _TABLES.get(first, "iso8859-1"), data[1:]
    else:
        codec = "iso8859-1"  # table 00 is ISO 6937; its letters without accents are the same
    text = data.decode(codec, errors="replace")
    return text.translate(_CONTROLS).strip()
