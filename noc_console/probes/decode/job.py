"""What a decoder is asked for: one stretch of media, where its bytes are, and how much of it is to be decoded."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEYFRAMES, FULL, AUDIO = "keyframes", "full", "audio"
MODES = frozenset({KEYFRAMES, FULL, AUDIO})
AUTO, TS, FMP4, PACKED = "auto", "ts", "fmp4", "packed"
KINDS = frozenset({AUTO, TS, FMP4, PACKED})
MOST_INIT_BYTES = 1024 * 1024
_MOST_TEXT = 4096
_MOST_PIDS = 64


@dataclass(frozen=True, slots=True)
class Job:
    """One stretch to decode; its bytes are `body`, or the file at `path` (which is left where it is).

    `rung` names the first picture and the first sound of the stretch, further streams are `pid/0x0102` (TS) or
    `track/3` (MP4); an empty rung (a transport stream) names all of them so. `kind` is `auto`, `ts`, `fmp4` or
    `packed`; `mode` is `keyframes`, `full` or `audio` (no picture at all). `init` is the initialisation segment of
    an fMP4. `at` is when the stretch is presented (Unix seconds), as far as it is known.

    `sequence` is the number of the segment among those of its rung, -1 where there are no numbers: after a number
    that is not the next one the decoder starts cold. So it does after `is_discontinuity`. After `is_last` nothing
    follows, so that it gives out what it holds. `program` (0: the first
    that has a picture, else the first) and `pids` (empty: all of it) choose among several services of a TS.
    `key` and `iv` (16 bytes each) open AES-128 CBC; `key` empty means: it is clear.
    """

    input_id: int
    rung: str
    mode: str = KEYFRAMES
    kind: str = AUTO
    body: bytes = b""
    path: str = ""
    init: bytes = b""
    at: float = 0.0
    sequence: int = -1
    is_discontinuity: bool = False
    is_last: bool = False
    wants_thumbnail: bool = False
    program: int = 0
    pids: tuple[int, ...] = ()
    key: bytes = b""
    iv: bytes = b""

    def __post_init__(self) -> None:
        """Raise ValueError where a field is not what it must be: a job may have come over a pipe."""
        if self.mode not in MODES or self.kind not in KINDS:
            raise ValueError(f"a job of mode {self.mode!r} and kind {self.kind!r} is not known")
        if len(self.key) not in (0, 16) or len(self.iv) not in (0, 16):
            raise ValueError("key and IV of AES-128 have 16 bytes")
        if len(self.rung) > _MOST_TEXT or len(self.path) > _MOST_TEXT or len(self.init) > MOST_INIT_BYTES:
            raise ValueError("a name or the initialisation segment of a job is too long")
        if not math.isfinite(self.at) or len(self.pids) > _MOST_PIDS:
            raise ValueError("a job needs a finite time and at most 64 PIDs")


def to_wire(job: Job) -> dict[str, Any]:
    """Return a job as JSON can tell it; its bytes must lie in a file (ValueError)."""
    if job.body or not job.path:
        raise ValueError("only a job whose bytes lie in a file goes over a pipe")
    return {
        "input_id": job.input_id,
        "rung": job.rung,
        "mode": job.mode,
        "kind": job.kind,
        "path": job.path,
        "init": _text(job.init),
        "at": job.at,
        "sequence": job.sequence,
        "is_discontinuity": job.is_discontinuity,
        "is_last": job.is_last,
        "wants_thumbnail": job.wants_thumbnail,
        "program": job.program,
        "pids": list(job.pids),
        "key": _text(job.key),
        "iv": _text(job.iv),
    }


def from_wire(form: Mapping[str, Any]) -> Job:
    """Return the job of its JSON; raises ValueError where it is none."""
    try:
        return Job(
            input_id=int(form["input_id"]),
            rung=str(form["rung"]),
            mode=str(form["mode"]),
            kind=str(form["kind"]),
            path=str(form["path"]),
            init=_bytes(form["init"]),
            at=float(form["at"]),
            sequence=int(form["sequence"]),
            is_discontinuity=bool(form["is_discontinuity"]),
            is_last=bool(form.get("is_last")),
            wants_thumbnail=bool(form["wants_thumbnail"]),
            program=int(form["program"]),
            pids=tuple(int(pid) for pid in form["pids"]),
            key=_bytes(form["key"]),
            iv=_bytes(form["iv"]),
        )
    except (KeyError, TypeError, OverflowError, AttributeError) as error:
        raise ValueError(f"a job cannot be read: {error!r}") from None


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > MOST_INIT_BYTES * 4 // 3 + 4:
        raise ValueError("bytes of a job are text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("bytes of a job are not base64") from None
