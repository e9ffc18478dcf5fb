"""200 multicast groups of 6 Mbit/s on loopback into one worker: nothing lost, exact error counts, CPU and memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from noc_console.bench import Row
from noc_console.bench.cores import bind, pin
from noc_console.bench.ts_stream import NULL_PID, made_loop
from noc_console.lab.ts_socket import Datagrams, Destination, Sender
from noc_console.model import Input, Kind, Layer
from noc_console.net.pipe import FrameType, Pipe, encoded_json, open_pipe
from noc_console.net.pipe_forms import assignment
from noc_console.settings import Settings

_PORT = 5500
_TURN_S = 0.01
_CPU_FAST, _CPU_NUMPY = 0.20, 0.30
_MOST_BYTES = 150 * 1024**2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender did: datagrams of each group, continuity errors made in each, seconds, how late it was."""

    datagrams: list[int]
    errors: list[int]
    seconds: float
    failed: int
    late_s: float


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a process at one moment, its own memory, and that of files mapped into it (libraries)."""

    at: float
    cpu_s: float
    own_bytes: int
    file_bytes: int


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure; options: `groups` (200), `seconds` (60), `bitrate` (6e6), `ring` (bytes, 1 GiB)."""
    groups, seconds = int(options.get("groups", "200")), float(options.get("seconds", "60"))
    bitrate, ring = float(options.get("bitrate", "6e6")), int(float(options.get("ring", str(1024**3))))
    ours, theirs = multiprocessing.Pipe()
    sender = multiprocessing.get_context("spawn").Process(target=_send, args=(theirs, groups, seconds, bitrate))
    sender.start()
    try:
        return asyncio.run(_measure(ours, groups, bitrate, ring))
    finally:
        sender.join(10)
        if sender.is_alive():
            sender.kill()


# -- the sender, in a process and on a core of its own


def _send(link: Connection, groups: int, seconds: float, bitrate: float) -> None:
    pin(1)
    loop = made_loop(bitrate)
    sender = Sender([_destination(number) for number in range(groups)])
    size, count = loop.datagrams.shape[1], len(loop.datagrams)
    pids = _pids(loop.datagrams)
    everyone = np.arange(groups, dtype=np.int64)
    sent, errors = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    link.send("ready")
    link.recv()
    interval = loop.seconds / count
    began, number, late_s = time.monotonic(), 0, 0.0
    total = int(seconds / interval) // count * count
    while number < total:
        due = min(total, int((time.monotonic() - began) / interval) + 1)
        late_s = max(late_s, time.monotonic() - began - number * interval)
        while number < due:
            row = number % count
            if row == 0 and number:
                loop.turn()
            # each group misses one datagram a round, at a place of its own, but none at the beginning and the end
            is_judged = count <= number < total - count
            missing = everyone[(everyone * 7 + 11) % (count // 2) + count // 4 == row] if is_judged else everyone[:0]
            to = np.setdiff1d(everyone, missing, assume_unique=True) if len(missing) else everyone
            sender.send(
                Datagrams(loop.datagrams.reshape(-1), np.full(len(to), row * size), np.full(len(to), size)), to
            )
            sent[to] += 1
            errors[missing] += len(pids[row])
            number += 1
        time.sleep(max(0.0, _TURN_S - (time.monotonic() - began) % _TURN_S))
    passed = time.monotonic() - began
    link.send(Sent(sent.tolist(), errors.tolist(), passed, sender.failed, late_s))
    sender.close()


def _destination(number: int) -> Destination:
    return Destination(f"239.255.{77 + number // 250}.{number % 250 + 1}", _PORT)


def _pids(datagrams: Any) -> list[set[int]]:
    heads = datagrams.reshape(len(datagrams), -1, 188)
    pids = (heads[:, :, 1].astype(int) & 0x1F) << 8 | heads[:, :, 2]
    return [set(row) - {NULL_PID} for row in pids.tolist()]


# -- the worker and our end of its pipe


async def _measure(sender: Connection, groups: int, bitrate: float, ring: int) -> list[Row]:
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "noc_console.probes.worker", "--fd", str(theirs.fileno())),
        pass_fds=(theirs.fileno(),),
        env=dict(os.environ),
    )
    theirs.close()
    bind(process.pid, 0)
    pin(1)
    core = _Core(await open_pipe(ours))
    reading = asyncio.create_task(core.read())
    try:
        await asyncio.to_thread(sender.recv)
        urls = [_destination(number) for number in range(groups)]
        inputs = [
            Input(1 + number, 1, Layer.HEADEND, Kind.TS, f"udp://@{one.host}:{one.port}?iface=lo")
            for number, one in enumerate(urls)
        ]
        core.pipe.write(assignment(inputs, Settings(ring_bytes=ring)))
        await asyncio.wait_for(core.everyone(groups), 60)
        core.lag_s = 0.0
        sender.send("go")
        await asyncio.sleep(5.0)  # the first seconds learn the stream's formats
        before = _cost(process.pid)
        sent: Sent = await asyncio.to_thread(sender.recv)
        after = _cost(process.pid)
        await asyncio.sleep(2.0)
        reports = [await core.ask(verb="ts", input_id=one.id) for one in inputs]
        return _rows(groups, bitrate, sent, reports, before, after, core)
    finally:
        reading.cancel()
        core.pipe.close()
        process.kill()
        await process.wait()


