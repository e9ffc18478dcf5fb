"""Channel lists from a spreadsheet (CSV) or a player (M3U): read row by row, errors by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from noc_console.agent.forms import ChannelForm
from noc_console.agent.refusals import BadRequest

MAX_TEXT = 4 * 1024**2
MAX_ROWS = 5000
MAX_LINE = 8192
_EXTINF = re.compile(r"#EXTINF:\s*-?[\d.]*")
_ATTRIBUTE = re.compile(r'([A-Za-z0-9-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Row:
    """One channel of a list, or what is wrong with its line (1-based)."""

    line: int
    form: ChannelForm | None
    message: str = ""


def rows(text: str) -> list[Row]:
    """Return the channels of a CSV or M3U list; a list that is neither, or too long, is refused."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_TEXT:
        raise BadRequest(f"The list is longer than {MAX_TEXT // 1024**2} MiB.")
    if not text.strip():
        raise BadRequest("The list is empty.")
    read = _m3u(text) if text.lstrip().startswith("#EXTM3U") else _csv(text)
    found: list[Row] = []
    seen: dict[str, int] = {}
    for row in read:
        if len(found) >= MAX_ROWS:
            raise BadRequest(f"The list has more than {MAX_ROWS} channels.")
        found.append(_unless_repeated(row, seen))
    return found


def _unless_repeated(row: Row, seen: dict[str, int]) -> Row:
    code = row.form.channel_code if row.form else None
    if code is None:
        return row
    first = seen.setdefault(code, row.line)
    return row if first == row.line else Row(row.line, None, f"{code} is already in line {first}.")


def _csv(text: str) -> Iterator[Row]:
    if any(len(line) > MAX_LINE for line in text.splitlines()):
        raise BadRequest(f"A line of the list is longer than {MAX_LINE} characters.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    try:
        names = [name.strip().lower() for name in next(reader, ())]
        if not {"channel_code", "code"} & set(names) or not {"input_url", "url"} & set(names):
            raise BadRequest("The first line must name the columns, at least channel_code and input_url.")
        for cells in reader:
            filled = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
            if filled:
                yield _checked(reader.line_num, _from_cells(filled))
    except csv.Error as error:
        raise BadRequest(f"Line {reader.line_num} of the list cannot be read: {error}.") from None


def _from_cells(cells: dict[str, str]) -> dict[str, Any]:
    if "url" in cells:
        cells.setdefault("input_url", cells.pop("url"))
    return cells


def _m3u(text: str) -> Iterator[Row]:
    about, at = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if len(line) > MAX_LINE:
            yield Row(number, None, f"The line is longer than {MAX_LINE} characters.")
        elif line.startswith("#EXTINF"):
            about, at = line, number
        elif line and not line.startswith("#"):
            yield _checked(at or number, _from_extinf(about, line))
            about, at = "", 0


def _from_extinf(about: str, url: str) -> dict[str, Any]:
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(about)}
    title = _ATTRIBUTE.sub("", _EXTINF.sub("", about)).partition(",")[2].strip()
    folder = url.rstrip("/").split("/")[-2:][0]
    name = title or attributes.get("tvg-name") or folder or url
    wanted = attributes.get("tvg-id") or attributes.get("tvg-name") or name
    group = attributes.get("group-title", "")
    return {
        "channel_code": code_of(wanted),
        "channel_name": name,
        "input_url": url,
        **({"labels": [group]} if group else {}),
    }


def code_of(name: str) -> str:
    """Return the channel code made from a name: `News 24 HD` gives `CH_OTT_NEWS_24_HD`."""
    word = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:40] or "UNNAMED"
    return word if word.startswith("CH_") else f"CH_OTT_{word}"


def _checked(line: int, values: dict[str, Any]) -> Row:
    try:
        return Row(line, ChannelForm.model_validate(values))
    except ValidationError as error:
        return Row(line, None, sentence_of(error))


def sentence_of(error: ValidationError) -> str:
    """Return the first complaint of a form as one plain sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = " ".join(str(part) for part in first["loc"] if not isinstance(part, int))
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {what}." if where else f"{what}."
