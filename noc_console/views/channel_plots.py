"""The charts of the channel page with their ranges and the pause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from noc_console.views.channel_baselines import BaselineFeed
from noc_console.views.channel_charts import RANGES, alarm_marks, chart_specs
from noc_console.views.channel_export import Shown, shown_of
from noc_console.views.channel_limits import LimitsFeed
from noc_console.views.channel_series import SeriesFeed
from noc_console.views.charts.overlay import BEFORE
from noc_console.views.charts.stack import Stack
from noc_console.views.charts.trace import Gap
from noc_console.views.desk import Desk
from noc_console.views.figures import age, clock
from noc_console.views.picture_charts import Aspect, specs_of
from noc_console.views.picture_strip import Quality


class Plots(QWidget):
    """Chips for what the charts are about and for the range, then the stack; paused charts stand still and say so."""

    aspectChosen = Signal()  # noqa: N815 - Qt's spelling of signals

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._feed = SeriesFeed(desk)
        self._baselines = BaselineFeed(desk)
        self.limits = LimitsFeed(desk)
        self._paused_at = 0.0
        self._drawn = 0
        self._span_s = RANGES[2][1]
        self._is_chosen = False  # until the operator picks a range, it follows how much there is to see
        self.stack = Stack(desk.theme, chart_specs(None, ()))
        self._note = QLabel()
        self._note.setProperty("look", "tertiary")
        self._chips = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(_heading("Live"))
        row.addSpacing(8)
        self._aspects = QButtonGroup(self)
        for number, aspect in enumerate(Aspect):
            row.addWidget(self._aspect_chip(number, aspect))
        row.addSpacing(16)
        for index, (name, _) in enumerate(RANGES):
            row.addWidget(self._chip(index, name))
        row.addSpacing(8)
        row.addWidget(self._note)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.stack, 1)
        self._chips.idClicked.connect(self._on_range)
        self._aspects.idClicked.connect(self._on_aspect)

    def show_input(self, channel: Any, one: Any, alarms: list[Any]) -> None:
        """Fetch and draw the charts of one input of a channel."""
        now = self._desk.mirror.now()
        self._suit(channel)
        self.limits.poll(int(channel["id"]))
        specs = specs_of(self.aspect, one, alarms, self.limits.limits)
        for chart, spec in zip(self.stack.charts, specs, strict=True):
            chart.set_spec(spec)
        curves = [curve for spec in specs for curve in spec.curves]
        self._feed.show(curves, self._span_s)
        if one is not None:
            self._feed.poll(now, one)
            self._baselines.poll(curves)
        self._drawn = self._feed.revision
        end = self._paused_at or now
        state = self._desk.mirror.channel_state(channel)
        stale = state in ("stale", "lost") and not self._paused_at and bool(channel["at"])
        self.stack.draw(
            end - self._span_s,
            end,
            self._feed.traces,
            alarm_marks(alarms),
            self._gaps(),
            float(channel["at"]) if stale else None,
            self._baselines.bands(curves),
        )
        self._note.setText(self._said(now))

    @property
    def has_news(self) -> bool:
        """Say whether samples have come since the charts were drawn."""
        return self._feed.revision != self._drawn

    def forget(self) -> None:
        """Hold no samples: another channel or input is coming."""
        self._feed.forget()
        self._baselines.forget()
        self._paused_at = 0.0

    def quality(self) -> Quality:
        """Return the MOS of the best picture as far as it has been fetched, with its limit."""
        found = (trace for curve, trace in self._feed.traces.items() if curve.metric == "video.mos")
        return Quality(next(found, None), self.limits.limits.mos)

    def shown(self, code: str) -> Shown:
        """Return a copy of the range as it is on the screen, to be written to a file."""
        end = self._paused_at or self._desk.mirror.now()
        return shown_of(code, end - self._span_s, end, self._feed.traces)

    def toggle_pause(self) -> None:
        """Stop the charts where they are, or let them run again."""
        self._paused_at = 0.0 if self._paused_at else self._desk.mirror.now()

    def resume(self) -> bool:
        """Let the charts run; say whether they had been paused."""
        was = bool(self._paused_at)
        self._paused_at = 0.0
        return was

    @property
    def aspect(self) -> Aspect:
        """What the page is about."""
        return tuple(Aspect)[max(self._aspects.checkedId(), 0)]

    def next_aspect(self) -> None:
        """Show what comes next: all of it, delivery, picture, sound."""
        self.show_aspect(tuple(Aspect)[(self._aspects.checkedId() + 1) % len(Aspect)])

    def show_aspect(self, aspect: Aspect) -> None:
        """Show the charts of an aspect."""
        self._aspects.button(tuple(Aspect).index(aspect)).setChecked(True)
        self._on_aspect(0)

    def shorter(self) -> None:
        """Show the next shorter range."""
        self._move(-1)

    def longer(self) -> None:
        """Show the next longer range."""
        self._move(1)

    def _on_aspect(self, _number: int) -> None:
        self.aspectChosen.emit()

    def _move(self, way: int) -> None:
        index = min(max(self._chips.checkedId() + way, 0), len(RANGES) - 1)
        self._chips.button(index).setChecked(True)
        self._on_range(index)

    def _suit(self, channel: Any) -> None:
        """Show 5 or 15 minutes of a channel that is measured for less, an hour of the others."""
        minutes = sum(value is not None for value in channel["spark"])
        index = 0 if minutes < 5 else 1 if minutes < 15 else 2
        if not self._is_chosen and RANGES[index][1] != self._span_s:
            self._chips.button(index).setChecked(True)
            self._set_range(index)

    def _on_range(self, index: int) -> None:
        self._is_chosen = True
        self._set_range(index)

    def _set_range(self, index: int) -> None:
        self._span_s = RANGES[index][1]
        for chart in self.stack.charts:
            chart.forget_top()

    def _gaps(self) -> tuple[Gap, ...]:
        gaps = {(gap.reason, round(gap.start)): gap for trace in self._feed.traces.values() for gap in trace.gaps}
        loaded = [trace for trace in self._feed.traces.values() if trace.is_loaded]
        # a leading gap is no outage that was seen: nothing was measured yet, as far as is known
        # a gap counts only where every curve has it: one silent rung is not a lost channel
        first = min((float(trace.at[0]) for trace in loaded if len(trace)), default=0.0)
        return tuple(
            replace(gap, reason=BEFORE)
            if gap.end <= first + max(10.0, self._span_s / 100) and gap.reason == "no data"
            else gap
            for gap in gaps.values()
            if all(any(own.reason == gap.reason and _covers(own, gap) for own in trace.gaps) for trace in loaded)
        )

    def _said(self, now: float) -> str:
        if self._paused_at:
            return f"Paused at {clock(self._paused_at)}, {age(now - self._paused_at)} ago. Space goes on."
        return self._feed.failure

    def _aspect_chip(self, number: int, aspect: Aspect) -> QPushButton:
        chip = QPushButton(aspect.value)
        chip.setProperty("look", "chip")
        chip.setCheckable(True)
        chip.setChecked(aspect is Aspect.ALL)
        chip.setAccessibleName(f"Show {aspect.value.lower()}")
        self._aspects.addButton(chip, number)
        return chip

    def _chip(self, index: int, name: str) -> QPushButton:
        chip = QPushButton(name)
        chip.setProperty("look", "chip")
        chip.setCheckable(True)
        chip.setAccessibleName(f"Show the last {name}")
        chip.setChecked(RANGES[index][1] == self._span_s)
        self._chips.addButton(chip, index)
        return chip


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "heading")
    return label


def _covers(own: Gap, gap: Gap) -> bool:
    """Say whether a curve's own gap is about the same: most of the time in question, not only a touch of it."""
    return min(own.end, gap.end) - max(own.start, gap.start) >= (gap.end - gap.start) / 2
