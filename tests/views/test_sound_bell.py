"""When a sound is due, what plays it, what the status line says, and the tray's icon; no device is needed."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path
from typing import Any

import pytest
from canned_agent import settled
from PySide6.QtCore import QSettings

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.sound import MUTE_S, Sound
from noc_console.views.sound_bell import HEARD, Bell, muted, quiet_of, step, unanswered
from noc_console.views.sound_player import earcon, play, player
from noc_console.views.tray import icon_of, state_of


def alarm(number: int, severity: str = "critical", **more: Any) -> dict[str, Any]:
    return {"id": number, "severity": severity, "resolved": False, "acknowledged": False, **more}


def heard(moments: list[tuple[float, list[dict[str, Any]]]], bell: Bell | None = None) -> list[tuple[float, str]]:
    bell, rung = bell or Bell(), []
    for at, alarms in moments:
        bell, due = step(bell, alarms, at, is_quiet=False)
        if due is not None:
            rung.append((at, str(due)))
    return rung


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("critical", [100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 160.0, 170.0]),
        ("major", [100.0, 160.0]),
        ("minor", [100.0]),
        ("warning", [100.0]),
    ],
)
def test_an_unanswered_alarm_repeats_by_its_severity(severity: str, expected: list[float]) -> None:
    rung = heard([(100.0 + n, [alarm(1, severity)]) for n in range(76)])
    assert rung == [(at, severity) for at in expected]


@pytest.mark.parametrize(
    "answer", [{"acknowledged": True}, {"resolved": True}, {"hidden": True}, {"parent_id": 4}], ids=str
)
def test_an_answered_or_hidden_alarm_is_not_heard(answer: dict[str, Any]) -> None:
    assert unanswered([alarm(1, **answer)]) == {}
    assert heard([(100.0, [alarm(1)]), (110.0, [alarm(1, **answer)]), (120.0, [])]) == [(100.0, "critical")]


def test_a_mild_alarm_is_not_heard_over_a_loud_one_that_waits() -> None:
    loud = alarm(1)
    assert heard([(100.0, [loud]), (105.0, [loud, alarm(2, "minor")])]) == [(100.0, "critical")]


def test_a_worse_alarm_is_heard_at_once() -> None:
    mild = alarm(1, "major")
    assert heard([(100.0, [mild]), (105.0, [mild, alarm(2)])]) == [(100.0, "major"), (105.0, "critical")]
    assert heard([(100.0, [mild]), (105.0, [alarm(1)])]) == [(100.0, "major"), (105.0, "critical")]


def test_a_storm_is_no_machine_gun() -> None:
    moments = [(100.0 + n * 0.1, [alarm(k) for k in range(n + 1)]) for n in range(100)]
    times = [at for at, _ in heard(moments)]
    assert all(later - earlier >= 2.0 for earlier, later in itertools.pairwise(times))


def test_a_mute_ends_by_itself_and_what_still_waits_is_heard_then() -> None:
    bell = muted(Bell(), 200.0)
    assert heard([(at, [alarm(1)]) for at in (100.0, 150.0, 199.0, 200.0, 205.0)], bell) == [(200.0, "critical")]


def test_in_quiet_hours_only_critical_alarms_sound() -> None:
    _, due = step(Bell(), [alarm(1, "major")], 100.0, is_quiet=True)
    assert due is None
    _, due = step(Bell(), [alarm(1, "major"), alarm(2)], 100.0, is_quiet=True)
    assert due is Severity.CRITICAL


@pytest.mark.parametrize(
    ("text", "minute", "is_on"),
    [
        ("22:00-06:00", 23 * 60, True),
        ("22:00-06:00", 5 * 60 + 59, True),
        ("22:00-06:00", 6 * 60, False),
        ("01:00–04:00", 2 * 60, True),
        ("01:00-04:00", 60 - 1, False),
        ("none", 0, False),
    ],
)
def test_quiet_hours_may_pass_midnight(text: str, minute: int, is_on: bool) -> None:
    assert quiet_of(text).is_on(minute) is is_on
    assert quiet_of(str(quiet_of(text))) == quiet_of(text)


def test_what_are_no_hours_is_one_sentence() -> None:
    with pytest.raises(KnownError, match="22:00-06:00"):
        quiet_of("at night")


@pytest.mark.parametrize("severity", HEARD)
def test_every_severity_has_a_short_earcon(severity: Severity) -> None:
    with wave.open(str(earcon(severity))) as file:
        assert 0.1 < file.getnframes() / file.getframerate() < 1.0


def test_the_first_player_there_is_taken() -> None:
    assert player(lambda name: f"/usr/bin/{name}" if name == "aplay" else None) == ("/usr/bin/aplay", "-q")
    assert player(lambda _name: None) == ()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ((), "no player"),
        (("/bin/sh", "-c", "exit 1"), "no audio device"),
        (("/does/not/exist",), "cannot be started"),
    ],
)
async def test_a_machine_that_cannot_play_says_so(command: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(KnownError, match=sentence):
        await play(Path("x.wav"), command)


async def test_a_player_that_plays_is_given_the_file(tmp_path: Path) -> None:
    out = tmp_path / "played"
    await play(Path("critical.wav"), ("/bin/sh", "-c", f'printf %s "$0" > {out}'))
    assert out.read_text(encoding="utf-8") == "critical.wav"


class Heard:
    """Stands for the loudspeaker."""

    def __init__(self, fault: str = "") -> None:
        self.files: list[str] = []
        self.fault = fault

    async def __call__(self, file: Path) -> None:
        self.files.append(file.name)
        if self.fault:
            raise KnownError(self.fault)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "sound.ini"), QSettings.Format.IniFormat)


async def test_the_console_rings_and_mute_is_told_with_its_time_out(desk: Desk, settings: QSettings) -> None:
    desk.mirror.alarms[1] = alarm(1, raised_at=0.0)
    ears = Heard()
    sound = Sound(desk, settings, ears)
    sound.look()
    await settled(desk)
    assert ears.files == ["critical.wav"]
    assert sound.note == ""
    sound.toggle_mute()
    assert sound.note.startswith("sound muted, 1")
    assert sound._bell.left_s(desk.mirror.now()) == pytest.approx(MUTE_S, abs=5)
    sound.toggle_mute()
    assert sound.note == ""


async def test_a_silent_machine_says_so_while_somebody_should_hear(desk: Desk, settings: QSettings) -> None:
    desk.mirror.alarms[1] = alarm(1, raised_at=0.0)
    sound = Sound(desk, settings, Heard("No sound: there is no audio device that plays."))
    sound.look()
    await settled(desk)
    sound.look()
    assert sound.note == "No sound: there is no audio device that plays"
    desk.mirror.alarms.clear()
    desk.mirror.revision += 1
    sound.look()
    assert sound.note == ""


def test_quiet_hours_are_kept_between_starts(desk: Desk, settings: QSettings) -> None:
    said: list[str] = []
    desk.ways.say.connect(said.append)
    sound = Sound(desk, settings)
    sound.set_quiet("at night")
    assert said == ["Write quiet hours like 22:00-06:00, or none."]
    sound.set_quiet("22:00-06:00")
    assert Sound(desk, settings).quiet == "22:00-06:00"


def test_the_tray_tells_the_worst_and_the_counts() -> None:
    alarms = [alarm(1, "major"), alarm(2, "minor", acknowledged=True), alarm(3, hidden=True)]
    assert state_of(alarms, "") == (Severity.MAJOR, False, "1 major, 1 minor")
    assert state_of([alarm(1, acknowledged=True)], "") == (Severity.CRITICAL, True, "1 critical")
    assert state_of([], "") == (Severity.CLEARED, False, "no open alarms")
    assert state_of(alarms, "The agent is away")[0] is Severity.INDETERMINATE


def test_the_trays_icon_has_the_hue_of_its_severity(desk: Desk) -> None:
    image = icon_of(desk, Severity.CRITICAL, False).pixmap(64, 64).toImage()
    assert image.pixelColor(32, 6).name() == desk.theme.severity[Severity.CRITICAL].name()
    outline = icon_of(desk, Severity.CRITICAL, True).pixmap(64, 64).toImage()
    assert outline.pixelColor(14, 32).alpha() == 0
