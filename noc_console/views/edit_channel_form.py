"""The channel form: every field with its label and what it is for; it remembers which ones the operator touched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

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
        self.layer, self.level, self.is_hdr = Choice(30), Choice(30), Choice(30)
        self.segment_s = Figure(0.1, 60.0, 2, "s")
        self.rungs, self.audio_languages, self.subtitle_languages = _line(2000), _line(400), _line(400)
        for kind in CLASSES:
            self.channel_class.addItem(kind, kind)
        for choice, rows in ((self.tier, _TIERS), (self.level, _LEVELS), (self.is_hdr, _HDR)):
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
        ):
            _choose(choice, value)
        self.segment_s.setValue(values.segment_s)
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
            kind=self._shown.kind if url == self._shown.url else "",
        )

    def forget_touches(self) -> None:
        """Take every field as untouched: another channel is coming."""
        self.touched = frozenset()

    def _fields(self) -> dict[str, QWidget]:
        names = ("code", "name", "channel_class", "tier", "template", "layer", "level", "segment_s", "rungs")
        more = ("audio_languages", "subtitle_languages", "is_hdr")
        return {name: getattr(self, name) for name in (*names, *more)}

    def _listen(self) -> None:
        for name, field in self._fields().items():
            field.setObjectName(name)
            match field:
                case QComboBox():
                    field.currentIndexChanged.connect(self._on_touched)
                case QLineEdit():
                    field.textChanged.connect(self._on_touched)

    def _on_touched(self) -> None:
        sender = self.sender()
        if not self._is_filling and sender is not None:
            self.touched |= {sender.objectName()}
            self.changed.emit()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        rows = (
            ("&Code", self.code, "Short, without blanks; the wall shows it"),
            ("&Name", self.name, "As people call it"),
            ("C&lass", self.channel_class, ""),
            ("T&ier", self.tier, "How soon somebody must look"),
            ("T&emplate", self.template, "Its limits judge the channel"),
            ("La&yer", self.layer, "Where in the chain this address is"),
            ("Le&vel", self.level, "How much is fetched; a finding raises it to full"),
            ("Segment &duration", self.segment_s, "As measured; outside ±10 % is a finding"),
            ("&Rungs", self.rungs, "The ladder that must be offered; empty: not judged"),
            ("&Audio languages", self.audio_languages, "Must be offered; empty: not judged"),
            ("S&ubtitle languages", self.subtitle_languages, "Must be offered; empty: not judged"),
            ("&HDR", self.is_hdr, ""),
        )
        for row, (text, field, hint) in enumerate(rows):
            label = QLabel(text)
            label.setProperty("look", "note")
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            field.setToolTip(hint)
            note = QLabel(hint)
            note.setProperty("look", "tertiary")
            note.setWordWrap(True)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(note, row, 2)
        grid.setColumnMinimumWidth(0, 120)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)


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
