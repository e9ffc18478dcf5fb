"""TLS: the chain at every address behind the name: names, issuer, serial, days left, protocol, trust."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from noc_console.probes.diagnostics.names import addresses_of, endpoint
from noc_console.probes.diagnostics.tls_look import Look, look
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Row, Target

MOST_ADDRESSES = 8
_SOON_D = 21.0


async def examine(target: Target, kit: Kit) -> Result:
    """Return the certificates of every address; `days_left` is the servers' least, `serials` how many differ."""
    entry = target.served()
    if urlsplit(entry.url).scheme != "https":
        raise Impossible("This input is fetched over plain http: there is no certificate.")
    host, port = endpoint(entry)
    try:
        found = (await addresses_of(host, port))[:MOST_ADDRESSES]
    except (OSError, TimeoutError):
        raise Impossible(f"{host} does not resolve: there is no address to ask.") from None
    kit.progress(0.2, f"Asking {len(found)} addresses of {host}")
    at = kit.now()
    looks = await asyncio.gather(
        *(asyncio.to_thread(look, host, port, address, entry.access.ca_file, at) for address in found)
    )
    return _told(host, looks)


def _told(host: str, looks: list[Look]) -> Result:
    seen = [one for one in looks if one.chain]
    days = min((one.chain[0].days_left for one in seen), default=None)
    above = [link.days_left for one in seen for link in one.chain[1:]]
    wrong = next((one for one in looks if one.wrong), None)
    fields: dict[str, float | None] = {
        "is_ok": float(wrong is None and days is not None and days >= _SOON_D),
        "days_left": days,
        "addresses": float(len(looks)),
        "serials": float(len({one.chain[0].serial for one in seen})) if seen else None,
        "name_matches": float(all(one.has_name for one in seen)) if seen else None,
        "chain_days_left": min(above) if above else days,
    }
    rows: list[Row] = [row for one in looks for row in one.rows()]
    return Result(fields, _text(host, looks, wrong, days), rows)


def _text(host: str, looks: list[Look], wrong: Look | None, days: float | None) -> str:
    if wrong is not None:
        return f"{host} at {wrong.address}: {wrong.wrong}."
    serials = {one.chain[0].serial for one in looks if one.chain}
    differ = f", {len(serials)} different certificates" if len(serials) > 1 else ""
    many = f"{len(looks)} address{'es' * (len(looks) > 1)}"
    return f"{host}: {many}{differ}, {days or 0.0:.0f} days left, {looks[0].protocol}."
