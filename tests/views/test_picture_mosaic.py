"""The mosaic: pictures come from a real server, are decoded beside the screen, and every state has words."""

from __future__ import annotations

import base64
import json

import canned_story as story
import pytest
from canned_agent import serving, settled
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt
from PySide6.QtGui import QColor, QImage

from noc_console.errors import KnownError
from noc_console.views.meter_bars import share_of
from noc_console.views.mosaic_facts import absent, tile_of, words_of
from noc_console.views.mosaic_geometry import lay_out
from noc_console.views.mosaic_screen import MosaicScreen
from noc_console.views.thumb_pixmaps import Pixmaps, Wanted, decode
from noc_console.views.thumb_store import Thumb, ThumbStore, Told, strip_of, told_of


def jpeg(colour: str = "#c04020", width: int = 256, height: int = 144) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 90)
    return bytes(held.data())


def row(channel_id: int, seq: int, at: float, picture: bytes) -> dict:
    return {
        "channel_id": channel_id,
        "input": channel_id * 10,
        "seq": seq,
        "at": at,
        "width": 256,
        "height": 144,
        "jpeg": base64.b64encode(picture).decode(),
    }


def media(**more) -> dict:
    calm = {"mode": "keyframes", "is_promoted": False, "why": "", "picture": "moving", "thumbnail": None}
    return {**calm, "meters": None, **more}


def seen_channel(id_: int, **more) -> dict:
    thumbnail = {"at": story.NOW - 4, "seq": id_}
    one = {
        "picture": "moving",
        "thumbnail": thumbnail,
        "meters": {
            "momentary": -23.0,
            "short_term": -22.0,
            "loudness": -23.1,
            "true_peak": -3.0,
            "at": story.NOW - 2,
        },
        "inputs": [{**story.input_(id_ * 10), "media": media()}],
    }
    return story.channel(id_, f"CH_{id_:03d}", f"News {id_}", **{**one, **more})


def board_of(*channels: dict, decoding: dict | None = None) -> dict:
    told = {
        "cores_used": 0.4,
        "workers": [{}],
        "decoded_per_min": 60,
        "skipped_per_min": {},
    }
    board = story.board()
    agent = {**board["agent"], "decoding": decoding or told}
    return {**board, "agent": agent, "channels": list(channels), "alarms": []}


@pytest.fixture
def screen(desk, qtbot):
    desk.mirror.take(board_of(*(seen_channel(number) for number in range(1, 13))))
    made = MosaicScreen(desk)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    qtbot.waitExposed(made)
    made.refresh()
    return made


async def test_pictures_are_fetched_from_the_agent_and_only_newer_ones_after_that(desk):
    desk.mirror.take(board_of(seen_channel(1), seen_channel(2)))
    boot = desk.mirror.boot
    async with serving(desk) as agent:
        agent.answers["/thumbnails"] = {
            "boot": boot,
            "next": 9,
            "thumbnails": [row(1, 8, story.NOW, jpeg()), row(2, 9, story.NOW, jpeg())],
        }
        desk.thumbs.poll(desk)
        await settled(desk)
        assert len(desk.thumbs.store) == 2
        assert desk.thumbs.store.next_seq == 9
        assert desk.thumbs.store.newest(2).at == story.NOW
        desk.thumbs.poll(desk)
        assert not desk.tasks._running  # once a second at most


async def test_another_boot_of_the_agent_forgets_its_pictures(desk):
    desk.mirror.take(board_of(seen_channel(1)))
    desk.thumbs.store.take(Told("before", 5, (Thumb(1, 4, story.NOW, jpeg()),)))
    async with serving(desk) as agent:
        agent.answers["/thumbnails"] = {"boot": desk.mirror.boot, "next": 1, "thumbnails": []}
        desk.thumbs.poll(desk)
        await settled(desk)
    assert len(desk.thumbs.store) == 0
    assert desk.thumbs.store.next_seq == 1


