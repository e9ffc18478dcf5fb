"""Transport streams measured: all checks beside reading the bytes, a file's report beside ffmpeg, PCR accuracy."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noc_console.bench import Row
from noc_console.bench.ts_material import capture, long_stream, testdata
from noc_console.errors import KnownError
from noc_console.media.ts import packets
from noc_console.media.ts.analyser import Analyser, Report
from noc_console.media.ts.grid import Grid
from noc_console.media.ts.kernels import ReadHeads

_MB = 1_000_000
_READ = 16 * _MB // 188 * 188
_ROUNDS = 3
_PEER_LIMIT_S = 600
_FAST, _FAST_GOAL, _NUMPY = 0.20, 0.35, 0.05
_FFMPEG = 1.4

Bytes = NDArray[np.uint8]


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure; options: `memory` (MB in memory, 300), `file` (MB of the file, 200), `full=1` (a file of 1 GB)."""
    rows = capture()
    if rows is None:
        return [Row("transport streams", "", "not measured", None, "the captures are absent: set NOC_TESTDATA")]
    memory = int(options.get("memory", "300"))
    size = 1000 if options.get("full") == "1" else int(options.get("file", "200"))
    return [*memory_rows(long_stream(rows, memory * _MB)), *file_rows(rows, size), *accuracy_rows()]


