"""The lower row of the channel page where it is about picture and sound: picture, meters, formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.card import Card
from noc_console.views.channel_paint import CENTRE, RIGHT, Ink, write
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.meter_card import MeterCard
from noc_console.views.mosaic_facts import absent, words_of
from noc_console.views.picture_charts import rungs_with
from noc_console.views.theme import AXIS, BODY, FIGURE, MEDIUM
from noc_console.views.thumb_pixmaps import Wanted

Json = Mapping[str, Any]
_SUB_SCORES = (
    ("codec and bits", "video.mos_encoding"),
    ("size", "video.mos_size"),
    ("frame rate", "video.mos_motion"),
    ("artefacts", "video.mos_artefacts"),
)
_ROW = 20
_FORMAT_FINDINGS = (
    "media-codec-mismatch",
    "media-resolution-mismatch",
    "media-hdr-missing",
    "media-atmos-missing",
    "media-captions-missing",
    "media-bitrate-guideline",
    "media-gop-long",
)


class MediaRow(QWidget):
    """Holds the three cards; everything they show is on the board, but the picture itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.picture, self.meters, self.formats = PictureCard(desk), MeterCard(desk.theme), FormatCard(desk)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for card, share in ((self.picture, 36), (self.meters, 34), (self.formats, 30)):
            card.setMinimumWidth(200)
            row.addWidget(card, share)
        self.hide()

    def show_input(self, channel: Json, one: Json | None) -> None:
        """Show an input of a channel."""
        self.picture.show_input(channel, one)
        self.meters.show_input(channel, one)
        self.formats.show_input(one)


class PictureCard(Card):
    """The newest picture with its age and state, and the estimate of its quality with what it is made of."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "Picture", "quality is an estimate")
        self._desk = desk
        self._channel: Json = {}
        self._one: Json | None = None
        self._last: tuple[int, QPixmap] | None = None
        desk.pixmaps.landed.connect(self._on_landed)

    def show_input(self, channel: Json, one: Json | None) -> None:
        """Show the newest picture of a channel and the figures of one input."""
        self._channel, self._one = channel, one
        self._desk.thumbs.poll(self._desk)
        words = words_of(channel)
        self.say(", ".join(words) or str(channel.get("picture") or "not measured"))
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: picture at the left, figures at the right."""
        if not self._channel:
            return
        height = min(box.height() - 20, (box.width() * 0.52) * 9 / 16, 144)
        frame = QRectF(box.x(), box.y(), round(height * 16 / 9), round(height))
        self._paint_picture(painter, frame)
        self._paint_figures(
            painter, QRectF(frame.right() + 16, box.y(), box.right() - frame.right() - 16, box.height())
        )

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> None:
        theme, channel, mirror = self.theme, self._channel, self._desk.mirror
        painter.fillRect(frame, theme.colours.bg)
        thumb = self._desk.thumbs.store.newest(int(channel["id"]))
        tertiary = Ink(theme.font(BODY), theme.colours.tertiary)
        if thumb is None:
            text = "Loading" if channel.get("thumbnail") else absent(channel, mirror.agent)
            write(painter, frame, text, tertiary, CENTRE)
            return
        scale = self.devicePixelRatioF()
        size = (round(frame.width() * scale), round(frame.height() * scale))
        picture = self._desk.pixmaps.get(Wanted((thumb.channel_id, thumb.seq), thumb.jpeg, size))
        if picture is not None:
            self._last = thumb.channel_id, picture
        elif self._last is not None and self._last[0] == thumb.channel_id:
            picture = self._last[1]  # the one before, while the new one is decoded
        if picture is not None and not picture.isNull():
            picture.setDevicePixelRatio(scale)
            own = picture.deviceIndependentSize()
            corner = QPointF((frame.width() - own.width()) / 2, (frame.height() - own.height()) / 2)
            painter.drawPixmap(frame.topLeft() + corner, picture)
        is_old = mirror.channel_state(channel) in ("stale", "lost") or channel.get("picture") in ("stopped", "frozen")
        age = f"{figures.clock(thumb.at)}, {figures.age(mirror.now() - thumb.at)} old"
        foot = QRectF(frame.x(), frame.bottom() + 3, frame.width(), 16)
        if is_old:
            paint_hatch(painter, theme, foot)
        write(painter, foot, age, Ink(theme.font(AXIS), theme.colours.text if is_old else theme.colours.secondary))

    def _paint_figures(self, painter: QPainter, box: QRectF) -> None:
        theme, colours = self.theme, self.theme.colours
        found = self._metrics()
        quality = found.get("video.mos")
        known = colours.text if quality is not None else colours.tertiary
        write(
            painter, QRectF(box.x(), box.y() - 4, 90, 34), figures.number(quality, 2), Ink(theme.font(FIGURE), known)
        )
        label = Ink(theme.font(BODY), colours.secondary)
        write(painter, QRectF(box.x() + 78, box.y() + 6, box.width() - 78, 20), "MOS, 1 to 5, estimate", label)
        y = box.y() + 40
        for name, metric in _SUB_SCORES:
            self._paint_score(painter, QRectF(box.x(), y, box.width(), _ROW), name, found.get(metric))
            y += _ROW
        for name, text in self._facts(found):
            if y + _ROW > box.bottom() + 2:
                return
            write(painter, QRectF(box.x(), y + 4, 96, _ROW), name, label)
            write(
                painter, QRectF(box.x(), y + 4, box.width(), _ROW), text, Ink(theme.font(BODY), colours.text), RIGHT
            )
            y += _ROW

    def _paint_score(self, painter: QPainter, row: QRectF, name: str, value: float | None) -> None:
        theme, colours = self.theme, self.theme.colours
        write(painter, QRectF(row.x(), row.y(), 96, _ROW), name, Ink(theme.font(BODY), colours.secondary))
        track = QRectF(row.x() + 96, row.center().y() - 2, max(row.width() - 140, 10), 4)
        painter.fillRect(track, colours.band_low)
        if value is not None:
            share = min(max((value - 1) / 4, 0.0), 1.0)
            painter.fillRect(QRectF(track.x(), track.y(), track.width() * share, 4), colours.data_line)
        ink = Ink(theme.font(BODY, MEDIUM), colours.text if value is not None else colours.tertiary)
        write(painter, row, figures.number(value, 2), ink, RIGHT)

    def _metrics(self) -> Mapping[str, float]:
        """Return the figures of the input's best picture."""
        one = self._one
        if one is None:
            return {}
        best = rungs_with(one, "video.mos")[:1]
        return next((rung["metrics"] for rung in one["rungs"] if [rung["rung"]] == best), {})

    def _facts(self, found: Mapping[str, float]) -> list[tuple[str, str]]:
        return [
            ("blockiness", figures.number(found.get("video.blockiness_ratio"), 3)),
            ("luma", f"{figures.ratio_percent(found.get('video.luma_mean_ratio'))} mean"),
            ("bitrate", figures.bits(found.get("video.bitrate_bps"))),
            ("key frames", f"every {figures.number(found.get('video.key_interval_s'), 1, 's')}"),
        ]

    def _on_landed(self) -> None:
        if self.isVisible():
            self.update()


