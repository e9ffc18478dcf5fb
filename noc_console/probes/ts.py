"""Watches one transport stream input: joins its group, has it received and analysed, joins again when that fails."""

from __future__ import annotations

from noc_console.errors import KnownError
from noc_console.model import Finding, Input
from noc_console.net.udp import JoinFailed, open_udp
from noc_console.net.udp_url import udp_address
from noc_console.probes.tools import Tools
from noc_console.probes.ts_input import TsInput
from noc_console.probes.ts_receiver import Receiver
from noc_console.probes.ts_reception import Reception
from noc_console.probes.ts_replay import replay

_AGAIN_S = 5.0


async def watch(input: Input, tools: Tools) -> None:
    """Watch until cancelled."""
    reception = tools.reception
    if reception is None:
        raise KnownError("Transport streams can be received in a worker only.")
    await reception.prepare()
    if input.url.startswith("file:"):
        await replay(tools)
    while True:
        try:
            await _received(input, tools, reception)
        except JoinFailed as error:
            finding = Finding("ts-join-failed", str(error), {"address": input.url})
            tools.look("ts", tools.now(), {"ts.igmp_joined": 0.0}, (finding,))
            await tools.sleep(_AGAIN_S)


async def _received(input: Input, tools: Tools, reception: Reception) -> None:
    """Receive on one socket until cancelled; raises JoinFailed."""
    address = udp_address(input.url)
    receiver = Receiver(address, open_udp(address), reception.first_ring_bytes)
    live = TsInput(tools, receiver)
    try:
        await reception.attend(input.id, live, receiver, input.tier)
    finally:
        receiver.close()
