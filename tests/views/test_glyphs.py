"""The severity shapes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from noc_console.model import Severity
from noc_console.views.glyphs import glyph_pixmap
from noc_console.views.theme import theme

FILLED = [Severity.CRITICAL, Severity.MAJOR, Severity.MINOR]
HOLLOW = [Severity.WARNING, Severity.INDETERMINATE]


def _colours(severity: Severity, size: int, *, acked: bool = False) -> dict[str, int]:
    image = glyph_pixmap(theme(), severity, size, acked=acked).toImage()
    seen: dict[str, int] = {}
    for x in range(size):
        for y in range(size):
            colour: QColor = image.pixelColor(x, y)
            if colour.alpha() == 255:
                seen[colour.name()] = seen.get(colour.name(), 0) + 1
    return seen


@pytest.mark.parametrize("severity", FILLED)
def test_filled_shape_carries_a_dark_letter(qapp, severity):
    seen = _colours(severity, 20)
    assert seen[theme().severity[severity].name()] > 60
    assert seen[theme().colours.bg.name()] >= 3


@pytest.mark.parametrize("severity", FILLED)
def test_acknowledged_shape_is_outline_only(qapp, severity):
    hue = theme().severity[severity].name()
    assert _colours(severity, 20, acked=True).get(hue, 0) < _colours(severity, 20)[hue] / 2


@pytest.mark.parametrize("severity", FILLED)
def test_below_twelve_pixels_there_is_no_letter(qapp, severity):
    assert theme().colours.bg.name() not in _colours(severity, 10)


@pytest.mark.parametrize("severity", HOLLOW)
def test_hollow_shape_stays_hollow(qapp, severity):
    image = glyph_pixmap(theme(), severity, 10).toImage()
    assert image.pixelColor(5, 5).alpha() < 128


def test_shapes_differ_in_greyscale(qapp):
    def mask(severity: Severity) -> bytes:
        image = glyph_pixmap(theme(), severity, 16).toImage()
        return bytes(image.pixelColor(x, y).alpha() > 128 for x in range(16) for y in range(16))

    assert len({mask(severity) for severity in Severity}) == len(Severity)
