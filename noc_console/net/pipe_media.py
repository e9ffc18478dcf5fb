"""What a worker tells of a stretch it has laid down for a decoder: a value, and the JSON of the note `stretch`."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.net.pipe import GarbledFrame

MOST_INIT_BYTES = 64 * 1024
BOTH, PICTURE, SOUND = "both", "picture", "sound"
_HOLDS = frozenset({BOTH, PICTURE, SOUND})
_KINDS = frozenset({"auto", "ts", "fmp4", "packed"})
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Spooled:
    """One stretch of media that waits for a decoder.

    `file` is a plain name in the folder of the spool; it is empty where there are no bytes to decode, and `why` says
    the reason: `encrypted`, `room` (the spool is full), `disk`, `large`. `at` is when the stretch is presented and
    `came_at` when it was fetched (Unix seconds of the agent's clock). `holds` is what is in it as far as the playlist
    tells: `picture`, `sound` or `both`. `sequence` counts the stretches of its rung.
    """

    input_id: int
    rung: str
    at: float
    came_at: float
    duration_s: float
    sequence: int = -1
    kind: str = "auto"
    holds: str = BOTH
    is_discontinuity: bool = False
    init: bytes = b""
    file: str = ""
    size_bytes: int = 0
    why: str = ""


def spooled_form(one: Spooled) -> dict[str, Any]:
    """Return a stretch as the note tells it; the note itself names the input."""
    return {
        "rung": one.rung,
        "at": one.at,
        "came_at": one.came_at,
        "duration_s": one.duration_s,
        "sequence": one.sequence,
        "kind": one.kind,
        "holds": one.holds,
        "is_discontinuity": one.is_discontinuity,
        "init": base64.b64encode(one.init).decode("ascii"),
        "file": one.file,
        "size_bytes": one.size_bytes,
        "why": one.why,
    }


def spooled_of(input_id: int, form: Mapping[str, Any]) -> Spooled:
    """Return the stretch of a note; raises GarbledFrame where it is none, or names a file elsewhere."""
    try:
        one = Spooled(
            input_id=input_id,
            rung=str(form["rung"])[:_LONGEST_NAME],
            at=float(form["at"]),
            came_at=float(form["came_at"]),
            duration_s=float(form["duration_s"]),
            sequence=int(form["sequence"]),
            kind=str(form["kind"]),
            holds=str(form["holds"]),
            is_discontinuity=bool(form["is_discontinuity"]),
            init=base64.b64decode(form["init"], validate=True),
            file=str(form["file"]),
            size_bytes=int(form["size_bytes"]),
            why=str(form["why"])[:_LONGEST_NAME],
        )
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise GarbledFrame("A stretch that a worker tells of has the wrong shape.") from error
    is_sane = one.kind in _KINDS and one.holds in _HOLDS and len(one.init) <= MOST_INIT_BYTES
    if not is_sane or not all(map(math.isfinite, (one.at, one.came_at, one.duration_s))):
        raise GarbledFrame("A stretch that a worker tells of has values that cannot be.")
    if one.file and (len(one.file) > _LONGEST_NAME or not one.file.replace("-", "").replace(".", "").isalnum()):
        raise GarbledFrame("A stretch that a worker tells of lies outside of the spool.")
    if one.file.startswith("."):
        raise GarbledFrame("A stretch that a worker tells of lies outside of the spool.")
    return one
