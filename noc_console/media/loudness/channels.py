"""Which channel is what: weights of BS.1770 by channel name, and the pair an operator calls left and right."""

from __future__ import annotations

from collections.abc import Sequence

from noc_console.media.stretch import MOST_CHANNELS

_SIDES = frozenset({"SL", "SR", "LS", "RS"})
_BACKS = frozenset({"BL", "BR"})
_LFE = frozenset({"LFE", "LFE2"})
_SHORT = {"L": "FL", "R": "FR", "C": "FC"}
_LAYOUTS = {
    1: ("FC",),
    2: ("FL", "FR"),
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "FC", "BC"),
    5: ("FL", "FR", "FC", "SL", "SR"),
    6: ("FL", "FR", "FC", "LFE", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


def usual_layout(channels: int, has_lfe: bool = True) -> tuple[str, ...]:
    """Return the channel names, as FFmpeg calls and orders them, where a stream tells only their number."""
    known = _LAYOUTS.get(channels)
    if known is None or ("LFE" in known and not has_lfe):
        return tuple(f"CH{number}" for number in range(1, channels + 1))
    return known


def weights(layout: Sequence[str]) -> tuple[float, ...]:
    """Return the weight of each channel in the sum of BS.1770: 1, 1.41 for surrounds, 0 for the LFE.

    BS.1770-5, Table 4: 1.41 between 60 and 120 degrees to the side. Back channels stand there in 5.0 and 5.1; beside
    side channels (7.1) they stand behind, at 135 degrees, and weigh 1.
    """
    names = _names(layout)
    surrounds = _SIDES if _SIDES & set(names) else _BACKS
    return tuple(0.0 if name in _LFE else 1.41 if name in surrounds else 1.0 for name in names)


def pair(layout: Sequence[str]) -> tuple[int, int] | None:
    """Return where left and right stand in the layout, None where there are no two of them (mono)."""
    names = _names(layout[:MOST_CHANNELS])
    if "FL" in names and "FR" in names:
        return names.index("FL"), names.index("FR")
    return (0, 1) if len(names) == 2 else None


def heard(layout: Sequence[str]) -> tuple[int, ...]:
    """Return where the channels stand that make a programme heard: all but the LFE."""
    return tuple(at for at, name in enumerate(_names(layout)) if name not in _LFE)


def _names(layout: Sequence[str]) -> list[str]:
    return [_SHORT.get(name.upper(), name.upper()) for name in layout]
