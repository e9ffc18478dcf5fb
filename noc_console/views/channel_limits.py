"""The limits the channel page draws: those of the channel's rules, the shipped values until the agent said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.views import channel_calls as calls
from noc_console.views.desk import Desk

Json = Mapping[str, Any]
_EVERY_S = 30.0
_SLOW, _STALE, _PCR = "segment-slow", "playlist-stale", "ts-pcr"
_MOS, _BLOCKS, _LOUDNESS = "video-mos", "video-blockiness", "audio-loudness"
_PEAK, _SILENCE = "audio-true-peak", "audio-silence"


@dataclass(frozen=True, slots=True)
class Limits:
    """Download and silence in seconds, PCR accuracy in ns, loudness in LU off its target; None where a rule is off.

    The ages are the probe's own (1.5 and 3 target durations): only whether they raise an alarm is a rule.
    """

    download_s: float | None = 2.0
    pcr_accuracy_ns: float | None = 500.0
    is_age_judged: bool = True
    mos: float | None = 3.5
    blockiness: float | None = 0.15
    loudness_lu: float | None = 2.0
    true_peak_dbtp: float | None = -1.0
    silence_s: float | None = 60.0


SHIPPED = Limits()


def limits_of(rules: Iterable[Json]) -> Limits:
    """Return the limits of a channel's effective rules (`GET /channels/{id}/rules`)."""
    by_name = {str(rule["rule"]): {field["field"]: field["value"] for field in rule["fields"]} for rule in rules}
    return Limits(
        _above(by_name, _SLOW, SHIPPED.download_s),
        _above(by_name, _PCR, SHIPPED.pcr_accuracy_ns),
        bool(by_name.get(_STALE, {}).get("is_on", True)),
        _set(by_name, _MOS, "below", SHIPPED.mos),
        _above(by_name, _BLOCKS, SHIPPED.blockiness),
        _above(by_name, _LOUDNESS, SHIPPED.loudness_lu),
        _above(by_name, _PEAK, SHIPPED.true_peak_dbtp),
        _above(by_name, _SILENCE, SHIPPED.silence_s),
    )


def _above(by_name: Mapping[str, Json], rule: str, shipped: float | None) -> float | None:
    return _set(by_name, rule, "above", shipped)


def _set(by_name: Mapping[str, Json], rule: str, field: str, shipped: float | None) -> float | None:
    fields = by_name.get(rule)
    if fields is None:
        return shipped
    value = fields.get(field)
    return float(value) if value is not None and fields.get("is_on", True) else None


class LimitsFeed:
    """Asks the agent for a channel's rules when it is shown and every 30 s; keeps the shipped ones meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._channel_id = 0
        self._asked_at = 0.0
        self.limits = SHIPPED

    def poll(self, channel_id: int) -> None:
        """Ask when another channel is shown, or when the answer has aged."""
        now = self._desk.mirror.monotonic()
        if channel_id != self._channel_id:
            self._channel_id, self._asked_at, self.limits = channel_id, 0.0, SHIPPED
        if self._desk.agent.client is None or (self._asked_at and now - self._asked_at < _EVERY_S):
            return
        self._asked_at = now
        self._desk.tasks.start(self._ask(channel_id), None, self._on_failed)

    async def _ask(self, channel_id: int) -> None:
        client = self._desk.agent.client
        if client is None:
            return
        limits = limits_of(await calls.rules(client, channel_id))
        if channel_id == self._channel_id:
            self.limits = limits

    def _on_failed(self, _sentence: str) -> None:
        """Keep what is known: the charts have their own words for a lost agent."""
