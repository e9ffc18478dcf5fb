"""A channel's inputs in the form: each can be shown, changed, added and removed; secrets are only ever written."""

from __future__ import annotations

import canned_story as story
import pytest
from canned_agent import serving, settled

from noc_console.views.add_channel import AddChannelScreen
from noc_console.views.edit_channel_inputs import MOST, Inputs, inputs_of
from noc_console.views.edit_channel_values import Values, complaint, from_catalogue, headers_of, input_of

UDP = "udp://@239.1.1.1:5000"


def act(screen: AddChannelScreen, key: str) -> None:
    next(one for one in screen.actions() if one.shortcut().toString() == key).trigger()


async def saved(screen, desk, agent):
    act(screen, "Ctrl+Return")
    await settled(desk)
    assert screen.reply.text() == ""
    return agent.told[-1][2]["inputs"]


async def test_a_transport_stream_is_added_beside_the_playlist(desk):
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        assert screen.inputs.choice.count() == 2
        act(screen, "Ctrl+Shift+A")
        screen.url.setText(UDP)
        screen.form.layer.setCurrentIndex(1)
        inputs = await saved(screen, desk, agent)
        screen.close()
    assert [one["url"] for one in inputs][2] == UDP
    assert (inputs[2]["layer"], inputs[2].get("id")) == (1, None)
    assert [one.get("id") for one in inputs[:2]] == [10, 11]


async def test_the_second_input_is_edited_and_the_first_stays(desk):
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        act(screen, "Ctrl+PgDown")
        assert screen.url.text() == "https://hcm.example/live/1/master.m3u8"
        assert screen.form.level.currentData() == "light"
        screen.form.pin.setText("203.0.113.7")
        screen.form.hosts.setText("cdn.example.net, *.example.org")
        screen.form.headers.setPlainText("Authorization: ***\nX-Key: abc")
        screen.form.query.setText("token=1")
        inputs = await saved(screen, desk, agent)
        screen.close()
    known = story.catalogue_channel()["inputs"]
    assert inputs[0]["access"] == {"ca_file": "", "pin": "", "hosts": [], "query": "", **known[0]["access"]}
    assert inputs[1]["access"] == {
        "headers": {"Authorization": "***", "X-Key": "abc"},
        "query": "token=1",
        "ca_file": "",
        "pin": "203.0.113.7",
        "hosts": ["cdn.example.net", "*.example.org"],
    }


async def test_an_input_is_removed_but_never_the_last(desk):
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        act(screen, "Ctrl+Shift+Del")
        assert not screen.inputs.remove.isEnabled()
        inputs = await saved(screen, desk, agent)
        screen.close()
    assert [one["id"] for one in inputs] == [11]


async def test_an_input_without_a_url_is_said_and_nothing_is_sent(desk):
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        act(screen, "Ctrl+Shift+A")
        act(screen, "Ctrl+PgDown")
        act(screen, "Ctrl+Return")
        assert screen.reply.text() == "Input 3 has no URL: give one, or remove it."
        assert not agent.told
        screen.close()


def test_there_are_no_more_inputs_than_the_agent_takes():
    inputs = Inputs()
    for _ in range(40):
        inputs = inputs.added()
    assert len(inputs.rows) == MOST
    assert len(Inputs().removed().rows) == 1


def test_what_the_form_does_not_show_stays_as_it_was():
    channel = story.catalogue_channel()
    channel["inputs"][0]["poll_s"] = 2.5
    before = inputs_of(channel)
    assert before.kept(from_catalogue(channel)).rows[0]["poll_s"] == 2.5
    assert input_of(Values(url=UDP), {"kind": "hls"}).get("kind") is None


def test_each_input_has_a_name_that_tells_it_apart():
    assert inputs_of(story.catalogue_channel()).names() == (
        "1 of 2   L2 Packager  HLS  edge.example",
        "2 of 2   L4 Edge  HLS  hcm.example",
    )


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("X-Key: a:b", {"X-Key": "a:b"}),
        ("  A : 1 \n\nB:2", {"A": "1", "B": "2"}),
        ("", {}),
    ],
)
def test_headers_are_lines(text, headers):
    assert headers_of(text) == headers


@pytest.mark.parametrize("text", ["no colon", "Bad Name: 1", "X-Empty:", "ä: 1"])
def test_a_header_that_is_none_is_said(text):
    assert "Name: value" in complaint(Values(url=UDP, code="A", name="A", headers=text))
