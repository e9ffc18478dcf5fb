"""The whole way of a transport stream: sent to a group, judged, an alarm, its evidence, and errors as packets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running_agent import RunningAgent, running, until
from ts_sending import Headend, free_port

from noc_console.bench.ts_stream import made_loop

GROUP = "239.77.1.1"


class Sender:
    """Sends an endless stream of 1 Mbit/s; `skip` leaves out so many datagrams, each a second apart."""

    def __init__(self, port: int) -> None:
        self.skip = 0
        self.is_on = True
        self.ended = threading.Event()
        self._port = port

    def run(self) -> None:
        loop = made_loop(1e6)
        pause_s = loop.seconds / len(loop.datagrams)
        due = time.monotonic()
        with Headend(GROUP, self._port) as headend:
            while not self.ended.is_set():
                for body in loop.datagrams:
                    due += pause_s
                    self.ended.wait(max(0.0, due - time.monotonic()))
                    if self.skip:
                        self.skip -= 1
                    elif self.is_on:
                        headend.send([body.tobytes()])
                    if self.ended.is_set():
                        return
                loop.turn()


@contextmanager
def sending(port: int) -> Iterator[Sender]:
    sender = Sender(port)
    thread = threading.Thread(target=sender.run)
    thread.start()
    try:
        yield sender
    finally:
        sender.ended.set()
        thread.join()


def events(agent: RunningAgent, kind: str) -> list[dict[str, Any]]:
    return list(agent.get("/journal", kinds=kind)["events"])


def metrics(agent: RunningAgent) -> dict[str, float]:
    return dict(agent.get("/board")["channels"][0]["inputs"][0]["metrics"])


def test_a_stream_that_stops_is_an_alarm_with_the_seconds_before_it_kept(tmp_path: Path) -> None:
    port = free_port()
    with sending(port) as sender, running(tmp_path / "local.db") as agent:
        url = f"udp://@{GROUP}:{port}?iface=lo"
        added = agent.post("/channels", {"channel_code": "CH_TS", "channel_name": "TS", "input_url": url}, 201)
        channel = int(added["channel_id"])
        shown = added["channel"]["inputs"][0]
        assert (shown["kind"], shown["layer"]) == ("ts", 1)
        until(lambda: metrics(agent).get("ts.bitrate_bps", 0) > 0.8e6, "the stream is measured")

        # one datagram is left out: its packets are continuity errors that can be opened
        sender.skip = 1
        (error, *_) = until(lambda: agent.get(f"/channels/{channel}/packets", indicator="1.4"), "continuity errors")
        assert len(bytes.fromhex(error["hex"])) == 188
        assert error["header"]["pid"] == error["pid"]
        report = agent.get(f"/channels/{channel}/ts")
        assert [one["name"] for one in report["services"]] == ["Lab"]
        assert report["source"]["sender"].startswith("127.0.0.1:")
        assert report["indicators"]["1.4"] >= 1

        sender.is_on = False
        stopped_at = time.time()
        (raised,) = until(lambda: events(agent, "AlarmRaised"), "the alarm")
        assert raised["data"]["alarm"]["alarm_type"] == "TS_SYNC_LOSS"
        assert raised["at"] - stopped_at < 2.0
        (stored,) = until(lambda: events(agent, "CaptureStored"), "the evidence")
        assert stored["data"]["alarm_id"] == raised["data"]["alarm"]["alarm_id"]
        body = agent.http.get(f"/captures/{stored['data']['hash']}").content
        assert len(body) == stored["data"]["size_bytes"] > 188 * 1000
        assert body[:1] == b"G" and body[188:189] == b"G"
