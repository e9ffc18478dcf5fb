"""The rules of picture and sound (requirements 1.6): when they raise, how bad it is, what they say, when not."""

from __future__ import annotations

import pytest

from noc_console.alarms.engine import Engine
from noc_console.alarms.rulebook import Rulebook, Template, shipped_templates
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

INPUT = Input(11, 1, Layer.PACKAGER, Kind.HLS, "http://origin/live/1/master.m3u8")
CHANNEL = Channel(1, "CH_HD_001", "News 1", template="TPL_LIVE_HD", inputs=(INPUT,))
STRETCH_S = 6.0


class Stage:
    """One rung of one input, a stretch every six seconds."""

    def __init__(self, template: Template | None = None) -> None:
        templates = {one.name: one for one in shipped_templates()}
        if template is not None:
            templates[template.name] = template
        self.engine = Engine()
        self.engine.configure([CHANNEL], Rulebook(templates), 0.0)
        self.at = 1000.0
        self.said: list[tuple[float, str, str, str]] = []

    def stretches(self, seconds: float, *findings: Finding, **metrics: float) -> None:
        values = {key.replace("__", "."): value for key, value in metrics.items()}
        for _ in range(int(seconds / STRETCH_S)):
            for change in self.engine.judge(Observation(11, "picture/1080p", self.at, values, findings)):
                if change.event:
                    alarm = change.alarm
                    self.said.append((self.at - 1000.0, change.event.kind, alarm.alarm_type, str(alarm.severity)))
            self.at += STRETCH_S

    @property
    def raised(self) -> list[tuple[float, str, str]]:
        return [(at, kind, severity) for at, what, kind, severity in self.said if what == "AlarmRaised"]

    @property
    def cleared(self) -> list[float]:
        return [at for at, what, _, _ in self.said if what == "AlarmCleared"]

    @property
    def message(self) -> str:
        (alarm,) = self.engine.alarms.values()
        return alarm.message


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_poor_quality_is_borne_for_five_minutes_and_then_major(stage: Stage) -> None:
    stage.stretches(300, video__mos=3.4)
    assert stage.raised == []
    stage.stretches(6, video__mos=3.4)
    assert stage.raised == [(300.0, "VIDEO_MOS_LOW", "major")]
    assert stage.message == "Picture quality 3.40 of 5 (estimate) for 5 min, limit 3.5"


def test_quality_below_two_is_critical(stage: Stage) -> None:
    stage.stretches(306, video__mos=1.9)
    assert ("VIDEO_MOS_LOW", "critical") in [one[1:] for one in stage.raised]


def test_quality_that_gets_worse_makes_the_alarm_worse(stage: Stage) -> None:
    stage.stretches(306, video__mos=3.4)
    stage.stretches(6, video__mos=1.9)
    worst = [severity for _, what, kind, severity in stage.said if kind == "VIDEO_MOS_LOW" and what == "AlarmUpdated"]
    assert worst == ["critical"]


def test_a_little_better_is_not_good_enough_to_clear(stage: Stage) -> None:
    stage.stretches(306, video__mos=3.4)
    stage.stretches(600, video__mos=3.9)
    assert stage.cleared == []
    stage.stretches(132, video__mos=4.0)
    assert len(stage.cleared) == 1


def test_quality_in_the_grey_zone_is_no_alarm(stage: Stage) -> None:
    stage.stretches(1200, video__mos=3.7)
    assert stage.raised == []


def test_a_sudden_drop_is_told_after_two_minutes_and_cleared_when_it_is_no_longer_one(stage: Stage) -> None:
    stage.stretches(300, video__mos=4.6)
    stage.stretches(120, video__mos=3.0)
    assert stage.raised == []
    stage.stretches(6, video__mos=3.0)
    assert stage.raised == [(420.0, "ABRUPT_MOS_DROP", "major")]
    assert stage.message.startswith("Picture quality fell by 1.60 points within 5 min and stayed there for 2 min")
    stage.stretches(900, video__mos=4.5)
    assert len(stage.cleared) == 1


