"""Channels and templates come back as they were saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_console.errors import KnownError
from noc_console.history import Template
from noc_console.model import Access, Channel, Expected, Input, Kind, Layer, Level

NEWS = Channel(
    id=0, code="CH_OTT_NEWS", name="Tin tức 24h", tier=1, channel_class="4K", template="TPL_LIVE_HD",
    labels=("north", "paid"), badges=("HLS", "HDR"),
    inputs=(
        Input(0, 0, Layer.ORIGIN, Kind.HLS, "https://origin.example/master.m3u8",
              access=Access({"X-Key": "1"}, "token=2", "/etc/ca.pem", "192.0.2.1"),
              expected=Expected(4.0, ("1080p50@6.0M", "720p50@3.0M"), ("vi", "en"), ("vi",), True)),
        Input(0, 0, Layer.EDGE, Kind.DASH, "https://edge.example/live.mpd", Level.LIGHT, 2.5),
    ),
)  # fmt: skip


async def test_a_channel_comes_back_with_ids_after_a_restart(desk):
    saved = await (await desk.open()).save_channel(NEWS)
    assert saved.id > 0
    assert all(i.id > 0 and i.channel_id == saved.id for i in saved.inputs)
    await desk.close()
    assert await (await desk.open()).channels() == (saved,)


async def test_a_change_keeps_ids_and_an_input_left_out_is_gone(desk):
    history = await desk.open()
    saved = await history.save_channel(NEWS)
    kept = replace(saved.inputs[1], url="https://edge2.example/live.mpd")
    changed = await history.save_channel(replace(saved, name="News", is_enabled=False, inputs=(kept,)))
    assert changed.id == saved.id
    assert await history.channels() == (changed,)
    assert changed.inputs == (kept,)


async def test_a_code_that_is_taken_is_refused_in_words_and_changes_nothing(desk):
    history = await desk.open()
    saved = await history.save_channel(NEWS)
    with pytest.raises(KnownError, match="CH_OTT_NEWS exists already"):
        await history.save_channel(NEWS)
    assert await history.channels() == (saved,)


async def test_ids_of_removed_channels_and_inputs_are_never_given_again(desk):
    history = await desk.open()
    saved = await history.save_channel(NEWS)
    await history.remove_channel(saved.id)
    assert await history.channels() == ()
    again = await history.save_channel(NEWS)
    assert again.id > saved.id
    assert min(i.id for i in again.inputs) > max(i.id for i in saved.inputs)


async def test_what_a_removed_channel_measured_can_still_be_read(desk, make_tick):
    from noc_console.history import SeriesQuery

    history, at = await desk.open(), desk.clock.at
    saved = await history.save_channel(NEWS)
    series = history.series_id(saved.inputs[0].id, "a", "segment.download_s")
    await history.commit(make_tick(at, (series, at, 0.5)), ())
    await history.remove_channel(saved.id)
    query = SeriesQuery(saved.inputs[0].id, "segment.download_s", at - 1, at + 1, "a")
    assert len((await history.series(query)).points) == 1


async def test_a_template_comes_back_and_one_in_use_is_not_removed(desk):
    history = await desk.open()
    rules = {"SEGMENT_SLOW": {"limit": 2.0, "hold_s": 30}}
    wanted = Template("TPL_LIVE_HD", description="HD live", min_mos=3.5, loudness_target=-23.0,
                      freeze_threshold_ms=2000, rules=rules)  # fmt: skip
    saved = await history.save_template(wanted)
    assert await history.templates() == (saved,)
    assert saved == replace(wanted, id=saved.id)
    changed = await history.save_template(replace(saved, description="HD"))
    assert await history.templates() == (changed,)

    channel = await history.save_channel(NEWS)
    with pytest.raises(KnownError, match="used by channel CH_OTT_NEWS"):
        await history.remove_template(saved.id)
    await history.remove_channel(channel.id)
    await history.remove_template(saved.id)
    assert await history.templates() == ()
