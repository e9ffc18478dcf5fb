"""A worker process on a real pipe receives a multicast group on loopback and counts what is wrong in it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ts_sending import Headend, datagrams, free_port, packets

from noc_console.model import Input, Kind, Layer
from noc_console.net.pipe import FrameType, Pipe, encoded_json, open_pipe
from noc_console.net.pipe_batch import BatchDecoder
from noc_console.net.pipe_forms import assignment
from noc_console.settings import Settings


class Core:
    """The core's end of the pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.names = BatchDecoder()
        self.asked = 0

    def assign(self, *inputs: Input, **settings: Any) -> None:
        self.pipe.write(assignment(inputs, Settings(**settings)))

    async def looks(self) -> AsyncIterator[tuple[int, str, dict[str, float], list[Any]]]:
        """Yield input, scope, metrics and findings of each look."""
        async with asyncio.timeout(20):
            while (frame := await self.pipe.read()) is not None:
                if frame.type is FrameType.DECLARE:
                    self.names.declare(frame.json())
                elif frame.type is FrameType.BATCH:
                    batch = self.names.batch(frame.payload)
                    for index, (number, at) in enumerate(batch.looks.tolist()):
                        scope = self.names.scopes[number]
                        rows = [row for row in batch.samples.tolist() if row[1] == at]
                        series = [(self.names.series[row[0]], row[2]) for row in rows]
                        found = {one.metric: value for one, value in series if one.input_id == scope.input_id}
                        yield scope.input_id, scope.scope, found, list(batch.findings.get(index, ()))

    async def ask(self, **command: Any) -> Any:
        self.asked += 1
        self.pipe.write(encoded_json(FrameType.COMMAND, {"id": self.asked, **command}))
        async with asyncio.timeout(20):
            while (frame := await self.pipe.read()) is not None:
                note = frame.json() if frame.type is FrameType.NOTE else {}
                if note.get("kind") == "reply" and note["id"] == self.asked:
                    return note.get("result", note.get("message"))
        raise AssertionError("the worker ended")


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "noc_console.probes.worker", "--fd", str(theirs.fileno()), pass_fds=(theirs.fileno(),)
    )
    theirs.close()
    made = Core(await open_pipe(ours))
    try:
        yield made
    finally:
        made.pipe.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_group_is_received_and_its_errors_are_counted(core: Core) -> None:
    port = free_port()
    core.assign(Input(7, 1, Layer.HEADEND, Kind.TS, f"udp://@239.77.0.1:{port}?iface=lo"))
    some = packets(70)
    del some[30]
    seen = {"ts.packets_per_s": 0.0, "ts.cc_errors": 0.0}
    with Headend("239.77.0.1", port) as headend:
        async for _, scope, metrics, _ in core.looks():
            if scope == "ts" and metrics["ts.igmp_joined"] == 1.0 and not seen["ts.packets_per_s"]:
                headend.send(datagrams(some))
            for name in seen:
                seen[name] += metrics.get(name, 0.0)
            if seen["ts.packets_per_s"]:
                break
    assert seen == {"ts.packets_per_s": 69.0, "ts.cc_errors": 1.0}


async def test_a_file_is_replayed_as_if_it_came_now(core: Core, tmp_path: Path) -> None:
    some = packets(70)
    del some[30]
    file = tmp_path / "one.ts"
    file.write_bytes(b"".join(some))
    core.assign(Input(7, 1, Layer.HEADEND, Kind.TS, f"file://{file}?pace=file"))
    async for _, scope, metrics, findings in core.looks():
        if scope == "ts":
            assert (metrics["ts.packets_per_s"], metrics["ts.cc_errors"]) == (69.0, 1.0)
            assert [one.id for one in findings] == ["ts-cc"]
            break
    report = await core.ask(verb="ts", input_id=7)
    assert report["source"]["protocol"] == "file"
    assert report["pids"]["256"]["continuity_errors"] == 1


async def test_a_counted_error_can_be_opened_as_its_packet(core: Core, tmp_path: Path) -> None:
    some = packets(70)
    del some[30]
    file = tmp_path / "one.ts"
    file.write_bytes(b"".join(some))
    core.assign(Input(7, 1, Layer.HEADEND, Kind.TS, f"file://{file}?pace=file"))
    async for _, scope, _, _ in core.looks():
        if scope == "ts":
            break
    (error,) = await core.ask(verb="packets", input_id=7, indicator="1.4")
    assert (error["packet"], error["offset"], error["pid"]) == (30, 30 * 188, 0x100)
    assert error["hex"] == some[30].hex()
    assert error["header"]["continuity_counter"] == 31 & 15
    assert await core.ask(verb="packets", input_id=7, indicator="2.1") == []


async def test_evidence_around_a_moment_is_written_to_a_file(core: Core, tmp_path: Path) -> None:
    port = free_port()
    core.assign(Input(7, 1, Layer.HEADEND, Kind.TS, f"udp://@239.77.0.2:{port}?iface=lo"))
    sent = b""
    with Headend("239.77.0.2", port) as headend:
        async for _, scope, metrics, _ in core.looks():
            if scope == "ts" and metrics["ts.packets_per_s"]:
                break
            if scope == "ts" and not sent:
                bodies = datagrams(packets(700))
                headend.send(bodies)
                sent = b"".join(bodies)
    command = {"before_s": 20, "after_s": 0.2, "most_bytes": 1 << 20, "folder": str(tmp_path)}
    found = await core.ask(verb="evidence", input_id=7, at=time.time(), **command)
    assert Path(found["path"]).read_bytes() == sent
    assert found["hash"] == hashlib.sha256(sent).hexdigest()
    assert found["seconds_before"] > 0


async def test_an_interface_that_is_not_there_is_said_and_not_a_fault_of_the_probe(core: Core) -> None:
    core.assign(Input(7, 1, Layer.HEADEND, Kind.TS, "udp://@239.77.0.3:5000?iface=nowhere0"))
    async for _, scope, metrics, findings in core.looks():
        if scope == "ts":
            assert metrics["ts.igmp_joined"] == 0.0
            assert [one.id for one in findings] == ["ts-join-failed"]
            assert "there is no interface nowhere0" in findings[0].text
            break
