"""The channel form: what it is at the left, the shown input at the right; it remembers what the operator touched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from noc_console.model import Layer, Level
from noc_console.views.drawer_choice import Choice, Figure
from noc_console.views.edit_channel_values import Values

CLASSES = ("HD", "4K", "SD", "OTT")
TEMPLATES = ("TPL_ABR_OTT", "TPL_LIVE_HD", "TPL_LIVE_4K_HDR")
_TIERS = (("1, watched around the clock", 1), ("2, popular", 2), ("3, secondary", 3))
_LEVELS = (
    ("full: every segment", "full"),
    ("sample: one rung in turn", "sample"),
    ("light: playlists only", "light"),
)


_KINDS = (("as its URL says", ""), ("HLS", "hls"), ("DASH", "dash"), ("transport stream", "ts"))
_HDR = (("not expected", False), ("expected", True))


class ChannelForm(QWidget):
    """Shows Values and gives them back; `touched` names the fields changed by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.touched: frozenset[str] = frozenset()
        self._is_filling = False
        self._shown = Values()
        self.code, self.name = _line(50), _line(200)
        self.channel_class, self.tier, self.template = Choice(30), Choice(30), Choice(30)
        self.layer, self.level, self.is_hdr, self.kind = Choice(30), Choice(30), Choice(30), Choice(30)
        self.segment_s = Figure(0.1, 60.0, 2, "s")
        self.rungs, self.audio_languages, self.subtitle_languages = _line(2000), _line(400), _line(400)
        self.query, self.ca_file, self.pin, self.hosts = _line(2048), _line(1024), _line(255), _line(4000)
        self.headers = QPlainTextEdit()
        self.headers.setTabChangesFocus(True)
        self.headers.setFixedHeight(52)
        for kind in CLASSES:
            self.channel_class.addItem(kind, kind)
        for choice, rows in ((self.tier, _TIERS), (self.level, _LEVELS), (self.is_hdr, _HDR), (self.kind, _KINDS)):
            for text, value in rows:
                choice.addItem(text, value)
        for layer in Layer:
            self.layer.addItem(f"L{layer.value} {layer.name.capitalize()}", int(layer))
        self.offer_templates(TEMPLATES)
        self._lay_out()
        self._listen()

    def offer_templates(self, names: tuple[str, ...]) -> None:
        """Offer these templates, keeping the choice."""
        chosen = self.template.currentData()
        self._is_filling = True
        self.template.clear()
        for name in names:
            self.template.addItem(name, name)
        _choose(self.template, chosen)
        self._is_filling = False

    def show_values(self, values: Values) -> None:
        """Show these values; this touches nothing."""
        self._is_filling = True
        self._shown = values
        for field, text in (
            (self.code, values.code),
            (self.name, values.name),
            (self.rungs, values.rungs),
            (self.audio_languages, values.audio_languages),
            (self.subtitle_languages, values.subtitle_languages),
            (self.query, values.query),
            (self.ca_file, values.ca_file),
            (self.pin, values.pin),
            (self.hosts, values.hosts),
        ):
            if field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        for choice, value in (
            (self.channel_class, values.channel_class),
            (self.tier, values.tier),
            (self.template, values.template),
            (self.layer, values.layer),
            (self.level, values.level),
            (self.is_hdr, values.is_hdr),
            (self.kind, values.kind),
        ):
            _choose(choice, value)
        self.segment_s.setValue(values.segment_s)
        if self.headers.toPlainText() != values.headers:
            self.headers.setPlainText(values.headers)
        self._is_filling = False

    def values(self, url: str) -> Values:
        """Return what the form says of the channel at a URL."""
        return Values(
            url=url,
            code=self.code.text().strip(),
            name=self.name.text().strip(),
            channel_class=str(self.channel_class.currentData()),
            tier=int(self.tier.currentData()),
            template=str(self.template.currentData()),
            layer=int(self.layer.currentData()),
            level=str(self.level.currentData() or Level.FULL),
            segment_s=self.segment_s.value(),
            rungs=self.rungs.text(),
            audio_languages=self.audio_languages.text(),
            subtitle_languages=self.subtitle_languages.text(),
            is_hdr=bool(self.is_hdr.currentData()),
            is_enabled=self._shown.is_enabled,
            # another address may speak something else
            kind=str(self.kind.currentData() or "") if url == self._shown.url or "kind" in self.touched else "",
            headers=self.headers.toPlainText(),
            query=self.query.text(),
            ca_file=self.ca_file.text(),
            pin=self.pin.text(),
            hosts=self.hosts.text(),
        )

    def forget_touches(self) -> None:
        """Take every field as untouched: another channel is coming."""
        self.touched = frozenset()

    def _fields(self) -> dict[str, QWidget]:
        names = ("code", "name", "channel_class", "tier", "template", "layer", "level", "segment_s", "rungs")
        more = (
            "audio_languages",
            "subtitle_languages",
            "is_hdr",
            "kind",
            "headers",
            "query",
            "ca_file",
            "pin",
            "hosts",
        )
        return {name: getattr(self, name) for name in (*names, *more)}

    def _listen(self) -> None:
        for name, field in self._fields().items():
            field.setObjectName(name)
            match field:
                case QComboBox():
                    field.currentIndexChanged.connect(self._on_touched)
                case QLineEdit() | QPlainTextEdit():
                    field.textChanged.connect(self._on_touched)

    def _on_touched(self) -> None:
        sender = self.sender()
        if not self._is_filling and sender is not None:
            self.touched |= {sender.objectName()}
            self.changed.emit()

    def _lay_out(self) -> None:
        about = (
            ("&Code", self.code, "Short, without blanks; the wall shows it"),
            ("&Name", self.name, "As people call it"),
            ("C&lass", self.channel_class, ""),
            ("T&ier", self.tier, "How soon somebody must look"),
            ("T&emplate", self.template, "Its limits judge the channel"),
        )
        source = (
            ("&Kind", self.kind, ""),
            ("La&yer", self.layer, "Where in the chain this address is"),
            ("Le&vel", self.level, "How much is fetched; a finding raises it to full"),
            ("Segment &duration", self.segment_s, "As measured; outside ±10 % is a finding"),
            ("&Rungs", self.rungs, "That must be offered; empty: not judged"),
            ("&Audio languages", self.audio_languages, "That must be offered; empty: not judged"),
            ("Su&btitle languages", self.subtitle_languages, "That must be offered; empty: not judged"),
            ("&HDR", self.is_hdr, ""),
        )
        access = (
            ("E&xtra headers", self.headers, "Name: value, one a line; *** is kept as it is"),
            ("&Query token", self.query, "token=…, added to every request; *** is kept as it is"),
            ("CA &file", self.ca_file, "Who signs this server, if the system does not know"),
            ("&Pinned address", self.pin, "Connect to this address whatever the name says"),
            ("All&owed hosts", self.hosts, "Also get headers and token: cdn.example.net, *.example.net"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for parts in (
            (("Channel", about), ("What must be there", source[3:])),
            (("Input", source[:3]), ("Access", access)),
        ):
            row.addLayout(_column(parts), 1)


_Rows = tuple[tuple[str, QWidget, str], ...]


def _column(parts: tuple[tuple[str, _Rows], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    row = 0
    for heading, rows in parts:
        title = QLabel(heading)
        title.setProperty("look", "heading")
        grid.addWidget(title, row, 0, 1, 2)
        for text, field, hint in rows:
            row += 1
            label = QLabel(text)
            label.setProperty("look", "note")
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            field.setAccessibleDescription(hint)
            field.setToolTip(hint)
            if isinstance(field, QLineEdit | QPlainTextEdit):
                field.setPlaceholderText(hint)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        row += 1
    grid.setColumnMinimumWidth(0, 120)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(row, 1)
    return grid


def _line(most: int) -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(most)
    return line


def _choose(choice: QComboBox, value: object) -> None:
    index = choice.findData(value)
    if index < 0 and isinstance(value, str) and value:
        choice.addItem(value, value)
        index = choice.count() - 1
    choice.setCurrentIndex(max(index, 0))
