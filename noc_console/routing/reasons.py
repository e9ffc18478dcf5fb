"""The named reasons for telling somebody or not, and the sentence behind each name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TELL: Mapping[str, str] = MappingProxyType(
    {
        "route-step": "the route says so",
        "severity-rose": "the alarm became worse",
        "unacknowledged": "nobody has acknowledged the alarm",
        "repeat-until-acknowledged": "told again until somebody acknowledges",
        "cleared": "the condition has cleared",
        "closed-by-hand": "the alarm was closed by hand",
        "acknowledged": "somebody has acknowledged the alarm",
        "trial": "somebody tried this receiver",
        "guide": "a guide asks for somebody",
    }
)
SKIP: Mapping[str, str] = MappingProxyType(
    {
        "notify-none": "this agent tells nobody (notify = none)",
        "no-receiver": "no receiver has this name or role",
        "no-route": "no route of the policy matches",
        "receiver-disabled": "the receiver is switched off",
        "quiet-hours": "the receiver has quiet hours",
        "acknowledged": "somebody has acknowledged the alarm",
        "shelved": "the alarm is shelved",
        "suppressed": "the alarm is suppressed",
        "folded": "it is folded into the alarm of its first cause",
        "demo-channel": "the channel is a demo",
        "drill": "a drill is running on this channel",
        "already-told": "the receiver was told already",
        "never-told": "the receiver was never told of the alarm",
        "not-in-route": "the matching route does not name the receiver",
        "outbox-full": "too many notices wait",
        "receiver-gone": "the receiver was removed",
    }
)
