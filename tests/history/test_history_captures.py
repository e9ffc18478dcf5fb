"""Evidence is found by its content, ages by class and stays while an event refers to it."""

from __future__ import annotations

import pytest

from noc_console.errors import KnownError
from noc_console.model import Event


async def test_a_capture_comes_back_by_its_hash_and_the_same_content_is_kept_once(desk):
    history = await desk.open()
    first = await history.keep_capture(b"#EXTM3U", "application/vnd.apple.mpegurl", "playlist")
    assert first == await history.keep_capture(b"#EXTM3U", "application/vnd.apple.mpegurl", "playlist")
    assert await history.capture(first) == b"#EXTM3U"
    files = [p for p in (desk.settings.db.parent / "captures").rglob("*") if p.is_file()]
    assert [p.name for p in files] == [first]


async def test_names_that_are_no_hash_reach_no_file(desk):
    history = await desk.open()
    for name in ("../../local.db", "", "0" * 63, "/etc/passwd"):
        assert await history.capture(name) is None


async def test_a_file_that_was_changed_is_no_evidence(desk):
    history = await desk.open()
    digest = await history.keep_capture(b"#EXTM3U", "text/plain", "playlist")
    (desk.settings.db.parent / "captures" / digest[:2] / digest).write_bytes(b"#EXTM3V")
    assert await history.capture(digest) is None


async def test_the_oldest_go_first_from_the_class_most_over_its_share_and_pinned_ones_stay(desk):
    history = await desk.open()
    kept = []
    for number in range(8):
        desk.clock.at += 1
        kept.append(await history.keep_capture(bytes([number]) * 100, "text/plain", "playlist"))
    await history.commit(None, [Event("AlarmRaised", 1.0, data={"captures": [kept[0]]})])
    desk.clock.at += 1
    segment = await history.keep_capture(b"s" * 350, "video/mp2t", "segment")

    left = [await history.capture(digest) is not None for digest in kept]
    assert left == [True, False, False, True, True, True, True, True]
    assert await history.capture(segment) == b"s" * 350


async def test_when_everything_is_pinned_a_new_one_is_refused_and_leaves_no_file(desk):
    history = await desk.open()
    digests = [await history.keep_capture(bytes([n]) * 500, "text/plain", "playlist") for n in range(2)]
    await history.commit(None, [Event("AlarmRaised", 1.0, data={"captures": digests})])
    with pytest.raises(KnownError, match="full of pinned evidence"):
        await history.keep_capture(b"z" * 500, "text/plain", "segment")
    files = [p for p in (desk.settings.db.parent / "captures").rglob("*") if p.is_file()]
    assert sorted(p.name for p in files) == sorted(digests)


async def test_one_larger_than_the_whole_quota_is_refused(desk):
    with pytest.raises(KnownError, match="does not fit"):
        await (await desk.open()).keep_capture(b"z" * 1001, "text/plain", "segment")
