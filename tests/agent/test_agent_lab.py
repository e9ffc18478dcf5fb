"""How the demo's channels follow the lab: one input or two, and new addresses at each start."""

from __future__ import annotations

import pytest

from noc_console.agent.forms import ChannelForm, to_channel
from noc_console.agent.lab import _form, _moved
from noc_console.model import Channel, Kind, Layer

EXPECTED = {"segment_s": 6.0, "rungs": ["360p25@570k"], "audio_languages": ["en"]}


def told(port: int = 4000, group: str = "239.255.0.1") -> dict[str, object]:
    """A channel as the lab lists it, with its transport stream."""
    hls = {"kind": "hls", "url": f"http://127.0.0.1:{port}/CH_1/master.m3u8", "layer": 2, "expected": EXPECTED}
    ts = {"kind": "ts", "url": f"udp://@{group}:{port}?iface=lo", "layer": 1, "expected": {}}
    return {"code": "CH_1", "name": "News 1", "badges": ["HLS"], **hls, "inputs": [hls, ts]}


@pytest.fixture
def known() -> Channel:
    return to_channel(_form(told(), "http://127.0.0.1:4000"), is_demo=True)


def test_a_channel_with_two_inputs_is_taken_with_both(known: Channel) -> None:
    assert [(one.kind, one.layer) for one in known.inputs] == [
        (Kind.HLS, Layer.PACKAGER),
        (Kind.TS, Layer.HEADEND),
    ]
    assert known.inputs[1].url == "udp://@239.255.0.1:4000?iface=lo"


def test_a_channel_with_one_input_is_taken_as_it_is() -> None:
    one = {"code": "CH_2", "name": "Sport 2", "kind": "dash", "url": "/CH_2/manifest.mpd", "layer": 2}
    form = _form(one, "http://127.0.0.1:4000")
    assert form.inputs is not None and [entry.url for entry in form.inputs] == [
        "http://127.0.0.1:4000/CH_2/manifest.mpd"
    ]


def test_both_inputs_follow_the_lab_to_its_new_port(known: Channel) -> None:
    form = _form(told(5001, "239.255.0.7"), "http://127.0.0.1:5001")
    assert _moved(known, form, "http://127.0.0.1:5001") == [
        "http://127.0.0.1:5001/CH_1/master.m3u8",
        "udp://@239.255.0.7:5001?iface=lo",
    ]


def test_an_input_the_lab_no_longer_sends_keeps_its_address(known: Channel) -> None:
    form = ChannelForm.model_validate({"code": "CH_1", "input_url": "http://127.0.0.1:5001/CH_1/master.m3u8"})
    assert _moved(known, form, "http://127.0.0.1:5001")[1] == known.inputs[1].url