async def test_an_agent_that_answers_nonsense_leaves_the_screen_as_it_is(desk):
    desk.mirror.take(board_of(seen_channel(1)))
    async with serving(desk) as agent:
        agent.answers["/thumbnails"] = {"boot": "x", "thumbnails": 7}
        desk.thumbs.poll(desk)
        await settled(desk)
    assert len(desk.thumbs.store) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"boot": "a"}', b'{"boot":"a","next":1,"thumbnails":[7]}'])
def test_an_answer_that_is_none_is_refused_in_one_sentence(body):
    with pytest.raises(KnownError, match="cannot be read"):
        told_of(body)
    with pytest.raises(KnownError, match="cannot be read"):
        strip_of(body)


def test_a_picture_that_is_far_too_large_or_no_base64_is_left_out():
    rows = [row(1, 1, 0.0, b"x" * 300_000), {**row(2, 2, 0.0, b""), "jpeg": "%%%"}, row(3, 3, 0.0, b"fine")]
    told = told_of(json.dumps({"boot": "a", "next": 3, "thumbnails": rows}).encode())
    assert [one.channel_id for one in told.thumbs] == [3]


def test_the_store_keeps_the_newest_within_its_bytes_and_forgets_the_oldest_first():
    store = ThumbStore(most_bytes=250)
    for number in range(1, 5):
        store.take(Told("a", number, (Thumb(number, number, 0.0, b"x" * 100),)))
    assert [number for number in range(1, 5) if store.newest(number)] == [3, 4]
    assert store.held_bytes == 200
    store.take(Told("a", 4, (Thumb(4, 2, 0.0, b"old"),)))
    assert store.newest(4).seq == 4
    store.keep_only([3])
    assert len(store) == 1


def test_the_store_tells_a_screen_what_is_new_since_it_looked():
    store = ThumbStore()
    store.take(Told("a", 2, (Thumb(1, 1, 0.0, b"a"), Thumb(2, 2, 0.0, b"b"))))
    seen = store.revision
    store.take(Told("a", 3, (Thumb(2, 3, 0.0, b"c"),)))
    assert store.changed(seen) == {2}


def test_a_picture_is_decoded_on_a_thread_beside_the_screen_and_kept_ready(qtbot, qapp):
    pixmaps = Pixmaps()
    wanted = Wanted(("one", 1), jpeg(), (128, 72))
    assert pixmaps.get(wanted) is None
    qtbot.waitUntil(lambda: pixmaps.get(wanted) is not None, timeout=20_000)
    assert pixmaps.get(wanted).size().toTuple() == (128, 72)
    assert pixmaps.is_idle()


def test_what_is_no_picture_is_told_as_one_that_cannot_be_shown(qtbot, qapp):
    pixmaps = Pixmaps()
    wanted = Wanted("broken", b"\xff\xd8 no more", (128, 72))
    qtbot.waitUntil(lambda: pixmaps.get(wanted) is not None, timeout=20_000)
    assert pixmaps.get(wanted).isNull()


def test_ready_pictures_stay_within_their_bound(qtbot, qapp):
    pixmaps = Pixmaps(most_pixels=128 * 72 * 3)
    wanted = [Wanted(number, jpeg(), (128, 72)) for number in range(8)]
    for one in wanted:
        pixmaps.get(one)
    qtbot.waitUntil(pixmaps.is_idle, timeout=20_000)
    assert sum(one.place in pixmaps._ready for one in wanted) == 3


def test_a_picture_of_another_shape_keeps_it(qapp):
    assert decode(jpeg(width=192, height=144), (128, 72)).size().toTuple() == (96, 72)
    assert decode(jpeg(width=5000, height=8), (128, 72)).isNull()


