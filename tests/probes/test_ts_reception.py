"""The loop that receives: each input on its own, silence, membership, and the memory of the rings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from ts_sending import Headend, datagrams, free_port, packets

from noc_console.model import Input, Kind, Layer, Observation
from noc_console.net.fetch import Fetcher
from noc_console.net.udp import JoinFailed, open_udp
from noc_console.net.udp_drain import Drainer
from noc_console.net.udp_url import udp_address
from noc_console.probes.tools import Recorder, Tools, now
from noc_console.probes.ts_input import TsInput
from noc_console.probes.ts_receiver import Receiver

GROUP = "239.77.4.1"


class Stage:
    """One live input, looked at by hand."""

    def __init__(self, port: int, fetcher: Fetcher) -> None:
        self.recorder = Recorder()
        url = f"udp://@{GROUP}:{port}?iface=lo"
        self.receiver = Receiver(udp_address(url), open_udp(udp_address(url)), 1 << 20)
        entry = Input(7, 1, Layer.HEADEND, Kind.TS, url)
        self.began = now()
        self.at = self.began
        self.live = TsInput(Tools(entry, fetcher, self.recorder, now=lambda: self.at), self.receiver)
        self._drainer = Drainer()

    def look(self, after_s: float) -> Observation:
        """Let time pass, look, and return the newest look."""
        self.at += after_s
        self.receiver.drain(self._drainer, self.at - now())
        self.live.look(self.at)
        return [one for one in self.recorder.observations if one.scope == "ts"][-1]

    def events(self) -> list[str]:
        return [str(data["kind"]) for kind, data in self.recorder.notes if kind == "event"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def stage(port: int) -> AsyncIterator[Stage]:
    async with Fetcher(now) as fetcher:
        stage = Stage(port, fetcher)
        yield stage
        stage.receiver.close()


async def test_a_second_without_packets_is_told_and_what_is_missing_in_it_is_not(stage: Stage, port: int) -> None:
    with Headend(GROUP, port) as headend:
        headend.send(datagrams(packets(70)))
        assert stage.look(0.9).findings == ()
        silent = stage.look(1.1)
        assert [one.id for one in silent.findings] == ["ts-no-packets"]
        assert silent.metrics["ts.packets_per_s"] == 0.0
        headend.send(datagrams(packets(70, start=70)))
        assert stage.look(1.0).findings == ()


async def test_datagrams_without_sync_are_no_packets(stage: Stage, port: int) -> None:
    with Headend(GROUP, port) as headend:
        headend.send(datagrams(packets(70)))
        stage.look(0.9)
        for _ in range(2):
            headend.send([bytes([0x55]) * 1316] * 10)
            broken = stage.look(1.0)
        assert "ts-no-packets" in [one.id for one in broken.findings]
        assert broken.metrics["ts.sync_losses"] >= 1.0
        headend.send(datagrams(packets(140, start=70)))
        stage.look(1.0)
        headend.send(datagrams(packets(140, start=210)))
        assert "ts-no-packets" not in [one.id for one in stage.look(1.0).findings]


async def test_a_loss_on_our_side_is_never_blamed_on_the_stream(stage: Stage, port: int) -> None:
    some = datagrams(packets(700))
    with Headend(GROUP, port) as headend:
        headend.send(some[:10])
        stage.look(0.9)
        headend.send(some[20:30])
        stage.receiver.drops += 10  # as the kernel would count it
        look = stage.look(1.0)
        (finding,) = [one for one in look.findings if one.id == "ts-cc"]
        assert (finding.id, finding.severity, finding.where["ours"]) == ("ts-cc", "warning", 1)
        assert "10 datagrams were lost in this machine" in finding.text
        assert (look.metrics["ts.cc_errors"], look.metrics["ts.cc_errors_ours"]) == (0.0, 1.0)
        assert look.metrics["ts.packet_loss_ratio"] == 0.0
        (error,) = stage.live.packets("1.4", 10)
        assert error["ours"]


async def test_the_same_gap_without_a_loss_of_ours_is_the_streams(stage: Stage, port: int) -> None:
    some = datagrams(packets(700))
    with Headend(GROUP, port) as headend:
        headend.send(some[:10])
        stage.look(0.9)
        headend.send(some[20:30])
        look = stage.look(1.0)
        (finding,) = [one for one in look.findings if one.id == "ts-cc"]
        assert (finding.id, finding.severity) == ("ts-cc", None)
        assert look.metrics["ts.cc_errors"] == 1.0


async def test_another_sender_is_an_event_with_both_addresses(stage: Stage, port: int) -> None:
    with Headend(GROUP, port) as one, Headend(GROUP, port) as other:
        one.send(datagrams(packets(70)))
        stage.look(0.9)
        other.send(datagrams(packets(70, start=70)))
        stage.look(1.0)
        assert stage.events() == ["SourceChanged"]


async def test_a_group_the_system_has_left_is_joined_again(stage: Stage) -> None:
    stage.receiver.is_joined = False
    with pytest.raises(JoinFailed, match="joins again"):
        stage.look(1.0)
