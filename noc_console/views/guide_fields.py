"""Fields of a form or of results a step asks for: filled in where the agent knows, required ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from noc_console.views.figures import clock
from noc_console.views.guide_step_values import FieldView
from noc_console.views.theme import Theme

_TRUTHS = {"yes": True, "no": False}
_YES = ("yes", "true", "1", "y", "có")
_NO = ("no", "false", "0", "n", "không")


class GuideFields(QWidget):
    """One row a field; what the operator typed outlives a new answer of the agent."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fields: tuple[FieldView, ...] = ()
        self._step = ""
        self._inputs: dict[str, QLineEdit | QComboBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 150)
        self.hide()

    def show_fields(self, step: str, fields: Sequence[FieldView]) -> None:
        """Show the fields of a step; those of the same step are kept as they were typed."""
        shape = [(one.name, one.kind) for one in fields]
        if step == self._step and shape == [(one.name, one.kind) for one in self._fields]:
            return
        self._step, self._fields = step, tuple(fields)
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._inputs = {}
        for row, field in enumerate(fields):
            self._add(row, field)
        self.setVisible(bool(fields))

    def first(self) -> QWidget | None:
        """Return the first field that waits to be filled in."""
        empty = (one for name, one in self._inputs.items() if not _text(one))
        return next(empty, next(iter(self._inputs.values()), None))

    def values(self) -> dict[str, Any]:
        """Return what was filled in by the fields' names; numbers as numbers, truths as truths."""
        return {
            one.name: _value(one, _text(self._inputs[one.name])) for one in self._fields if one.name in self._inputs
        }

    def missing(self) -> list[str]:
        """Return the labels of required fields that are empty."""
        return [one.label for one in self._fields if one.required and not _text(self._inputs[one.name])]

    def wrong(self) -> str:
        """Return what is wrong with a number or a truth, in one sentence; empty when all can be read."""
        for one in self._fields:
            text = _text(self._inputs[one.name])
            if text and one.kind == "number" and _number(text) is None:
                return f"{one.label}: {text} is no number."
            if text and one.kind == "yes_no" and _truth(text) is None:
                return f"{one.label}: write yes or no."
        return ""

    def inputs(self) -> dict[str, QLineEdit | QComboBox]:
        """Return the fields by name."""
        return self._inputs

    def _add(self, row: int, field: FieldView) -> None:
        title = QLabel(field.label + (" *" if field.required else ""))
        title.setWordWrap(True)
        box: QLineEdit | QComboBox
        if field.kind in ("choice", "yes_no"):
            box = QComboBox()
            box.addItems(["", *(field.options or tuple(_TRUTHS))])
            box.setCurrentText(_written(field))
        else:
            box = QLineEdit(_written(field))
            box.setMaxLength(4000)
        box.setAccessibleName(field.label)
        box.setMaximumWidth(480)
        title.setBuddy(box)
        note = QLabel(_note(field))
        note.setProperty("look", "tertiary")
        note.setWordWrap(True)
        if field.warning:
            note.setProperty("look", "note")
        self._inputs[field.name] = box
        self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(box, row, 1)
        self._grid.addWidget(note, row, 2)


def _note(field: FieldView) -> str:
    told = [field.unit] if field.unit else []
    told += ["filled in by the agent"] if field.is_filled else []
    told += [f"Mind: {field.warning}"] if field.warning else []
    return ", ".join(told)


def _written(field: FieldView) -> str:
    known = field.value
    if known is None or known == "":
        return ""
    if field.kind == "yes_no":
        return "yes" if known in (True, 1, 1.0, "yes", "true") else "no"
    if field.kind == "time" and isinstance(known, int | float):
        return clock(float(known))
    return f"{known:.6g}" if isinstance(known, float) else str(known)


def _text(box: QLineEdit | QComboBox) -> str:
    return (box.currentText() if isinstance(box, QComboBox) else box.text()).strip()


def _value(field: FieldView, text: str) -> Any:
    if not text:
        return None
    if field.kind == "number":
        return _number(text)
    return _truth(text) if field.kind == "yes_no" else text


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("\u2212", "-").split()[0])
    except (ValueError, IndexError):
        return None


def _truth(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None