@pytest.mark.parametrize(
    ("count", "size", "picture"),
    [(8, (1860, 940), 256), (60, (1860, 940), 172), (300, (1860, 940), 137), (1, (200, 100), 150)],
)
def test_pictures_are_as_large_as_all_of_them_fit(count, size, picture):
    grid = lay_out(count, *size)
    assert grid.picture_width == picture
    for index in (0, count - 1):
        x, y = grid.place(index)
        assert grid.hit(x + 1, y + 1) == index
    assert grid.hit(2, 2) == -1


def test_only_the_tiles_of_the_rows_that_are_seen_are_painted():
    grid = lay_out(300, 1860, 940)
    seen = grid.inside(0, 200)
    assert list(seen) == list(range(2 * grid.columns))
    assert len(grid.inside(100_000, 100_100)) == 0


def test_the_picture_of_a_channel_is_painted_in_its_tile(screen, desk, qtbot):
    desk.thumbs.store.take(Told(desk.mirror.boot, 2, (Thumb(1, 1, story.NOW, jpeg("#20c040")),)))
    screen.refresh()
    screen.mosaic.grab()
    qtbot.waitUntil(desk.pixmaps.is_idle, timeout=20_000)
    image = screen.mosaic.grab().toImage()
    middle = screen.mosaic.tile_rect(0).center()
    found = image.pixelColor(middle)
    assert (found.green() > 150, found.red() < 90) == (True, True)


def test_a_picture_that_stands_still_is_hatched_and_says_how_long(screen, desk, qtbot):
    frozen = seen_channel(1, picture="frozen")
    frozen["inputs"][0]["metrics"]["video.freeze_s"] = 12.0
    desk.thumbs.store.take(
        Told(desk.mirror.boot, 2, tuple(Thumb(number, number, story.NOW, jpeg("#ffffff")) for number in (1, 2)))
    )
    desk.mirror.take({**board_of(frozen, seen_channel(2)), "rev": 2})
    screen.refresh()
    screen.mosaic.grab()
    qtbot.waitUntil(desk.pixmaps.is_idle, timeout=20_000)
    image = screen.mosaic.grab().toImage()
    still, moving = (_dark_share(image, screen.mosaic.tile_rect(number)) for number in (0, 1))
    assert moving < 0.02
    assert still > 0.2
    assert screen.mosaic.tiles[0].words[0].startswith("FROZEN 12")


def _dark_share(image: QImage, rect) -> float:
    x, y = rect.x() + 20, rect.y() + 30
    dark = sum(image.pixelColor(x + step, y).lightness() < 120 for step in range(80))
    return dark / 80


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"picture": "stopped"}, ("STOPPED",)),
        ({"picture": "black"}, ("BLACK",)),
        ({"picture": "moving"}, ()),
        ({"picture": None}, ()),
    ],
)
def test_what_is_wrong_with_the_picture_is_said_in_words(change, words):
    assert words_of(seen_channel(1, **change)) == words


def test_silence_bars_and_a_missing_side_are_said_in_words():
    one = seen_channel(1)
    one["inputs"][0]["metrics"]["audio.silence_s"] = 70.0
    one["inputs"][0]["findings"] = [
        story.finding("media-silence", "critical", "sound/audio-en", "No sound"),
        story.finding("media-colour-bars", "major", "picture/1080p50", "Bars"),
    ]
    bars, silent = words_of(one)
    assert bars == "BARS"
    assert silent.startswith("SILENT 1")


def test_a_stretch_that_was_skipped_has_not_stopped():
    one = seen_channel(1, picture="stopped")
    one["inputs"][0]["media"] = media(picture="stopped", why="crowded")
    assert words_of(one) == ("NOT DECODED",)


