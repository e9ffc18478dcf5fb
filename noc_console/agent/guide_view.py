"""A walk as the screen needs it: the run, its evidence, verdict, timers, commands filled in, forms begun."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from noc_console.agent.guide_answer import Told, to_json
from noc_console.agent.guide_walk import Walk, slim_run, summary
from noc_console.guides.checking_off import Line, lines
from noc_console.guides.guide import Guide
from noc_console.guides.resolving import prefilled, warnings
from noc_console.guides.run import Run, run_to_json, seal
from noc_console.guides.steps import Action, Ask, Decide, Form, Manual
from noc_console.guides.timing import due_at
from noc_console.guides.verdict import Cause, verdict
from noc_console.guides.walking import Walk as Path

_BRACES = re.compile(r"\{([a-z_]+)\}")


def view(walk: Walk, now: float) -> dict[str, Any]:
    """Return everything the wizard draws of a walk but the guide's own tree."""
    guide, run = walk.guide, walk.run
    open_steps = [guide.step(stay.step) for stay in run.open_stays]
    told = run_to_json(run)
    del told["answers"]
    return {
        **summary(walk),
        "rev": walk.rev,
        "at": now,
        "run": told,
        "facts": dict(walk.facts),
        "alarm_state": walk.alarm_state,
        "evidence": evidence_of(walk),
        "verdict_so_far": _verdict(walk),
        "suggested": {
            one.id: Path(guide, run, now).suggested(one) for one in open_steps if isinstance(one, Ask | Decide)
        },
        "timers": timers(guide, run.since, run.fired),
        "respond_at": run.since + guide.respond_s if guide.respond_s is not None else None,
        "offered": list(run.offered),
        "next_at": due_at(guide, run, now),
        "commands": commands(guide, walk.facts),
        "forms": {
            one.id: {"values": prefilled(guide, run, one, now, _names(walk)), "warnings": warnings(run, one)}
            for one in open_steps
            if isinstance(one, Form)
        },
        "lines": [_line(one) for one in lines(guide, run, exceptions_first=True)],
        "diagnosed": dict(walk.diagnosed),
        "missing": list(verdict(run).missing),
        "seal": sealed(run) if run.signatures else "",
    }


def sealed(run: Run) -> str:
    """Return the SHA-256 of what was signed: notes and handover, which may come later, are left out."""
    return seal(replace(slim_run(run), at=run.ended_at or 0.0, notes=(), inherited=(), log=()))


def evidence_of(walk: Walk) -> dict[str, Any]:
    """Return every answer of a run with its surroundings, those typed by people among them."""
    told = {}
    for name, answer in walk.run.answers.items():
        known = walk.evidence.get(name)
        fits = known is not None and known.answer.value == answer.value and known.answer.end == answer.end
        told[name] = to_json(known if known is not None and fits else Told(answer))
    return told


def timers(guide: Guide, since: float, fired: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return a guide's timers with the time each comes."""
    return [
        {
            "at": since + one.after_min * 60,
            "after_min": one.after_min,
            "do": one.do,
            "to": list(one.to),
            "text": {"en": one.text.en, "vi": one.text.vi},
            "step": one.step,
            "is_fired": place in fired,
        }
        for place, one in enumerate(guide.timers)
    ]


def commands(guide: Guide, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the commands of a guide's steps with the facts filled in, and the names nobody has said."""
    found = {}
    for step in guide.steps:
        if isinstance(step, Manual | Action) and step.command:
            names = dict.fromkeys(_BRACES.findall(step.command))
            missing = [name for name in names if name not in facts]
            found[step.id] = {"text": _filled(step.command, facts), "on": _filled(step.on, facts), "missing": missing}
    return found


def _filled(text: str, facts: Mapping[str, str]) -> str:
    # a fact comes from labels and URLs: in a command it is one word, whatever is in it
    return _BRACES.sub(lambda name: shlex.quote(facts[name[1]]) if name[1] in facts else name[0], text)


def tree(guide: Guide) -> dict[str, Any]:
    """Return a whole guide as plain JSON, for drawing its tree."""
    told: dict[str, Any] = _adapter().dump_python(guide, mode="json", by_alias=True)
    return told


@cache
def _adapter() -> TypeAdapter[Guide]:
    return TypeAdapter(Guide)


def _names(walk: Walk) -> dict[str, Any]:
    return {
        "channel": walk.facts.get("channel", ""),
        "input": walk.facts.get("layer", ""),
        "alarm": str(walk.alarm.get("alarm_type") or ""),
    }


def _verdict(walk: Walk) -> dict[str, Any]:
    found = verdict(walk.run)
    return {
        "primary": [_cause(one) for one in found.primary],
        "secondary": [_cause(one) for one in found.secondary],
        "ruled_out": [_cause(one) for one in found.ruled_out],
        "confidence": round(found.confidence, 3),
        "level": found.level,
    }


def _cause(one: Cause) -> dict[str, Any]:
    return {
        "name": one.name,
        "speaks_for": round(one.speaks_for, 3),
        "speaks_against": round(one.speaks_against, 3),
        "rest": round(one.rest, 3),
        "signs": [asdict(sign) for sign in one.signs],
        "against": [asdict(sign) for sign in one.against],
    }


def _line(one: Line) -> dict[str, Any]:
    item = one.item
    return {
        "section": one.section,
        "item": item.id,
        "text": {"en": item.text.en, "vi": item.text.vi},
        "if_not": {"en": item.if_not.en, "vi": item.if_not.vi},
        "guide": item.guide,
        "figure": item.figure,
        "value": one.value,
        "change": one.change,
        "is_well": one.is_well,
        "mark": asdict(one.mark) if one.mark else None,
    }
