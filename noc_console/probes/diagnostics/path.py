"""Path: a hundred rounds of probes to every hop on the way, the loss and delay of each, and where loss begins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from noc_console.probes.diagnostics.echo import Back, Probes
from noc_console.probes.diagnostics.names import connect_s, far_end
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Row, Target

ROUNDS = 100
MOST_HOPS = 30
_STRIDE = 32
_PAUSE_S = 0.2
_WAIT_S = 1.5
_CONNECT_S = 1.0
_MOST_LOSS = 0.005
_FEWEST = 0.05  # of the far end's answers by UDP: fewer say that it is not the one to answer


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop: who answers there, how many of the probes came back, mean and longest round trip in seconds."""

    number: int
    address: str
    sent: int
    received: int
    mean_s: float | None
    max_s: float | None

    @property
    def loss(self) -> float:
        """The share that did not come back."""
        return 1 - self.received / self.sent if self.sent else 0.0

    def row(self) -> Row:
        """Return it as a line of a table."""
        times = {name: None if value is None else round(value, 5) for name, value in self._times()}
        return {
            "hop": self.number,
            "address": self.address or "no answer",
            "sent": self.sent,
            "received": self.received,
            "loss_ratio": round(self.loss, 4),
            **times,
        }

    def _times(self) -> tuple[tuple[str, float | None], ...]:
        return ("mean_s", self.mean_s), ("max_s", self.max_s)


async def examine(target: Target, kit: Kit) -> Result:
    """Return the hops; loss at a hop counts only where it goes on to the end (routers answer as they have time)."""
    address, port = await far_end(target, kit)
    if ":" in address:
        raise Impossible(f"{address} is an IPv6 address: the path is measured over IPv4 only.")
    try:
        probes = Probes.open(address)
    except OSError as error:
        raise Impossible(
            f"{address} cannot be reached from here: {(error.strerror or 'no route').lower()}."
        ) from None
    try:
        probes.watch(asyncio.get_running_loop())
        hops, times = await _measured(probes, port, kit)
    finally:
        probes.close()
    return told(address, probes.way, hops, times)


async def _measured(probes: Probes, port: int, kit: Kit) -> tuple[list[Hop], list[float | None] | None]:
    """Return the hops, and where echo is not allowed the times of TCP connections to the end."""
    kit.progress(0.02, f"Finding the hops to {probes.address}")
    for hop in range(1, MOST_HOPS + 1):
        probes.send(hop, hop)
    await asyncio.sleep(_WAIT_S)
    most = length(probes.gathered())
    times: list[float | None] | None = [] if probes.way == "udp" and port else None
    for round_ in range(1, ROUNDS):
        kit.progress(round_ / ROUNDS, f"Round {round_ + 1} of {ROUNDS} over {most} hops")
        for hop in range(1, most + 1):
            probes.send(round_ * _STRIDE + hop, hop)
        if times is None:
            await asyncio.sleep(_PAUSE_S)
        else:
            connecting = connect_s(probes.address, port, _CONNECT_S, counts_refusal=True)
            took, _ = await asyncio.gather(connecting, asyncio.sleep(_PAUSE_S))
            times.append(took)
    await asyncio.sleep(_WAIT_S)
    return hops_of(probes.gathered(), most, ROUNDS), times


def length(back: Mapping[int, Back]) -> int:
    """Return how many hops there are: up to the far end, or to the last one that answers, and one silent behind."""
    ends = [number for number, one in back.items() if one.is_end and number < _STRIDE]
    if ends:
        return min(ends)
    return min(MOST_HOPS, max((number for number in back if number < _STRIDE), default=0) + 1)


def hops_of(back: Mapping[int, Back], most: int, rounds: int) -> list[Hop]:
    """Return each hop with what came back of its probes."""
    return [_hop(hop, [back.get(round_ * _STRIDE + hop) for round_ in range(rounds)]) for hop in range(1, most + 1)]


def _hop(number: int, back: list[Back | None]) -> Hop:
    had = [one for one in back if one is not None]
    names = {one.address: sum(other.address == one.address for other in had) for one in had}
    usual = max(names, key=lambda name: names[name], default="")
    mean = sum(one.seconds for one in had) / len(had) if had else None
    return Hop(number, usual, len(back), len(had), mean, max((one.seconds for one in had), default=None))


def told(address: str, way: str, hops: list[Hop], times: list[float | None] | None) -> Result:
    """Return what hops and connections say: loss is that of the far end."""
    end = hops[-1] if hops and hops[-1].address == address and hops[-1].received >= _FEWEST * hops[-1].sent else None
    if times:
        had = [one for one in times if one is not None]
        loss: float | None = 1 - len(had) / len(times)
        mean = sum(had) / len(had) if had else None
        how = "routers by UDP, the end by TCP connections: the system allows no echo without privileges"
    elif end is not None:
        loss, mean, how = end.loss, end.mean_s, "ICMP echo" if way == "icmp" else "UDP"
    else:
        loss, mean, how = None, None, "ICMP echo" if way == "icmp" else "UDP"
    lossy = _lossy(hops, loss or 0.0)
    fields: dict[str, float | None] = {
        "is_ok": None if loss is None else float(loss <= _MOST_LOSS),
        "hops": float(len(hops)),
        "loss_ratio": loss,
        "mean_s": mean,
        "lossy_hop": None if loss is None else float(lossy),
    }
    return Result(fields, _text(address, hops, loss, lossy) + f" Measured by {how}.", [hop.row() for hop in hops])


def _lossy(hops: list[Hop], loss: float) -> int:
    """Return the hop from which on loss goes on to the end, 0 where nothing is lost there."""
    if loss <= _MOST_LOSS:
        return 0
    first = len(hops)
    for hop in reversed([one for one in hops if one.received]):
        if hop.loss < loss / 2:
            break
        first = hop.number
    return first


def _text(address: str, hops: list[Hop], loss: float | None, lossy: int) -> str:
    many = f"{len(hops)} hop{'s' * (len(hops) != 1)} to {address}"
    if loss is None:
        return f"{many}; the far end does not answer, so that its loss is not known."
    where = f", from hop {lossy} on" if lossy else ""
    return f"{many}, {loss:.1%} lost{where}."
