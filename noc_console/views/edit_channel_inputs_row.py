"""The row over the form that goes from one input of the channel to the other, adds one and takes one away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from noc_console.views.actions import add_action
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice
from noc_console.views.edit_channel_inputs import MOST, Inputs
from noc_console.views.theme import Theme


class InputsRow(QWidget):
    """A choice of inputs and two buttons; the keys work in the whole screen."""

    chosen = Signal(int)
    adding = Signal()
    removing = Signal()

    def __init__(self, theme: Theme, screen: QWidget) -> None:
        super().__init__()
        self._is_filling = False
        self.choice = Choice(30)
        self.choice.setAccessibleName("Inputs of the channel")
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.add = add_action(screen, "Add an input", "Ctrl+Shift+A", self.adding.emit, within=True)
        self.remove = add_action(screen, "Remove input", "Ctrl+Shift+Del", self.removing.emit, within=True)
        self.go_on = add_action(screen, "Next input", "Ctrl+PgDown", self._on_next, within=True)
        label = QLabel("Inpu&t")
        label.setProperty("look", "note")
        label.setBuddy(self.choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.choice, 1)
        for action in (self.add, self.remove):
            button = KeyButton(theme, action)
            button.setFixedWidth(220)
            row.addWidget(button)
        self.choice.currentIndexChanged.connect(self._on_chosen)

    def show_inputs(self, inputs: Inputs) -> None:
        """Show these inputs, the shown one chosen."""
        self._is_filling = True
        self.choice.clear()
        for name in inputs.names():
            self.choice.addItem(name)
        self.choice.setCurrentIndex(inputs.place)
        self._is_filling = False
        self.add.setEnabled(len(inputs.rows) < MOST)
        self.remove.setEnabled(len(inputs.rows) > 1)

    def _on_chosen(self, place: int) -> None:
        if not self._is_filling and place >= 0:
            self.chosen.emit(place)

    def _on_next(self) -> None:
        self.chosen.emit((self.choice.currentIndex() + 1) % max(self.choice.count(), 1))
