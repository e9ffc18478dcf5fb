"""SNMP: a trap or an inform to each NMS of the receiver; what one of them has is not sent to it twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from noc_console.errors import KnownError
from noc_console.notify.outcome import Outcome, scrubbed
from noc_console.notify.receiver import Kind
from noc_console.notify.snmp_config import Destination, Keys, SnmpConfig, keys_of
from noc_console.notify.snmp_content import Trap, trap_of
from noc_console.routing.notice import Notice

if TYPE_CHECKING:
    import httpx

    from noc_console.notify.snmp_desk import Sent, SnmpDesk

MAX_REMEMBERED = 10_000
_had: OrderedDict[str, frozenset[str]] = OrderedDict()  # which destinations have an unfinished notice already


async def deliver(notice: Notice, config: SnmpConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Send the notice's trap as the configuration says; the client is for receivers over HTTP."""
    had = _had.get(notice.id, frozenset())
    left = tuple(one for one in config.destinations if one.name not in had)
    try:
        keys = tuple(keys_of(secret, one) for one in left)
    except KnownError as error:
        return Outcome("failed", str(error))
    sender = await asyncio.to_thread(desk)
    tried = await sender.send(config.model_copy(update={"destinations": left}), keys, trap_for(notice, config))
    outcome = outcome_of(tried, config, had)
    _remember(notice.id, had | {one.destination for one in tried if not one.fault}, outcome)
    return replace(outcome, text=_without(outcome.text, keys))


def desk() -> SnmpDesk:
    """Return the process's sender; pysnmp takes a tenth of a second to import, and only where it is used."""
    from noc_console.notify.snmp_desk import desk as own

    return own()


def trap_for(notice: Notice, config: SnmpConfig) -> Trap:
    """Return the trap of a notice; one about no alarm (a trial of the receiver) is a mere notice."""
    alarm = {**notice.alarm, "test": True} if notice.is_test else notice.alarm
    trap = trap_of(str(notice.action), notice.subject, alarm, notice.due_at, config.root)
    return replace(trap, message=f"(may be a repeat) {trap.message}") if notice.is_repeat else trap


def outcome_of(tried: tuple[Sent, ...], config: SnmpConfig, had: frozenset[str] = frozenset()) -> Outcome:
    """Return what the destinations' results mean together.

    Fail-over is done when one has it; both, when all have it. A trap that was sent is all that can be known of it.
    """
    told = sorted(had | {one.destination for one in tried if not one.fault})
    faults = [one for one in tried if one.fault]
    text = " ".join([f"Told {', '.join(told)}.", *(one.fault for one in faults)] if told else _texts(faults))
    if told and (not faults or config.mode == "fail-over"):
        return Outcome("sent", text + _unacknowledged(config.destinations, told))
    return Outcome("uncertain" if any(one.is_uncertain for one in faults) else "retry", text)


def _texts(faults: Iterable[Sent]) -> list[str]:
    return [one.fault for one in faults]


def _unacknowledged(destinations: Iterable[Destination], told: list[str]) -> str:
    if any(one.inform for one in destinations if one.name in told):
        return ""
    return " Traps are not acknowledged."


def _without(text: str, keys: tuple[Keys, ...]) -> str:
    """Return a text without any key; `public` is no secret and a word of the language."""
    for one in keys:
        for key in (one.auth_key, one.priv_key, one.community if one.community != "public" else ""):
            text = scrubbed(text, key)
    return text


def _remember(notice_id: str, had: frozenset[str], outcome: Outcome) -> None:
    _had.pop(notice_id, None)
    if outcome.state != "sent" and had:
        _had[notice_id] = had
        if len(_had) > MAX_REMEMBERED:
            _had.popitem(last=False)


KIND = Kind(
    SnmpConfig,
    deliver,
    # an inform is made to be sent until it is acknowledged, and the time in it is the same each time
    deduplicates=lambda config: any(one.inform for one in config.destinations),
    secret="the community, or a JSON object with community, auth_key and priv_key",  # noqa: S106 - words, not a secret
)
