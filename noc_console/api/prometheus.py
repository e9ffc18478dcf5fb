"""The board as Prometheus text: our own noc_ names for what is measured, the names of R-261 where they apply."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from noc_console.catalogues import metrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
Sample = tuple[str, Mapping[str, str], float]


def exposition(state: Mapping[str, Any]) -> str:
    """Return the whole board in the text format 0.0.4; one family after the other, each with its help."""
    families: dict[str, list[Sample]] = {}
    for name, labels, value in _samples(state):
        families.setdefault(name, []).append((name, labels, value))
    lines = []
    for name, samples in families.items():
        lines += [f"# HELP {name} {_help(name)}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels(labels)} {_number(value)}" for _, labels, value in samples]
    return "\n".join(lines) + "\n"


def _samples(state: Mapping[str, Any]) -> Iterator[Sample]:
    agent = state["agent"]
    instance = {"instance": str(agent["name"])}
    yield "up", instance, 1.0
    yield "noc_agent_recording", instance, float(agent["recording"]["state"] == "ok")
    for worker in agent["workers"]:
        labels = {**instance, "slot": str(worker["slot"])}
        for key in ("inputs", "cpu_ratio", "rss_bytes", "lag_s", "requests_per_s", "bandwidth_bps"):
            yield f"noc_worker_{key}", labels, float(worker.get(key) or 0.0)
    incoming = agent.get("incoming") or {}
    yield "noc_incoming_refused", instance, float(incoming.get("refused") or 0)
    for one in incoming.get("by_rule") or ():
        yield "noc_incoming_notices", {**instance, "source": one["source"], "rule": one["rule"]}, float(one["count"])
    for channel in state["channels"]:
        yield from _channel(channel, instance)


def _channel(channel: Mapping[str, Any], instance: Mapping[str, str]) -> Iterator[Sample]:
    labels = {
        **instance,
        "channel": str(channel["code"]),
        "tier": str(channel["tier"]),
        "class": str(channel["class"]),
        "status": str(channel["state"]),
    }
    yield "noc_channel_open_alarms", labels, float(channel["open_alarms"])
    for one in channel["inputs"]:
        here = {**labels, "layer": str(int(one["layer"])), "input": str(one["id"])}
        for key, value in one["metrics"].items():
            yield _name(key), here, value
        for rung in one["rungs"]:
            for key, value in rung["metrics"].items():
                yield _name(key) + "_rung", {**here, "rung": str(rung["rung"])}, value


@cache
def _name(key: str) -> str:
    return "noc_" + re.sub(r"[^a-z0-9_]", "_", key.lower())


def _help(name: str) -> str:
    return _HELPS.get(name) or _titles().get(name.removesuffix("_rung"), "A figure of the agent.")


@cache
def _titles() -> Mapping[str, str]:
    return {_name(key): f"{one.title_en} ({one.unit})." for key, one in metrics().items()}


_HELPS = {
    "up": "1 while the agent measures.",
    "noc_agent_recording": "1 while the history is written, 0 when it cannot be.",
    "noc_incoming_notices": "Notices of other systems since the agent began, by the rule that took them.",
    "noc_incoming_refused": "Notices of other systems that were refused since the agent began.",
    "noc_channel_open_alarms": "Open alarms of a channel.",
}


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{value.translate(_ESCAPES)}"' for key, value in labels.items()) + "}"


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
