"""The folder of stretches, the small pictures, the strikes and the load: bounded, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noc_console.agent.media_folder import open_folder
from noc_console.agent.media_load import Load
from noc_console.agent.media_strikes import PAUSES_S, Strikes
from noc_console.agent.media_thumbs import Thumbnails
from noc_console.media.stretch import Thumbnail

AT = 1_790_000_000.0


def picture(size: int = 1000) -> Thumbnail:
    return Thumbnail(0.0, 256, 144, b"\xff" * size)


# -- the folder


def test_the_folder_is_private_and_goes_with_its_agent(tmp_path: Path) -> None:
    folder = open_folder(1000, tmp_path)
    assert folder.path.parent == tmp_path
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.path_of("1-1.media").write_bytes(b"x")
    folder.remove("1-1.media")
    folder.remove("1-1.media")
    folder.path_of("1-2.media").write_bytes(b"x")
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_agent_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from noc_console.agent.media_folder import open_folder\n"
        "folder = open_folder(1000, pathlib.Path(sys.argv[1])); folder.path_of('1-1.media').write_bytes(b'x')\n"
        "print('there', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == b"there\n"
    (theirs,) = tmp_path.iterdir()
    first = open_folder(1000, tmp_path)
    assert theirs.exists(), "a running agent keeps its folder"
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    second = open_folder(1000, tmp_path)
    assert set(tmp_path.iterdir()) == {first.path, second.path}
    first.close()
    second.close()


def test_a_sweep_removes_what_nobody_knows_of_and_nobody_writes(tmp_path: Path) -> None:
    folder = open_folder(1000, tmp_path)
    for name in ("known.media", "old.media", "fresh.media"):
        folder.path_of(name).write_bytes(b"x")
    for name in ("known.media", "old.media"):
        os.utime(folder.path_of(name), (1, 1))
    assert folder.sweep({"known.media"}.__contains__) == 1
    assert sorted(path.name for path in folder.path.iterdir()) == ["fresh.media", "known.media", "lock"]
    folder.close()


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        open_folder(1000, tmp_path / "nowhere")


# -- small pictures


def test_a_channel_shows_its_newest_picture_and_a_strip_of_its_last_minute() -> None:
    shown = Thumbnails()
    for second in range(0, 120, 2):
        shown.take(1, 10, 2, AT + second, picture())
    newest = shown.newest(1)
    assert newest is not None
    assert newest.at == AT + 118
    ats = [one.at - AT for one in shown.strip(1)]
    assert ats == sorted(ats)
    assert ats[-1] == 118
    assert ats[0] >= 58
    assert 10 <= len(ats) <= 13
    assert shown.strip(2) == ()
    assert shown.newest(2) is None


def test_the_picture_is_that_of_the_input_nearest_to_the_viewers_while_it_comes() -> None:
    shown = Thumbnails()
    assert shown.take(1, 10, 4, AT, picture())
    assert shown.take(1, 11, 1, AT + 5, picture()) is None
    assert shown.take(1, 10, 4, AT - 1, picture()) is None, "an older one is no news"
    assert shown.take(1, 11, 1, AT + 40, picture())
    assert shown.take(1, 10, 4, AT + 41, picture())


def test_pictures_are_given_out_since_a_number_in_bounded_portions() -> None:
    shown = Thumbnails()
    for channel in range(1, 6):
        shown.take(channel, channel, 2, AT, picture(1000))
    first, after = shown.since(0, 2500)
    assert [one.channel_id for one in first] == [1, 2]
    rest, after = shown.since(after, 10_000)
    assert [one.channel_id for one in rest] == [3, 4, 5]
    assert shown.since(after, 10_000) == ([], after)
    shown.take(2, 2, 2, AT + 6, picture())
    assert [one.channel_id for one in shown.since(after, 10_000)[0]] == [2]
    assert len(shown.since(0, 1)[0]) == 1, "one that is too large alone must not hold up the others"


def test_the_memory_of_all_strips_is_bounded_and_the_newest_pictures_stay() -> None:
    shown = Thumbnails(most_bytes=50_000)
    for second in range(0, 60, 6):
        for channel in range(1, 21):
            shown.take(channel, channel, 2, AT + second, picture(1000))
    assert shown.held_bytes <= 50_000
    assert sum(len(one.jpeg) for channel in range(1, 21) for one in shown.strip(channel)) <= 70_000
    assert all(shown.newest(channel) for channel in range(1, 21))
    shown.keep_only([1])
    assert shown.newest(2) is None
    assert shown.held_bytes <= 10_000


# -- strikes and load


def test_an_input_that_kills_again_and_again_is_left_alone_longer_each_time() -> None:
    strikes, at, pauses = Strikes(), AT, []
    for _ in range(5):
        pauses.append(strikes.killed(1, at))
        assert strikes.is_left_alone(1, at + pauses[-1] - 0.1)
        assert not strikes.is_left_alone(2, at)
        at += pauses[-1]
        assert not strikes.is_left_alone(1, at)
    assert pauses == [*PAUSES_S, PAUSES_S[-1]]
    assert strikes.killed(1, at + 3600) == PAUSES_S[0]
    assert strikes.paused(at + 3601) == [1]
    strikes.keep_only([2])
    assert strikes.paused(at + 3601) == []


def test_the_load_is_that_of_the_last_minute_and_names_what_was_skipped_by_tier() -> None:
    load = Load()
    load.skipped(AT - 100, 1, "late")
    for second in range(60):
        load.decoded(AT + second, 0.1, second / 10)
        load.skipped(AT + second, 3, "crowded")
    load.skipped(AT + 59, 1, "room")
    facts = load.facts(AT + 59)
    assert facts["decoded_per_min"] == 60
    assert facts["cores_used"] == pytest.approx(0.1)
    assert facts["waited_s"] == 5.9
    assert facts["skipped_per_min"] == {"1": {"room": 1}, "3": {"crowded": 60}}
    assert load.facts(AT + 300)["skipped_per_min"] == {}
