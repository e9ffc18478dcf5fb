"""The NMS log, what comes in and how it is mapped, and what an NMS must know of us."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from noc_console.agent.forms import Text
from noc_console.agent.nms_desk import NmsDesk
from noc_console.agent.refusals import BadRequest
from noc_console.api import answers
from noc_console.api.door import TheAgent
from noc_console.errors import KnownError
from noc_console.notify.mapping import Incoming
from noc_console.notify.nms_log import Direction, LogQuery
from noc_console.notify.snmp_config import DEFAULT_ROOT
from noc_console.notify.snmp_mib import modules

routes = APIRouter(tags=["nms"])
Seq = Annotated[int, Query(ge=0, le=2**62)]
_Key = Annotated[str, Field(max_length=500)]
_Word = Annotated[str, Field(max_length=256)]


class IncomingText(BaseModel):
    """The whole text of incoming.toml."""

    text: Annotated[str, Field(max_length=60_000)]
    by: Text = "system"


class UserKeys(BaseModel):
    """The keys of one sender of v3 notifications."""

    model_config = ConfigDict(extra="forbid")

    auth_key: _Word = ""
    priv_key: _Word = ""


class IncomingSecrets(BaseModel):
    """Secrets of senders; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    communities: Annotated[list[_Word], Field(max_length=50)] | None = None
    users: Annotated[dict[_Word, UserKeys], Field(max_length=64)] | None = None
    alertmanager_token: Annotated[str, Field(min_length=16, max_length=256)] | None = None
    by: Text = "system"


class Trial(BaseModel):
    """A notice to try the mapping with."""

    source: Literal["trap", "alertmanager"] = "trap"
    peer: _Word = "127.0.0.1"
    fields: Annotated[dict[_Key, Annotated[str, Field(max_length=2000)]], Field(max_length=300)] = Field(
        default_factory=dict
    )
    resolved: bool = False


class By(BaseModel):
    """Who asks."""

    by: Text = "system"


@routes.get("/nms-log")
async def nms_log(
    agent: TheAgent,
    after: Seq = 0,
    before: Seq = 0,
    direction: Direction = "",
    text: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    raw: bool = False,
) -> Response:
    """Return what came in and went out: after a line in order, else the newest, newest first."""
    query = LogQuery(after, before, direction, text, limit, raw)
    return answers.listed("lines", await NmsDesk(agent).log(query))


@routes.get("/nms-log/{seq}")
async def nms_line(agent: TheAgent, seq: Annotated[int, Path(ge=1, le=2**62)]) -> Response:
    """Return one line of the log with its raw content."""
    return answers.one("line", await NmsDesk(agent).line(seq))


@routes.get("/nms/incoming")
async def incoming(agent: TheAgent) -> Response:
    """Return how incoming notices are taken, the rules, and how it goes."""
    return answers.one("incoming", await NmsDesk(agent).incoming())


@routes.put("/nms/incoming")
async def put_incoming(agent: TheAgent, form: IncomingText) -> Response:
    """Replace incoming.toml."""
    await NmsDesk(agent).put_incoming(form.text, form.by)
    return answers.one("incoming", await NmsDesk(agent).incoming())


@routes.put("/nms/incoming/secrets")
async def put_secrets(agent: TheAgent, form: IncomingSecrets) -> Response:
    """Keep communities, users' keys and the webhook's token; they are never given out again."""
    await NmsDesk(agent).put_secrets(form.model_dump(exclude_none=True, exclude={"by"}), form.by)
    return answers.done("The secrets are kept.")


@routes.post("/nms/mapping/try")
async def try_mapping(agent: TheAgent, form: Trial) -> Response:
    """Say what the rules would make of a notice, without making it."""
    says = form.fields.get("trap") or form.fields.get("trap_oid") or form.fields.get("labels.alertname", "")
    one = Incoming(form.source, agent.clock.now(), form.peer, says, "", form.fields, is_over=form.resolved)
    return answers.bare({"status": "ok", "verdict": NmsDesk(agent).try_mapping(one)})


@routes.get("/nms/snmp")
async def snmp(agent: TheAgent) -> Response:
    """Return what an NMS must know of us: engine id, OID root, and whose the root is."""
    return answers.one("snmp", await NmsDesk(agent).snmp())


@routes.post("/nms/snmp/{name}/reach")
async def reach(agent: TheAgent, name: Annotated[str, Path(max_length=64)], form: By) -> Response:
    """Ask the NMS of an SNMP receiver for their uptime."""
    return answers.listed("destinations", await NmsDesk(agent).reach(name, form.by))


@routes.get("/nms/mib")
async def mib(
    root: Annotated[str, Query(max_length=500)] = DEFAULT_ROOT,
    module: Literal["NOC-CONSOLE-MIB", "NOC-CONSOLE-OBJECTS-MIB"] = "NOC-CONSOLE-MIB",
    severity: Literal["number", "text"] = "number",
) -> Response:
    """Return a module of the MIB for an OID root, as text."""
    try:
        return Response(modules(root, severity)[module], media_type="text/plain")
    except KnownError as error:
        raise BadRequest(str(error)) from None
