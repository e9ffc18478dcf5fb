"""Text of service information (EN 300 468, annex A): the character table is told by the first byte."""

from __future__ import annotations

from unicodedata import normalize

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
# A.1: control codes of one byte, and their places in the private area of the tables of two bytes and more
_CONTROLS = dict.fromkeys((*range(32), *range(128, 160), *range(0xE080, 0xE0A0))) | {0x8A: " ", 0xE08A: " "}
# ISO/IEC 6937: an accent stands before its letter
_ACCENTS = {
    0xC1: 0x300, 0xC2: 0x301, 0xC3: 0x302, 0xC4: 0x303, 0xC5: 0x304, 0xC6: 0x306, 0xC7: 0x307, 0xC8: 0x308,
    0xCA: 0x30A, 0xCB: 0x327, 0xCD: 0x30B, 0xCE: 0x328, 0xCF: 0x30C,
}  # fmt: skip
_SIGNS = {
    0xA4: "\u20ac", 0xA8: "\xa4", 0xA9: "\u2018", 0xAA: "\u201c", 0xAC: "\u2190", 0xAD: "\u2191", 0xAE: "\u2192",
    0xAF: "\u2193", 0xB4: "\xd7", 0xB8: "\xf7", 0xB9: "\u2019", 0xBA: "\u201d", 0xD0: "\u2015", 0xD1: "\xb9",
    0xD2: "\xae", 0xD3: "\xa9", 0xD4: "\u2122", 0xD5: "\u266a", 0xD6: "\xac", 0xD7: "\xa6", 0xDC: "\u215b",
    0xDD: "\u215c", 0xDE: "\u215d", 0xDF: "\u215e", 0xE0: "\u2126", 0xE1: "\xc6", 0xE2: "\u0110", 0xE3: "\xaa",
    0xE4: "\u0126", 0xE6: "\u0132", 0xE7: "\u013f", 0xE8: "\u0141", 0xE9: "\xd8", 0xEA: "\u0152", 0xEB: "\xba",
    0xEC: "\xde", 0xED: "\u0166", 0xEE: "\u014a", 0xEF: "\u0149", 0xF0: "\u0138", 0xF1: "\xe6", 0xF2: "\u0111",
    0xF3: "\xf0", 0xF4: "\u0127", 0xF5: "\u0131", 0xF6: "\u0133", 0xF7: "\u0140", 0xF8: "\u0142", 0xF9: "\xf8",
    0xFA: "\u0153", 0xFB: "\xdf", 0xFC: "\xfe", 0xFD: "\u0167", 0xFE: "\u014b", 0xFF: "\xad",
}  # fmt: skip


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
        return _iso6937(data).translate(_CONTROLS).strip()
    text = data.decode(codec, errors="replace")
    return text.translate(_CONTROLS).strip()


def _iso6937(data: bytes) -> str:
    """Table 00: ISO/IEC 6937 with the Euro sign (EN 300 468, figure A.1)."""
    letters: list[str] = []
    accent = 0
    for byte in data:
        if byte in _ACCENTS:
            accent = _ACCENTS[byte]
            continue
        letters.append(_SIGNS.get(byte) or chr(byte))
        if accent:
            letters.append(chr(accent))
            accent = 0
    return normalize("NFC", "".join(letters))
