"""Every action of the window as a QAction with a key and a name; the key card and the palette are made from them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

HINTS = ("Ctrl+K", "N", "Return", "Ctrl+N", "F2", "?")
_SHORT = {
    "Ctrl+K": "Find",
    "N": "Next ill channel",
    "Return": "Open",
    "Ctrl+N": "Add channel",
    "F2": "Who is here",
    "?": "All keys",
}


def add_action(owner: QWidget, text: str, key: str, act: Callable[[], object], *, within: bool = False) -> QAction:
    """Give a widget an action; `within` limits the key to the widget and its children.

    Single letters are safe: Qt gives them to a text field that has the focus.
    """
    action = QAction(text, owner)
    # a sign such as ? comes with Shift on one keyboard and without on another
    is_sign = len(key) == 1 and not key.isalnum()
    action.setShortcuts([QKeySequence(key), QKeySequence(f"Shift+{key}")] if is_sign else [QKeySequence(key)])
    action.setToolTip(f"{text} ({key})" if key else text)
    if within:
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _checked=False: act())
    owner.addAction(action)
    return action


def hints() -> tuple[tuple[str, str], ...]:
    """Return key and words for the status line."""
    names = {"Return": "Enter"}
    return tuple((names.get(key, key), _SHORT[key]) for key in HINTS)
