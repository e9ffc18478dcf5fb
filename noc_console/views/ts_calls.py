"""What the transport stream screens ask of the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient


async def report(client: ApiClient, channel_id: int, input_id: int) -> dict[str, Any]:
    """Return everything known of a stream: PIDs, services, tables, sender, what is held as evidence."""
    return dict(await client.get(f"/channels/{channel_id}/ts", {"input": input_id}))


async def packets(client: ApiClient, channel_id: int, input_id: int, indicator: str) -> list[dict[str, Any]]:
    """Return the newest counted errors with their packets, of one indicator or of all."""
    answer = await client.get(f"/channels/{channel_id}/packets", {"input": input_id, "indicator": indicator})
    return list(answer["packets"] if isinstance(answer, dict) else answer)
