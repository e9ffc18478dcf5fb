"""The tray icon, where the desktop has a tray: the worst severity as its glyph, the counts in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.glyphs import glyph_pixmap

_EVERY_MS = 1000
_SIZES = (16, 22, 32, 64)
_SHOWN = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)


class Tray(QObject):
    """Follows the board once a second; `clicked` wants the window in front."""

    clicked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[Severity, bool, str] | None = None
        self._icon = QSystemTrayIcon(self)
        self._icon.activated.connect(self._on_activated)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Show the icon where there is a tray; else do nothing."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.look()
            self._icon.show()
            self._timer.start()

    def stop(self) -> None:
        """Take the icon away."""
        self._timer.stop()
        self._icon.hide()

    def look(self) -> None:
        """Show how things stand."""
        mirror = self._desk.mirror
        shown = state_of(mirror.open_alarms(), "" if not mirror.is_lost else mirror.link_text)
        if shown != self._shown:
            self._shown = shown
            self._icon.setIcon(icon_of(self._desk, *shown[:2]))
            self._icon.setToolTip(f"noc-console: {shown[2]}")

    def _on_activated(self, _why: object) -> None:
        self.clicked.emit()


def state_of(alarms: Iterable[Mapping[str, Any]], lost: str) -> tuple[Severity, bool, str]:
    """Return the worst severity, whether all of it is acknowledged, and the counts in words."""
    if lost:
        return Severity.INDETERMINATE, False, lost
    seen = [one for one in alarms if not one.get("hidden")]
    counts = Counter(Severity(one["severity"]) for one in seen)
    worst = max(counts, key=lambda severity: severity.rank, default=Severity.CLEARED)
    of_worst = [one for one in seen if one["severity"] == worst]
    words = ", ".join(f"{counts[one]} {one}" for one in _SHOWN if counts[one]) or "no open alarms"
    return worst, bool(of_worst) and all(one["acknowledged"] for one in of_worst), words


def icon_of(desk: Desk, severity: Severity, is_acknowledged: bool) -> QIcon:
    """Return a severity's glyph as an icon in the sizes trays ask for."""
    icon = QIcon()
    for size in _SIZES:
        icon.addPixmap(glyph_pixmap(desk.theme, severity, size, acked=is_acknowledged))
    return icon
