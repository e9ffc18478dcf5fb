"""Plays an earcon with the player the operating system has; a machine without one, or without a device, says so."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.resources import resource

_PLAYERS: tuple[tuple[str, ...], ...] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
)
_LONGEST_S = 5.0
Which = Callable[[str], str | None]


def earcon(name: str) -> Path:
    """Return the file of a severity's earcon."""
    return resource(f"sounds/{name}.wav")


def player(which: Which = shutil.which) -> tuple[str, ...]:
    """Return the command that plays a WAV file, empty where there is none."""
    for command in _PLAYERS:
        path = which(command[0])
        if path:
            return (path, *command[1:])
    return ()


async def play(file: Path, command: tuple[str, ...]) -> None:
    """Play a file to its end. Raises KnownError with one sentence when nothing can be heard."""
    if sys.platform == "win32":
        await asyncio.to_thread(_play_windows, file)
        return
    if not command:
        raise KnownError("No sound: this machine has no player (pw-play, paplay or aplay).")
    await asyncio.to_thread(_run, (*command, str(file)))


def _run(command: tuple[str, ...]) -> None:
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=_LONGEST_S, check=False)
    except OSError as error:
        raise KnownError(f"No sound: {Path(command[0]).name} cannot be started, {error.strerror}.") from None
    except subprocess.TimeoutExpired:
        raise KnownError("No sound: the audio device does not answer.") from None
    if done.returncode:
        raise KnownError("No sound: there is no audio device that plays.")


def _play_windows(file: Path) -> None:
    if sys.platform == "win32":
        import winsound

        try:
            winsound.PlaySound(str(file), winsound.SND_FILENAME)
        except RuntimeError:
            raise KnownError("No sound: there is no audio device that plays.") from None
