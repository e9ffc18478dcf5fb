"""The verdict of a run: primary, secondary and ruled out causes, with a confidence anybody can recompute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from noc_console.guides.run import Run, Sign

# the arithmetic is told to authors and operators in playbooks/README.md
PRIMARY_FROM = 0.3
SECONDARY_FROM = 0.2
ONE_SIGN_AT_MOST = 0.7
HIGH_FROM = 0.8
MEDIUM_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: `speaks_for` and `speaks_against` are 0 to 1, `rest` is what remains of the first."""

    name: str
    speaks_for: float
    speaks_against: float
    rest: float
    signs: tuple[Sign, ...]
    against: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signs of a run come to; `primary` is empty while it is undetermined."""

    primary: tuple[Cause, ...]
    secondary: tuple[Cause, ...]
    ruled_out: tuple[Cause, ...]
    confidence: float
    missing: tuple[str, ...]

    @property
    def level(self) -> str:
        """`high`, `medium` or `low`."""
        if self.confidence >= HIGH_FROM:
            return "high"
        return "medium" if self.confidence >= MEDIUM_FROM else "low"


def verdict(run: Run) -> Verdict:
    """Return the verdict of what has been walked; steps that were gone back over do not count."""
    trail = [stay for stay in run.trail if stay.left_at is not None]
    signs = _newest([sign for stay in trail for sign in stay.signs])
    missing = tuple(dict.fromkeys(stay.step for stay in trail if stay.has_no_data))
    judged = {stay.step for stay in trail if stay.terms or stay.has_no_data or stay.signs}
    share = len(missing) / len(judged) if judged else 0.0
    return weighed(signs, share, missing)


def weighed(signs: tuple[Sign, ...], missing_share: float = 0.0, missing: tuple[str, ...] = ()) -> Verdict:
    """Return what signs come to; `missing_share` is the part of the decisions that had no data, 0 to 1."""
    names = dict.fromkeys(n for sign in signs for n in (*sign.blames, *sign.secondary, *sign.rules_out))
    causes = sorted((_cause(name, signs) for name in names), key=lambda cause: -cause.rest)
    primary = next((cause for cause in causes if cause.rest >= PRIMARY_FROM and _is_blamed(cause)), None)
    out = tuple(cause for cause in causes if cause.against and cause.speaks_against >= cause.speaks_for)
    others = [cause for cause in causes if cause is not primary and cause not in out]
    secondary = tuple(cause for cause in others if cause.rest >= SECONDARY_FROM)
    confidence = 0.0 if primary is None else _confidence(primary, others, missing_share)
    return Verdict(() if primary is None else (primary,), secondary, out, confidence, missing)


def _confidence(primary: Cause, others: Iterable[Cause], missing_share: float) -> float:
    rival = max((cause.rest for cause in others), default=0.0)
    confidence = primary.rest * (1 - rival / 2) * (1 - missing_share / 2)
    return min(confidence, ONE_SIGN_AT_MOST) if len({sign.step for sign in primary.signs}) == 1 else confidence


def _cause(name: str, signs: Iterable[Sign]) -> Cause:
    held = tuple(sign for sign in signs if name in sign.blames or name in sign.secondary)
    against = tuple(sign for sign in signs if name in sign.rules_out)
    speaks_for = _joined(sign.weight if name in sign.blames else sign.weight / 2 for sign in held)
    speaks_against = _joined(sign.weight for sign in against)
    return Cause(name, speaks_for, speaks_against, speaks_for * (1 - speaks_against), held, against)


def _joined(weights: Iterable[float]) -> float:
    """Signs that agree leave less and less doubt: 1 − Π(1 − w)."""
    return 1 - prod(1 - weight for weight in weights)


def _is_blamed(cause: Cause) -> bool:
    return any(cause.name in sign.blames for sign in cause.signs)


def _newest(signs: list[Sign]) -> tuple[Sign, ...]:
    """A step that was walked twice (a loop over a verification) counts once, as it was last."""
    last: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Sign] = {}
    for sign in signs:
        last[(sign.step, sign.blames, sign.rules_out)] = sign
    return tuple(last.values())
