"""The card of the channel page that shows a playlist as fetched, or against the fetch before."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from noc_console.catalogues import findings as catalogue
from noc_console.model import Severity
from noc_console.views.channel_paint import HEAD_HEIGHT, Ink, card_head, write
from noc_console.views.desk import Desk
from noc_console.views.drawer_choice import Choice
from noc_console.views.figures import clock
from noc_console.views.playlist_text import compared, differences, plain
from noc_console.views.playlist_view import LineFinding, PlaylistView
from noc_console.views.theme import BODY


class PlaylistCard(QFrame):
    """Chooses the scope; `scopeChosen` tells another one. `toggle_diff` is the key D of the page."""

    scopeChosen = Signal(str)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._desk = desk
        self._answer: dict[str, Any] = {}
        self._notice = "Loading"
        self.view = PlaylistView(desk.theme)
        self.scopes = Choice()
        self.scopes.setAccessibleName("Playlist to show")
        self.scopes.setMinimumWidth(180)
        self.scopes.currentIndexChanged.connect(self._on_scope)
        self.diff = QPushButton("Diff  D")
        self.diff.setProperty("look", "chip")
        self.diff.setCheckable(True)
        self.diff.setAccessibleName("Compare with the fetch before")
        self.diff.toggled.connect(self._on_diff)
        self.layout_head()

    def layout_head(self) -> None:
        """Lay out selector, switch and text."""
        label = QLabel("&Of")
        label.setBuddy(self.scopes)
        label.setProperty("look", "tertiary")
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 0)
        head.setSpacing(8)
        head.addStretch()
        head.addWidget(self.diff)
        head.addWidget(label)
        head.addWidget(self.scopes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)

    @property
    def scope(self) -> str:
        """The chosen scope, empty when there is none to choose."""
        return str(self.scopes.currentData() or "")

    def show_scopes(self, scopes: list[str]) -> None:
        """Offer these scopes, keeping the choice where it is still there."""
        if [self.scopes.itemData(index) for index in range(self.scopes.count())] == scopes:
            return
        chosen = self.scope
        self.scopes.blockSignals(True)
        self.scopes.clear()
        for scope in scopes:
            self.scopes.addItem(scope.partition("/")[2].partition("@")[0] or scope, scope)
        self.scopes.setCurrentIndex(max(self.scopes.findData(chosen), 0))
        self.scopes.blockSignals(False)

    def choose(self, scope: str) -> None:
        """Choose a scope, as when a finding is followed."""
        self.scopes.setCurrentIndex(self.scopes.findData(scope))

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show the answer of `GET /channels/{id}/playlist`."""
        is_other = answer.get("url") != self._answer.get("url")
        self._answer, self._notice = answer, "" if answer.get("text") else "Nothing fetched yet"
        self._show()
        if is_other:
            self.view.go_to_first_finding()

    def say(self, notice: str) -> None:
        """Show a notice instead of a text."""
        self._answer, self._notice = {}, notice
        self._show()

    def toggle_diff(self) -> None:
        """Switch between the text as fetched and the comparison."""
        self.diff.toggle()

    def _show(self) -> None:
        text = str(self._answer.get("text") or "")
        before = str((self._answer.get("before") or {}).get("text") or "")
        is_diff = self.diff.isChecked() and bool(before)
        lines = compared(before, text) if is_diff else plain(text)
        found = [
            _line_finding(one) for one in self._answer.get("findings", ()) if (one.get("where") or {}).get("line")
        ]
        self.view.show_lines(lines, found)
        self.view.setVisible(bool(text))
        self.diff.setEnabled(bool(before))
        self.update()

    def _figure(self) -> str:
        if not self._answer.get("text"):
            return ""
        fetched = f"fetched {clock(float(self._answer['fetched_at']))}"
        before = self._answer.get("before") or {}
        if self.diff.isChecked() and before.get("text"):
            came, went = differences(compared(before["text"], self._answer["text"]))
            return f"{fetched} against {clock(float(before['fetched_at']))}: +{came} −{went}"
        return fetched

    def _on_scope(self, _index: int) -> None:
        self.scopeChosen.emit(self.scope)

    def _on_diff(self, _is_on: bool) -> None:
        self._show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card, its head, and the notice where there is no text."""
        super().paintEvent(event)
        painter = QPainter(self)
        kind = "MPD" if self.scope == "mpd" else "Playlist"
        head = QRectF(0, 0, max(self.diff.x() - 4, 200), HEAD_HEIGHT)
        card_head(painter, self._desk.theme, head, (kind, self._figure(), ""))
        if self._notice:
            ink = Ink(self._desk.theme.font(BODY), self._desk.theme.colours.secondary)
            write(painter, QRectF(12, HEAD_HEIGHT + 8, self.width() - 24, 20), self._notice, ink)
        painter.end()


def _line_finding(one: dict[str, Any]) -> LineFinding:
    known = catalogue().get(one["id"])
    severity = one.get("severity") or (known.severity if known is not None else None) or "indeterminate"
    clause = one.get("clause") or (known.clause if known is not None else "")
    return LineFinding(int(one["where"]["line"]), one["id"], Severity(severity), one["text"], clause)
