"""Every action of the window as a QAction with a key and a name; the key card and the palette are made from them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

Hints = tuple[tuple[str, str], ...]
_FIND: Hints = (("Ctrl+K", "Find"),)
_ILL: Hints = (("N", "Next ill channel"),)
_US: Hints = (("F9", "Is it us?"),)
_BACK: Hints = (("Esc", "Back"),)
_HINTS: dict[str, Hints] = {
    "channel": (
        ("A", "Acknowledge"),
        ("I", "Alarm"),
        ("L", "Next input"),
        ("M", "Picture, sound"),
        ("V", "Alarm's pictures"),
        *_US,
        *_BACK,
        *_ILL,
        *_FIND,
    ),
    "channels": (
        *_ILL,
        ("Enter", "Open"),
        ("E", "Edit"),
        ("D", "Disable"),
        ("/", "Search"),
        ("Ctrl+N", "Add"),
        *_FIND,
    ),
    "mosaic": (("Enter", "Open"), ("V", "Last minute"), *_ILL, *_FIND),
    "alarms": (
        ("J K", "Move"),
        ("A", "Acknowledge"),
        ("S", "Shelve"),
        ("G", "Guide"),
        ("Enter", "Open channel"),
        *_ILL,
        *_FIND,
    ),
    "guide": (
        ("1\u20139", "Answer"),
        ("Enter", "Go on"),
        ("Backspace", "Back"),
        ("X", "Skip"),
        ("D", "Disagree"),
        ("Shift+N", "Note"),
        ("C", "Channel"),
        *_FIND,
    ),
    "guides": (("J K", "Move"), ("Enter", "Begin"), ("1\u20133", "Lists"), ("W", "Looked through"), *_FIND),
    "shift": (("J K", "Move"), ("Enter", "Open"), ("1 2", "Today, history"), *_ILL, *_FIND),
    "checklist": (("J K", "Move"), ("D", "Done"), ("X", "Not applicable"), ("S", "Sign"), ("H", "Hand over"), *_BACK),
    "incidents": (("J K", "Move"), ("Enter", "Open"), ("W", "New incident"), *_ILL, *_FIND),
    "incident": (("Shift+N", "Note"), ("T", "Task"), ("O", "Take"), ("U", "Cause"), ("V", "Impact"), *_BACK, *_FIND),
    "add-channel": (("Enter", "Inspect"), ("Ctrl+Enter", "Save"), ("Ctrl+Shift+A", "Add an input"), *_BACK),
    "import": (("Ctrl+Enter", "Check"), *_BACK),
    "drills": (("Ctrl+Enter", "Start"), ("Del", "End"), *_ILL, *_FIND),
    "lab": (("Ctrl+Enter", "Start"), ("Del", "End"), ("Ctrl+O", "Open the channel"), *_ILL, *_FIND),
}
_USUAL: Hints = (*_FIND, *_ILL, *_US, ("Enter", "Open"), ("Ctrl+N", "Add channel"), ("F2", "Who is here"))


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


def hints(screen: str) -> Hints:
    """Return key and words for the status line of a screen: what one needs next, and where all keys are."""
    return (*_HINTS.get(screen, _USUAL), ("?", "All keys"))
