"""Asks where a walk goes as PDF or CSV, and writes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.guide_feed import RunFeed
from noc_console.views.guide_page import csv_of_walk, page_of_walk

_FORMS = "PDF (*.pdf);;CSV (*.csv)"


class WalkFiles(QObject):
    """One file dialogue at a time; `told` says what became of it."""

    told = Signal(str)

    def __init__(self, desk: Desk, window: QWidget, feed: RunFeed) -> None:
        super().__init__(window)
        self._desk, self._window, self._feed = desk, window, feed

    def ask(self) -> None:
        """Ask where it goes; its ending says in which form."""
        run = self._feed.run
        if run is None:
            return
        name = f"{str(run['guide']).lower()}-{run['run_id']}.pdf"
        dialog = QFileDialog(self._window, "Export this walk", name, _FORMS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, file: str) -> None:
        """Write the walk to a file."""
        self._desk.tasks.start(self._save(Path(file)), self.told.emit, self.told.emit)

    async def _save(self, path: Path) -> str:
        run, guide = self._feed.run, self._feed.guide
        if run is None or guide is None:
            raise KnownError("Nothing is loaded yet.")
        form = path.suffix.lower().lstrip(".") or "pdf"
        if form == "pdf":
            from noc_console.views.report_print import print_page

            print_page(page_of_walk(guide, run, self._desk.mirror.now()), path)
        elif form == "csv":
            await asyncio.to_thread(_write, path, csv_of_walk(guide, run))
        else:
            raise KnownError(f"A walk is written as .pdf or .csv, not .{form}.")
        return f"It is in {path}."


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8-sig", newline="")
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror}.") from None
