"""What a site allows diagnostics: folders of logs and commands, from `diagnostics.toml` beside the history."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.diagnostic_command import Allowed, allowed
from noc_console.agent.refusals import BadRequest, NotFound, Unavailable

TAIL_BYTES = 1024**2
_MOST_FILE = 256 * 1024
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Site:
    """What the site's file says; without a file nothing is allowed."""

    folders: tuple[Path, ...] = ()
    usual_log: str = ""
    commands: Mapping[str, Allowed] = field(default_factory=dict)

    def tail(self, name: str) -> bytes:
        """Return the last whole lines of a log, at most 1 MiB; raises one sentence where it may not be read.

        Without a name the site's usual one is meant. A link that leads out of the folder is refused.
        """
        path = self._path(name or self.usual_log)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Unavailable(f"The log {path.name} cannot be read: {error.strerror}.") from None
        with os.fdopen(fd, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            body = file.read(TAIL_BYTES)
        return body if size <= TAIL_BYTES else body.partition(b"\n")[2]

    def logs(self) -> list[str]:
        """Return the names of the files that may be read, sorted; at most 500."""
        names = {path.name for folder in self.folders for path in _files(folder)}
        return sorted(names)[:_MOST_FILES]

    def _path(self, name: str) -> Path:
        if not self.folders:
            raise NotFound("No folder of logs is allowed on this agent: name some in diagnostics.toml.")
        if not name or name != Path(name).name or name.startswith("."):
            raise BadRequest("Say which log: a file name, without a folder.")
        for folder in self.folders:
            home = folder.resolve()
            path = (folder / name).resolve()
            if path.parent == home and path.is_file():
                return path
        raise NotFound(f"There is no log {name[:100]} in the folders that are allowed.")


def read_site(path: Path) -> Site:
    """Return what the site's file allows; raises Unavailable with one sentence where it is not right."""
    try:
        if path.stat().st_size > _MOST_FILE:
            raise Unavailable(f"{path.name} is larger than 256 KiB.")
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Site()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}.") from None
    except tomllib.TOMLDecodeError as error:
        raise Unavailable(f"{path.name} is not right: {error}.") from None
    return _site(told, path.name)


def _site(told: Mapping[str, Any], name: str) -> Site:
    logs = told.get("logs", {})
    folders = logs.get("folders", []) if isinstance(logs, Mapping) else None
    if not isinstance(folders, list) or not all(isinstance(one, str) and Path(one).is_absolute() for one in folders):
        raise Unavailable(f"{name} is not right: logs.folders is a list of absolute folders.")
    commands = told.get("commands", {})
    if not isinstance(commands, Mapping):
        raise Unavailable(f"{name} is not right: commands are tables of their own.")
    return Site(tuple(map(Path, folders)), str(logs.get("usual", "")), allowed(commands))


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    except OSError:
        return []
