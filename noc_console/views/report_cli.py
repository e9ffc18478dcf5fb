"""`noc-console report incident N`: asks the agent of a history for a report and writes it; PDF is printed by Qt."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noc_console.errors import KnownError
from noc_console.incidents.page import Page, page_of
from noc_console.views.app import source_for
from noc_console.views.endpoint import Embedded, Endpoint, Source, running_on

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

FORMS = ("md", "html", "csv", "json", "pdf")
_END_S = 8.0


def run(what: str, number: int, form: str, to: Path | None, *, db: Path | None, attach: str) -> int:
    """Write the report and return 0. Raises `KnownError` in one sentence."""
    if what != "incident":
        raise KnownError(f"There is no report of {what!r}: say incident.")
    if form not in FORMS:
        raise KnownError(f"A report is written as {', '.join(FORMS)}, not {form!r}.")
    if form == "pdf" and to is None:
        raise KnownError("Say with --to where the PDF goes.")
    body, page = asyncio.run(_ask(number, form, db, attach))
    if form == "pdf" and to is not None:
        _print(page, to)
    elif to is None:
        sys.stdout.buffer.write(body)
    else:
        _write(to, body)
        if form == "md":
            write_drawings(page, to.parent)
    return 0


def write_drawings(page: Page, folder: Path) -> None:
    """Write the drawings of a Markdown report beside it."""
    for one in page.pictures():
        _write(folder / one.name, one.svg.encode())


async def _ask(number: int, form: str, db: Path | None, attach: str) -> tuple[bytes, Page]:
    file = (db or Path("local.db")).absolute()
    running = None if attach else await running_on(file)
    source = source_for(file, attach, is_read_only=True)
    try:
        return await _asked(running or await source.find(), number, form)
    finally:
        _end(source)


async def _asked(endpoint: Endpoint, number: int, form: str) -> tuple[bytes, Page]:
    from noc_console.net.api_client import ApiClient

    async with ApiClient(endpoint.url, endpoint.token) as client:
        path = f"/incidents/{number}/report"
        body = await _body(client, path, form)
        said: dict[str, Any] = await client.get(path)
        return body, page_of(said["page"])


async def _body(client: ApiClient, path: str, form: str) -> bytes:
    return await client.get_bytes(f"{path}?format={'json' if form == 'pdf' else form}")


def _end(source: Source) -> None:
    if isinstance(source, Embedded):
        source.wait_end(_END_S)
    else:
        source.let_go()


def _print(page: Page, to: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from noc_console.views.report_print import print_alone
    except ImportError:
        raise KnownError("A PDF needs the console's parts, which are not installed here: take html.") from None
    print_alone(page, to)


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror}.") from None