def test_a_slow_decline_is_no_drop(stage: Stage) -> None:
    for step in range(100):
        stage.stretches(18, video__mos=4.9 - step * 0.013)
    assert "ABRUPT_MOS_DROP" not in [one[1] for one in stage.raised]


def test_blocks_are_minor_after_five_minutes(stage: Stage) -> None:
    stage.stretches(306, video__blockiness_ratio=0.28)
    assert stage.raised == [(300.0, "MACROBLOCKING_HIGH", "minor")]
    stage.stretches(300, video__blockiness_ratio=0.12)
    assert stage.cleared == []
    stage.stretches(132, video__blockiness_ratio=0.05)
    assert len(stage.cleared) == 1


@pytest.mark.parametrize(
    ("metric", "borne", "broken", "alarm", "severity", "said"),
    [
        ("video__freeze_s", 1.05, 6.0, "VIDEO_FREEZE", "critical", "Picture frozen for 6.00 s, limit 1.1 s"),
        ("video__black_s", 0.5, 0.6, "BLACK_FRAME", "major", "Picture black for 0.60 s, limit 0.5 s"),
    ],
    ids=["frozen", "black"],
)
def test_a_picture_that_is_gone_is_an_alarm_at_once_until_half_a_minute_of_picture(
    stage: Stage, metric: str, borne: float, broken: float, alarm: str, severity: str, said: str
) -> None:
    stage.stretches(60, **{metric: borne})
    assert stage.raised == []
    stage.stretches(6, **{metric: broken})
    assert stage.raised == [(60.0, alarm, severity)]
    assert stage.message == said
    stage.stretches(30, **{metric: 0.0})
    assert stage.cleared == []
    stage.stretches(6, **{metric: 0.0})
    assert stage.cleared == [96.0]


@pytest.mark.parametrize(
    ("lufs", "is_alarm"), [(-25.1, True), (-20.9, True), (-24.9, False), (-21.1, False)]
)  # fmt: skip
def test_loudness_is_judged_on_both_sides_of_its_target(stage: Stage, lufs: float, is_alarm: bool) -> None:
    stage.stretches(306, audio__loudness_lufs=lufs)
    assert stage.raised == ([(300.0, "LOUDNESS_OUT_OF_RANGE", "major")] if is_alarm else [])


def test_loudness_says_value_time_and_limits_and_clears_within_one_and_a_half(stage: Stage) -> None:
    stage.stretches(306, audio__loudness_lufs=-15.0)
    assert stage.message == "Loudness -15.0 LUFS for 5 min, limit -23 ±2 LU"
    stage.stretches(300, audio__loudness_lufs=-21.4)
    assert stage.cleared == []
    stage.stretches(132, audio__loudness_lufs=-24.4)
    assert len(stage.cleared) == 1


def test_silence_does_not_count_as_too_quiet(stage: Stage) -> None:
    stage.stretches(240, audio__loudness_lufs=-30.0)
    stage.stretches(240, audio__silence_s=6.0)
    stage.stretches(48, audio__loudness_lufs=-30.0)
    assert stage.raised == []
    stage.stretches(30, audio__loudness_lufs=-30.0)
    assert [one[1] for one in stage.raised] == ["LOUDNESS_OUT_OF_RANGE"]


def test_a_minute_without_sound_is_critical_and_clears_after_ten_seconds_of_it(stage: Stage) -> None:
    for step in range(10):
        stage.stretches(6, audio__silence_s=6.0 * (step + 1))
    assert stage.raised == []
    stage.stretches(6, audio__silence_s=66.0)
    assert stage.raised == [(60.0, "AUDIO_SILENCE", "critical")]
    assert stage.message == "No sound for 66.0 s, limit 60 s"
    stage.stretches(12, audio__silence_s=0.1)
    assert stage.cleared == []
    stage.stretches(6, audio__silence_s=0.0)
    assert stage.cleared == [78.0]


