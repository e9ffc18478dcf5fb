"""How alarms are to be treated in this house: what latches, how long an acknowledgement or a shelf lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.model import Severity

SHELF_AT_MOST_S = 86_400.0  # ISA-18.2 as decided in standards 1.2


def _two_hours() -> Mapping[Severity, float]:
    return {Severity.CRITICAL: 7200.0, Severity.MAJOR: 7200.0}


@dataclass(frozen=True, slots=True)
class Habits:
    """`expiry_s` is how long an acknowledgement holds by severity, no entry for ever; `latched` waits for one."""

    expiry_s: Mapping[Severity, float] = field(default_factory=_two_hours)
    latched: frozenset[Severity] = frozenset({Severity.CRITICAL})
    shelf_at_most_s: float = SHELF_AT_MOST_S
