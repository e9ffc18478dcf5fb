"""The middle of the guide: one step with its evidence, chart, answers, command, fields and the one accent button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from noc_console.views.channel_paint import RIGHT, Ink, write
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import wrapped_lines
from noc_console.views.figures import age
from noc_console.views.guide_answer_row import AnswerRow
from noc_console.views.guide_cards import EvidenceCards
from noc_console.views.guide_chart import ChartCard, GuideChart
from noc_console.views.guide_command import CommandBox
from noc_console.views.guide_diagnostic import DiagnosticResult
from noc_console.views.guide_fields import GuideFields
from noc_console.views.guide_step_values import StepView
from noc_console.views.theme import BODY, COUNTER, SEMIBOLD, Theme

_HEAD = 24
_ROOMY, _PRIMARY = 1000, (240, 360)


@dataclass(frozen=True, slots=True)
class StepHead:
    """The three texts of the head and the two at its edges."""

    left: str
    right: str
    title: str
    why: str


class StepCard(QFrame):
    """Shows a step, or a notice where there is none; the actions belong to the screen."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("look", "card")
        self.head = _Head(theme)
        self.words = QLabel()
        self.words.setProperty("look", "note")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.cards, self.chart = EvidenceCards(theme), ChartCard(theme)
        self.diagnostic = DiagnosticResult(theme)
        self.answers, self.fields = AnswerRow(theme), GuideFields(theme)
        self.answers_title = _Titled("Your answer")
        self.command = CommandBox(theme, actions["copy"])
        self.text_title = _Titled("")
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("Optional. It is kept with the step and in the report. Ctrl+Enter goes on.")
        self.text.setFixedHeight(72)
        self.text.setTabChangesFocus(True)
        self.past = QLabel()
        self.past.setProperty("look", "tertiary")
        self.past.setWordWrap(True)
        self._step = ""
        self._lay_out(actions)

    def show_step(self, view: StepView, now: float, chart: GuideChart | None, past: str) -> None:
        """Show the open step of a walk."""
        is_new, self._step = view.id != self._step, view.id
        if is_new:
            self.text.clear()
        usual = f", usual {age(view.usual_s)}" if view.usual_s is not None else ""
        self.head.show_head(
            StepHead(f"Step {view.number}", f"open {age(now - view.entered_at)}{usual}", view.title, view.why)
        )
        self.words.setText("\n".join(view.words))
        self.words.setVisible(bool(view.words))
        self.cards.show_cards(view.cards)
        self.chart.show_chart(chart)
        self.diagnostic.show_result(view.diagnosed)
        self.answers.show_answers(view.answers)
        self.answers_title.show_title("Your answer", view.answers_note, bool(view.answers))
        self.command.show_command(view.command)
        self.fields.show_fields(view.id, view.fields)
        self.text_title.show_title(view.wants_text, "", bool(view.wants_text))
        self.text.setVisible(bool(view.wants_text))
        self.text.setAccessibleName(view.wants_text)
        self._show_past(past)
        if is_new:
            self.scroller.verticalScrollBar().setValue(0)

    def show_notice(self, head: StepHead, words: Sequence[str], past: str = "") -> None:
        """Show that there is no open step: loading, lost, ended."""
        self._step = ""
        self.head.show_head(head)
        self.words.setText("\n".join(words))
        self.words.setVisible(bool(words))
        self.cards.show_cards(())
        self.chart.show_chart(None)
        self.diagnostic.show_result(None)
        self.answers.show_answers(())
        self.command.show_command(None)
        self.fields.show_fields("", ())
        for title in (self.answers_title, self.text_title):
            title.show_title("", "", False)
        self.text.hide()
        self._show_past(past)

    def written(self) -> str:
        """Return the result that was written."""
        return self.text.toPlainText().strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the accent button is as wide as there is room for its words."""
        super().resizeEvent(event)
        is_roomy = self.width() >= _ROOMY
        self.primary.setFixedWidth(_PRIMARY[is_roomy])
        self.foot_note.setVisible(is_roomy)

    def _show_past(self, past: str) -> None:
        self.past.setText(past)
        self.past.setVisible(bool(past))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card with the accent's line at its top."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 3), self._theme.colours.accent)
        painter.end()

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(_HEAD, 16, _HEAD, 8)
        column.setSpacing(12)
        shown = (
            *(self.head, self.words, self.cards, self.chart, self.diagnostic, self.answers_title, self.answers),
            *(self.command, self.fields, self.text_title, self.text, self.past),
        )
        for widget in shown:
            column.addWidget(widget)
        column.addStretch(1)
        self.scroller = QScrollArea()
        self.scroller.setWidget(inside)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QHBoxLayout()
        foot.setContentsMargins(_HEAD, 8, _HEAD, 16)
        foot.setSpacing(8)
        back, skip = KeyButton(self._theme, actions["back"]), KeyButton(self._theme, actions["skip"])
        self.primary = KeyButton(self._theme, actions["primary"], is_primary=True)
        for button in (back, skip):
            button.setFixedWidth(168)
        self.primary.setFixedWidth(_PRIMARY[0])
        self.foot_note = QLabel("A skipped step is named in the report.")
        self.foot_note.setProperty("look", "tertiary")
        foot.addWidget(back)
        foot.addWidget(skip)
        foot.addWidget(self.foot_note)
        foot.addStretch(1)
        foot.addWidget(self.primary)
        page = QVBoxLayout(self)
        page.setContentsMargins(1, 3, 1, 1)
        page.setSpacing(0)
        page.addWidget(self.scroller, 1)
        page.addLayout(foot)


class _Titled(QWidget):
    """A section's title with a note at the right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._note = QLabel(title), QLabel()
        self._title.setProperty("look", "heading")
        self._note.setProperty("look", "tertiary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._note)

    def show_title(self, title: str, note: str, is_there: bool) -> None:
        """Show title and note, or nothing."""
        self._title.setText(title)
        self._note.setText(note)
        self.setVisible(is_there)


class _Head(QWidget):
    """Step number and times, the question in 18, why it is asked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._head = StepHead("", "", "", "")

    def show_head(self, head: StepHead) -> None:
        """Show these texts."""
        if head != self._head:
            self._head = head
            self.setAccessibleName(f"{head.left}: {head.title}")
            self.setFixedHeight(30 + 26 * len(self._title()) + 20 * len(self._why()))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: the texts."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        note = Ink(theme.font(BODY), colours.secondary)
        write(painter, QRectF(0, 0, self.width(), 18), self._head.left, note)
        write(painter, QRectF(0, 0, self.width(), 18), self._head.right, note, RIGHT)
        y = 24.0
        for line in self._title():
            write(painter, QRectF(0, y, self.width(), 26), line, Ink(theme.font(COUNTER, SEMIBOLD), colours.text))
            y += 26
        for line in self._why():
            write(painter, QRectF(0, y, self.width(), 20), line, note)
            y += 20
        painter.end()

    def _title(self) -> list[str]:
        return wrapped_lines(self._head.title, self._theme.font(COUNTER, SEMIBOLD), max(self.width(), 400))[:3]

    def _why(self) -> list[str]:
        font = self._theme.font(BODY)
        return wrapped_lines(self._head.why, font, max(self.width(), 400))[:4] if self._head.why else []
