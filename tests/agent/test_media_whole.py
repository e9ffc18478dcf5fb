"""Picture and sound the whole way: the lab's channel, decoded by a process of its own, on the board and by API."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import running_agent
from running_agent import RunningAgent, until


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    with running_agent.running_lab() as url:
        yield url


def add_channel(agent: RunningAgent, lab: str, **more: Any) -> int:
    entry = {"url": f"{lab}/CH_OTT_DEMO_001/master.m3u8", "expected": {"segment_s": 2.0}, **more}
    body = {"channel_code": "CH_1", "channel_name": "One", "inputs": [entry]}
    return int(agent.post("/channels", body, 201)["channel_id"])


def channel(agent: RunningAgent) -> dict[str, Any]:
    return dict(agent.get("/board")["channels"][0])


def seen_and_heard(agent: RunningAgent) -> dict[str, Any] | None:
    shown = channel(agent)
    return shown if shown["thumbnail"] and (shown["meters"] or {}).get("short_term") else None


def test_a_channel_of_level_light_is_seen_and_heard_and_a_killed_agent_leaves_nothing(
    tmp_path: Path, lab: str
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    env = {"NOC_CONSOLE_MEDIA_FOLDER": str(spool), "NOC_CONSOLE_DECODE_WORKERS": "1"}
    with running_agent.running(tmp_path / "local.db", **env) as agent:
        channel_id = add_channel(agent, lab, level="light")
        shown = until(lambda: seen_and_heard(agent), "a picture and three seconds of sound", 60)
        assert shown["picture"] == "moving"
        assert -24 < shown["meters"]["short_term"] < -22
        entry = shown["inputs"][0]
        assert entry["media"]["mode"] == "keyframes"
        best = next(rung for rung in entry["rungs"] if rung["format"])
        assert best["height"] == max(rung["height"] for rung in entry["rungs"])
        assert best["format"]["video"]["height"] == best["height"]
        assert best["format"]["audio"]["channels"] == 2
        assert best["metrics"]["video.freeze_s"] == 0
        assert best["metrics"]["audio.silence_s"] == 0
        assert not [one for one in entry["findings"] if one["id"].startswith("media-")]

        reply = agent.http.get(f"/channels/{channel_id}/thumbnail")
        assert reply.headers["content-type"] == "image/jpeg"
        assert reply.content.startswith(b"\xff\xd8\xff")
        again = agent.http.get(f"/channels/{channel_id}/thumbnail", headers={"If-None-Match": reply.headers["etag"]})
        assert again.status_code in (304, 200)
        strip = agent.get(f"/channels/{channel_id}/thumbnails")["thumbnails"]
        assert [one["channel_id"] for one in strip] == [channel_id] * len(strip)
        many = agent.get("/thumbnails", since=0)
        assert [one["channel_id"] for one in many["thumbnails"]] == [channel_id]
        assert until(lambda: agent.get("/thumbnails", since=many["next"], wait=5)["thumbnails"], "the next picture")

        decoding = agent.get("/board")["agent"]["decoding"]
        assert decoding["decoded_per_min"] >= 2
        assert decoding["lost"] == 0
        rung = best["rung"]

        def curve() -> list[Any]:
            return list(agent.get("/series", input=entry["id"], metric="audio.short_term_lufs", rung=rung)["points"])

        assert until(curve, "a curve of loudness")
        assert len(list(spool.iterdir())) == 1

        learned = agent.post(f"/channels/{channel_id}/slates", {"name": "Back soon", "by": "T. Linh"}, 201)
        slates = learned["channel"]["inputs"][0]["expected"]["slates"]
        assert list(slates) == ["Back soon"]
        assert int(slates["Back soon"], 16)
        assert agent.http.delete(f"/channels/{channel_id}/slates/Back soon").status_code == 200

        changed = {"inputs": [{**agent.get(f"/channels/{channel_id}")["channel"]["inputs"][0], "media": "off"}]}
        assert agent.http.put(f"/channels/{channel_id}", json=changed).status_code == 200
        assert agent.get(f"/channels/{channel_id}")["channel"]["inputs"][0]["media"] == "off"
        agent.process.send_signal(signal.SIGKILL)
        agent.process.wait(10)
        assert len(list(spool.iterdir())) == 1, "who is killed cannot clean up"
    with running_agent.running(tmp_path / "local.db", **env) as agent:
        assert len(list(spool.iterdir())) == 1, "the next one does"
        assert agent.get("/channels")["channels"][0]["inputs"][0]["media"] == "off"
    assert list(spool.iterdir()) == []
