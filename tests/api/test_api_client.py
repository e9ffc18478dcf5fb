"""The client asks a real agent, and says in one sentence when it cannot."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from running_agent import TOKEN, RunningAgent

from noc_console.errors import KnownError
from noc_console.net.api_client import AgentRefused, ApiClient, LinkLost

NOWHERE = "http://127.0.0.1:9/live/master.m3u8"


@pytest.fixture
async def client(agent: RunningAgent) -> AsyncIterator[ApiClient]:
    async with ApiClient(agent.url, TOKEN) as client:
        yield client


async def test_a_channel_goes_round_the_catalogue(client: ApiClient) -> None:
    made = await client.add_channel({"code": "CH_CLIENT", "name": "Client", "input_url": NOWHERE})
    assert "CH_CLIENT" in [one["code"] for one in await client.channels()]
    changed = await client.change_channel(made["id"], {"name": "Renamed"})
    assert changed["name"] == "Renamed"
    board = await client.board()
    assert "Renamed" in [one["name"] for one in board["channels"]]
    await client.remove_channel(made["id"], purge=True)
    gone = await client.board(board["rev"], 5)
    assert made["id"] in gone["gone"]["channels"]
    kinds = [event["kind"] for event in (await client.journal(kinds="ChannelAdded,ChannelRemoved"))["events"]]
    assert kinds[-1] == "ChannelRemoved"


async def test_alarms_are_acknowledged_in_somebodys_name(client: ApiClient) -> None:
    made = await client.add_channel({"code": "CH_CLIENT_ALARM", "input_url": NOWHERE})
    number = (await client.post(f"/channels/{made['id']}/test-alarm"))["alarm_id"]
    assert number in [alarm["id"] for alarm in await client.alarms()]
    alarm = await client.alarm_verb(number, "acknowledge", "Lan", "mine")
    assert alarm["owner"] == "Lan"
    assert (await client.alarm_verb(number, "resolve", "Lan"))["resolved"]


async def test_the_stream_yields_every_change(client: ApiClient) -> None:
    async with asyncio.timeout(10):
        stream = client.board_stream()
        first = await anext(stream)
        second = await anext(stream)
        await stream.aclose()
    assert second["rev"] > first["rev"]


async def test_a_list_is_imported(client: ApiClient) -> None:
    text = f"channel_code,input_url\nCH_CLIENT_LIST,{NOWHERE}\n"
    assert len((await client.import_channels(text, dry_run=True))["add"]) == 1
    assert len((await client.import_channels(text, dry_run=False))["add"]) == 1
    assert (await client.import_channels(text, dry_run=True))["same"] == 1


async def test_a_refusal_carries_the_agents_sentence_and_number(agent: RunningAgent, client: ApiClient) -> None:
    with pytest.raises(AgentRefused, match=r"There is no channel 999999\.") as refused:
        await client.get("/channels/999999")
    assert refused.value.status == 404
    async with ApiClient(agent.url, "wrong") as stranger:
        with pytest.raises(AgentRefused, match="token is missing or wrong"):
            await stranger.board()
        with pytest.raises(AgentRefused, match="token is missing or wrong"):
            await anext(stranger.board_stream())


async def test_an_agent_that_is_not_there_is_a_lost_link() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    async with ApiClient(url, "x") as client:
        with pytest.raises(LinkLost, match="does not answer"):
            await client.board()


@pytest.mark.parametrize("url", ["http://10.10.10.21:8443", "http://monitor.example", "http://[2001:db8::1]:80"])
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(KnownError, match="use https"):
        ApiClient(url, "x")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8443", "ftp://127.0.0.1", "http://", "http://[", "http://h:x"])
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(KnownError, match="is no address of an agent"):
        ApiClient(url, "x")


def test_certificates_that_cannot_be_read_are_named() -> None:
    with pytest.raises(KnownError, match="certificates in /no/such cannot be read"):
        ApiClient("https://monitor.example", "x", ca_file="/no/such")
