"""One packet of a counted error: where it was, the fields of its header, and its 188 bytes in hexadecimal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from noc_console.views.card import Card
from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.figures import GAP
from noc_console.views.theme import AXIS, BODY, Theme
from noc_console.views.ts_facts import pid_text

_LINE = 16
_PER_ROW = 16
_FLAGS = (
    ("transport_error", "error"),
    ("payload_start", "unit start"),
    ("priority", "priority"),
    ("discontinuity", "discontinuity"),
    ("random_access", "random access"),
    ("pcr", "PCR"),
)
_SCRAMBLING = ("clear", "reserved", "scrambled, even key", "scrambled, odd key")


class PacketCard(Card):
    """Paints one error; `copy` puts its bytes on the clipboard."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Packet")
        self._error: Mapping[str, Any] | None = None
        self._notice = "Choose an error to see its packet"
        self.setMinimumSize(200, 120)

    def sizeHint(self) -> QSize:
        """Override: room for head, fields and twelve lines."""
        return QSize(520, 340)

    def show_error(self, error: Mapping[str, Any] | None, notice: str = "") -> None:
        """Show an error's packet, or one line why there is none."""
        self._error, self._notice = error, notice or "Choose an error to see its packet"
        if error is None:
            self.say("", note="")
        else:
            offset = f"{int(error['offset']):,}".replace(",", GAP)
            self.say(f"offset {offset}", note=f"number {error['packet']}")
        self.update()

    def copy(self) -> None:
        """Put the packet's bytes on the clipboard."""
        if self._error is not None and self._error.get("hex"):
            QApplication.clipboard().setText(str(self._error["hex"]))

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: what was counted, the header's fields, the bytes."""
        if self._error is None:
            self.paint_empty(painter, box, self._notice)
            return
        text = Ink(self.theme.font(BODY), self.theme.colours.text)
        write(painter, QRectF(box.x(), box.y(), box.width(), 18), str(self._error["text"]), text)
        header = self._error.get("header")
        if not header or not self._error.get("hex"):
            is_cue = self._error["indicator"] == "cue"
            said = "A cue, and no error" if is_cue else "No packet: what was counted is that something did not come"
            self.paint_empty(painter, box.adjusted(0, 24, 0, 0), said)
            return
        top = self._fields(painter, box.adjusted(0, 24, 0, 0), header)
        self._bytes(painter, QRectF(box.x(), top + 6, box.width(), box.bottom() - top - 6))

    def _fields(self, painter: QPainter, box: QRectF, header: Mapping[str, Any]) -> float:
        """Write the fields in two columns; return where they end."""
        for number, (name, value) in enumerate(header_lines(header)):
            column, row = number % 2, number // 2
            x = box.x() + column * box.width() / 2
            line = QRectF(x, box.y() + row * _LINE, box.width() / 2 - 8, _LINE)
            write(painter, line, name, Ink(self.theme.font(AXIS), self.theme.colours.tertiary))
            ink = Ink(self.theme.font(AXIS), self.theme.colours.secondary)
            write(painter, line.adjusted(86, 0, 0, 0), value, ink)
        return box.y() + (len(header_lines(header)) + 1) // 2 * _LINE

    def _bytes(self, painter: QPainter, box: QRectF) -> None:
        raw = bytes.fromhex(str(self._error["hex"])) if self._error is not None else b""
        colours, font = self.theme.colours, self.theme.mono(AXIS)
        cell = width_of("00 ", font)
        head = 4 + (1 + raw[4] if len(raw) > 4 and raw[3] & 0x20 else 0)
        for row in range(0, len(raw), _PER_ROW):
            y = box.y() + row // _PER_ROW * _LINE
            if y + _LINE > box.bottom() + 1:
                break
            write(painter, QRectF(box.x(), y, 30, _LINE), f"{row:02x}", Ink(font, colours.tertiary), RIGHT)
            for column, value in enumerate(raw[row : row + _PER_ROW]):
                place = row + column
                # header bright, adaptation field calm, payload grey
                colour = colours.text if place < 4 else colours.data_line if place < head else colours.tertiary
                x = box.x() + 40 + column * cell + (4 if column >= _PER_ROW // 2 else 0)
                write(painter, QRectF(x, y, cell, _LINE), f"{value:02x}", Ink(font, colour))
            text_x = box.x() + 48 + _PER_ROW * cell + 8
            if text_x + _PER_ROW * 7 < box.right():
                shown = "".join(chr(one) if 32 <= one < 127 else "·" for one in raw[row : row + _PER_ROW])
                painter.setFont(font)
                painter.setPen(colours.tertiary)
                line = QRectF(text_x, y, box.right() - text_x, _LINE)
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def header_lines(header: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the fields of a packet's header in words (ISO/IEC 13818-1, 2.4.3.2)."""
    parts = [name for key, name in (("adaptation_field", "adaptation"), ("payload", "payload")) if header.get(key)]
    flags = [name for key, name in _FLAGS if header.get(key)]
    return [
        ("PID", f"{pid_text(header['pid'])} ({header['pid']})"),
        ("Counter", str(header["continuity_counter"])),
        ("Sync byte", f"0x{header['sync_byte']:02x}"),
        ("Scrambling", _SCRAMBLING[int(header["scrambling"]) & 3]),
        ("Carries", " and ".join(parts) or "nothing"),
        ("Flags", ", ".join(flags) or "none"),
    ]
