"""Decides which channels go out as transport streams, where to, and keeps them going from a thread of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread, get_native_id

from noc_console.lab.channels import LabChannel
from noc_console.lab.clock import Clock
from noc_console.lab.options import LabOptions
from noc_console.lab.studio import Studio
from noc_console.lab.ts_ills import Substitute
from noc_console.lab.ts_live import LiveSections
from noc_console.lab.ts_mux import Mux
from noc_console.lab.ts_socket import Destination
from noc_console.lab.ts_station import Carrier, Outlet, Station
from noc_console.lab.ts_turn import Service, turn_of

# more groups than this share one stream: the work of making it is done once
MOST_OWN = 8
_EVERY_S = 0.005
_NICE = -10
_PER_GROUP_OCTET = 250
# the rate of one programme of the largest rung, with its share of tables
_SERVICE_BPS = 650_000


def station_of(channels: Sequence[LabChannel], studio: Studio, options: LabOptions, port: int) -> Station | None:
    """Return the station that sends the first channels, None where none is to be sent.

    Its groups are 239.255.0.1 and following at the UDP port of the same number as the lab's HTTP port, which no other
    lab on this machine has.
    """
    if not options.multicast:
        return None
    outlets = [outlet(number, channels, port) for number in range(options.multicast)]
    if len(outlets) > MOST_OWN:
        return Station([_carrier(channels, studio, 0, options.multicast_bps, tuple(outlets))])
    return Station(
        [
            _carrier(channels, studio, place % len(channels), options.multicast_bps, (one,))
            for place, one in enumerate(outlets)
        ]
    )


def outlet(number: int, channels: Sequence[LabChannel], port: int) -> Outlet:
    """Return outlet number `number`, counted from 0; every second of the own streams is RTP."""
    code = channels[number].code if number < len(channels) else f"CH_TS_DEMO_{number + 1:03d}"
    third, last = divmod(number, _PER_GROUP_OCTET)
    return Outlet(code, Destination(f"239.255.{third}.{last + 1}", port), is_rtp=number % 2 == 1)


def _carrier(
    channels: Sequence[LabChannel], studio: Studio, first: int, bitrate_bps: float, outlets: tuple[Outlet, ...]
) -> Carrier:
    count = max(1, int(bitrate_bps / _SERVICE_BPS))
    carried = [channels[(first + place) % len(channels)] for place in range(count)]
    names = [channel.name for channel in carried]
    services = [Service(channel.name, studio.looks[channel.look]) for channel in carried]
    schedules = [channel.schedule for channel in carried]
    mux = Mux(turn_of(services, bitrate_bps), LiveSections(names, schedules).write)
    phase_s = schedules[0].wall(0)
    return Carrier(mux, outlets, phase_s, Substitute(mux.turn, carried[0].look, studio.wardrobe, phase_s))


def carried_by(station: Station | None, channels: Sequence[LabChannel]) -> dict[str, LabChannel]:
    """Return what each outlet shows: the channel of its first service, under the outlet's own code."""
    if station is None:
        return {}
    shown = {outlet.code: channels[0] for outlet in station.outlets.values()}
    if len(station.carriers) > 1:
        shown = {code: channels[place % len(channels)] for place, code in enumerate(shown)}
    return {code: replace(channel, code=code) for code, channel in shown.items()}


@contextmanager
def on_air(station: Station | None, clock: Clock) -> Iterator[None]:
    """Send for as long as the context lasts."""
    if station is None:
        yield
        return
    stop = Event()
    thread = Thread(target=_pace, args=(station, clock, stop), name="transport streams", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        station.close()


def _pace(station: Station, clock: Clock, stop: Event) -> None:
    # on a busy machine a late packet is a fault of ours: the thread goes before others where it may
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICE)
    while not stop.wait(_EVERY_S):
        station.step(clock())
