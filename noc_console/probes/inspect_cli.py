"""`noc-console inspect`: progress on stderr, the result on stdout, the exit code for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.model import Access
from noc_console.probes import ts_inspect
from noc_console.probes.inspected import Progress as Told
from noc_console.probes.inspection_form import Inspection, of_media, of_stream, together
from noc_console.probes.media_heads import is_media_file

CLEAN, FINDINGS, IMPOSSIBLE = 0, 1, 2
_WIDTH = 140


def run(
    source: str,
    *,
    seconds: float,
    as_json: bool,
    headers: Iterable[str],
    ca_file: str,
    is_decrypting: bool = False,
    wants_media: bool = False,
    init: str = "",
) -> int:
    """Inspect and print; return 0 clean, 1 findings of minor or worse, 2 could not inspect.

    `wants_media` measures picture and sound too; `init` is the initialisation segment of a fragment in a file.
    """
    try:
        if ca_file and not Path(ca_file).is_file():
            raise KnownError(f"There is no CA file {ca_file}.")
        access = Access(headers=parsed_headers(headers), ca_file=ca_file)
        path = ts_inspect.path_of(source) if not seconds else None
        if path is not None and is_media_file(path):
            found = _media_file(source, path, init)
        elif path is not None and ts_inspect.is_stream_file(path):
            found = _stream_file(source, path, wants_media)
        else:
            found = _watched(source, seconds, access, is_decrypting, wants_media)
    except KnownError as error:
        sys.stderr.write(f"noc-console: {error}\n")
        return IMPOSSIBLE
    if as_json:
        sys.stdout.write(json.dumps(found.form(), ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    else:
        from rich.console import Console

        from noc_console.probes import inspect_print

        inspect_print.show(found, Console(width=None if sys.stdout.isatty() else _WIDTH))
    return CLEAN if found.is_clean else FINDINGS


def parsed_headers(lines: Iterable[str]) -> dict[str, str]:
    """Return headers given as `Name: value`; raises KnownError where one is not."""
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not (colon and name.strip()):
            raise KnownError(f"A header is written 'Name: value', not {name!r}.")
        headers[name.strip()] = value.strip()
    return headers


def _stream_file(source: str, path: Path, wants_media: bool) -> Inspection:
    """Inspect a file of packets: nothing of the network is imported, most of the time would go into that."""
    with _progress() as progress:
        found = of_stream(source, ts_inspect.inspect_file(path, progress))
        if not wants_media:
            return found
        from noc_console.probes.media_inspect import measure_stream
        from noc_console.probes.ts_capture import stream_of

        with stream_of(path) as packets:
            return together(found, measure_stream(packets, source, progress))


def _media_file(source: str, path: Path, init: str) -> Inspection:
    """Measure a media file: what it is and how it looks and sounds is all there is to say of it."""
    from noc_console.probes.media_inspect import measure_file

    with _progress() as progress:
        return of_media(source, measure_file(path, progress, init=init))


def _watched(source: str, seconds: float, access: Access, is_decrypting: bool, wants_media: bool) -> Inspection:
    """Inspect what is fetched, received, or a playlist in a file."""
    import asyncio

    from noc_console.net.fetch import Fetcher
    from noc_console.probes.inspection import inspect
    from noc_console.probes.media_collect import Collected
    from noc_console.probes.tools import now
    from noc_console.settings import Settings

    async def inspected() -> Inspection:
        with ExitStack() as held:
            progress = held.enter_context(_progress())
            media = Collected() if wants_media else None
            held.callback(media.close if media else int)
            async with Fetcher(now) as fetcher:
                return await inspect(
                    source,
                    fetcher=fetcher,
                    settings=Settings(decrypt_aes128=is_decrypting),
                    seconds=seconds,
                    access=access,
                    progress=progress,
                    media=media,
                )

    return asyncio.run(inspected())


@contextmanager
def _progress() -> Iterator[Told]:
    """Show how far it is: a bar on a terminal, else one line for each new step and each quarter of the time."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Inspecting", total=1.0)
            yield lambda ratio, message: bar.update(task, completed=ratio, description=escape(message))
        return
    told: set[tuple[str, int]] = set()

    def tell(ratio: float, message: str) -> None:
        step = (message, int(ratio * 4))
        if step not in told:
            told.add(step)
            sys.stderr.write(f"{ratio * 100:3.0f} % {message}\n")
            sys.stderr.flush()

    yield tell