class _Core:
    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.heard: set[int] = set()
        self.ring_bytes = 0
        self.lag_s = 0.0
        self.news = asyncio.Event()
        self._numbers: dict[int, int] = {}
        self._replies: dict[int, asyncio.Future[Any]] = {}

    async def read(self) -> None:
        while (frame := await self.pipe.read()) is not None:
            if frame.type is FrameType.DECLARE:
                self.heard |= {int(one[1]) for one in frame.json()["scopes"]}
                self.news.set()
            elif frame.type is FrameType.NOTE:
                note = frame.json()
                if note["kind"] == "reply":
                    self._replies[note["id"]].set_result(note)
                elif note["kind"] == "health":
                    self.ring_bytes = note["ring_bytes"]
                    self.lag_s = max(self.lag_s, note["lag_s"])

    async def everyone(self, count: int) -> None:
        """Wait until every input has been looked at once."""
        while len(self.heard) < count:
            self.news.clear()
            await self.news.wait()

    async def ask(self, **command: Any) -> Mapping[str, Any]:
        number = len(self._replies) + 1
        self._replies[number] = asyncio.get_running_loop().create_future()
        self.pipe.write(encoded_json(FrameType.COMMAND, {"id": number, **command}))
        note = await asyncio.wait_for(self._replies[number], 30)
        found: Mapping[str, Any] = note["result"]
        return found


def _cost(pid: int) -> Cost:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    memory = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss")}
    cpu_s = (int(fields[11]) + int(fields[12])) / _TICKS
    return Cost(time.monotonic(), cpu_s, memory["RssAnon"], memory["RssFile"])


def _rows(
    groups: int, bitrate: float, sent: Sent, reports: list[Mapping[str, Any]], before: Cost, after: Cost, core: _Core
) -> list[Row]:
    received = [one["source"]["datagrams"] for one in reports]
    counted = [one["indicators"].get("1.4", 0) for one in reports]
    drops = sum(one["source"]["socket_drops"] + one["source"]["overrun"] for one in reports)
    wrong = sum(a != b for a, b in zip(counted, sent.errors, strict=True))
    ratio = (after.cpu_s - before.cpu_s) / (after.at - before.at)
    goal = _CPU_FAST if _is_fast() else _CPU_NUMPY
    per = (after.cpu_s - before.cpu_s) / (after.at - before.at) / (sum(sent.datagrams) / sent.seconds) * 1e6
    beside = after.own_bytes - core.ring_bytes
    what = f"{groups} groups x {bitrate / 1e6:g} Mbit/s, {sent.seconds:.0f} s"
    how = f"sender late by at most {sent.late_s * 1000:.0f} ms, {sent.failed} refused by the kernel"
    return [
        Row(
            f"{what}: datagrams lost",
            "0",
            f"{sum(sent.datagrams) - sum(received)} of {sum(sent.datagrams)}; {drops} dropped by the socket",
            received == sent.datagrams,
            how,
        ),
        Row(
            f"{what}: continuity errors",
            "exact in every group",
            f"{sum(counted)} counted, {sum(sent.errors)} made; {wrong} groups wrong",
            wrong == 0,
            "one datagram of each group left out in each round, each PID in it is one error",
        ),
        Row(
            f"{what}: CPU of the worker",
            f"<= {goal:.0%} of a core {'with numba' if _is_fast() else 'with numpy'}",
            f"{ratio:.1%} of a core, {per:.2f} us per datagram",
            ratio <= goal,
            "all checks, from 5 s after the start to the end",
        ),
        Row(
            f"{what}: memory beside the rings",
            f"<= {_MOST_BYTES // 1024**2} MiB",
            f"{beside / 1024**2:.0f} MiB beside {core.ring_bytes / 1024**2:.0f} MiB of rings, "
            f"{reports[0]['source']['ring_s']:.1f} s each",
            beside <= _MOST_BYTES,
            f"own memory; {after.file_bytes / 1024**2:.0f} MiB of libraries more, which the system shares; "
            f"loop late by at most {core.lag_s * 1000:.0f} ms",
        ),
    ]


def _is_fast() -> bool:
    from noc_console.media.ts import packets
    from noc_console.probes.ts_reader import reader_of_heads

    return reader_of_heads() is not packets.read_heads
