"""What was: series, the journal, worst of a window, captures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from noc_console.agent.reads import Order, Span
from noc_console.api import answers
from noc_console.api.door import TheAgent
from noc_console.api.live import Wait

routes = APIRouter(tags=["history"])
Time = Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False, description="Unix seconds.")]
Key = Annotated[str, Query(max_length=64)]


@routes.get("/series")
async def series(
    agent: TheAgent,
    metric: Key,
    input_id: Annotated[int, Query(alias="input", ge=0, le=2**62)] = 0,
    rung: Annotated[str, Query(max_length=128)] = "",
    start: Time = None,
    end: Time = None,
    points: Annotated[int, Query(ge=1, le=20_000)] = 1000,
) -> Response:
    """Return a series of one window with at most the asked number of points, and its gaps."""
    return answers.bare(await agent.reads.series(input_id, metric, rung, Span(start, end), points))


@routes.get("/series/baseline")
async def baseline(
    agent: TheAgent,
    metric: Key,
    input_id: Annotated[int, Query(alias="input", ge=0, le=2**62)] = 0,
    rung: Annotated[str, Query(max_length=128)] = "",
    end: Time = None,
) -> Response:
    """Return the normal range of a series in the 24 h before `end`."""
    return answers.bare(await agent.reads.baseline(input_id, metric, rung, end))


@routes.get("/journal")
async def journal(
    agent: TheAgent,
    after: Annotated[str, Query(max_length=80, description="Cursor JOURNAL:SEQ; empty begins at the start.")] = "",
    kinds: Annotated[str, Query(max_length=1000, description="Event kinds, separated by commas.")] = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    wait: Wait = 0.0,
    ticks: bool = False,
) -> Response:
    """Return events in order after a cursor; nothing is left out."""
    wanted = tuple(kind.strip() for kind in kinds.split(",") if kind.strip())
    return answers.bare(await agent.reads.journal(after, wanted, limit, wait, ticks))


@routes.get("/top")
async def top(
    agent: TheAgent,
    metric: Key,
    start: Time = None,
    end: Time = None,
    n: Annotated[int, Query(ge=1, le=1000)] = 10,
    order: Order = "max",
) -> Response:
    """Return the worst series of a window."""
    return answers.bare(await agent.reads.top(metric, Span(start, end), n, order))


@routes.get("/captures/{digest}")
async def capture(agent: TheAgent, digest: Annotated[str, Path(min_length=64, max_length=64)]) -> Response:
    """Return a piece of evidence by its content hash (SHA-256, hex)."""
    content = await agent.reads.capture(digest)
    return Response(content, media_type="application/octet-stream")
