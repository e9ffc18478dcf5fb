"""Video usability information, in the parts H.264 (annex E) and H.265 (annex E) have in common."""

from __future__ import annotations

from noc_console.media.es.format import Colour
from noc_console.media.es.golomb import Golomb

_EXTENDED_SAR = 255


def read_colour(bits: Golomb) -> Colour:
    """Read from aspect_ratio_info_present_flag to the chroma locations; return the colour description."""
    if bits.flag() and bits.take(8) == _EXTENDED_SAR:
        bits.skip(32)
    if bits.flag():  # overscan_info_present_flag
        bits.skip(1)
    colour = Colour()
    if bits.flag():  # video_signal_type_present_flag
        bits.skip(4)
        if bits.flag():
            colour = Colour(bits.take(8), bits.take(8), bits.take(8))
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue(5)
        bits.ue(5)
    return colour


def frames_per_second(ticks: int, scale: int, fields: int = 1) -> float:
    """Return scale / ticks, by the fields of a frame where the clock counts fields; 0 where it cannot be."""
    if not ticks or not scale:
        return 0.0
    rate = scale / ticks / fields
    return round(rate, 3) if 1.0 <= rate <= 400.0 else 0.0
