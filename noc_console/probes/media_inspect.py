"""Measures picture and sound of a file or of fetched stretches, in a process of its own: a decoder may crash."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from noc_console.errors import KnownError
from noc_console.model import Finding, Severity
from noc_console.probes.decode.job import Job, to_wire
from noc_console.probes.inspected import Inspected, Progress

_PATIENCE_S = 120.0
_MOST_LINE = 256 * 1024 * 1024


def measure_file(path: Path, progress: Progress, *, init: str = "", is_ts: bool = False) -> Inspected:
    """Measure all of a file; raises KnownError where it cannot be read or decoded."""
    for one in (path, Path(init)) if init else (path,):
        _readable(one)
    return _measured({"path": str(path), "init_path": init, "is_ts": is_ts}, str(path), progress)


def measure_stream(path: Path, source: str, progress: Progress) -> Inspected:
    """Measure a transport stream that was inspected already: where it cannot be, that is one of its faults."""
    try:
        return measure_file(path, progress, is_ts=True)
    except KnownError as error:
        return nothing(str(error).replace(str(path), source))


def nothing(*faults: str) -> Inspected:
    """Return what is told where nothing was measured, and why."""
    empty: dict[str, Any] = {name: [] for name in ("audio", "video", "freezes", "blacks", "silences")}
    return Inspected(details={**empty, "media_faults": list(faults)})


def measure_jobs(jobs: Sequence[Job], source: str, progress: Progress) -> Inspected:
    """Measure fetched stretches, in order; raises KnownError where none of them can be decoded."""
    return _measured({"jobs": [to_wire(job) for job in jobs]}, source, progress)


def _readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise KnownError(f"There is no file {path}.") from None
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise KnownError("The name of the file is not valid.") from None


def _measured(request: Mapping[str, Any], source: str, progress: Progress) -> Inspected:
    command = [sys.executable, "-m", "noc_console.probes.media_child"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        try:
            assert child.stdin is not None
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.close()
            for message in _messages(child, source):
                if "result" in message:
                    return _inspected(message["result"])
                if "refused" in message:
                    raise KnownError(f"{source} cannot be measured. {message['refused']}")
                progress(float(message["ratio"]), str(message["text"]))
        finally:
            child.kill()
    why = f"by signal {-child.returncode}" if child.returncode < 0 else f"with exit code {child.returncode}"
    raise KnownError(f"{source} cannot be measured: its decoder ended {why}.")


def _messages(child: subprocess.Popen[bytes], source: str) -> Iterator[dict[str, Any]]:
    """Yield what the child says; raises KnownError where it says nothing for two minutes."""
    assert child.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(_PATIENCE_S):
                raise KnownError(f"{source} cannot be measured: its decoder did not get on for {_PATIENCE_S:.0f} s.")
            line = child.stdout.readline(_MOST_LINE)
            if not line.endswith(b"\n"):
                child.wait()
                return
            yield json.loads(line)


def _inspected(form: Mapping[str, Any]) -> Inspected:
    findings = tuple(
        Finding(
            one["id"],
            one["text"],
            one["where"],
            one["count"],
            Severity(one["severity"]) if one["severity"] else None,
        )
        for one in form["findings"]
    )
    return Inspected(findings, form["metrics"], form["details"])
