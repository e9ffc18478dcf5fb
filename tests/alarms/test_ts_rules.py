"""The rules of transport streams (requirements 1.6): when they raise, how bad it is, when they clear."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from noc_console.alarms.engine import Engine
from noc_console.alarms.rulebook import Rulebook, shipped_templates
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

INPUT = Input(11, 1, Layer.HEADEND, Kind.TS, "udp://@239.1.1.1:1234")
CHANNEL = Channel(1, "CH_TS_001", "News 1", template="TPL_LIVE_HD", inputs=(INPUT,))


class Stage:
    """One input, a look a second."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.engine.configure([CHANNEL], Rulebook({one.name: one for one in shipped_templates()}), 0.0)
        self.at = 1000.0
        self.said: list[tuple[float, str, str, str]] = []

    def seconds(self, count: int, *findings: Finding, **metrics: float) -> None:
        for _ in range(count):
            values = {key.replace("__", "."): value for key, value in metrics.items()}
            for change in self.engine.judge(Observation(11, "ts", self.at, values, findings)):
                if change.event:
                    alarm = change.alarm
                    said = (self.at - 1000.0, change.event.kind, alarm.alarm_type, str(alarm.severity))
                    self.said.append(said)
            self.at += 1.0

    def raised(self) -> list[tuple[float, str, str]]:
        return [(at, kind, severity) for at, what, kind, severity in self.said if what == "AlarmRaised"]

    def cleared(self) -> list[float]:
        return [at for at, what, _, _ in self.said if what == "AlarmCleared"]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def counts(stage: Stage, metric: str, values: Iterable[float]) -> None:
    for value in values:
        stage.seconds(1, **{metric: value})


def test_five_continuity_errors_in_ten_seconds_are_borne_and_the_sixth_is_an_alarm(stage: Stage) -> None:
    counts(stage, "ts__cc_errors", [1, 1, 1, 1, 1])
    assert stage.raised() == []
    counts(stage, "ts__cc_errors", [1])
    assert stage.raised() == [(5.0, "CC_ERROR", "major")]


def test_continuity_errors_spread_over_a_minute_are_no_alarm(stage: Stage) -> None:
    counts(stage, "ts__cc_errors", [1 if second % 4 == 0 else 0 for second in range(60)])
    assert stage.raised() == []


def test_the_alarm_says_how_many_there_were(stage: Stage) -> None:
    counts(stage, "ts__cc_errors", [30])
    (alarm,) = stage.engine.alarms.values()
    assert alarm.message == "30 continuity errors in 10 s, limit 5"


def test_it_clears_after_a_minute_without_any(stage: Stage) -> None:
    counts(stage, "ts__cc_errors", [9, *[0] * 59])
    assert stage.cleared() == []
    counts(stage, "ts__cc_errors", [0] * 15)
    assert len(stage.cleared()) == 1


def test_one_more_error_begins_the_minute_anew(stage: Stage) -> None:
    counts(stage, "ts__cc_errors", [9, *[0] * 50, 1, *[0] * 50])
    assert stage.cleared() == []


@pytest.mark.parametrize(
    ("metric", "alarm"),
    [("ts__pat_errors", "PAT_ERROR"), ("ts__pmt_errors", "PMT_ERROR"), ("ts__pts_errors", "PTS_DTS_ERROR")],
)
def test_the_second_error_of_a_table_or_a_stamp_in_ten_seconds_is_critical(
    stage: Stage, metric: str, alarm: str
) -> None:
    counts(stage, metric, [1, 0, 0])
    assert stage.raised() == []
    counts(stage, metric, [1])
    assert stage.raised() == [(3.0, alarm, "critical")]


def test_no_packets_is_an_alarm_at_the_first_look(stage: Stage) -> None:
    stage.seconds(1, Finding("ts-no-packets", "No packets for 1 s, limit 1 s."))
    assert stage.raised() == [(0.0, "TS_SYNC_LOSS", "critical")]


def test_sync_losses_of_a_whole_minute_are_an_alarm_and_no_sooner(stage: Stage) -> None:
    counts(stage, "ts__sync_losses", [1] * 60)
    assert stage.raised() == []
    counts(stage, "ts__sync_losses", [1])
    assert stage.raised() == [(60.0, "TS_SYNC_LOSS", "critical")]


def test_pcr_accuracy_is_minor_while_it_passes_and_major_when_it_stays(stage: Stage) -> None:
    stage.seconds(299, ts__pcr_accuracy_ns=-600.0)
    assert stage.raised() == [(0.0, "PCR_JITTER", "minor")]
    (alarm,) = stage.engine.alarms.values()
    assert alarm.severity == "minor"
    stage.seconds(3, ts__pcr_accuracy_ns=600.0)
    (alarm,) = stage.engine.alarms.values()
    assert alarm.severity == "major"


def test_pcr_accuracy_beyond_a_microsecond_is_major_at_once(stage: Stage) -> None:
    stage.seconds(1, ts__pcr_accuracy_ns=1500.0)
    assert stage.raised() == [(0.0, "PCR_JITTER", "major")]


def test_500_nanoseconds_are_within_the_limit(stage: Stage) -> None:
    stage.seconds(10, ts__pcr_accuracy_ns=500.0)
    assert stage.raised() == []


def test_a_loss_of_more_than_a_percent_for_five_minutes_is_critical(stage: Stage) -> None:
    stage.seconds(300, ts__packet_loss_ratio=0.011)
    assert stage.raised() == []
    stage.seconds(1, ts__packet_loss_ratio=0.011)
    assert stage.raised() == [(300.0, "HIGH_PACKET_LOSS", "critical")]


def test_a_missing_pid_is_major_until_it_was_there_for_a_minute(stage: Stage) -> None:
    stage.seconds(1, Finding("ts-pid-missing", "PID 0x0101 has not come for 5 s.", {"pid": 0x101}))
    assert stage.raised() == [(0.0, "PID_MISSING", "major")]
    stage.seconds(60)
    assert stage.cleared() == []
    stage.seconds(2)
    assert len(stage.cleared()) == 1


def test_what_is_wrong_in_a_transport_stream_is_no_fault_of_a_manifest(stage: Stage) -> None:
    stage.seconds(10, Finding("ts-crc", "The CRC of the PAT is wrong."))
    assert stage.raised() == []
