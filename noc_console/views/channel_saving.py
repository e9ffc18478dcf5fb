"""Asks where the charts' samples shall go and writes them beside the GUI thread; says what became of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from noc_console.views.channel_export import Shown, write
from noc_console.views.desk import Desk


class Saving(QObject):
    """One file dialogue at a time; what is written is the range as it was when the key was pressed."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._shown: Shown | None = None

    def ask(self, shown: Shown) -> None:
        """Ask for the file; `.json` gives JSON, anything else CSV."""
        if not any(samples.size for _, samples in shown.curves):
            self._desk.ways.say.emit("There are no samples in this range to export.")
            return
        self._shown = shown
        dialog = QFileDialog(self._window, "Export the charts", shown.file_name, "CSV (*.csv);;JSON (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, file: str) -> None:
        """Write to this file."""
        if self._shown is not None:
            self._desk.tasks.start(self._written(Path(file), self._shown), self._desk.ways.say.emit)

    async def _written(self, path: Path, shown: Shown) -> str:
        count = await asyncio.to_thread(write, path, shown)
        return f"{count:,} samples of {shown.code} are in {path}."
