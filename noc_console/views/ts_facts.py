"""What the transport stream screens show of an input, as plain values: order, indicators, figures; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.state import BoardMirror

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of TR 101 290; `numbers` are those counted in its cell."""

    number: str
    name: str
    numbers: frozenset[str]

    @property
    def priority(self) -> int:
        """1, 2 or 3."""
        return int(self.number[0])


def _indicator(number: str, name: str, *more: str) -> Indicator:
    return Indicator(number, name, frozenset((number, *more)))


INDICATORS = (
    _indicator("1.1", "TS_sync_loss"),
    _indicator("1.2", "Sync_byte_error"),
    _indicator("1.3", "PAT_error", "1.3.a"),
    _indicator("1.4", "Continuity_count_error"),
    _indicator("1.5", "PMT_error", "1.5.a"),
    _indicator("1.6", "PID_error"),
    _indicator("2.1", "Transport_error"),
    _indicator("2.2", "CRC_error"),
    _indicator("2.3", "PCR_error", "2.3.a", "2.3.b"),
    _indicator("2.4", "PCR_accuracy_error"),
    _indicator("2.5", "PTS_error"),
    _indicator("2.6", "CAT_error"),
    _indicator("3.1", "NIT_error", "3.1.a", "3.1.b"),
    _indicator("3.2", "SI_repetition_error"),
    _indicator("3.3", "Buffer_error"),
    _indicator("3.4", "Unreferenced_PID", "3.4.a"),
    _indicator("3.5", "SDT_error", "3.5.a", "3.5.b"),
    _indicator("3.6", "EIT_error", "3.6.a", "3.6.b", "3.6.c"),
    _indicator("3.7", "RST_error"),
    _indicator("3.8", "TDT_error"),
    _indicator("3.9", "Empty_buffer_error"),
    _indicator("3.10", "Data_delay_error"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is wrong now with one indicator of one input; `count` 0 where nothing is."""

    severity: Severity = Severity.CLEARED
    count: int = 0
    text: str = ""


CALM = Cell()


@dataclass(frozen=True, slots=True)
class TsRow:
    """One transport stream input and its channel, as the board tells them; `state` is the input's, or lost."""

    channel: Json
    input: Json
    state: str
    cells: Mapping[str, Cell]

    @property
    def id(self) -> int:
        """The input's id."""
        return int(self.input["id"])

    @property
    def severity(self) -> Severity:
        """The worst of its open alarms and of its findings, which may not be alarms yet."""
        told = [Severity(self.input["severity"]), *(Severity(one["severity"]) for one in self.input["findings"])]
        return max([*told, *(cell.severity for cell in self.cells.values())], key=lambda one: one.rank)

    @property
    def text(self) -> str:
        """The worst finding in words, empty when there is none."""
        told = [(Severity(one["severity"]), str(one["text"])) for one in self.input["findings"]]
        told += [(cell.severity, cell.text) for cell in self.cells.values()]
        return max(told, key=lambda one: one[0].rank)[1] if told else ""

    def metric(self, name: str) -> float | None:
        """Return a figure of the input, None where it is not measured."""
        value = self.input["metrics"].get(name)
        return None if value is None else float(value)


def ts_rows(mirror: BoardMirror) -> list[TsRow]:
    """Return all transport stream inputs, worst first, then by code."""
    found = [
        ts_row(mirror, channel, one)
        for key in mirror.order
        for channel in (mirror.channels[key],)
        for one in channel["inputs"]
        if one["kind"] == "ts"
    ]
    return sorted(found, key=_urgency)


def ts_row(mirror: BoardMirror, channel: Json, one: Json) -> TsRow:
    """Return one input as a row."""
    of_channel = mirror.channel_state(channel)
    state = of_channel if of_channel in ("lost", "disabled") else str(one["state"])
    found = cells(one["findings"])
    lost = int(one["metrics"].get("ts.sync_losses") or 0)
    if lost and "1.1" not in found:
        # while sync is lost there is no packet to find anything in
        found["1.1"] = Cell(Severity.CRITICAL, lost, "Sync is lost.")
    return TsRow(channel, one, state, found)


def find(mirror: BoardMirror, input_id: int) -> TsRow | None:
    """Return the row of an input, None when there is no such input any more."""
    for channel in mirror.channels.values():
        for one in channel["inputs"]:
            if one["id"] == input_id and one["kind"] == "ts":
                return ts_row(mirror, channel, one)
    return None


def has_streams(mirror: BoardMirror) -> bool:
    """Say whether any channel has a transport stream input."""
    return any(one["kind"] == "ts" for channel in mirror.channels.values() for one in channel["inputs"])


def cells(findings: Iterable[Json]) -> dict[str, Cell]:
    """Return what is wrong now by indicator; findings that belong to none are left out."""
    found: dict[str, Cell] = {}
    for finding in findings:
        number = str((finding.get("where") or {}).get("tr") or "")
        indicator = next((one for one in INDICATORS if number in one.numbers), None)
        if indicator is None:
            continue
        known = found.get(indicator.number, CALM)
        severity = Severity(finding["severity"])
        worst = severity if severity.rank > known.severity.rank else known.severity
        text = f"{known.text}\n{finding['text']}" if known.text else str(finding["text"])
        found[indicator.number] = Cell(worst, known.count + int(finding.get("count") or 1), text)
    return found


def brief(count: int) -> str:
    """Return a count in at most four characters: `7`, `840`, `12k`, `3M`."""
    for limit, unit in ((10_000_000, "M"), (10_000, "k")):
        if count >= limit:
            return f"{count // (limit // 10)}{unit}"
    return str(count)


def pid_text(pid: int | None) -> str:
    """Return a PID as the field writes it: `0x0100`; nothing where the whole stream is meant."""
    return "" if pid is None or pid < 0 else f"0x{pid:04x}"


def pid_rates(report: Json, one: Json | None) -> dict[int, float]:
    """Return the rate of each PID: of this second as the board tells it of the input, else that of the report."""
    live = {rung["rung"]: rung["metrics"].get("ts.bitrate_bps") for rung in (one or {}).get("rungs", ())}
    pids = report.get("pids") or {}
    return {int(pid): float(live.get(pid_text(int(pid))) or pids[pid].get("bitrate_bps") or 0) for pid in pids}


def address_text(url: str) -> str:
    """Return group and port, with the way they are wrapped where that is not plain UDP."""
    scheme, _, rest = url.partition("?")[0].partition("://")
    return rest.removeprefix("@") + ("" if scheme == "udp" else f"  {scheme.upper()}")


def bitrate_text(row: TsRow) -> str:
    """Return the rate of the whole stream."""
    return figures.bits(row.metric("ts.bitrate_bps"))


def _urgency(row: TsRow) -> tuple[int, int, int, str, int]:
    is_mute = row.state in ("lost", "stale")
    worst_priority = min((int(number[0]) for number in row.cells), default=9)
    return (-row.severity.rank, 0 if is_mute else 1, worst_priority, str(row.channel["code"]), row.id)
