"""What a watch saw in one stretch of picture, and the limits it judges by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.model import Event, Finding

FREEZE_S, BLACK_S = 1.0, 0.5
BARS_S, SLATE_S = 10.0, 30.0  # operator M064
BLOCKINESS = 0.15
MOS_WARNING, MOS_MAJOR, MOS_CRITICAL = 4.0, 3.5, 2.0
#: From which length on a condition counts: a clock that ticks once a second stands for a second and a frame or two.
LEAST_S = {"freeze": FREEZE_S + 0.1, "black": BLACK_S, "bars": BARS_S, "slate": SLATE_S}
DEAD_FEED_S = 10.0  # operator M061
OTT_KEY_S, TS_KEY_S = 2.0, 5.0  # Apple HLS authoring 1.13; TS 101 154


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a picture was frozen, black, a test picture or a slate.

    `start_s` is by the stream's clock, `at` the same moment in Unix seconds, UTC. `is_over` says that its end was
    seen; `name` is the slate's.
    """

    start_s: float
    length_s: float
    at: float
    is_over: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one stretch gave: the newest measures, what is wrong now, what ended, and the spans that touch it.

    `wants_all_frames` says that key frames alone look ill, so that all frames should be decoded for a while.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    freezes: tuple[Span, ...] = ()
    blacks: tuple[Span, ...] = ()
    bars: tuple[Span, ...] = ()
    slates: tuple[Span, ...] = ()
    wants_all_frames: bool = False
