"""The guides in force follow their folders: what changed is read anew, what is broken leaves the last good one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from guide_house import Channels, House

from noc_console.agent.refusals import BadRequest, NotFound


def guide(name: str = "PB-SLOW", version: int = 1, alarms: str = "SEGMENT_SLOW", title: str = "Slow") -> str:
    return f"""
guide: {name}
version: {version}
kind: playbook
title: {title}
alarms: [{alarms}]
steps:
  - {{id: form, kind: form, fields: [{{name: root_cause, kind: text}}], next: end}}
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "local.db", Channels(1))
    made.write("shipped", "pb-slow.yaml", guide())
    await made.open()
    yield made
    await made.close()


async def change(house: House, name: str, text: str) -> None:
    """Write a file of the site and look; its time is moved so that two changes within a tick are two."""
    house.write("guides", name, text)
    path = house.db.parent / "guides" / name
    later = path.stat().st_mtime_ns + house.flow.bell.urgent_rings * 1_000_000_000
    os.utime(path, ns=(later, later))
    await house.room.library.look()


def versions(house: House) -> dict[str, int]:
    return {row["guide"]: row["version"] for row in house.room.library.listed()}


async def test_a_file_of_the_site_overrides_adds_and_gives_way_when_it_goes(house: House) -> None:
    assert versions(house) == {"PB-SLOW": 1}
    await change(house, "pb-slow.yaml", guide(version=7))
    await change(house, "pb-own.yaml", guide("PB-OWN", alarms="STALE_PLAYLIST"))
    assert versions(house) == {"PB-SLOW": 7, "PB-OWN": 1}
    assert [row["is_site"] for row in house.room.library.listed()] == [True, True]
    assert house.room.library.for_alarm("STALE_PLAYLIST").guide.id == "PB-OWN"
    (house.db.parent / "guides" / "pb-slow.yaml").unlink()
    await house.room.library.look()
    assert versions(house) == {"PB-SLOW": 1, "PB-OWN": 1}
    assert [data["guides"] for data in house.told("GuidesChanged")] == [["PB-SLOW"], ["PB-OWN"], ["PB-SLOW"]]


async def test_nothing_is_told_when_nothing_changed(house: House) -> None:
    await house.room.library.look()
    await house.room.library.look()
    assert house.told("GuidesChanged") == []


async def test_a_broken_file_leaves_its_last_good_version_and_tells_its_mistakes(house: House) -> None:
    await change(house, "pb-slow.yaml", guide(version=7))
    await change(house, "pb-slow.yaml", guide(version=8).replace("next: end", "next: nowhere"))
    assert versions(house) == {"PB-SLOW": 7}
    (mistake,) = house.room.library.told_mistakes()
    assert (mistake["file"], mistake["line"]) == ("site/pb-slow.yaml", 8)
    assert "nowhere" in mistake["text"]
    await change(house, "pb-slow.yaml", guide(version=9))
    assert (versions(house), house.room.library.told_mistakes()) == ({"PB-SLOW": 9}, [])


async def test_the_last_good_version_outlives_a_restart(house: House) -> None:
    await change(house, "pb-slow.yaml", guide(version=7))
    await change(house, "pb-slow.yaml", "guide: [")
    await house.close()
    await house.open()
    assert versions(house) == {"PB-SLOW": 7}
    assert len(house.room.library.told_mistakes()) == 1


async def test_a_file_broken_from_the_start_leaves_the_shipped_guide(house: House) -> None:
    await change(house, "pb-slow.yaml", "\tnot yaml")
    assert versions(house) == {"PB-SLOW": 1}
    assert house.room.library.told_mistakes()[0]["file"] == "site/pb-slow.yaml"


async def test_what_is_no_text_or_too_long_is_a_mistake_and_hides_nothing_else(house: House) -> None:
    folder = house.db.parent / "guides"
    folder.mkdir()
    (folder / "pb-bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "pb-long.yaml").write_text("#" * (256 * 1024 + 1))
    (folder / ".pb-hidden.yaml").write_text("nonsense: [")
    await house.room.library.look()
    assert [one["file"] for one in house.room.library.told_mistakes()] == ["site/pb-bytes.yaml", "site/pb-long.yaml"]
    assert versions(house) == {"PB-SLOW": 1}


async def test_a_whole_guide_is_told_for_drawing(house: House) -> None:
    told = house.room.guide("pb-slow")
    assert (told["guide"], told["is_site"], [step["id"] for step in told["steps"]]) == ("PB-SLOW", False, ["form"])
    with pytest.raises(NotFound):
        house.room.guide("PB-NONE")


async def test_a_review_is_kept_with_its_version_and_its_name(house: House) -> None:
    assert house.room.reviews.listed()[0]["reviewed"] is None
    with pytest.raises(BadRequest):
        await house.room.reviews.review("PB-SLOW", " ")
    await house.room.reviews.review("PB-SLOW", "H. Nam")
    await house.close()
    await house.open()
    assert house.room.reviews.listed()[0]["reviewed"] == {"at": house.at, "by": "H. Nam", "version": 1}
