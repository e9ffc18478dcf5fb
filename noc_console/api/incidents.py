"""Incidents: opened, led, told, closed, reviewed; their timeline, evidence and report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from noc_console.agent.forms import Text
from noc_console.agent.incident_capsule import remove
from noc_console.api import answers
from noc_console.api.alarms import Id
from noc_console.api.door import TheAgent
from noc_console.incidents.incident import Incident
from noc_console.incidents.page import page_json
from noc_console.incidents.render import html, lines_csv, markdown

routes = APIRouter(tags=["incidents"])
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
Long = Annotated[str, Field(max_length=4000)]
Title = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=100)]
Numbers = Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(max_length=500)]
State = Literal["open", "mitigated", "review_due", "closed"]
Severity = Literal["indeterminate", "warning", "minor", "major", "critical"]
By = Annotated[Text, Query(description="Who does it.")]


class ImpactForm(BaseModel):
    """What viewers had of it; minutes of null follow from the times."""

    model_config = ConfigDict(extra="forbid")

    channels: Annotated[list[Name], Field(max_length=500)] | None = None
    viewers: Annotated[str, Field(max_length=1000)] | None = None
    minutes: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None


class TimesForm(BaseModel):
    """Moments set by hand; null goes back to what the alarms say."""

    model_config = ConfigDict(extra="forbid")

    start: Moment | None = None
    detected: Moment | None = None
    acknowledged: Moment | None = None
    mitigated: Moment | None = None
    ended: Moment | None = None


class IncidentForm(BaseModel):
    """An incident; what is not named keeps its value."""

    model_config = ConfigDict(extra="ignore")

    title: Title | None = None
    severity: Severity | None = None
    commander: Name | None = None
    cause: Annotated[str, Field(max_length=30)] | None = None
    cause_text: Long | None = None
    ticket: Annotated[str, Field(max_length=200)] | None = None
    impact: ImpactForm | None = None
    times: TimesForm | None = None

    def said(self) -> dict[str, Any]:
        """Return what was named; null means to clear minutes and times, and nothing else."""
        said = {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}
        if self.impact is not None:
            told = self.impact.model_dump(exclude_unset=True)
            said["impact"] = {name: one for name, one in told.items() if one is not None or name == "minutes"}
        return said


class OpeningForm(IncidentForm):
    """A new incident, over alarms where some are named; their children come along."""

    alarms: Numbers = Field(default_factory=list)


class AlarmsForm(BaseModel):
    """Alarms to put under an incident."""

    alarms: Annotated[Numbers, Field(min_length=1)]


class NoteForm(BaseModel):
    """A note."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class TaskForm(BaseModel):
    """A task; what is not named keeps its value."""

    text: Annotated[str, Field(max_length=1000)] | None = None
    owner: Name | None = None
    due_at: Moment | None = None
    done: bool | None = None

    def said(self) -> dict[str, Any]:
        """Return what was named; only a deadline may be named as null."""
        said = self.model_dump(exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name == "due_at"}


