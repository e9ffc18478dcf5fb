"""Evidence capsules: what goes in, what must not, what is found when something was changed, and hostile files."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from noc_console.errors import KnownError
from noc_console.history import SeriesQuery
from noc_console.history.capsule_cli import make_of, run
from noc_console.history.capsule_open import unpack
from noc_console.history.capsule_scrub import Scrub
from noc_console.history.read_only import NothingChanges, open_read_only
from noc_console.incidents.incident import Incident
from noc_console.incidents.wire import to_json
from noc_console.model import Access, Channel, Event, Input, Kind, Layer, Severity
from noc_console.settings import Settings

START = 1_790_006_400.0  # a whole two-hour window in UTC
METRIC = "segment.download_s"
KEY, TOKEN, PARAMETER, WORD = "Key-71-of-Origin", "sid=tok3n-77aa", "abcdef0123456789", "pass-w0rd"
URL = f"http://noc:{WORD}@origin.example/one/master.m3u8?session={PARAMETER}"
PLAYLIST = (
    f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="https://k.example/k?{TOKEN}"\nseg1.ts?{TOKEN}\nseg2.ts\n'.encode()
)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
SECRETS = (KEY, "tok3n-77aa", PARAMETER, WORD)


def channel(number: int, url: str, access: Access | None = None) -> Channel:
    entry = Input(number, number, Layer.PACKAGER, Kind.HLS, url, access=access or Access())
    return Channel(
        0,
        f"CH_{number}",
        f"Channel {number}",
        inputs=(Input(0, 0, entry.layer, entry.kind, url, access=entry.access),),
    )


def raised(number: int, channel_id: int, at: float, text: str = "late") -> Event:
    alarm = {
        "alarm_id": number,
        "channel_id": channel_id,
        "channel_code": f"CH_{channel_id}",
        "input_id": channel_id,
        "alarm_type": "SEGMENT_SLOW",
        "severity": "major",
        "message": text,
        "raised_at": at,
    }
    return Event("AlarmRaised", at, channel_id, channel_id, {"alarm": alarm})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(db=tmp_path / "house" / "local.db", event_reserve_bytes=0, captures_bytes=10**6)


_MADE: dict[str, bytes] = {}


@pytest.fixture
async def made(desk, tmp_path: Path, make_tick) -> Path:
    """The capsule of the story below, made once for all tests."""
    if "capsule" not in _MADE:
        _MADE["capsule"] = (await told(desk, tmp_path, make_tick)).read_bytes()
    capsule = tmp_path / "copy.noccap"
    capsule.write_bytes(_MADE["capsule"])
    return capsule


async def told(desk, tmp_path: Path, make_tick) -> Path:
    """The capsule of an incident on the first of two channels, some minutes after a window was sealed."""
    history = await desk.open()
    access = Access({"X-Key": KEY, "User-Agent": "player"}, TOKEN)
    await history.save_channel(channel(1, URL, access))
    await history.save_channel(channel(2, "http://origin.example/two.m3u8"))
    await history.commit(None, [Event("LadderChanged", START, 1, 1, {"text": "too early"})])
    series = [history.series_id(number, "1080p", METRIC) for number in (1, 2)]
    for n in range(0, 7890, 60):
        desk.clock.at = START + n
        samples = ((one, START + n - early, float((n - early) % 7)) for one in series for early in range(0, 60, 10))
        await history.commit(make_tick(START + n, *samples), ())
    digest = await history.keep_capture(PLAYLIST, "text/plain", "playlist")
    picture = await history.keep_capture(PICTURE, "image/png", "picture")
    at = START + 7900
    desk.clock.at = at + 60
    incident = Incident(1, "Late", Severity.MAJOR, at + 20, "Linh", alarms=(7,), channels=(1,))
    events = [
        raised(6, 2, at - 30, "of the other channel"),
        raised(7, 1, at, f"GET {URL} took 3 s, Authorization: Bearer {PARAMETER}"),
        Event("EvidenceKept", at + 1, 1, 1, {"captures": [digest], "items": [{"hash": digest, "url": URL}]}),
        Event("FindingBegan", at + 2, 1, 1, {"items": [["segment/1080p", "hls-segment-slow", at]]}),
        Event(
            "ChannelChanged",
            at + 3,
            1,
            0,
            {"by": "Linh", "channel": {"inputs": [{"access": {"headers": {"X": KEY}}}]}},
        ),
        Event("TrapReceived", at + 4, 0, 0, {"community": "public", "peer": "10.1.1.1"}),
        Event("IncidentOpened", at + 20, data={"by": "Linh", "text": "x", "incident": to_json(incident)}),
        Event("IncidentNoted", at + 21, data={"captures": [picture], "incident": to_json(incident)}),
    ]
    await history.commit(None, events)
    await history.settle()
    assert history.sealed
    capsule = tmp_path / "one.noccap"
    make_of(desk.settings.db, 1, capsule, at + 60)
    return capsule


def opened(capsule: Path, folder: Path):
    folder.mkdir()
    return unpack(capsule, folder)


def rows(db: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(db)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_a_capsule_holds_the_incident_its_channels_and_its_time_and_nothing_else(made, tmp_path):
    found = opened(made, tmp_path / "x")
    assert (found.is_intact, found.about["incident"], found.about["channels"]) == (True, 1, ["CH_1"])
    assert rows(found.db, "SELECT channel_code FROM channels") == [("CH_1",)]
    assert rows(found.db, "SELECT DISTINCT input_id FROM series") == [(1,)]
    kinds = [kind for (kind,) in rows(found.db, "SELECT kind FROM journal WHERE kind <> 'Tick' ORDER BY seq")]
    assert kinds == [
        "AlarmRaised",
        "EvidenceKept",
        "FindingBegan",
        "ChannelChanged",
        "IncidentOpened",
        "IncidentNoted",
    ]
    assert rows(found.db, "SELECT alarm_id FROM alarms") == [(7,)]
    assert rows(found.db, "SELECT title FROM incidents") == [("Late",)]


async def test_no_secret_is_in_a_capsule_and_redacted_evidence_is_named_by_its_new_hash(made, tmp_path):
    found = opened(made, tmp_path / "x")
    with zipfile.ZipFile(made) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert [secret for secret in SECRETS if secret.encode() in everything] == []
    assert rows(found.db, "SELECT url FROM inputs") == [("http://origin.example/one/master.m3u8?",)]
    ((old, new),) = found.about["redacted"].items()
    assert old == hashlib.sha256(PLAYLIST).hexdigest()
    body = (found.captures / new[:2] / new).read_bytes()
    assert body.splitlines()[2:] == [b"seg1.ts?***", b"seg2.ts"]
    (evidence,) = rows(found.db, "SELECT body FROM journal WHERE kind = 'EvidenceKept'")
    assert json.loads(bytes(evidence[0]))["captures"] == [new]
    assert hashlib.sha256(PICTURE).hexdigest() in found.about["captures"]


async def test_what_was_measured_is_the_same_in_the_capsule_sealed_or_not(desk, tmp_path, make_tick):
    found = opened(await told(desk, tmp_path, make_tick), tmp_path / "x")
    end = float(found.about["end"])
    shown = await open_read_only(Settings(db=found.db), found.captures, lambda: end, "Nothing can be changed.")
    start = float(found.about["start"])
    query = SeriesQuery(1, METRIC, start, end, "1080p", 5000)
    ours = (await shown.series(query)).points
    assert ours == (await desk.opened[0].series(query)).points
    assert len(ours) > 170
    assert (await shown.series(SeriesQuery(1, METRIC, START, start - 10, "1080p", 5000))).points == ()
    newest = {(name.rung, name.metric): at for name, at, _ in await shown.newest(end, 3600)}
    assert newest[("1080p", METRIC)] == pytest.approx(end, abs=120)
    for refused in (shown.commit(None, ()), shown.save_channel(channel(3, "http://x.example")), shown.note("a", "b")):
        with pytest.raises(NothingChanges, match="Nothing can be changed"):
            await refused
    await shown.close()


def repacked(capsule: Path, folder: Path, change: Callable[[Path], None]) -> Path:
    """The capsule with something changed in it, zipped anew."""
    with zipfile.ZipFile(capsule) as packed:
        packed.extractall(folder)
    change(folder)
    target = folder.with_suffix(".noccap")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                out.write(file, file.relative_to(folder).as_posix())
    return target


async def test_the_same_things_packed_anew_are_told_from_the_file_that_was_made(made, tmp_path, capsys):
    assert run("verify", repacked(made, tmp_path / "again", lambda folder: None)) == 1
    assert "as it was sealed, but the file itself was changed" in capsys.readouterr().out


def _in_db(sentence: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        connection = sqlite3.connect(folder / "local.db")
        connection.execute(sentence)
        connection.commit()
        connection.close()

    return change


def _manifest(folder: Path) -> None:
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**said, "title": "Nothing much"}))


def _one_capture(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        change(sorted((folder / "captures").rglob("?" * 64))[0])

    return act


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(
            _in_db("UPDATE journal SET body = replace(body, 'took 3 s', 'took 1 s') WHERE kind = 'AlarmRaised'"),
            r"Event \d+ \(AlarmRaised, .*\) is not what was sealed",
            id="an event is changed",
        ),
        pytest.param(
            _in_db("DELETE FROM journal WHERE kind = 'FindingBegan'"),
            r"Event \d+ \(ChannelChanged, .*\) is not what was sealed",
            id="an event is taken out",
        ),
        pytest.param(
            _in_db("DELETE FROM journal WHERE kind = 'IncidentNoted'"),
            r"Event \d+ is missing",
            id="the last is taken",
        ),
        pytest.param(
            _in_db("UPDATE blocks SET vals = zeroblob(9)"), "local.db is not what was sealed", id="values are changed"
        ),
        pytest.param(_manifest, "manifest is not what was sealed", id="the manifest is changed"),
        pytest.param(_one_capture(Path.unlink), "is missing", id="a piece of evidence is taken out"),
        pytest.param(
            _one_capture(lambda file: file.write_bytes(b"other")), "evidence\\) was changed", id="evidence is changed"
        ),
    ],
)
async def test_a_changed_capsule_says_what_does_not_fit_first(made, tmp_path, change, fault, capsys):
    changed = repacked(made, tmp_path / "changed", change)
    assert run("verify", changed) == 1
    said = capsys.readouterr().out
    assert said.startswith("not intact: ")
    with pytest.raises(AssertionError, match=fault):
        raise AssertionError(said)


async def test_a_flipped_byte_in_the_history_is_told_as_a_change(made, tmp_path, capsys):
    with zipfile.ZipFile(made) as packed:
        info = packed.getinfo("local.db")
    body = bytearray(made.read_bytes())
    body[info.header_offset + 60 + info.compress_size // 2] ^= 0x01
    (tmp_path / "flipped.noccap").write_bytes(bytes(body))
    assert run("verify", tmp_path / "flipped.noccap") == 1
    assert capsys.readouterr().out.startswith("not intact: ")


async def test_one_flipped_byte_is_never_intact(made, tmp_path, capsys):
    assert run("verify", made) == 0
    assert capsys.readouterr().out.startswith("intact: 6 events, 2 captures, head ")
    body = made.read_bytes()
    for place in range(40, len(body) - 60, len(body) // 15):
        broken = tmp_path / f"{place}.noccap"
        broken.write_bytes(body[:place] + bytes([body[place] ^ 0x10]) + body[place + 1 :])
        try:
            assert run("verify", broken) == 1
        except KnownError as error:
            assert str(error).count("\n") == 0


def hostile(path: Path, *entries: tuple[str, bytes], base: Path | None = None) -> Path:
    """A zip with these entries, beside those of a real capsule where one is given."""
    if base is not None:
        shutil.copy(base, path)
    with zipfile.ZipFile(path, "a" if base is not None else "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in entries:
            out.writestr(name, body)
    return path


@pytest.mark.parametrize(
    ("entries", "is_real", "why"),
    [
        pytest.param([("../evil", b"x")], True, "which no capsule has", id="out of the folder"),
        pytest.param([("/etc/evil", b"x")], True, "which no capsule has", id="from the root"),
        pytest.param([("captures/aa/bb", b"x")], True, "which no capsule has", id="a strange name"),
        pytest.param([(f"captures/aa/{'a' * 64}", b"x")] * 2, True, "one of them twice", id="a name twice"),
        pytest.param([(f"captures/aa/{'a' * 64}", bytes(300 * 1024**2))], True, "grow more than", id="a bomb"),
        pytest.param([("manifest.json", b"{}")], False, "is missing in it", id="no history"),
        pytest.param(
            [("manifest.json", b"[]"), ("chain.json", b"[]"), ("local.db", b"")], False, "manifest", id="no manifest"
        ),
        pytest.param(
            [("manifest.json", b'{"format":1,"files":{},"head":"x"}'), ("chain.json", b"[]"), ("local.db", b"text")],
            False,
            "its history",
            id="no database",
        ),
        pytest.param(
            [("manifest.json", b'{"format":99,"files":{},"head":"x"}'), ("chain.json", b"[]"), ("local.db", b"")],
            False,
            "newer version",
            id="of a newer version",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_a_hostile_file_is_refused_in_one_sentence(made, tmp_path, entries, is_real, why):
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    evil = hostile(tmp_path / "evil.noccap", *entries, base=made if is_real else None)
    with pytest.raises(KnownError, match=why):
        unpack(evil, folder)
    assert not (tmp_path / "in" / "evil").exists()


async def test_a_history_that_acts_by_itself_is_refused(made, tmp_path):
    trigger = "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM journal; END"
    with pytest.raises(KnownError, match="not one of noc-console's"):
        opened(repacked(made, tmp_path / "trigger", _in_db(trigger)), tmp_path / "x")


async def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "a.noccap").write_bytes(b"PK\x03\x04 or so")
    with pytest.raises(KnownError, match="damaged or no capsule"):
        opened(tmp_path / "a.noccap", tmp_path / "x")
    with pytest.raises(KnownError, match="no incident 9"):
        db = tmp_path / "empty" / "local.db"
        history = await _empty(db)
        await history.close()
        make_of(db, 9, tmp_path / "b.noccap", START)
    assert not (tmp_path / "b.noccap").exists()


async def _empty(db: Path):
    from noc_console.history import open_history

    return await open_history(Settings(db=db, event_reserve_bytes=0), lambda: START)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://u:p@h.example/a.m3u8?token=abc next", "http://h.example/a.m3u8? next"),
        ("seg.ts?hdnts=exp=1~acl=/*~hmac=ab", "seg.ts?"),
        ("/live/hdnts=exp=17~acl=/*~hmac=ff/x.m3u8 slow", "/live/hdnts=*** slow"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ('URI="https://k.example/key?sid=1",IV=0x1', 'URI="https://k.example/key?",IV=0x1'),
        ('URI="data:text/plain;base64,AAECAwQFBgcICQoLDA0ODw=="', 'URI="data:text/plain;base64,***"'),
        ("Is it black? Yes, cache policy: no-store", "Is it black? Yes, cache policy: no-store"),
        ("key is s3cr3t! here", "key is *** here"),
    ],
)
def test_texts_lose_their_secrets_and_nothing_else(before: str, after: str) -> None:
    assert Scrub(("s3cr3t!",)).text(before) == after