@pytest.mark.parametrize(
    ("inputs", "decoding", "words"),
    [
        ([media(mode="off")], True, "Not decoded: switched off"),
        ([media()], True, "No picture yet"),
        ([media(why="encrypted")], True, "Not decoded: encrypted"),
        ([media(why="crowded, picture only")], True, "Not decoded: decoders full"),
        ([media()], False, "Not decoded: decoding is off"),
        ([], True, "Not decoded: switched off"),
    ],
)
def test_why_there_is_no_picture_is_said_in_words(inputs, decoding, words):
    one = {**seen_channel(1), "inputs": [{**story.input_(10), "media": each} for each in inputs]}
    assert absent(one, {"decoding": {"workers": []} if decoding else None}) == words


def test_sound_that_was_never_measured_is_not_drawn_as_silence(desk):
    desk.mirror.take(board_of(seen_channel(1, meters=None)))
    tile = tile_of(desk.mirror.channels[1], desk.mirror, "")
    assert [level.lufs for level in tile.levels] == [None, None]
    assert share_of(-23.0) == 0.5
    assert (share_of(-70.0), share_of(0.0)) == (0.0, 1.0)


def test_arrows_move_and_enter_opens_the_channel(screen, desk, qtbot):
    mosaic = screen.mosaic
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(mosaic, key)
    assert mosaic.current == mosaic.tiles[1 + mosaic.grid.columns].channel_id
    with qtbot.waitSignal(desk.ways.openChannel) as opened:
        qtbot.keyClick(mosaic, Qt.Key.Key_Return)
    assert opened.args == [mosaic.current]


def test_a_click_selects_the_tile_under_it(screen, qtbot):
    mosaic = screen.mosaic
    place: QPoint = mosaic.tile_rect(3).center()
    qtbot.mouseClick(mosaic, Qt.MouseButton.LeftButton, pos=place)
    assert mosaic.current == mosaic.tiles[3].channel_id


def test_chips_leave_only_what_is_ill_and_put_the_worst_first(screen, desk):
    ill = seen_channel(5, picture="black")
    worst = seen_channel(9, severity="critical", alarm_id=1, text="x")
    desk.mirror.take({**board_of(seen_channel(1), ill, worst), "rev": 2, "gone": {"channels": [], "alarms": []}})
    screen.refresh()
    screen.order.choose("Worst first")
    assert screen.mosaic.tiles[0].channel_id == 9
    screen.chips.choose("Picture or sound ill")
    assert [tile.channel_id for tile in screen.mosaic.tiles] == [5]


async def test_the_last_minute_of_the_selected_channel_is_shown_and_put_away(screen, desk, qtbot):
    async with serving(desk) as agent:
        rows = [row(1, number, story.NOW - 60 + number * 5, jpeg()) for number in range(12)]
        agent.answers["/channels/1/thumbnails"] = {"status": "ok", "count": 12, "thumbnails": rows}
        screen.mosaic.select(1)
        screen.toggle_strip()
        assert screen.strip.isVisible()
        await settled(desk)
        screen.strip.refresh()
        assert len(screen.strip._frames()) == 12
        screen.strip.grab()
        assert screen.close_drawer()
        assert not screen.strip.isVisible()


def test_without_a_channel_the_screen_says_what_to_do(desk, qtbot):
    made = MosaicScreen(desk)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    assert made._empty.text() == "Loading"
    desk.mirror.take(board_of())
    made.refresh()
    assert made._empty.text().startswith("No channels yet")


def test_every_state_of_a_channel_can_be_painted(desk, qtbot):
    states = ("ok", "loading", "stale", "lost", "disabled")
    channels = [seen_channel(number, state=state) for number, state in enumerate(states, 1)]
    bare = [
        story.channel(number + 20, f"CH_{number + 20:03d}", "Bare", severity=severity, acknowledged=number % 2 == 0)
        for number, severity in enumerate(("critical", "critical", "major", "minor", "warning", "indeterminate"))
    ]
    desk.mirror.take(board_of(*channels, *bare))
    made = MosaicScreen(desk)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.refresh()
    assert not made.mosaic.grab().isNull()
    assert {tile.state for tile in made.mosaic.tiles} == set(states)
