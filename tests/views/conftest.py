"""Views are tested offscreen; a test that leaves a window open fails."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from noc_console.views.desk import AgentDoor, Desk, Frame, Operator, Ways
from noc_console.views.sheet import dress, style_sheet
from noc_console.views.state import BoardMirror
from noc_console.views.tasks import Tasks
from noc_console.views.theme import Theme, theme


@pytest.fixture(autouse=True)
def no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    """Fail when a top-level widget made by the test is still there after it."""
    before = set(qapp.topLevelWidgets())
    yield
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    left = [widget for widget in qapp.topLevelWidgets() if widget not in before and widget.isVisible()]
    for widget in left:
        widget.close()
    assert not left, f"windows left open: {left}"


@pytest.fixture
def look(qapp: QApplication) -> Theme:
    """The default theme, worn by the application."""
    chosen = theme()
    if qapp.styleSheet() != style_sheet(chosen):  # dressing anew takes a third of a second
        dress(qapp, chosen)
    return chosen


@pytest.fixture
def desk(look: Theme, tmp_path) -> Desk:
    """A desk with an empty mirror, no agent, and its own settings file."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    return Desk(BoardMirror(), look, Ways(), Frame(), Operator(settings), AgentDoor(), Tasks())