class NewTaskForm(TaskForm):
    """A new task."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]


class ReviewForm(BaseModel):
    """The four questions of a review."""

    happened: Long
    why: Long
    fix: Long
    prevention: Long


@routes.get("/incidents")
async def incidents(
    agent: TheAgent,
    state: Annotated[list[State] | None, Query()] = None,
    alarm_id: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """Return incidents, newest first; of some states, or those an alarm is under."""
    return answers.listed("incidents", await agent.incident_record.listed(state or (), alarm_id, limit))


@routes.get("/incidents/tasks")
async def tasks(agent: TheAgent) -> Response:
    """Return what is promised and not done over all incidents, the soonest due first."""
    return answers.listed("tasks", await agent.incident_record.tasks())


@routes.post("/incidents", status_code=201)
async def open_one(agent: TheAgent, form: OpeningForm, by: By = "system") -> Response:
    """Open an incident; title, severity, channels and times follow from its alarms where they are not said."""
    made = await agent.incidents.open(form.said(), form.alarms, by)
    return answers.one("incident", await agent.incident_record.shown(made), 201)


@routes.get("/incidents/{incident_id}")
async def one(agent: TheAgent, incident_id: Id) -> Response:
    """Return an incident with its alarms, what follows from them, and what is overdue."""
    return answers.one("incident", await agent.incident_record.whole(incident_id))


@routes.put("/incidents/{incident_id}")
async def change(agent: TheAgent, incident_id: Id, form: IncidentForm, by: By = "system") -> Response:
    """Change what is named of an incident."""
    return await _told(agent, await agent.incidents.change(incident_id, form.said(), by))


@routes.post("/incidents/{incident_id}/alarms")
async def group(agent: TheAgent, incident_id: Id, form: AlarmsForm, by: By = "system") -> Response:
    """Put alarms under an incident, with the children of those that are folded."""
    return await _told(agent, await agent.incidents.group(incident_id, form.alarms, by))


@routes.delete("/incidents/{incident_id}/alarms/{alarm_id}")
async def part(agent: TheAgent, incident_id: Id, alarm_id: Id, by: By = "system") -> Response:
    """Take an alarm out of an incident."""
    return await _told(agent, await agent.incidents.part(incident_id, alarm_id, by))


@routes.post("/incidents/{incident_id}/notes", status_code=201)
async def note(agent: TheAgent, incident_id: Id, form: NoteForm, by: By = "system") -> Response:
    """Write a note."""
    return await _told(agent, await agent.incidents.note(incident_id, form.text, by), 201)


@routes.post("/incidents/{incident_id}/pictures", status_code=201)
async def picture(
    agent: TheAgent,
    request: Request,
    incident_id: Id,
    text: Annotated[str, Query(max_length=1000)] = "",
    by: By = "system",
) -> Response:
    """Attach a picture: the body is a PNG or JPEG file of at most 8 MiB."""
    return await _told(agent, await agent.incidents.picture(incident_id, await request.body(), text, by), 201)


@routes.post("/incidents/{incident_id}/tasks", status_code=201)
async def promise(agent: TheAgent, incident_id: Id, form: NewTaskForm, by: By = "system") -> Response:
    """Add a task."""
    return await _told(agent, await agent.incidents.promise(incident_id, form.said(), by), 201)


@routes.put("/incidents/{incident_id}/tasks/{task_id}")
async def change_task(agent: TheAgent, incident_id: Id, task_id: Id, form: TaskForm, by: By = "system") -> Response:
    """Change a task, or say that it is done."""
    return await _told(agent, await agent.incidents.change_task(incident_id, task_id, form.said(), by))


@routes.post("/incidents/{incident_id}/mitigate")
async def mitigate(agent: TheAgent, incident_id: Id, by: By = "system") -> Response:
    """Say that viewers are well again."""
    return await _told(agent, await agent.incidents.mitigate(incident_id, by))


@routes.post("/incidents/{incident_id}/close")
async def close(
    agent: TheAgent, incident_id: Id, form: Annotated[IncidentForm | None, Body()] = None, by: By = "system"
) -> Response:
    """Close an incident with its cause; the review is due in 24 h."""
    return await _told(agent, await agent.incidents.close(incident_id, form.said() if form else {}, by))


@routes.post("/incidents/{incident_id}/reopen")
async def reopen(agent: TheAgent, incident_id: Id, by: By = "system") -> Response:
    """Open an incident again."""
    return await _told(agent, await agent.incidents.reopen(incident_id, by))


@routes.post("/incidents/{incident_id}/review")
async def review(agent: TheAgent, incident_id: Id, form: ReviewForm, by: By = "system") -> Response:
    """Hold the review."""
    return await _told(agent, await agent.incidents.review(incident_id, form.model_dump(), by))


@routes.get("/incidents/{incident_id}/timeline")
async def timeline(agent: TheAgent, incident_id: Id) -> Response:
    """Return the timeline made from the journal, oldest first, at most 2,000 lines."""
    return answers.listed("lines", await agent.incident_record.timeline(incident_id))


@routes.get("/incidents/{incident_id}/evidence")
async def evidence(agent: TheAgent, incident_id: Id) -> Response:
    """Return the pieces of evidence; `/captures/{hash}` gives their bytes."""
    return answers.listed("evidence", await agent.incident_record.evidence(incident_id))


@routes.get("/incidents/{incident_id}/report")
async def report(
    agent: TheAgent, incident_id: Id, format: Annotated[Literal["json", "md", "html", "csv"], Query()] = "json"
) -> Response:
    """Return the report: a page as JSON, Markdown, one HTML file, or its timeline as CSV."""
    page, lines = await agent.incident_record.report(incident_id)
    match format:
        case "md":
            return Response(markdown(page).encode("utf-8", "replace"), media_type="text/markdown; charset=utf-8")
        case "html":
            return Response(html(page).encode("utf-8", "replace"), media_type="text/html; charset=utf-8")
        case "csv":
            return Response(lines_csv(lines).encode("utf-8", "replace"), media_type="text/csv; charset=utf-8")
    return answers.one("page", page_json(page))


@routes.post("/incidents/{incident_id}/capsule")
async def capsule(agent: TheAgent, incident_id: Id, by: By = "system") -> Response:
    """Make the evidence capsule and return it; its head is in the header X-Capsule-Head and in the journal."""
    made, told = await agent.capsules.make(incident_id, by)
    return FileResponse(
        made,
        media_type="application/zip",
        filename=made.name,
        headers={"X-Capsule-Head": str(told["head"])},
        background=BackgroundTask(remove, made),
    )


async def _told(agent: TheAgent, incident: Incident, status: int = 200) -> Response:
    return answers.one("incident", await agent.incident_record.shown(incident), status)