def memory_rows(stream: Bytes) -> list[Row]:
    """Measure all checks of a stream in memory beside reading its bytes, in turns; findings of all ways are equal."""
    flat, count = stream.reshape(-1), len(stream)
    passes = {"with `fast`": _compiled(), "with numpy alone": packets.read_heads}
    ways = {name: read for name, read in passes.items() if read is not None}
    reports: dict[str, Report] = {}
    reading: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for name, read in ways.items():
        reports[name] = analysed(flat[: _READ // 8], read)  # compiled code is loaded before the clock runs
    for _ in range(_ROUNDS):
        reading.append(_cpu(lambda: flat.view(np.uint64).sum()))
        for name, read in ways.items():
            seconds, reports[name] = _analysis(flat, read)
            taken[name].append(seconds)
    base = min(reading)
    found = []
    for name, times in taken.items():
        ratio, limit = base / min(times), _FAST if "fast" in name else _NUMPY
        goal = f">= {limit}" + (f", goal {_FAST_GOAL}" if "fast" in name else "")
        each, read_ns = min(times) / count * 1e9, base / count * 1e9
        told = f"{ratio:.3f} of reading ({each:.0f} ns, reading {read_ns:.1f} ns a packet)"
        how = f"{stream.nbytes / _MB:.0f} MB, {len(reports[name].pids)} PIDs; CPU time, best of {_ROUNDS}"
        found.append(Row(f"all checks in memory {name}", goal, told, ratio >= limit, how))
    parts = analysed(flat, packets.read_heads, 1_000_003)
    texts = {_told(report) for report in (*reports.values(), parts)}
    how = "report of both passes, and of another division into blocks"
    return [*found, Row("findings", "identical", "identical" if len(texts) == 1 else "differ", len(texts) == 1, how)]


def analysed(data: Bytes, read: ReadHeads, step: int = _READ) -> Report:
    """Return the report on a stream in memory."""
    grid, analyser = Grid(), Analyser(read_heads=read)
    for at in range(0, len(data), step):
        for piece in grid.feed(data[at : at + step]):
            analyser.feed(piece.block, None, piece.events)
    for piece in grid.finish():
        analyser.feed(piece.block, None, piece.events)
    analyser.finish(tuple(grid.events))
    return analyser.report()


def file_rows(rows: Bytes, size: int) -> list[Row]:
    """Measure a file's report as a whole process beside peers that read the same file, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.ts"
        long_stream(rows, size * _MB).tofile(path)
        return [_beside_ffmpeg(path, size), _beside_tsduck(path, size)]


def _beside_ffmpeg(path: Path, size: int) -> Row:
    what, goal = f"report of a {size} MB file as a process", f">= {_FFMPEG} x ffmpeg -c copy"
    if not (ffmpeg := shutil.which("ffmpeg")):
        return Row(what, goal, f"{min(_report(path) for _ in range(_ROUNDS)):.2f} s", None, "ffmpeg is not installed")
    copy = [ffmpeg, "-nostdin", "-v", "quiet", "-i", str(path), "-c", "copy", "-f", "null", "-"]
    _report(path)  # both have read the file, and ours is byte-compiled as an installed program is
    times = [(_report(path), _wall(copy)) for _ in range(_ROUNDS)]
    ours, peer = min(own for own, _ in times), min(other for _, other in times)
    told = f"{ours:.2f} s, ffmpeg {peer:.2f} s ({peer / ours:.1f} x)"
    how = f"wall time, start-up included, best of {_ROUNDS} in turns"
    return Row(what, goal, told, peer >= _FFMPEG * ours, how)


def _report(path: Path) -> float:
    """Return how long a report takes as a process whose byte code is kept, as that of an installed program is."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(path.parent / "code")
    return _wall([sys.executable, "-m", "noc_console", "inspect", "--json", str(path)], environment)


def _beside_tsduck(path: Path, size: int) -> Row:
    what = f"report of a {size} MB file beside TSDuck"
    if not (tsp := shutil.which("tsp")):
        return Row(what, "", "not measured", None, "TSDuck is not installed")
    peer = _wall([tsp, "-I", "file", str(path), "-P", "tr101_290", "-O", "drop"])
    return Row(what, "", f"{_report(path):.2f} s, tsp -P tr101_290 {peer:.2f} s", None, "wall time")


def accuracy_rows() -> list[Row]:
    """Compare each PCR's error in clips with a constructed offset with its error in the clean clip."""
    folder = testdata()
    if folder is None:
        return []
    clean = errors_of(folder, "clean")
    found = []
    for name, ticks in (("plus400ns", 11), ("plus600ns", 16)):
        moved = errors_of(folder, f"pcr_{name}")
        built = ticks * 1e9 / 27e6
        offsets = [moved[place] - clean[place] for place in clean]
        off = [abs(one - built) for one in offsets if one > built / 2]
        off += [abs(one) for one in offsets if one <= built / 2]
        text = f"{max(off):.1f} ns off at most, {sum(one > built / 2 for one in offsets)} PCRs moved"
        how = f"{len(offsets)} PCRs beside those of the clean clip"
        found.append(Row(f"PCR accuracy, clip with {built:.0f} ns", "within 10 ns", text, max(off) <= 10, how))
    return found


def errors_of(folder: Path, name: str) -> dict[int, float]:
    """Return the error of each PCR of a clip in ns, by packet."""
    from noc_console.media.ts.profile import Profile

    data = np.fromfile(folder / "ts" / "made" / f"bbb520k_{name}.ts", np.uint8)
    analyser = Analyser(Profile(pcr_accuracy_ns=-1.0))
    errors: dict[int, float] = {}
    for at in range(0, len(data), 188 * 200):
        for batch in (analyser.feed(data[at : at + 188 * 200].reshape(-1, 188)),):
            errors |= {error.packet_index: error.value for error in batch.errors if error.indicator == "2.4"}
    errors |= {error.packet_index: error.value for error in analyser.finish().errors if error.indicator == "2.4"}
    return errors


def _compiled() -> ReadHeads | None:
    try:
        from noc_console.media.ts import fast
    except ImportError:
        return None
    return fast.read_heads


def _told(report: Report) -> str:
    return repr({name: getattr(report, name) for name in report.__slots__})


def _analysis(flat: Bytes, read: ReadHeads) -> tuple[float, Report]:
    gc.collect()
    begin = time.process_time()
    report = analysed(flat, read)
    return time.process_time() - begin, report


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _wall(command: list[str], environment: Mapping[str, str] | None = None) -> float:
    begin = time.perf_counter()
    done = subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_PEER_LIMIT_S,
        check=False,
        env=environment,
    )
    if done.returncode not in (0, 1):  # 1: inspected, with findings
        raise KnownError(f"{Path(command[0]).name} ended with code {done.returncode}.")
    return time.perf_counter() - begin
