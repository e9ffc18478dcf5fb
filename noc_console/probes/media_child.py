"""The process that decodes for an inspection: a request on stdin, one JSON per line out; it may crash alone."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from noc_console.media.stretch import Stretch
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import FULL, Job, from_wire
from noc_console.probes.decode.session import Kit, Session
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.units import Undecodable
from noc_console.probes.inspected import Inspected
from noc_console.probes.media_measure import Measured
from noc_console.probes.media_source import pieces_of

_MOST_BYTES = 6 * 1024**3
Tell = Callable[[float, str], None]


def main() -> int:
    """Read a request, tell progress, and end with `result` or with `refused`: one sentence."""
    with suppress(OSError, ValueError):  # a file that unpacks to more than a machine has must fail by itself
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    request = json.loads(sys.stdin.readline())
    try:
        _say({"result": _form(measured(request, _progress))})
    except Undecodable as error:
        _say({"refused": str(error)})
    except MemoryError:
        _say({"refused": "It needs more memory to decode than there may be."})
    except OSError as error:
        _say({"refused": f"It cannot be read: {error.strerror}."})
    return 0


def measured(request: Mapping[str, Any], tell: Tell) -> Inspected:
    """Return what was measured of a file (`path`, `init_path`) or of fetched stretches (`jobs`)."""
    whole = Measured()
    jobs = request.get("jobs")
    is_ts = bool(request.get("is_ts"))
    for stretch, ratio in _of_jobs(jobs) if jobs is not None else _of_file(request):
        whole.add(stretch)
        tell(ratio, "Decoding")
    if whole.is_empty:
        raise Undecodable(next(iter(whole.faults), "It has no picture and no sound that can be decoded."))
    return whole.result(is_ts)


def _of_file(request: Mapping[str, Any]) -> Iterator[tuple[Stretch, float]]:
    init = Path(request["init_path"]).read_bytes() if request.get("init_path") else b""
    job = Job(0, "", mode=FULL)
    session = Session(Timeline(), Kit(), job)
    for piece, ratio, is_last in pieces_of(Path(request["path"]), init):
        yield session.measure(job, piece, is_last, lambda: False), ratio


def _of_jobs(forms: list[Mapping[str, Any]]) -> Iterator[tuple[Stretch, float]]:
    decoder = Decoder()
    for number, form in enumerate(forms, 1):
        yield decoder.decode(from_wire(form)), number / len(forms)


def _form(found: Inspected) -> dict[str, Any]:
    return {
        "findings": [{**asdict(finding), "where": dict(finding.where)} for finding in found.findings],
        "metrics": dict(found.metrics),
        "details": dict(found.details),
    }


def _progress(ratio: float, text: str) -> None:
    _say({"ratio": ratio, "text": text})


def _say(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
