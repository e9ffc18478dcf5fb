"""Everything the channel, alarm and catalogue screens ask of the agent, one function a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from noc_console.views.charts.bands import Band
from noc_console.views.charts.trace import Gap

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

Json = Mapping[str, Any]
SeriesKey = tuple[int, str, str]


async def series(
    client: ApiClient, key: SeriesKey, start: float, end: float, points: int
) -> tuple[list[list[float]], tuple[Gap, ...]]:
    """Return a curve's points `[at, min, mean, max, n]` and its gaps; key is (input, rung, metric)."""
    input_id, rung, metric = key
    asked: dict[str, str | int | float | bool] = {
        "input": input_id,
        "rung": rung,
        "metric": metric,
        "start": start,
        "end": end,
        "points": points,
    }
    answer = await client.get("/series", asked)
    return answer["points"], tuple(Gap(*gap) for gap in answer["gaps"])


async def baseline(client: ApiClient, key: SeriesKey) -> Band | None:
    """Return the normal range of a curve, None where less than an hour of it is known."""
    input_id, rung, metric = key
    told = (await client.get("/series/baseline", {"input": input_id, "rung": rung, "metric": metric}))["band"]
    return Band(float(told["low"]), float(told["high"])) if told else None


async def requests(client: ApiClient, channel_id: int, input_id: int, rung: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest requests of a channel's input."""
    rows = await client.get(f"/channels/{channel_id}/requests", {"input": input_id, "rung": rung, "limit": limit})
    return list(rows)


async def playlist(client: ApiClient, channel_id: int, input_id: int, scope: str) -> dict[str, Any]:
    """Return a playlist as fetched and the fetch before."""
    return dict(await client.get(f"/channels/{channel_id}/playlist", {"input": input_id, "scope": scope}))


async def act_on_alarm(client: ApiClient, alarm_id: int, verb: str, body: Json) -> Json:
    """Acknowledge, note or resolve an alarm; raises KnownError with the agent's sentence when refused."""
    return dict(await client.post(f"/alarms/{alarm_id}/{verb}", body))


async def alarms_between(client: ApiClient, start: float, end: float, limit: int = 2000) -> list[dict[str, Any]]:
    """Return the alarms of a stretch of time, open and closed."""
    answer = await client.get("/alarms", {"start": start, "end": end, "limit": limit})
    return list(answer["alarms"])


async def alarm_load(client: ApiClient) -> dict[str, Any]:
    """Return the alarm load of the last 24 h per operator, beside the limits of ISA-18.2."""
    return dict((await client.get("/alarms/load", {}))["load"])


async def templates(client: ApiClient) -> list[dict[str, Any]]:
    """Return the templates by name."""
    return list((await client.get("/templates", {}))["templates"])


async def rules(client: ApiClient, channel_id: int) -> list[dict[str, Any]]:
    """Return the rules that hold for a channel, each limit with who says so."""
    return list((await client.get(f"/channels/{channel_id}/rules", {}))["rules"])


async def channel(client: ApiClient, channel_id: int) -> dict[str, Any]:
    """Return a channel of the catalogue."""
    return dict((await client.get(f"/channels/{channel_id}", {}))["channel"])


async def save_channel(client: ApiClient, channel_id: int, body: Json, by: str = "") -> dict[str, Any]:
    """Add a channel (id 0) or change one, in somebody's name."""
    if channel_id:
        return dict(await client.put(f"/channels/{channel_id}{_query(by)}", body))
    return dict(await client.post(f"/channels{_query(by)}", body))


async def switch_channel(client: ApiClient, channel_id: int, *, is_on: bool, by: str = "") -> None:
    """Enable or disable a channel."""
    await client.post(f"/channels/{channel_id}/{'enable' if is_on else 'disable'}{_query(by)}", {})


async def purge_channel(client: ApiClient, channel_id: int, by: str = "") -> None:
    """Remove a channel for good."""
    named: dict[str, str | int | float | bool] = {"by": by} if by else {}
    await client.delete(f"/channels/{channel_id}", {"purge": True, **named})


async def begin_inspection(client: ApiClient, url: str, seconds: float) -> str:
    """Start to watch a URL and return the job's name."""
    return str((await client.post("/inspect", {"url": url, "seconds": seconds}))["job"])


async def inspection(client: ApiClient, job: str) -> dict[str, Any]:
    """Return how far an inspection is."""
    return dict(await client.get(f"/inspect/{job}", {}))


async def import_channels(client: ApiClient, text: str, *, is_dry: bool, by: str = "") -> dict[str, Any]:
    """Send a CSV or M3U list; dry runs only tell what would change."""
    named: dict[str, str | int | float | bool] = {"by": by} if by else {}
    return dict(await client.post_text("/channels/import", text, {**named, "dry_run": is_dry}))


async def lab(client: ApiClient) -> dict[str, Any]:
    """Return the lab's channels, faults possible and faults running."""
    return dict(await client.get("/lab", {}))


async def begin_fault(client: ApiClient, body: Json) -> Json:
    """Begin a fault on a lab channel."""
    return dict(await client.post("/lab/faults", body))


async def end_fault(client: ApiClient, fault_id: str) -> None:
    """End a running fault."""
    await client.delete(f"/lab/faults/{fault_id}", {})


def _query(by: str) -> str:
    return f"?by={quote(by)}" if by else ""
