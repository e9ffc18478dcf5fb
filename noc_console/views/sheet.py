"""The application's one style sheet and palette, made from the tokens; never used to show a state."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from noc_console.views.theme import Theme

# Roles by the dynamic property `look`: chip, primary, plain, title, note, tertiary, head, badge, key, card, mono
_SHEET = Template("""
* { color: $text; font-family: "Inter"; font-size: 12px; outline: 0; }
QMainWindow, QStackedWidget, QWidget#page { background: $bg; }
QToolTip { background: $raised; color: $text; border: 1px solid $control_line; padding: 4px; }
QLabel { background: transparent; }
QLabel[look="title"] { font-size: 14px; font-weight: 600; }
QLabel[look="heading"] { font-size: 12px; font-weight: 600; }
QLabel[look="section"] { font-size: 11px; font-weight: 600; color: $secondary; }
QLabel[look="note"] { color: $secondary; }
QLabel[look="tertiary"] { color: $tertiary; }
QLabel[look="badge"] { font-size: 11px; font-weight: 500; color: $secondary; border: 1px solid $control_line;
  border-radius: 2px; padding: 0px 5px; min-height: 14px; max-height: 14px; }
QLabel[look="key"] { font-family: "JetBrains Mono"; font-size: 11px; color: $secondary;
  border: 1px solid $control_line; border-radius: 2px; padding: 0px 4px; min-height: 14px; max-height: 14px; }
QLabel[look="mono"] { font-family: "JetBrains Mono"; }
QFrame[look="card"] { background: $panel; border: 1px solid $hairline; border-radius: 3px; }
QWidget[look="raised"] { background: $raised; }
QWidget[look="panel"] { background: $panel; }
QPushButton { background: $raised; border: 1px solid $control_line; border-radius: 3px; padding: 0px 12px;
  min-height: 30px; max-height: 30px; font-weight: 500; text-align: left; }
QPushButton:hover { border-color: $tertiary; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $tertiary; border-color: $hairline; }
QPushButton[look="primary"] { background: $accent; border-color: $accent; color: $bg; font-weight: 600; }
QPushButton[look="primary"]:focus { border-color: $text; }
QPushButton[look="primary"]:disabled { background: $band_high; border-color: $band_high; color: $tertiary; }
QPushButton[look="chip"] { background: $panel; border: 1px solid $control_line; min-height: 22px; max-height: 22px;
  padding: 0px 10px; color: $secondary; text-align: center; }
QPushButton[look="chip"]:checked { background: $raised; border-color: $accent; color: $text; }
QPushButton[look="chip"]:focus { border-color: $accent; }
QPushButton[look="link"] { background: transparent; border: 0; padding: 0; color: $accent; min-height: 20px; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox { background: $bg;
  border: 1px solid $control_line; border-radius: 3px; padding: 0px 8px; min-height: 28px;
  selection-background-color: $accent; selection-color: $bg; }
QLineEdit:disabled, QComboBox:disabled, QCheckBox:disabled { color: $tertiary; border-color: $hairline; }
QPlainTextEdit[look="raw"] { font-family: "JetBrains Mono"; font-size: 11px; padding: 8px 12px; border: 0;
  border-top: 1px solid $hairline; border-radius: 0; }
QPlainTextEdit[look="raw"]:focus { border-top: 1px solid $accent; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
  border-color: $accent; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $control_line;
  selection-background-color: $selected_row; }
QCheckBox { background: transparent; spacing: 8px; }
QAbstractItemView { background: $panel; border: 0; selection-background-color: $selected_row;
  selection-color: $text; }
QHeaderView { background: $panel; border: 0; }
QHeaderView::section { background: $panel; color: $secondary; border: 0; border-bottom: 1px solid $hairline;
  padding: 0px 8px; font-weight: 400; }
QTableView { gridline-color: $panel; }
QTableCornerButton::section { background: $panel; border: 0; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $band_high; border-radius: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $control_line; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: $raised; border: 1px solid $control_line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; }
QMenu::item:selected { background: $selected_row; }
QMenu::item:disabled { color: $tertiary; }
QMenu::separator { background: $hairline; height: 1px; margin: 4px 0; }
""")


def dress(application: QApplication, theme: Theme) -> None:
    """Give the application the theme's font, palette and style sheet."""
    application.setStyle("Fusion")
    application.setFont(theme.font())
    application.setPalette(_palette(theme))
    application.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a theme."""
    colours = theme.colours
    return _SHEET.substitute({name: getattr(colours, name).name() for name in colours.__slots__})


def _palette(theme: Theme) -> QPalette:
    colours = theme.colours
    palette = QPalette()
    roles: dict[QPalette.ColorRole, QColor] = {
        QPalette.ColorRole.Window: colours.bg,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.bg,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.tertiary,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.bg,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, colour)
    return palette
