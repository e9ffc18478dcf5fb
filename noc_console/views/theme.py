"""The look in one place: colour tokens, fonts and sizes; every widget is given a `Theme`, none makes up a colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType

from PySide6.QtGui import QColor, QFont, QFontDatabase

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.resources import resource

AXIS, BODY, TITLE, COUNTER, FIGURE = 11, 12, 14, 18, 28
REGULAR, MEDIUM, SEMIBOLD = 400, 500, 600


@dataclass(frozen=True, slots=True)
class Colours:
    """The tokens of the screens' section 2; fixed colours, no transparency."""

    bg: QColor
    panel: QColor
    raised: QColor
    hairline: QColor
    table_line: QColor
    control_line: QColor
    grid_line: QColor
    axis_line: QColor
    text: QColor
    secondary: QColor
    tertiary: QColor
    muted: QColor
    closed: QColor
    data_line: QColor
    band_low: QColor
    band_high: QColor
    accent: QColor
    selected_row: QColor
    selected_step: QColor
    critical_tint: QColor
    critical_tile: QColor
    major_tint: QColor
    hatch: QColor
    hatch_ground: QColor
    normal: QColor


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours with the two font families; `severity` gives the hue of a state."""

    name: str
    colours: Colours
    severity: Mapping[Severity, QColor]
    dim: Mapping[Severity, QColor]
    """The dark border of a tile in that state."""

    def font(self, size: int = BODY, weight: int = REGULAR) -> QFont:
        """Return the text font of a pixel size, with tabular figures."""
        return _font("Inter", size, weight)

    def mono(self, size: int = BODY, weight: int = REGULAR) -> QFont:
        """Return the font of codes, commands and playlists, without ligatures."""
        return _font("JetBrains Mono", size, weight)

    def greyed(self) -> Theme:
        """Return the same look with every state in the muted mark's grey: shapes that count nothing."""
        return replace(self, severity=MappingProxyType(dict.fromkeys(Severity, self.colours.muted)))


@cache
def load_fonts() -> None:
    """Register the shipped font files with Qt; needs a running QGuiApplication."""
    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


def theme(name: str = "") -> Theme:
    """Return a theme by name: `safe` (colour-blind safe, the default) or `dark`.

    Raises KnownError for a name that does not exist.
    """
    try:
        hues, accent = _HUES[name or "safe"]
    except KeyError:
        raise KnownError(f"there is no theme '{name}'; choose one of: {', '.join(_HUES)}") from None
    tokens = {**_TOKENS, "accent": accent}
    colours = Colours(**{field.name: QColor(tokens[field.name]) for field in fields(Colours)})
    severity = MappingProxyType({key: QColor(value) for key, value in hues.items()})
    dim = MappingProxyType({key: _darker(value, colours.panel) for key, value in severity.items()})
    return Theme(name or "safe", colours, severity, dim)


def _darker(hue: QColor, ground: QColor) -> QColor:
    """Return the hue mixed half with the ground: a border that does not shout."""
    return QColor(*((a + b) // 2 for a, b in zip(hue.toTuple()[:3], ground.toTuple()[:3], strict=True)))  # type: ignore[index]


@cache
def _font(family: str, size: int, weight: int) -> QFont:
    load_fonts()
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    for tag in ("liga", "calt") if family == "JetBrains Mono" else ():
        font.setFeature(QFont.Tag.fromString(tag), 0)
    return font


_TOKENS = {
    "bg": "#0f1419",
    "panel": "#151b23",
    "raised": "#1a202c",
    "hairline": "#263041",
    "table_line": "#202a37",
    "control_line": "#3a4656",
    "grid_line": "#212a38",
    "axis_line": "#344154",
    "text": "#e6e6e6",
    "secondary": "#9aa0a6",
    "tertiary": "#7c858f",
    "muted": "#4d5866",
    "closed": "#4a5562",
    "data_line": "#b9c0c9",
    "band_low": "#1f2835",
    "band_high": "#2b3749",
    "selected_row": "#1b2a3b",
    "selected_step": "#182434",
    "critical_tint": "#2a180e",
    "critical_tile": "#3a1d0c",
    "major_tint": "#2c240f",
    "hatch": "#2c3747",
    "hatch_ground": "#131920",
    "normal": "#5b6673",
}

_SAFE = {
    Severity.CRITICAL: "#d55e00",
    Severity.MAJOR: "#e69f00",
    Severity.MINOR: "#f0e442",
    Severity.WARNING: "#56b4e9",
    Severity.INDETERMINATE: "#9aa0a6",
    Severity.CLEARED: "#5b6673",
}

# the requirement's own palette; its green marks the normal state
_DARK = {
    Severity.CRITICAL: "#f56565",
    Severity.MAJOR: "#ed8936",
    Severity.MINOR: "#f0e442",
    Severity.WARNING: "#4299e1",
    Severity.INDETERMINATE: "#9aa0a6",
    Severity.CLEARED: "#48bb78",
}

_HUES = {"safe": (_SAFE, "#4299e1"), "dark": (_DARK, "#4299e1")}
