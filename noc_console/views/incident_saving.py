"""Asks where an incident's report, capsule or picture is, and writes or sends it beside the GUI thread."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from noc_console.errors import KnownError
from noc_console.incidents.page import page_of
from noc_console.views import incident_calls as calls
from noc_console.views.desk import Desk
from noc_console.views.figures import size

_FORMS = "PDF (*.pdf);;Markdown (*.md);;HTML (*.html);;Timeline as CSV (*.csv)"
_PICTURES = "Pictures (*.png *.jpg *.jpeg)"


class IncidentFiles(QObject):
    """One file dialogue at a time; `told` says what became of it, `attached` that a picture came in."""

    told = Signal(str)
    attached = Signal()

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window, self._incident = desk, window, 0

    def ask_report(self, incident_id: int) -> None:
        """Ask where the report goes; its ending says in which form."""
        self._incident = incident_id
        self._dialog("Export the report", f"incident-{incident_id}.pdf", _FORMS).fileSelected.connect(self.report)

    def ask_capsule(self, incident_id: int) -> None:
        """Ask where the evidence capsule goes."""
        self._incident = incident_id
        dialog = self._dialog("Make the evidence capsule", f"incident-{incident_id}.noccap", "Capsule (*.noccap)")
        dialog.fileSelected.connect(self.capsule)

    def ask_picture(self, incident_id: int) -> None:
        """Ask for a picture to attach."""
        self._incident = incident_id
        dialog = self._dialog("Attach a picture", "", _PICTURES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.fileSelected.connect(self.picture)

    def report(self, file: str) -> None:
        """Write the report to a file."""
        self._desk.tasks.start(self._report(self._incident, Path(file)), self.told.emit, self.told.emit)

    def capsule(self, file: str) -> None:
        """Write the capsule to a file."""
        self.told.emit("The capsule is being made.")
        self._desk.tasks.start(self._capsule(self._incident, Path(file)), self.told.emit, self.told.emit)

    def picture(self, file: str) -> None:
        """Attach a picture."""
        work = calls.attach(self._desk, self._incident, Path(file))
        self._desk.tasks.start(work, self._on_attached, self.told.emit)

    def _on_attached(self, sentence: str) -> None:
        self.told.emit(sentence)
        self.attached.emit()

    def _dialog(self, title: str, name: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, name, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    async def _report(self, incident_id: int, path: Path) -> str:
        form = path.suffix.lower().lstrip(".") or "pdf"
        page = page_of(await calls.page(self._desk, incident_id))
        if form == "pdf":
            from noc_console.views.report_print import print_page

            print_page(page, path)
        elif form in ("md", "html", "csv"):
            await asyncio.to_thread(_write, path, await calls.report(self._desk, incident_id, form))
        else:
            raise KnownError(f"A report is written as .pdf, .md, .html or .csv, not .{form}.")
        if form == "md":
            for one in page.pictures():
                await asyncio.to_thread(_write, path.parent / one.name, one.svg.encode())
        return f"The report is in {path}."

    async def _capsule(self, incident_id: int, path: Path) -> str:
        body, head = await calls.capsule(self._desk, incident_id)
        await asyncio.to_thread(_write, path, body)
        return f"The capsule is in {path}, {size(len(body))}. Head {head[:16]}…"


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror}.") from None
