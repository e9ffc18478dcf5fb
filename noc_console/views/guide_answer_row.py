"""The answers of a step as boxes with their digit: what each says, where it leads, and whether the data agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from noc_console.views.channel_paint import Ink, key_cap, write
from noc_console.views.theme import BODY, SEMIBOLD, TITLE, Theme

_HEIGHT = 78
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class GuideAnswer:
    """One way: its key in the guide, its words, where it leads, what the data say to it."""

    way: str
    words: str
    leads: str
    data: str = ""
    is_suggested: bool = False


class AnswerBox(QAbstractButton):
    """One answer; the chosen one has the accent's border."""

    def __init__(self, theme: Theme, number: int, answer: GuideAnswer) -> None:
        super().__init__()
        self._theme, self._number, self.answer = theme, number, answer
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(f"{number} {answer.words}")
        self.setAccessibleDescription(f"{answer.leads}; {answer.data}")
        self.setToolTip(f"{answer.words}\n{answer.leads}")

    def sizeHint(self) -> QSize:
        """Override: a third of a card."""
        return QSize(180, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: ground, digit, three lines."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        is_on = self.isChecked()
        border = colours.accent if is_on or self.hasFocus() else colours.control_line
        if self.underMouse() and not is_on:
            border = colours.tertiary
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(colours.selected_step if is_on else colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        key_cap(painter, theme, QPointF(26, 21), str(self._number), colours.text if is_on else colours.secondary)
        width = self.width() - 52
        write(
            painter,
            QRectF(40, 11, width, 20),
            self.answer.words,
            Ink(theme.font(TITLE, SEMIBOLD), colours.text),
        )
        write(painter, QRectF(40, 33, width, 18), self.answer.leads, Ink(theme.font(BODY), colours.text))
        write(painter, QRectF(40, 52, width, 18), self.answer.data, Ink(theme.font(BODY), colours.tertiary))
        painter.end()


class AnswerRow(QWidget):
    """Shows answers, three in a row; one or none is chosen."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._answers: tuple[GuideAnswer, ...] = ()
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self.hide()

    def show_answers(self, answers: Sequence[GuideAnswer]) -> None:
        """Show these; what the data suggest is chosen until the operator chooses."""
        if tuple(answers) == self._answers:
            return
        kept = self.answer.way if self.answer is not None and self._same_ways(answers) else ""
        self._answers = tuple(answers)
        self._clear()
        for number, answer in enumerate(self._answers, 1):
            box = AnswerBox(self._theme, number, answer)
            box.setChecked(answer.way == kept if kept else answer.is_suggested)
            box.clicked.connect(partial(self.chosen.emit, number - 1))
            self._group.addButton(box, number - 1)
            self._grid.addWidget(box, (number - 1) // _COLUMNS, (number - 1) % _COLUMNS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.setVisible(bool(answers))

    @property
    def answers(self) -> tuple[GuideAnswer, ...]:
        """The answers that are shown."""
        return self._answers

    @property
    def answer(self) -> GuideAnswer | None:
        """The chosen answer."""
        number = self._group.checkedId()
        return self._answers[number] if 0 <= number < len(self._answers) else None

    def choose(self, number: int) -> None:
        """Choose an answer by its number from 0; nothing where there is none."""
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)
            self.chosen.emit(number)

    def _same_ways(self, answers: Sequence[GuideAnswer]) -> bool:
        return [one.way for one in answers] == [one.way for one in self._answers]

    def _clear(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
