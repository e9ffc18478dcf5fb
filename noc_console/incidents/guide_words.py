"""What a walk through a guide did, one sentence an event; kinds that come later are told by their own name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Steps of the machine that nobody reads in a timeline.
SILENT = frozenset({"GuideEvidence", "GuideDiagnosticWanted", "GuideRefused", "GuideJoined", "GuideAlarmChanged"})
_SAID = {
    "GuideStarted": "started",
    "GuideWentBack": "went back to",
    "GuideDisagreed": "disagreed at",
    "GuideSkipped": "skipped",
    "GuideTookOffer": "took the offer",
    "GuideApprovalAsked": "approval asked for",
    "GuideApproved": "approved",
    "GuideDenied": "denied",
    "GuideOverdue": "overdue:",
    "GuideEscalated": "escalated:",
    "GuideLinked": "went on in",
    "GuideEnded": "ended",
}


def guide_sentence(kind: str, data: Mapping[str, Any]) -> str:
    """Return what an event of a guide says; every piece may be missing."""
    run = data.get("run")
    name = str((run if isinstance(run, Mapping) else {}).get("guide") or data.get("guide") or "Guide")
    words = [_SAID.get(kind, ""), _word(data, "step"), *_rest(kind, data)]
    said = " ".join(word for word in words if word)
    if kind not in _SAID and not said:
        said = _WORDS.sub(" ", kind.removeprefix("Guide")).lower()
    reason = _word(data, "reason")
    return f"{name} {said}{f' ({reason})' if reason else ''}"


def _rest(kind: str, data: Mapping[str, Any]) -> list[str]:
    match kind:
        case "GuideStarted":  # its text is the whole guide
            return []
        case "GuideAnswered" | "GuideWalked":
            return [f"→ {says}" if (says := _word(data, "says")) else "passed"]
        case "GuideLinked":
            return [_word(data, "to_guide")]
        case "GuideEnded":
            return [_verdict(data)]
    to = data.get("to")
    told = [f"to {', '.join(str(one) for one in to)}:"] if isinstance(to, list | tuple) and to else []
    return [*told, _word(data, "text")]


def _verdict(data: Mapping[str, Any]) -> str:
    run = data.get("run")
    causes = run.get("verdict") if isinstance(run, Mapping) else None
    ending = _word(data, "ending")
    named = f"verdict {', '.join(str(one) for one in causes)}" if isinstance(causes, list | tuple) and causes else ""
    return ", ".join(one for one in (ending, named) if one)


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip()[:500] if isinstance(value, str) else ""
