"""Prints a page as PDF on A4: HTML for the text, drawings rendered three times finer than the screen."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QSizeF, QUrl
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from noc_console.errors import KnownError
from noc_console.incidents.page import Page, Picture, Section, Table

FINER = 3
_DPI = 96
_QUIET = "#5b6673"


def print_page(page: Page, to: Path) -> None:
    """Write the PDF. Raises `KnownError` when the file cannot be written."""
    document = QTextDocument()
    document.setDefaultFont(QFont("Inter", 9))
    document.setDefaultStyleSheet(
        "td,th{padding:2px 6px 2px 0} th{font-weight:600;text-align:left;color:#5b6673} h1{font-size:15pt;margin:0}"
        "h2{font-size:11pt;margin-top:14px;margin-bottom:3px} p{margin-top:2px;margin-bottom:2px}"
    )
    for picture in page.pictures():
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(picture.name), drawn(picture))
    draft = to.with_name(to.name + ".part")
    writer = QPdfWriter(str(draft))
    writer.setResolution(_DPI)
    writer.setTitle(page.title)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(15, 15, 15, 15))
    )
    width = writer.width()
    document.setPageSize(QSizeF(width, writer.height()))
    document.setHtml(page_html(page, width))
    document.print_(writer)
    del writer  # the file is whole when its writer is gone
    if not draft.is_file() or not draft.stat().st_size:
        raise KnownError(f"{to} could not be written.")
    draft.replace(to)


def print_alone(page: Page, to: Path) -> None:
    """Print without a console: with an application of its own, offscreen."""
    if QGuiApplication.instance() is None:
        application = QApplication(sys.argv[:1])
        print_page(page, to)
        application.quit()
    else:
        print_page(page, to)


def drawn(picture: Picture) -> QImage:
    """Return a drawing as an image three times its size in points."""
    image = QImage(picture.width * FINER, picture.height * FINER, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(picture.svg.encode())).render(painter)
    painter.end()
    return image


def page_html(page: Page, width: int) -> str:
    """Return the page in the words of Qt's rich text, so many points wide."""
    parts = [f"<h1>{escape(page.title)}</h1>", _quiet(page.subtitle), _table(Table(("", ""), page.facts))]
    for section in page.sections:
        parts += [f"<h2>{escape(section.title)}</h2>", *_section(section, width)]
    parts += ["<hr/>", *(_quiet(line) for line in page.foot)]
    return "".join(parts)


def _section(section: Section, width: int) -> list[str]:
    parts = [f"<p>{escape(text)}</p>" for text in section.text]
    for one in section.pictures:
        shown = min(width, one.width)
        height = round(one.height * shown / one.width)
        parts.append(f'<p><img src="{escape(one.name)}" width="{shown}" height="{height}"/></p>')
    if section.table and section.table.rows:
        parts.append(_table(section.table))
    if section.is_empty:
        parts.append(_quiet(section.empty))
    return parts


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head) if any(table.head) else ""
    rows = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f'<table width="100%" cellspacing="0">{f"<tr>{head}</tr>" if head else ""}{rows}</table>'


def _cell(text: str) -> str:
    """Return a cell's text; what has no blanks is given places to break, as Qt breaks between words only."""
    if len(text) > 30 and " " not in text:
        text = "\u200b".join(text[at : at + 16] for at in range(0, len(text), 16))
    return escape(text)


def _quiet(text: str) -> str:
    return f'<p style="color:{_QUIET}">{escape(text)}</p>'
