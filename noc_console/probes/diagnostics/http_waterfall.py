"""HTTP waterfall: every phase of master, playlist and newest segment, at every address behind the name."""

from __future__ import annotations

from collections.abc import Sequence

from noc_console.media.cache_headers import age_s, cache_status
from noc_console.model import Input
from noc_console.net.fetch import Fetcher
from noc_console.probes.diagnostics.delivery import Asked, Way, along
from noc_console.probes.diagnostics.names import addresses_of, endpoint
from noc_console.probes.diagnostics.values import Kit, Result, Target
from noc_console.probes.secrets import Secrets

MOST_ADDRESSES = 6


async def examine(target: Target, kit: Kit) -> Result:
    """Return the phases of each request by address; `is_ok` is 0 where one failed or was slower than its media."""
    entry = target.served()
    kit.progress(0.1, "Asking as a player does")
    asked = list(await waterfall(entry, kit))
    others = await _others(entry, asked)
    for number, address in enumerate(others):
        kit.progress(0.3 + 0.7 * number / len(others), f"Asking at {address}")
        asked += await waterfall(entry, kit, address)
    return told(entry, asked)


async def waterfall(entry: Input, kit: Kit, pin: str = "", timeout_s: float = 0.0) -> tuple[Asked, ...]:
    """Ask from the input's address to its newest segment over connections of their own, so that all phases show."""
    async with Fetcher(kit.now) as fetcher:
        way = Way(entry, fetcher, kit.settings, pin, timeout_s or kit.settings.request_timeout_s)
        return await along(way, kit.now())


def told(entry: Input, asked: Sequence[Asked]) -> Result:
    """Return what the requests say together."""
    wrong = next((one for one in asked if one.wrong), None)
    slow = next((one for one in asked if one.slow), None)
    secrets = Secrets(entry.access, entry.url)
    first, worst = asked[0].reply, (wrong or asked[0]).reply
    caches = {cache_status(one.reply.headers) for one in asked} - {""}
    fields: dict[str, float | None] = {
        "is_ok": float(not wrong and not slow),
        "status": float(worst.status) if worst.status else None,
        "dns_s": first.dns_s,
        "connect_s": max(one.reply.connect_s for one in asked),
        "tls_s": max(one.reply.tls_s for one in asked),
        "ttfb_s": max(one.reply.ttfb_s for one in asked),
        "total_s": max(one.reply.total_s for one in asked),
        "size_bytes": float(asked[-1].reply.size_bytes),
        "age_s": max(age_s(one.reply.headers) for one in asked),
        "cache_hit": float("hit" in caches) if caches else None,
    }
    return Result(fields, secrets.hide(_text(asked, wrong, slow)), [one.row(secrets) for one in asked])


def _text(asked: Sequence[Asked], wrong: Asked | None, slow: Asked | None) -> str:
    if wrong is not None:
        at = f" at {wrong.reply.peer}" if wrong.reply.peer else ""
        return f"The {wrong.what}{at}: {wrong.wrong}"
    if slow is not None:
        return f"The {slow.what} at {slow.reply.peer} {slow.slow}."
    peers = len({one.reply.peer for one in asked})
    slowest = max(one.reply.total_s for one in asked)
    return f"{len(asked)} requests to {peers} address{'es' * (peers > 1)} answered, the slowest in {slowest:.2f} s."


async def _others(entry: Input, asked: Sequence[Asked]) -> list[str]:
    """Return the addresses behind the name that were not asked yet."""
    host, port = endpoint(entry)
    if entry.access.pin:
        return []
    used = {one.reply.peer.rpartition(":")[0].strip("[]") for one in asked}
    try:
        found = await addresses_of(host, port)
    except (TimeoutError, OSError):
        return []
    return [f"[{one}]" if ":" in one else one for one in found if one not in used][: MOST_ADDRESSES - 1]
