"""The other names of the requirements (1.8): programmes, flows and reports in bare Inspector shapes."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from noc_console.agent import loudness_report
from noc_console.agent.refusals import BadRequest
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.door import TheAgent

routes = APIRouter(tags=["programs"])
When = Annotated[str, Query(max_length=40, description="ISO 8601 time, or Unix seconds.")]


@routes.get("/programs")
async def programs(agent: TheAgent) -> Response:
    """Return the programmes (R-149)."""
    return answers.bare(agent.programs.listed())


@routes.get("/programs/{program_id}")
async def program(agent: TheAgent, program_id: Id) -> Response:
    """Return one programme with its codec and resolution (R-150)."""
    return answers.bare(agent.programs.one(program_id))


@routes.get("/programs/{program_id}/alarms")
async def alarms(agent: TheAgent, program_id: Id) -> Response:
    """Return a programme's open alarms, severity in upper case (R-151)."""
    return answers.bare(agent.programs.alarms(program_id))


@routes.get("/programs/{program_id}/metrics")
async def metrics(agent: TheAgent, program_id: Id, start: When = "", end: When = "") -> Response:
    """Return a programme's series by name (R-152)."""
    return answers.bare(await agent.programs.metrics(program_id, seconds(start), seconds(end)))


@routes.post("/programs/{program_id}/enable")
async def enable(agent: TheAgent, program_id: Id) -> Response:
    """Measure a programme again (R-153)."""
    await agent.channels.enable(program_id, True, "")
    return answers.done("The programme is measured.")


@routes.post("/programs/{program_id}/disable")
async def disable(agent: TheAgent, program_id: Id) -> Response:
    """Stop measuring a programme (R-153)."""
    await agent.channels.enable(program_id, False, "")
    return answers.done("The programme is not measured any more.")


@routes.get("/flows")
async def flows(agent: TheAgent) -> Response:
    """Return the groups of inputs by what they speak and where they come from (R-154)."""
    return answers.bare(agent.programs.flows())


@routes.get("/reports/daily")
async def daily(
    agent: TheAgent, date: Annotated[datetime.date | None, Query(description="UTC day; today.")] = None
) -> Response:
    """Return the day in numbers (R-155)."""
    return answers.bare(await agent.programs.daily(date))


@routes.get("/reports/loudness")
async def loudness(
    agent: TheAgent,
    start: When = "",
    end: When = "",
    form: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv",
) -> Response:
    """Return the loudness of each programme (R-156); empty where no sound is measured."""
    rows = await agent.programs.loudness(seconds(start), seconds(end))
    return answers.bare(rows) if form == "json" else _sheet(rows)


def _sheet(rows: list[dict[str, Any]]) -> Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, loudness_report.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return Response(text.getvalue(), media_type="text/csv")


def seconds(text: str) -> float | None:
    """Return an ISO 8601 time (UTC where no zone is said) or a number as Unix seconds; None when empty."""
    if not text.strip():
        return None
    try:
        at = float(text)
    except ValueError:
        at = _iso_seconds(text)
    if not 0 <= at <= 1e11:
        raise BadRequest("The time is out of range.")
    return at


def _iso_seconds(text: str) -> float:
    try:
        # a plus sign that was not encoded arrives as a blank
        text = text.strip().replace(" ", "+") if "T" in text else text.strip()
        moment = datetime.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(f"{text[:40]!r} is not a time: write 2026-11-20T14:00:00Z.") from None
