"""Says when a feed is dead: no picture that moves and no sound, both at once (operator M061)."""

from __future__ import annotations

from noc_console.media.picture.seen import DEAD_FEED_S
from noc_console.model import Finding


def dead_feed(freeze_s: float, black_s: float, silence_s: float) -> Finding | None:
    """Return the finding `media-dead-feed` when freeze or black lasts as long as silence, over the limit; seconds."""
    still_s = max(freeze_s, black_s)
    both_s = min(still_s, silence_s)
    if both_s <= DEAD_FEED_S:
        return None
    picture = "black" if black_s >= freeze_s else "frozen"
    text = f"The picture is {picture} and there is no sound for {both_s:.0f} s (limit {DEAD_FEED_S:g} s)."
    return Finding("media-dead-feed", text, {"length_s": round(both_s, 3)})
