"""A tiny bitmap font, 5 by 7 dots, so that the lab can write into its pictures without any font file."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# seven rows per letter, five bits each, most significant bit left
_FONT = {
    "A": "0E11111F111111", "B": "1E11111E11111E", "C": "0E11101010110E", "D": "1E11111111111E",
    "E": "1F10101E10101F", "F": "1F10101E101010", "G": "0E11101713110F", "H": "1111111F111111",
    "I": "0E04040404040E", "J": "0702020202120C", "K": "11121418141211", "L": "1010101010101F",
    "M": "111B1515111111", "N": "11191513111111", "O": "0E11111111110E", "P": "1E11111E101010",
    "Q": "0E11111115120D", "R": "1E11111E141211", "S": "0F10100E01011E", "T": "1F040404040404",
    "U": "1111111111110E", "V": "11111111110A04", "W": "11111115151B11", "X": "11110A040A1111",
    "Y": "11110A04040404", "Z": "1F01020408101F", "0": "0E11131519110E", "1": "040C040404040E",
    "2": "0E11010204081F", "3": "1F02040201110E", "4": "02060A121F0202", "5": "1F101E0101110E",
    "6": "0608101E11110E", "7": "1F010204080808", "8": "0E11110E11110E", "9": "0E11110F01020C",
    ":": "000C0C000C0C00", "-": "0000001F000000", ".": "00000000000C0C", " ": "00000000000000",
}  # fmt: skip


@lru_cache(maxsize=4096)
def text_mask(text: str, scale: int) -> NDArray[np.bool_]:
    """Return the dots of a line of text, each `scale` pixels wide and high; unknown letters are blanks."""
    letters = [_letter(letter) for letter in text]
    line = np.concatenate(letters, axis=1) if letters else np.zeros((7, 0), bool)
    return np.kron(line, np.ones((scale, scale), bool)).astype(bool)


def _letter(letter: str) -> NDArray[np.bool_]:
    rows = bytes.fromhex(_FONT.get(letter, _FONT[" "]))
    return np.array([[row >> bit & 1 for bit in (4, 3, 2, 1, 0, 5)] for row in rows], bool)
