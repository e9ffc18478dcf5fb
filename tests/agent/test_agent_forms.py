"""What a client says of a channel becomes the noun, and nothing that a probe could not fetch."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from noc_console.agent.forms import ChannelForm, checked_url, kind_of, to_channel
from noc_console.agent.wire import channel_json
from noc_console.model import Kind


def form(**said: object) -> ChannelForm:
    return ChannelForm.model_validate({"channel_code": "CH_1", "channel_name": "One", **said})


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://h/x",
            "http://",
            "file:///etc/passwd",
            "http://h/a b",
            "http://h:x/",
            "javascript:1",
            "",
            "http://h/\n",
        ),
        *("udp://239.1.1.1", "udp://a.name:1234", "rtp://10.0.0.1@10.0.0.2:5000", "file:one.ts", "udp://@[::1:5000"),
    ],
)
def test_what_no_probe_can_fetch_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the URL"):
        checked_url(url.replace("\n", "\x00"))


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://h/live/manifest.mpd", Kind.DASH),
        ("http://h/live/manifest.MPD?token=1", Kind.DASH),
        ("http://h/live/index.m3u8?x=.mpd", Kind.HLS),
        ("http://h/live/", Kind.HLS),
        ("udp://@239.1.1.1:1234", Kind.TS),
        ("rtp://10.0.0.1@232.1.1.1:5000?iface=eth0", Kind.TS),
        ("file:///srv/replay/one.ts", Kind.TS),
    ],
)
def test_the_path_tells_the_kind(url: str, kind: Kind) -> None:
    assert kind_of(url) is kind


def test_both_name_sets_are_understood() -> None:
    theirs = ChannelForm.model_validate(
        {"channel_code": "CH_1", "channel_name": "N", "template_id": "TPL_LIVE_HD", "enabled": False, "is_4k": True}
    )
    ours = ChannelForm.model_validate(
        {"code": "CH_1", "name": "N", "template": "TPL_LIVE_HD", "is_enabled": False, "class": "4K"}
    )
    assert to_channel(theirs).template == to_channel(ours).template == "TPL_LIVE_HD"
    assert to_channel(theirs).channel_class == to_channel(ours).channel_class == "4K"
    assert not to_channel(theirs).is_enabled


def test_what_is_not_said_stays() -> None:
    known = to_channel(form(input_url="http://h/1.m3u8", tier=1, labels=["a"]))
    changed = to_channel(ChannelForm(channel_name="Two"), known)
    assert (changed.name, changed.tier, changed.labels) == ("Two", 1, ("a",))
    assert changed.inputs == known.inputs


def test_a_channel_sent_back_as_it_was_shown_is_the_same() -> None:
    entry = {"url": "http://h/1.mpd", "layer": 4, "level": "light", "access": {"headers": {"K": "v"}, "query": "t=1"}}
    known = to_channel(form(inputs=[entry], badges=["HDR"]))
    shown = channel_json(known)
    assert "v" not in shown["inputs"][0]["access"]["headers"].values()
    back = to_channel(
        ChannelForm.model_validate({key: shown[key] for key in ("code", "name", "tier", "badges")}), known
    )
    assert back == known


@pytest.mark.parametrize("said", [{"tier": 4}, {"channel_code": "../x"}, {"inputs": [{"url": "x"}]}, {"tier": "NaN"}])
def test_values_out_of_bounds_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        form(**said)


def test_a_group_is_measured_at_the_headend_whatever_kind_was_said() -> None:
    (one,) = to_channel(form(inputs=[{"url": "udp://@239.1.1.1:1234", "kind": "hls"}])).inputs
    assert (one.kind, int(one.layer)) == (Kind.TS, 1)
    (other,) = to_channel(form(inputs=[{"url": "http://h/a.m3u8", "kind": "ts"}])).inputs
    assert (other.kind, int(other.layer)) == (Kind.HLS, 2)


def test_a_channel_that_moves_from_http_to_a_group_moves_to_the_headend() -> None:
    known = to_channel(form(input_url="http://h/a.m3u8"))
    moved = to_channel(form(input_url="udp://@239.1.1.1:1234"), known)
    assert [(one.kind, int(one.layer)) for one in moved.inputs] == [(Kind.TS, 1)]
    assert moved.badges == ("TS",)
