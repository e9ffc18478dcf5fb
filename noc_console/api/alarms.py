"""Alarms: which are open, which were, and the operator's verbs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import Response

from noc_console.agent.alarm_desk import Said
from noc_console.api import answers
from noc_console.api.bodies import Bulk, Shelving, Verb
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["alarms"])
Id = Annotated[int, Path(ge=1, le=2**62)]
At = Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False, description="Unix seconds.")]
Limit = Annotated[int, Query(ge=1, le=10_000)]
MaybeVerb = Annotated[Verb | None, Body()]


@routes.get("/alarms/active")
async def active(agent: TheAgent) -> Response:
    """Return the open alarms, worst first, then newest."""
    return answers.listed("alarms", agent.alarms.active())


@routes.get("/alarms")
async def known(
    agent: TheAgent,
    start: At = None,
    end: At = None,
    channel_id: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Limit = 500,
) -> Response:
    """Return the alarms of a time, newest first, open and closed."""
    return answers.listed("alarms", await agent.alarms.known(start, end, channel_id, limit))


@routes.get("/alarms/ageing")
async def ageing(agent: TheAgent) -> Response:
    """Return the answered alarms that are still open, longest first, and those whose answer expired."""
    return answers.listed("alarms", agent.alarms.ageing())


@routes.get("/alarms/load")
async def load(agent: TheAgent, operators: Annotated[int | None, Query(ge=1, le=100)] = None) -> Response:
    """Return the alarm load of one operator with the limits of ISA-18.2."""
    return answers.one("load", agent.load_figures.figures(operators or agent.settings.operators))


@routes.post("/alarms/bulk")
async def bulk(agent: TheAgent, form: Bulk) -> Response:
    """Do one verb to several alarms; the answer says of each that could not be why."""
    said = Said(form.by, form.note, form.hours * 3600, form.with_children)
    return answers.bare({"status": "ok", **await agent.alarms.several(form.verb, form.alarm_ids, said)})


@routes.get("/alarms/{alarm_id}")
async def one(agent: TheAgent, alarm_id: Id) -> Response:
    """Return one alarm as it stands."""
    return answers.one("alarm", await agent.alarms.one(alarm_id))


@routes.get("/alarms/{alarm_id}/history")
async def history(agent: TheAgent, alarm_id: Id) -> Response:
    """Return what happened to one alarm, in order."""
    return answers.listed("events", await agent.alarms.history(alarm_id))


@routes.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge(agent: TheAgent, alarm_id: Id, verb: MaybeVerb = None) -> Response:
    """Take ownership of an alarm."""
    said = verb or Verb()
    return _done(await agent.alarms.acknowledge(alarm_id, said.by, said.note))


@routes.post("/alarms/{alarm_id}/resolve")
async def resolve(agent: TheAgent, alarm_id: Id, verb: MaybeVerb = None) -> Response:
    """Close an alarm; refused while the condition holds, unless it is called false with a note."""
    said = verb or Verb()
    return _done(await agent.alarms.resolve(alarm_id, said.by, said.note, said.is_false))


@routes.post("/alarms/{alarm_id}/note")
async def note(agent: TheAgent, alarm_id: Id, verb: Verb) -> Response:
    """Write a note beside an alarm."""
    return _done(await agent.alarms.note(alarm_id, verb.by, verb.note))


@routes.post("/alarms/{alarm_id}/shelve")
async def shelve(agent: TheAgent, alarm_id: Id, form: Shelving) -> Response:
    """Hide an alarm for at most 24 h, with a reason; it comes back by itself."""
    return _done(await agent.alarms.shelve(alarm_id, form.by, form.reason, form.hours * 3600))


@routes.post("/alarms/{alarm_id}/unshelve")
async def unshelve(agent: TheAgent, alarm_id: Id, verb: MaybeVerb = None) -> Response:
    """Show a shelved alarm again."""
    return _done(await agent.alarms.unshelve(alarm_id, (verb or Verb()).by))


@routes.post("/channels/{channel_id}/test-alarm", status_code=201)
async def test(agent: TheAgent, channel_id: Id, verb: MaybeVerb = None) -> Response:
    """Raise an alarm marked TEST that clears itself after a minute."""
    said = verb or Verb()
    alarm = await agent.alarms.test(channel_id, said.by)
    return answers.one("alarm", alarm, 201, alarm_id=alarm["alarm_id"])


def _done(alarm: dict[str, Any]) -> Response:
    return answers.one("alarm", alarm)
