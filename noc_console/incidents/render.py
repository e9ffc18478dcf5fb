"""A page as Markdown, HTML or CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from html import escape

from noc_console.incidents.figures import iso
from noc_console.incidents.page import Page, Section, Table
from noc_console.incidents.timeline import Line

_SPECIAL = re.compile(r"([\\`*\[\]<>|]|(?<!\w)_|_(?!\w))")
_STYLE = (
    "body{font:10pt Inter,'DejaVu Sans',sans-serif;color:#14191f;max-width:60em;margin:2em auto}"
    "h1{font-size:16pt;margin:0}h2{font-size:12pt;margin:1.4em 0 .4em}p{margin:.3em 0}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:3px 8px 3px 0;"
    "border-bottom:1px solid #d5dae1}th{font-weight:600;color:#5b6673}.quiet{color:#5b6673}"
)


def markdown(page: Page) -> str:
    """Return the page as Markdown; drawings are named by their files, which lie beside it."""
    parts = [f"# {_md(page.title)}", _md(page.subtitle), _md_table(Table(("", ""), page.facts))]
    for section in page.sections:
        parts.append(f"## {_md(section.title)}")
        parts += [_md(text) for text in section.text]
        parts += [f"![{_md(one.title)}]({one.name})" for one in section.pictures]
        if section.table and section.table.rows:
            parts.append(_md_table(section.table))
        if section.is_empty:
            parts.append(_md(section.empty))
    parts += ["---", *(_md(line) for line in page.foot)]
    return "\n\n".join(parts) + "\n"


def _md_table(table: Table) -> str:
    lines = [_md_row(table.head), "|" + " --- |" * len(table.head), *(_md_row(row) for row in table.rows)]
    return "\n".join(lines)


def _md_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_md(cell) for cell in cells) + " |"


def _md(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def html(page: Page) -> str:
    """Return the page as one HTML file that needs no other."""
    body = [f"<h1>{escape(page.title)}</h1>", f'<p class="quiet">{escape(page.subtitle)}</p>']
    body.append(_html_table(Table(("", ""), page.facts)))
    for section in page.sections:
        body += [f"<h2>{escape(section.title)}</h2>", *_html_section(section)]
    body += [f'<p class="quiet">{escape(line)}</p>' for line in page.foot]
    head = f'<meta charset="utf-8"><title>{escape(page.title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _html_section(section: Section) -> list[str]:
    parts = [f"<p>{escape(text)}</p>" for text in section.text]
    parts += [f"<p>{picture.svg}</p>" for picture in section.pictures]
    if section.table and section.table.rows:
        parts.append(_html_table(section.table))
    if section.is_empty:
        parts.append(f'<p class="quiet">{escape(section.empty)}</p>')
    return parts


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head) if any(table.head) else ""
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{rows}</table>"


def lines_csv(lines: Sequence[Line]) -> str:
    """Return the timeline as CSV: time in UTC, who, group, what. A cell never begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("time_utc", "actor", "group", "text"))
    for one in lines:
        writer.writerow((iso(one.at), _safe(one.actor), one.group, _safe(one.text)))
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
