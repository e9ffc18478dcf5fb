"""The PCR charts of a transport stream with their ranges and the pause, and the samples of its bitrate stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.views.channel_charts import RANGES
from noc_console.views.channel_series import SeriesFeed
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.charts.stack import Stack
from noc_console.views.desk import Desk
from noc_console.views.figures import age, clock
from noc_console.views.ts_bitrate import BitrateCard, Layer
from noc_console.views.ts_charts import pcr_specs
from noc_console.views.ts_facts import TsRow, pid_text
from noc_console.views.wall_head import Chips

_MOST_LAYERS = 5
_NAMES = [name for name, _ in RANGES]


class TsPlots(QWidget):
    """Chips for the range over the stack; paused charts stand still and say so."""

    def __init__(self, desk: Desk, bitrate: BitrateCard) -> None:
        super().__init__()
        self._desk = desk
        self._bitrate = bitrate
        self._feed = SeriesFeed(desk)
        self._place = 0
        self._paused_at = 0.0
        self._pids: tuple[tuple[int, str], ...] = ()
        self.stack = Stack(desk.theme, pcr_specs(0))
        self._chips = Chips(_NAMES)
        self._note = QLabel()
        self._note.setProperty("look", "tertiary")
        heading = QLabel("PCR")
        heading.setProperty("look", "heading")
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (heading, self._chips, self._note):
            row.addWidget(widget)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.stack, 1)
        self._chips.changed.connect(self._on_range)

    @property
    def revision(self) -> int:
        """Grows with what was fetched and with the range."""
        return self._feed.revision * 8 + self._place

    def forget(self) -> None:
        """Hold no samples: another input is coming."""
        self._feed.forget()
        self._pids, self._paused_at = (), 0.0

    def show_input(self, row: TsRow | None, report: Mapping[str, Any]) -> None:
        """Fetch and draw the charts of an input."""
        input_id = row.id if row is not None else 0
        specs = pcr_specs(input_id)
        for chart, spec in zip(self.stack.charts, specs, strict=True):
            chart.set_spec(spec)
        self._choose_pids(report)
        layers = [CurveSpec(name, "ts.bitrate_bps", pid_text(pid), input_id) for pid, name in self._pids]
        now, span_s = self._desk.mirror.now(), RANGES[self._place][1]
        self._feed.show([*(curve for spec in specs for curve in spec.curves), *layers], span_s)
        if row is not None and row.state != "lost":
            self._feed.poll(now, row.input)
        end = self._paused_at or now
        is_old = row is not None and row.state in ("stale", "lost") and not self._paused_at and row.input["at"]
        since = float(row.input["at"]) if row is not None and is_old else None
        self.stack.draw(end - span_s, end, self._feed.traces, (), (), since)
        self._draw_stack(layers, end, span_s)
        self._note.setText(self._said(now))

    def toggle_pause(self) -> None:
        """Stop the charts where they are, or let them run again."""
        self._paused_at = 0.0 if self._paused_at else self._desk.mirror.now()

    def resume(self) -> bool:
        """Let the charts run; say whether they had been paused."""
        was = bool(self._paused_at)
        self._paused_at = 0.0
        return was

    def shorter(self) -> None:
        """Show the next shorter range."""
        self._chips.choose(_NAMES[max(self._place - 1, 0)])

    def longer(self) -> None:
        """Show the next longer range."""
        self._chips.choose(_NAMES[min(self._place + 1, len(_NAMES) - 1)])

    def _choose_pids(self, report: Mapping[str, Any]) -> None:
        """Take the busiest PIDs once, so that layers do not change places under the operator's eyes."""
        pids = report.get("pids") or {}
        by_rate = sorted(pids, key=lambda pid: -int(pids[pid]["packets"]))[:_MOST_LAYERS]
        if len(by_rate) > len(self._pids):
            self._pids = tuple((int(pid), _layer_name(int(pid), pids[pid])) for pid in by_rate)

    def _draw_stack(self, layers: list[CurveSpec], end: float, span_s: float) -> None:
        traces = [Layer(curve.name, self._feed.traces[curve]) for curve in layers]
        is_loaded = bool(traces) and all(layer.trace.is_loaded for layer in traces)
        self._bitrate.show_layers(traces, end - span_s, end, "" if is_loaded else self._feed.failure or "Loading")

    def _said(self, now: float) -> str:
        if self._paused_at:
            return f"Paused at {clock(self._paused_at)}, {age(now - self._paused_at)} ago. Space goes on."
        return self._feed.failure

    def _on_range(self, name: str) -> None:
        self._place = _NAMES.index(name)
        for chart in self.stack.charts:
            chart.forget_top()


def _layer_name(pid: int, one: Mapping[str, Any]) -> str:
    return f"{pid_text(pid)} {one.get('codec') or one.get('kind') or ''}".strip()