class FormatCard(Card):
    """What each rung turned out to be, and where that differs from the channel's record."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "Format", "as decoded")
        self._one: Json | None = None

    def show_input(self, one: Json | None) -> None:
        """Show the formats of an input's rungs."""
        self._one = one
        differs = len(self._differences())
        self.say(f"{differs} differ from the record" if differs else "")
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: differences first, then a line a rung."""
        y = box.y()
        for finding in self._differences():
            severity = Severity(finding["severity"])
            paint_glyph(painter, self.theme, severity, QPointF(box.x() + 7, y + _ROW / 2), 12)
            row = QRectF(box.x() + 20, y, box.width() - 20, _ROW)
            write(painter, row, str(finding["text"]), Ink(self.theme.font(BODY), self.theme.colours.text))
            y += _ROW
        known = self._known()
        if not known:
            self.paint_empty(
                painter, QRectF(box.x(), y, box.width(), _ROW), "Nothing has been decoded of this input."
            )
        for name, text in known:
            if y + _ROW > box.bottom():
                return
            row = QRectF(box.x(), y, box.width(), _ROW)
            name_ink = Ink(self.theme.font(BODY), self.theme.colours.secondary)
            used = write(painter, row.adjusted(0, 0, -box.width() * 0.6, 0), name, name_ink)
            write(
                painter,
                row.adjusted(used + 8, 0, 0, 0),
                text,
                Ink(self.theme.font(BODY), self.theme.colours.text),
                RIGHT,
            )
            y += _ROW

    def _differences(self) -> list[Json]:
        found = self._one["findings"] if self._one is not None else []
        return [one for one in found if one["id"] in _FORMAT_FINDINGS]

    def _known(self) -> list[tuple[str, str]]:
        rungs = self._one["rungs"] if self._one is not None else []
        return [
            (str(rung["rung"]), str(form.get("text", "")))
            for rung in rungs
            for form in (rung.get("format") or {}).values()
            if form
        ]
