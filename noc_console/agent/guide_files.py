"""Files of guides on disk: which there are, when they changed, and what one of them says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from noc_console.guides.mistakes import Mistake
from noc_console.guides.reading import Read, read_guide

MOST_BYTES = 256 * 1024
MOST_FILES = 500
_ENDS = (".yaml", ".yml")
Stamp = tuple[int, int]  # time of the last change in ns, size


@dataclass(frozen=True, slots=True)
class File:
    """One file as it was read; `read` and `text` hold the version in force with the mistakes of the newest one."""

    path: Path
    stamp: Stamp
    read: Read
    text: str = ""

    def with_good(self, good: File) -> File:
        """Return this file with the guide of an earlier version in force."""
        return replace(self, text=good.text, read=replace(good.read, mistakes=self.read.mistakes))


def stamps_of(folders: Iterable[Path]) -> Mapping[Path, Stamp]:
    """Return every guide file of some folders with its stamp; a folder that is not there has none."""
    found: dict[Path, Stamp] = {}
    for folder in folders:
        try:
            paths = sorted(path for path in folder.iterdir() if _is_guide(path))
        except OSError:
            continue
        for path in paths[:MOST_FILES]:
            try:
                stat = path.stat()
            except OSError:
                continue
            found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def read_file(path: Path, stamp: Stamp, name: str, text: str | None = None) -> File:
    """Return what a file says (or a text that was in it), with its mistakes; `name` is what they call it."""
    try:
        if stamp[1] > MOST_BYTES:
            return broken(path, stamp, name, f"The file is larger than {MOST_BYTES // 1024} KiB.")
        text = path.read_text(encoding="utf-8") if text is None else text
    except (OSError, UnicodeDecodeError):
        return broken(path, stamp, name, "The file cannot be read as text in UTF-8.")
    read = read_guide(name, text)
    return File(path, stamp, read, text if read.guide else "")


def broken(path: Path, stamp: Stamp, name: str, why: str) -> File:
    """Return a file without a guide, and why."""
    return File(path, stamp, Read(name, None, (Mistake(name, 1, 1, why),)))


def _is_guide(path: Path) -> bool:
    return path.suffix in _ENDS and not path.name.startswith((".", "_")) and path.is_file()
