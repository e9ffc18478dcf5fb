"""Begins and ends faults, and keeps their exact times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from noc_console.errors import KnownError
from noc_console.lab.channels import LabChannel
from noc_console.lab.fault import Fault
from noc_console.lab.faults import FAULTS, PACKAGER_RESTART
from noc_console.lab.media_faults import RANGES
from noc_console.lab.options import FRAME_RATE
from noc_console.lab.studio import AUDIO
from noc_console.lab.ts_faults import TS_FAULTS

MOST_SECONDS = 86_400.0
MOST_AT_ONCE = 20
_MOST_PARAM = 1e9
_KEPT = 10_000
# a fault that is over still concerns packets that are sent late
_LINGER_S = 5.0
# segments are served for a while after they were made
_SERVED_S = 3600.0

Ready = Callable[[], bool]
Prepare = Callable[[LabChannel, Fault], Ready]


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
        self._in_media: dict[str, tuple[Fault, ...]] = {}
        self.prepare: Prepare = _nothing
        # those whose media are still being made
        self._waiting: dict[int, Ready] = {}
        self._lock = Lock()
        # which channels are sent as transport streams, and whether in RTP
        self.outlets: Mapping[str, bool] = {}
        # what each transport stream shows
        self.carried: Mapping[str, LabChannel] = {}
        self._log: deque[Fault] = deque(maxlen=_KEPT)
        self._last = 0

    def begin(self, order: Order, at: float) -> Fault:
        """Begin a fault now. Raises KnownError, in words for the operator, when it cannot be done."""
        if order.fault in TS_FAULTS:
            return self._begin_on_air(order, at)
        self._check(order)
        kind = FAULTS.get(order.fault)
        if kind is not None and kind.is_of_media:
            return self._begin_in_media(order, {**kind.params, **order.params}, at)
        self._last += 1
        rung = order.rung or (self._rungs[0] if kind is not None and kind.needs_rung else "")
        params = {**(kind.params if kind is not None else {}), **order.params}
        ends_at = at if kind is None else at + order.seconds
        fault = Fault(self._last, order.fault, order.channel, rung, at, ends_at, params)
        self._log.append(fault)
        if kind is not None:
            self._running[order.channel] = (*self.running(order.channel, at), fault)
        return fault

    def _begin_in_media(self, order: Order, params: Mapping[str, float], at: float) -> Fault:
        """Begin an ill of the media: at the next GOP for as many as the time asks for, put off until it is made."""
        channel = self.shown(order.channel)
        known = tuple(one for one in self._in_media.get(order.channel, ()) if one.ends_at > at - _SERVED_S)
        _check_number([one for one in known if one.ends_at > at])
        begins_at = channel.schedule.border(at)
        ends_at = channel.schedule.border(begins_at + order.seconds)
        self._last += 1
        fault = Fault(self._last, order.fault, order.channel, order.rung, begins_at, ends_at, params)
        with self._lock:
            self._waiting[fault.id] = self.prepare(channel, fault)
            self._log.append(fault)
            self._in_media[order.channel] = (*known, fault)
        return next(one for one in self.in_media(order.channel, at) if one.id == fault.id)

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
                ended = replace(fault, ends_at=min(fault.ends_at, self._last_of(fault, at)))
                self._log[place] = ended
                rest = self._running.get(fault.channel, ())
                self._running[fault.channel] = tuple(one for one in rest if one.id != fault_id)
                with self._lock:
                    for lasting in (self._on_air, self._in_media):
                        found = lasting.get(fault.channel, ())
                        lasting[fault.channel] = tuple(ended if one.id == fault_id else one for one in found)
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
        of_delivery = [fault for channel in tuple(self._running) for fault in self.running(channel, at)]
        in_media = (self.in_media(channel, at) for channel in tuple(self._in_media))
        lasting = (*self._on_air.values(), *in_media)
        return of_delivery + [one for faults in lasting for one in faults if one.ends_at > at]

    def on_air(self, channel: str) -> tuple[Fault, ...]:
        """Return the faults of a channel's transport stream, those just over included; from any thread."""
        return self._on_air.get(channel, ())

    def in_media(self, channel: str, at: float) -> tuple[Fault, ...]:
        """Return the ills of a channel's media, also those over and those to come, oldest first; from any thread.

        One whose media are not made yet begins later: nothing of it is shown before a time this has been asked for.
        """
        found = self._in_media.get(channel, ())
        if not self._waiting or not any(one.id in self._waiting for one in found):
            return found
        with self._lock:
            settled = tuple(self._put_off(one, at) for one in self._in_media[channel])
            self._in_media[channel] = settled
        return settled

    def is_waiting(self, fault: Fault) -> bool:
        """Say whether the media of a fault are still being made, so that it may begin later than it says."""
        return fault.id in self._waiting

    def _put_off(self, fault: Fault, at: float) -> Fault:
        is_ready = self._waiting.get(fault.id)
        if is_ready is None:
            return fault
        if is_ready() or fault.ends_at <= fault.begins_at:
            del self._waiting[fault.id]
            return fault
        border = self.shown(fault.channel).schedule.border
        gop_s = self.shown(fault.channel).schedule.grid.gop / FRAME_RATE
        if fault.begins_at > at + gop_s / 2:
            return fault
        begins_at = border(at + gop_s)
        later = replace(fault, begins_at=begins_at, ends_at=begins_at + fault.ends_at - fault.begins_at)
        for place, one in enumerate(self._log):
            if one.id == fault.id:
                self._log[place] = later
        return later

    def _last_of(self, fault: Fault, at: float) -> float:
        """Return when a fault ends that is ended now: media only where a GOP does, or before they begin."""
        kind = FAULTS.get(fault.kind)
        if kind is None or not kind.is_of_media:
            return at
        return max(fault.begins_at, self.shown(fault.channel).schedule.border(at))

    def shown(self, code: str) -> LabChannel:
        """Return a channel of the lab, or the one that a transport stream alone shows under this code."""
        return self._channels.get(code) or self.carried[code]

    def log(self, after: int = 0) -> list[Fault]:
        """Return all faults begun after number `after`, with the times they really began and end."""
        return [fault for fault in self._log if fault.id > after]

    def _check(self, order: Order) -> None:
        kind = FAULTS.get(order.fault)
        channel = self._channels.get(order.channel)
        if channel is None and kind is not None and kind.is_of_media:
            channel = self.carried.get(order.channel)
        if channel is None:
            raise KnownError(f"The lab has no channel {order.channel!r}.")
        if kind is None:
            if order.fault != PACKAGER_RESTART:
                raise KnownError(f"The lab knows no fault {order.fault!r}.")
            if not channel.form.is_hls:
                raise KnownError("Only HLS channels have a packager to restart.")
            return
        if channel.form not in kind.fits:
            raise KnownError(f"{kind.title!r} does not fit a channel of kind {channel.form}.")
        if kind.needs_hdr and not channel.is_hdr:
            raise KnownError(f"{kind.title!r} needs an HDR channel.")
        _check_length(order)
        if order.rung and order.rung not in (*self._rungs, AUDIO):
            raise KnownError(f"The lab has no rung {order.rung!r}; it has {', '.join(self._rungs)}.")
        _check_params(order, kind.params)
        _check_number(self._running.get(order.channel, ()))


def _nothing(channel: LabChannel, fault: Fault) -> Ready:
    return lambda: True


def _check_length(order: Order) -> None:
    if not 0 < order.seconds <= MOST_SECONDS:
        raise KnownError(f"A fault lasts more than 0 s and at most {MOST_SECONDS:.0f} s.")


def _check_params(order: Order, known: Mapping[str, float]) -> None:
    if strange := set(order.params) - set(known):
        raise KnownError(f"This fault has no setting {sorted(strange)[0]!r}.")
    for name, value in order.params.items():
        low, high = RANGES.get(name, (-_MOST_PARAM, _MOST_PARAM))
        if not low <= value <= high:
            raise KnownError(f"The setting {name!r} of a fault lies between {low:g} and {high:g}.")


def _check_number(going_on: Sequence[Fault]) -> None:
    if len(going_on) >= MOST_AT_ONCE:
        raise KnownError(f"At most {MOST_AT_ONCE} faults run on one channel at once.")
