"""Begins and ends faults, and keeps their exact times."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from noc_console.errors import KnownError
from noc_console.lab.channels import LabChannel
from noc_console.lab.faults import FAULTS, PACKAGER_RESTART, Fault
from noc_console.lab.studio import AUDIO
from noc_console.lab.ts_faults import TS_FAULTS

MOST_SECONDS = 86_400.0
MOST_AT_ONCE = 20
_KEPT = 10_000
# a fault that is over still concerns packets that are sent late
_LINGER_S = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """A fault as asked for; `seconds` 0 takes the default, an empty rung all rungs (or the first, for some)."""

    channel: str
    fault: str
    seconds: float = 60.0
    rung: str = ""
    params: Mapping[str, float] = field(default_factory=dict)


class FaultDesk:
    """The faults of a lab: those running, and the log of all."""

    def __init__(self, channels: Mapping[str, LabChannel], rungs: Sequence[str]) -> None:
        self._channels = channels
        self._rungs = tuple(rungs)
        self._running: dict[str, tuple[Fault, ...]] = {}
        self._on_air: dict[str, tuple[Fault, ...]] = {}
        # which channels are sent as transport streams, and whether in RTP
        self.outlets: Mapping[str, bool] = {}
        self._log: deque[Fault] = deque(maxlen=_KEPT)
        self._last = 0

    def begin(self, order: Order, at: float) -> Fault:
        """Begin a fault now. Raises KnownError, in words for the operator, when it cannot be done."""
        if order.fault in TS_FAULTS:
            return self._begin_on_air(order, at)
        self._check(order)
        kind = FAULTS.get(order.fault)
        self._last += 1
        rung = order.rung or (self._rungs[0] if kind is not None and kind.needs_rung else "")
        params = {**(kind.params if kind is not None else {}), **order.params}
        ends_at = at if kind is None else at + order.seconds
        fault = Fault(self._last, order.fault, order.channel, rung, at, ends_at, params)
        self._log.append(fault)
        if kind is not None:
            self._running[order.channel] = (*self.running(order.channel, at), fault)
        return fault

    def _begin_on_air(self, order: Order, at: float) -> Fault:
        kind = TS_FAULTS[order.fault]
        is_rtp = self.outlets.get(order.channel)
        if is_rtp is None:
            raise KnownError(f"The lab sends no transport stream of {order.channel!r}.")
        if kind.is_rtp_only and not is_rtp:
            raise KnownError(f"{kind.title!r} needs a stream that is sent in RTP.")
        if order.rung:
            raise KnownError("A transport stream has no rungs.")
        _check_length(order)
        _check_params(order, kind.params)
        going_on = tuple(fault for fault in self._on_air.get(order.channel, ()) if fault.ends_at > at - _LINGER_S)
        _check_number(going_on)
        self._last += 1
        params = {**kind.params, **order.params}
        fault = Fault(self._last, order.fault, order.channel, "", at, at + order.seconds, params)
        self._log.append(fault)
        self._on_air[order.channel] = (*going_on, fault)
        return fault

    def end(self, fault_id: int, at: float) -> Fault:
        """End a fault now; one that has ended stays as it was. Raises KeyError when there is no such fault."""
        for place, fault in enumerate(self._log):
            if fault.id == fault_id:
                ended = replace(fault, ends_at=min(fault.ends_at, at))
                self._log[place] = ended
                rest = self._running.get(fault.channel, ())
                self._running[fault.channel] = tuple(one for one in rest if one.id != fault_id)
                on_air = self._on_air.get(fault.channel, ())
                self._on_air[fault.channel] = tuple(ended if one.id == fault_id else one for one in on_air)
                return ended
        raise KeyError(fault_id)

    def running(self, channel: str, at: float) -> tuple[Fault, ...]:
        """Return the faults of a channel that are on at a Unix time, oldest first."""
        found = self._running.get(channel)
        if not found:
            return ()
        if any(fault.ends_at <= at for fault in found):
            found = self._running[channel] = tuple(fault for fault in found if fault.ends_at > at)
        return found

    def all_running(self, at: float) -> list[Fault]:
        """Return the faults of all channels that are on at a Unix time."""
        of_media = [fault for channel in tuple(self._running) for fault in self.running(channel, at)]
        return of_media + [one for faults in self._on_air.values() for one in faults if one.ends_at > at]

    def on_air(self, channel: str) -> tuple[Fault, ...]:
        """Return the faults of a channel's transport stream, those just over included; from any thread."""
        return self._on_air.get(channel, ())

    def log(self, after: int = 0) -> list[Fault]:
        """Return all faults begun after number `after`, with the times they really began and end."""
        return [fault for fault in self._log if fault.id > after]

    def _check(self, order: Order) -> None:
        channel = self._channels.get(order.channel)
        if channel is None:
            raise KnownError(f"The lab has no channel {order.channel!r}.")
        kind = FAULTS.get(order.fault)
        if kind is None:
            if order.fault != PACKAGER_RESTART:
                raise KnownError(f"The lab knows no fault {order.fault!r}.")
            if not channel.form.is_hls:
                raise KnownError("Only HLS channels have a packager to restart.")
            return
        if channel.form not in kind.fits:
            raise KnownError(f"{kind.title!r} does not fit a channel of kind {channel.form}.")
        _check_length(order)
        if order.rung and order.rung not in (*self._rungs, AUDIO):
            raise KnownError(f"The lab has no rung {order.rung!r}; it has {', '.join(self._rungs)}.")
        _check_params(order, kind.params)
        _check_number(self._running.get(order.channel, ()))


def _check_length(order: Order) -> None:
    if not 0 < order.seconds <= MOST_SECONDS:
        raise KnownError(f"A fault lasts more than 0 s and at most {MOST_SECONDS:.0f} s.")


def _check_params(order: Order, known: Mapping[str, float]) -> None:
    if strange := set(order.params) - set(known):
        raise KnownError(f"This fault has no setting {sorted(strange)[0]!r}.")


def _check_number(going_on: Sequence[Fault]) -> None:
    if len(going_on) >= MOST_AT_ONCE:
        raise KnownError(f"At most {MOST_AT_ONCE} faults run on one channel at once.")
