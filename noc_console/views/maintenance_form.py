"""The form of a window at the right of the list: name, time or slots, what it is about, why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice, chosen_text
from noc_console.views.maintenance_values import Form
from noc_console.views.theme import Theme

_LAYERS = 6


class WindowForm(QFrame):
    """Shows and gives a Form; the two actions belong to the screen."""

    edited = Signal()

    def __init__(self, theme: Theme, save: QAction, leave: QAction) -> None:
        super().__init__()
        self.setProperty("look", "raised")
        self.setFixedWidth(440)
        self.title, self.reply = QLabel("New window"), QLabel()
        self.title.setProperty("look", "title")
        self.reply.setWordWrap(True)
        self.kind = Choice(30)
        self.kind.addItem("maintenance: out of service", "maintenance")
        self.kind.addItem("suppression: hidden by design", "suppression")
        self.name, self.start, self.end, self.zone = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.labels, self.channels, self.types = QLineEdit(), QLineEdit(), QLineEdit()
        self.while_type, self.reason = QLineEdit(), QLineEdit()
        self.slots_ = QPlainTextEdit()
        self.slots_.setPlaceholderText("empty: once, from start to end\nMon Wed 01:00-04:00\nlast Sun 02:00-05:00")
        self.slots_.setFixedHeight(72)
        self.slots_.setTabChangesFocus(True)
        self.start.setPlaceholderText("2026-11-20 22:00, empty: at once")
        self.end.setPlaceholderText("2026-11-21 02:00, empty: without end")
        self.labels.setPlaceholderText("a, b")
        self.channels.setPlaceholderText("codes: CH_TV_HD_087, CH_TV_HD_088")
        self.types.setPlaceholderText("STALE_PLAYLIST, SEGMENT_SLOW")
        self.while_type.setPlaceholderText("hide only while this alarm type is open")
        self.layers = _LayerRow()
        self._lay_out(theme, save, leave)
        self.setFocusProxy(self.name)

    def show_form(self, form: Form, title: str) -> None:
        """Fill the fields."""
        self.title.setText(title)
        self.tell("")
        self.kind.setCurrentIndex(max(self.kind.findData(form.kind), 0))
        for field, text in self._texts(form):
            field.setText(text)
        self.slots_.setPlainText(form.slots)
        self.layers.choose(form.layers)

    def form(self) -> Form:
        """Return what stands in the fields."""
        return Form(
            name=self.name.text(),
            kind=chosen_text(self.kind),
            start=self.start.text(),
            end=self.end.text(),
            slots=self.slots_.toPlainText(),
            zone=self.zone.text(),
            labels=self.labels.text(),
            channels=self.channels.text(),
            layers=self.layers.chosen(),
            alarm_types=self.types.text(),
            while_type=self.while_type.text(),
            reason=self.reason.text(),
        )

    def tell(self, sentence: str) -> None:
        """Say what is wrong."""
        self.reply.setText(sentence)
        self.reply.setVisible(bool(sentence))

    def _texts(self, form: Form) -> list[tuple[QLineEdit, str]]:
        return [
            (self.name, form.name),
            (self.start, form.start),
            (self.end, form.end),
            (self.zone, form.zone),
            (self.labels, form.labels),
            (self.channels, form.channels),
            (self.types, form.alarm_types),
            (self.while_type, form.while_type),
            (self.reason, form.reason),
        ]

    def _lay_out(self, theme: Theme, save: QAction, leave: QAction) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 16, 16, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.title, 0, 0, 1, 2)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("&Name", self.name),
            ("&Kind", self.kind),
            ("&Start", self.start),
            ("&End", self.end),
            ("Sl&ots", self.slots_),
            ("&Zone", self.zone),
            ("&Channels", self.channels),
            ("La&bels", self.labels),
            ("La&yers", self.layers),
            ("Alarm &types", self.types),
            ("Only &while", self.while_type),
            ("&Reason", self.reason),
        )
        for row, (text, field) in enumerate(fields, 1):
            label = QLabel(text)
            label.setBuddy(field)
            label.setProperty("look", "note")
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        last = len(fields) + 1
        grid.setRowStretch(last, 1)
        grid.addWidget(self.reply, last + 1, 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(KeyButton(theme, save, is_primary=True))
        buttons.addWidget(KeyButton(theme, leave, key="Esc"))
        grid.addLayout(buttons, last + 2, 0, 1, 2)


class _LayerRow(QWidget):
    """L0 to L5 as chips."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._chips = [QPushButton(f"L{number}") for number in range(_LAYERS)]
        for chip in self._chips:
            chip.setCheckable(True)
            chip.setProperty("look", "chip")
            row.addWidget(chip)
        row.addStretch(1)
        self.setFocusProxy(self._chips[0])

    def choose(self, layers: tuple[int, ...]) -> None:
        """Switch these on and the others off."""
        for number, chip in enumerate(self._chips):
            chip.setChecked(number in layers)

    def chosen(self) -> tuple[int, ...]:
        """Return those that are on."""
        return tuple(number for number, chip in enumerate(self._chips) if chip.isChecked())