def test_three_peaks_in_five_minutes_are_an_alarm_that_lasts_until_ten_minutes_without(stage: Stage) -> None:
    for _ in range(2):
        stage.stretches(6, audio__true_peak_dbtp=-0.5)
        stage.stretches(60, audio__true_peak_dbtp=-9.0)
    assert stage.raised == []
    stage.stretches(6, audio__true_peak_dbtp=-0.5)
    assert stage.raised == [(132.0, "TRUE_PEAK_HIGH", "minor")]
    assert stage.message == "True peak -0.50 dBTP, three times over -1 dBTP in 5 min"
    stage.stretches(600, audio__true_peak_dbtp=-9.0)
    assert stage.cleared == []
    stage.stretches(6, audio__true_peak_dbtp=-9.0)
    assert len(stage.cleared) == 1


def test_peaks_further_apart_than_five_minutes_are_borne(stage: Stage) -> None:
    for _ in range(6):
        stage.stretches(6, audio__true_peak_dbtp=-0.5)
        stage.stretches(180, audio__true_peak_dbtp=-9.0)
    assert stage.raised == []


@pytest.mark.parametrize("offset_s", [0.3, -0.3], ids=["late", "early"])
def test_sound_off_the_picture_is_major_after_a_minute(stage: Stage, offset_s: float) -> None:
    stage.stretches(60, media__av_offset_s=offset_s)
    assert stage.raised == []
    stage.stretches(6, media__av_offset_s=offset_s)
    assert stage.raised == [(60.0, "AV_SYNC", "major")]
    stage.stretches(300, media__av_offset_s=offset_s / 4)
    assert stage.cleared == []
    stage.stretches(132, media__av_offset_s=offset_s / 10)
    assert len(stage.cleared) == 1


def test_missing_hdr_metadata_are_critical_after_three_minutes(stage: Stage) -> None:
    missing = Finding("media-hdr-missing", "The channel is HDR, the picture says SDR.")
    stage.stretches(180, missing)
    assert stage.raised == []
    stage.stretches(6, missing)
    assert stage.raised == [(180.0, "HDR_METADATA_MISSING", "critical")]
    stage.stretches(72)
    assert len(stage.cleared) == 1


@pytest.mark.parametrize(
    ("finding", "alarm", "severity"),
    [
        ("media-dead-feed", "AUDIO_SILENCE", "critical"),
        ("media-channel-missing", "AUDIO_SILENCE", "major"),
        ("media-phase-inverted", "LOUDNESS_OUT_OF_RANGE", "minor"),
        ("media-colour-bars", "VIDEO_FREEZE", "major"),
        ("media-slate", "VIDEO_FREEZE", "major"),
    ],
)
def test_a_finding_with_no_type_of_its_own_is_told_under_the_nearest_one_and_never_blames_the_manifest(
    stage: Stage, finding: str, alarm: str, severity: str
) -> None:
    stage.stretches(60, Finding(finding, "Something is wrong for 12 s (limit 10 s)."))
    assert stage.raised == [(0.0, alarm, severity)]


def test_a_template_sets_its_own_target_of_loudness() -> None:
    own = Template("TPL_LIVE_HD", rules={"audio-loudness": {"centre": -24.0, "above": 1.0}})
    stage = Stage(own)
    stage.stretches(306, audio__loudness_lufs=-22.9)
    assert stage.message == "Loudness -22.9 LUFS for 5 min, limit -24 ±1 LU"


def test_the_warning_line_of_quality_holds_for_whoever_switches_it_on() -> None:
    stage = Stage(Template("TPL_LIVE_HD", rules={"video-mos-warning": {"is_on": True}}))
    stage.stretches(306, video__mos=3.8)
    assert stage.raised == [(300.0, "VIDEO_MOS_LOW", "warning")]
    stage.stretches(306, video__mos=3.0)
    changed = [severity for _, what, _, severity in stage.said if what == "AlarmUpdated"]
    assert "major" in changed
