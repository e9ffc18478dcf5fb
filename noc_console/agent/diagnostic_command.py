"""External commands a site allows: an argument list without a shell, checked values, bounded in time and output."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.refusals import BadRequest, NotFound, Unavailable

_USUAL_PATTERN = r"[A-Za-z0-9._:\[\]-]{1,100}"
_MOST_SECONDS, _MOST_BYTES, _MOST_ARGUMENTS = 600.0, 4 * 1024**2, 100
_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_TAKEN = frozenset({"title", "command", "role", "confirm", "time_limit_s", "most_bytes", "placeholders"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """One command: its arguments with `{placeholders}`, who may run it, and its bounds (seconds, bytes)."""

    name: str
    title: str
    arguments: tuple[str, ...]
    role: str
    needs_confirmation: bool = True
    limit_s: float = 30.0
    most_bytes: int = 256 * 1024
    patterns: Mapping[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the facts its arguments want."""
        return tuple(dict.fromkeys(name for one in self.arguments for name in _FIELD.findall(one)))

    def filled(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the arguments with a channel's facts; raises one sentence where a fact is missing or not allowed."""
        values = {name: self._value(name, facts) for name in self.placeholders}
        return tuple(_FIELD.sub(lambda found: values[found[1]], one) for one in self.arguments)

    def _value(self, name: str, facts: Mapping[str, str]) -> str:
        if name not in facts:
            raise BadRequest(f"{self.title} needs {name}, and nothing tells it: give the channel the label {name}:…")
        value = facts[name]
        # a value that begins with a dash would be taken for an option
        if value.startswith("-") or not re.fullmatch(self.patterns.get(name, _USUAL_PATTERN), value):
            raise BadRequest(f"{self.title} is refused: {name} is {value[:80]!r}, which is not allowed there.")
        return value

    def json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "command": list(self.arguments),
            "role": self.role,
            "needs_confirmation": self.needs_confirmation,
            "limit_s": self.limit_s,
            "placeholders": list(self.placeholders),
        }


@dataclass(frozen=True, slots=True)
class Done:
    """What a command gave: its exit code (negative: the signal that ended it), its output, and whether it was cut."""

    code: int
    output: bytes
    is_cut: bool = False
    is_late: bool = False


def allowed(commands: Mapping[str, Any]) -> dict[str, Allowed]:
    """Return the commands of the site's file by name; raises Unavailable with one sentence where one is not right."""
    return {name: _allowed(str(name), told) for name, told in commands.items()}


def find(commands: Mapping[str, Allowed], name: str) -> Allowed:
    """Return a command by its name; every other is refused."""
    if name not in commands:
        raise NotFound(f"The command {name[:60]} is not allowed here: diagnostics.toml names those that are.")
    return commands[name]


async def run(command: Allowed, arguments: Sequence[str]) -> Done:
    """Run a command to its end, its limit, or as much as it may say; raises Unavailable where it cannot start."""
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "it cannot be started").lower()
        raise Unavailable(f"{command.title} could not be run: {why}.") from None
    assert process.stdout is not None
    body, is_late = bytearray(), False
    try:
        async with asyncio.timeout(command.limit_s):
            while len(body) <= command.most_bytes and (part := await process.stdout.read(65_536)):
                body += part
    except TimeoutError:
        is_late = True
    finally:
        await _end(process, is_done=not is_late and len(body) <= command.most_bytes)
    code = process.returncode if process.returncode is not None else -signal.SIGKILL
    return Done(code, bytes(body[: command.most_bytes]), len(body) > command.most_bytes, is_late)


async def _end(process: asyncio.subprocess.Process, *, is_done: bool) -> None:
    """Wait for its end where it is through; else end it with everything that it started."""
    if is_done:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await process.wait()
    if process.returncode is None or not is_done:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _allowed(name: str, told: Any) -> Allowed:
    if not isinstance(told, Mapping) or not _NAME.fullmatch(name):
        raise _wrong(name, "a command is a table with a name of small letters and dashes")
    if unknown := told.keys() - _TAKEN:
        raise _wrong(name, f"{sorted(unknown)[0]} is not known")
    arguments = told.get("command")
    if not isinstance(arguments, list) or not 0 < len(arguments) <= _MOST_ARGUMENTS:
        raise _wrong(name, "command is a list of arguments, the program first")
    if not all(isinstance(one, str) and "\0" not in one for one in arguments):
        raise _wrong(name, "every argument is a text")
    if not Path(arguments[0]).is_absolute() or _FIELD.search(arguments[0]):
        raise _wrong(name, "the program is named by its whole path, without a placeholder")
    role, limit, most = told.get("role", ""), told.get("time_limit_s", 30), told.get("most_bytes", 256 * 1024)
    if not isinstance(role, str) or not role:
        raise _wrong(name, "it says no role: who may run it")
    if not isinstance(limit, int | float) or not 0 < limit <= _MOST_SECONDS:
        raise _wrong(name, "time_limit_s is a number of seconds up to 600")
    if not isinstance(most, int) or not 0 < most <= _MOST_BYTES:
        raise _wrong(name, "most_bytes is a number up to 4 MiB")
    confirm = told.get("confirm", True) is not False
    title, patterns = str(told.get("title") or name)[:200], _patterns(name, told.get("placeholders", {}))
    return Allowed(name, title, tuple(arguments), role, confirm, float(limit), most, patterns)


def _patterns(name: str, told: Any) -> dict[str, str]:
    if not isinstance(told, Mapping):
        raise _wrong(name, "placeholders is a table of patterns")
    for field_name, pattern in told.items():
        try:
            re.compile(pattern)
        except (re.error, TypeError):
            raise _wrong(name, f"the pattern of {field_name} is not right") from None
    return {str(field_name): str(pattern) for field_name, pattern in told.items()}


def _wrong(name: str, why: str) -> Unavailable:
    return Unavailable(f"diagnostics.toml is not right: commands.{name[:60]}: {why}.")
