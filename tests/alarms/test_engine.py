"""The engine plays time by hand: looks go in, alarm events come out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.alarms.ageing import UNSEEN_S
from noc_console.alarms.commands import NoSuchAlarm, Refused
from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.rulebook import Rulebook, Template, effective, shipped_rules, shipped_templates
from noc_console.alarms.rules import Count, Hold
from noc_console.alarms.watch import NORMAL, Phase, counted, held
from noc_console.alarms.wire import from_json, to_json
from noc_console.errors import KnownError
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation, Severity

INPUT = Input(11, 1, Layer.PACKAGER, Kind.HLS, "http://origin/live/1/master.m3u8")
CHANNEL = Channel(1, "CH_OTT_001", "News 1", inputs=(INPUT,))
BOOK = Rulebook({template.name: template for template in shipped_templates()})
STALE = Finding("hls-playlist-stale", "No new segment for 11.0 s, limit 9.0 s")
STALE_LONG = Finding("hls-playlist-stale-long", "No new segment for 19.0 s, limit 18.0 s")
JUMP = Finding("hls-media-sequence-decreased", "Media sequence went from 10 to 4")
HINT = Finding("hls-playlist-not-compressed", "The playlist is not compressed")


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.configure([CHANNEL], BOOK, 0.0)
    return engine


def look(at: float, *findings: Finding, scope: str = "playlist/720p", **metrics: float) -> Observation:
    return Observation(11, scope, at, {key.replace("__", "."): value for key, value in metrics.items()}, findings)


def kinds(changes: Iterable[Change]) -> list[str]:
    return [change.event.kind for change in changes if change.event]


def segments(engine: Engine, values: Iterable[float], start: float = 0.0, rung: str = "720p") -> list[str]:
    said: list[str] = []
    for number, value in enumerate(values):
        said += kinds(engine.judge(look(start + 6.0 * number, scope=f"segment/{rung}", segment__download_s=value)))
    return said


def test_a_stale_playlist_raises_at_the_first_look_and_clears_after_two_good_ones(engine: Engine) -> None:
    assert kinds(engine.judge(look(0.0, STALE))) == ["AlarmRaised"]
    assert kinds(engine.judge(look(3.0, STALE))) == []
    assert kinds(engine.judge(look(6.0))) == ["AlarmUpdated"]
    assert kinds(engine.judge(look(12.0))) == ["AlarmCleared"]
    assert engine.alarms == {}


def test_a_probe_that_has_just_begun_does_not_clear_what_it_cannot_know(engine: Engine) -> None:
    engine.judge(look(0.0, STALE))
    for at in (3.0, 6.0, 9.0):
        unknown = Observation(11, "playlist/720p", at, {"playlist.age_unknown": 1.0})
        assert kinds(engine.judge(unknown)) == []
    engine.judge(look(12.0))
    assert kinds(engine.judge(look(18.0))) == ["AlarmCleared"]


def test_a_condition_that_comes_back_before_it_has_cleared_is_one_more_occurrence(engine: Engine) -> None:
    for at, findings in ((0.0, [STALE]), (6.0, []), (15.0, [STALE]), (18.0, [STALE])):
        engine.judge(look(at, *findings))
    (alarm,) = engine.alarms.values()
    assert (alarm.occurrences, alarm.condition) == (2, "raised")


def test_severity_follows_the_worst_finding_upwards_only(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    assert raised.alarm.severity is Severity.MAJOR
    (worse,) = engine.judge(look(9.0, STALE_LONG))
    assert worse.alarm.severity is Severity.CRITICAL
    assert worse.event is not None
    engine.judge(look(12.0, STALE))
    assert next(iter(engine.alarms.values())).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param([2.1, 2.1], [], id="two slow ones are not enough"),
        pytest.param([2.1, 0.5, 2.1, 0.5, 2.1], ["AlarmRaised"], id="three of five raise"),
        pytest.param([2.1, 2.1, 0.5, 0.5, 0.5, 2.1], [], id="three of six do not"),
        pytest.param([2.1] * 3 + [0.5] * 4, ["AlarmRaised", "AlarmUpdated"], id="four good ones do not clear"),
        pytest.param([2.1] * 3 + [0.5] * 5, ["AlarmRaised", "AlarmUpdated", "AlarmCleared"], id="five do"),
        pytest.param([2.0] * 20, [], id="the limit itself is allowed"),
    ],
)
def test_slow_segments_count_three_of_five(engine: Engine, values: list[float], said: list[str]) -> None:
    assert segments(engine, values) == said


def test_a_condition_on_three_rungs_is_one_alarm(engine: Engine) -> None:
    for rung in ("360p", "720p", "1080p"):
        segments(engine, [3.0] * 3, rung=rung)
    (alarm,) = engine.alarms.values()
    assert alarm.rungs == ("1080p", "360p", "720p")
    assert alarm.occurrences == 1
    assert alarm.message == "Segment download 3.00 s, limit 2 s (on 3 rungs)"
    assert segments(engine, [0.5] * 5, start=60.0, rung="360p")[-1:] == ["AlarmUpdated"]
    assert len(engine.alarms) == 1


def test_a_major_finding_that_names_no_type_is_an_invalid_manifest_after_two_looks(engine: Engine) -> None:
    assert kinds(engine.judge(look(0.0, JUMP))) == []
    (change,) = engine.judge(look(6.0, JUMP))
    assert change.alarm.alarm_type == "MANIFEST_INVALID"
    assert change.alarm.message == JUMP.text


def test_a_finding_below_major_raises_nothing(engine: Engine) -> None:
    assert [engine.judge(look(6.0 * n, HINT)) for n in range(10)] == [[]] * 10


@pytest.mark.parametrize(
    ("bad", "every", "is_raised"),
    [
        pytest.param(2, 50, False, id="two of fifty: too few to judge"),
        pytest.param(3, 50, True, id="three failures are enough"),
        pytest.param(2, 100, True, id="two of a hundred is over 1 %"),
        pytest.param(1, 100, False, id="1 % itself is allowed"),
        pytest.param(3, 400, False, id="three of four hundred is under 1 %"),
    ],
)
def test_5xx_are_judged_by_share_with_a_guard(engine: Engine, bad: int, every: int, is_raised: bool) -> None:
    changes: list[Change] = []
    for number in range(every):
        is_bad = float(number >= every - bad)
        changes += engine.judge(look(number * 0.5, scope="playlist/a", http__is_5xx=is_bad))
    assert kinds(changes) == (["AlarmRaised"] if is_raised else [])


def test_5xx_clear_after_five_quiet_minutes(engine: Engine) -> None:
    for number in range(4):
        engine.judge(look(float(number), http__is_5xx=1.0))
    said = [kinds(engine.judge(look(10.0 + number, http__is_5xx=0.0))) for number in range(1400)]
    cleared = [number for number, some in enumerate(said) if "AlarmCleared" in some]
    assert len(cleared) == 1
    assert 500 < cleared[0] < 650  # the window forgets in 5 min, then the clear hold of 5 min runs


def test_a_held_condition_needs_its_time(engine: Engine) -> None:
    missing = Finding("hls-video-range-missing", "No VIDEO-RANGE on an HDR channel")
    said = [kinds(engine.judge(look(at, missing, scope="master"))) for at in range(0, 181, 30)]
    assert said == [[]] * 6 + [["AlarmRaised"]]


def test_no_data_freezes_the_hold(engine: Engine) -> None:
    missing = Finding("hls-video-range-missing", "No VIDEO-RANGE on an HDR channel")
    engine.judge(look(0.0, missing, scope="master"))
    assert kinds(engine.judge(look(4000.0, missing, scope="master"))) == []


def test_acknowledge_names_the_owner_and_keeps_the_note(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    done = engine.acknowledge(raised.alarm.id, "T. Linh", "asked the packager team", 5.0)
    assert (done.alarm.owner, done.alarm.acknowledged_at) == ("T. Linh", 5.0)
    assert done.alarm.notes[-1].text == "asked the packager team"
    assert done.event is not None and done.event.data["alarm"]["acknowledged"] is True


def test_resolve_is_refused_while_the_condition_holds(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    with pytest.raises(Refused, match="still holds"):
        engine.resolve(raised.alarm.id, "T. Linh", "", False, 5.0)
    with pytest.raises(Refused, match="reason"):
        engine.resolve(raised.alarm.id, "T. Linh", " ", True, 5.0)


def test_an_alarm_called_false_stays_quiet_until_the_condition_has_cleared(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    engine.resolve(raised.alarm.id, "T. Linh", "off air tonight", True, 5.0)
    assert [kinds(engine.judge(look(at, STALE))) for at in (6.0, 9.0)] == [[], []]
    assert [kinds(engine.judge(look(at))) for at in (12.0, 18.0)] == [[], []]
    assert kinds(engine.judge(look(24.0, STALE))) == ["AlarmRaised"]


def test_commands_on_a_closed_alarm_say_so(engine: Engine) -> None:
    with pytest.raises(NoSuchAlarm, match="not open"):
        engine.acknowledge(99, "x", "", 0.0)


def test_a_restart_neither_loses_nor_repeats_an_alarm(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    again = Engine()
    again.configure([CHANNEL], BOOK, 100.0)
    again.restore([from_json(to_json(raised.alarm))], 100.0)
    assert kinds(again.judge(look(103.0, STALE))) == []
    assert again.alarms.keys() == {raised.alarm.id}
    assert [kinds(again.judge(look(at)))[-1:] for at in (106.0, 112.0)] == [["AlarmUpdated"], ["AlarmCleared"]]
    (fresh,) = again.judge(look(130.0, STALE))
    assert fresh.alarm.id > raised.alarm.id


def test_a_channel_that_is_disabled_closes_its_alarms(engine: Engine) -> None:
    engine.judge(look(0.0, STALE))
    (closed,) = engine.configure([], BOOK, 9.0)
    assert closed.event is not None and closed.event.kind == "AlarmCleared"
    assert engine.judge(look(10.0, STALE)) == []


def test_a_rung_nobody_measures_any_more_does_not_hold_an_alarm_for_ever(engine: Engine) -> None:
    segments(engine, [3.0] * 3)
    assert engine.sweep(100.0) == []
    engine.judge(look(UNSEEN_S + 100.0, scope="master"))
    assert kinds(engine.sweep(UNSEEN_S + 100.0)) == ["AlarmCleared"]


def test_a_test_alarm_is_marked_and_ends_by_itself(engine: Engine) -> None:
    change = engine.test(CHANNEL, 0.0, "T. Linh")
    assert change.alarm.is_test and change.alarm.message.startswith("TEST")
    assert kinds(engine.sweep(59.0)) == []
    assert kinds(engine.sweep(60.0)) == ["AlarmCleared"]


def test_an_alarm_of_the_agent_itself_is_raised_once_and_cleared(engine: Engine) -> None:
    said = engine.raise_own("DATABASE_CONNECTION_FAILURE", Severity.CRITICAL, "Disk full", 0.0)
    said += engine.raise_own("DATABASE_CONNECTION_FAILURE", Severity.CRITICAL, "Disk full", 5.0)
    assert kinds(said) == ["AlarmRaised"]
    assert kinds(engine.clear_own("DATABASE_CONNECTION_FAILURE", 9.0)) == ["AlarmCleared"]


def test_a_template_moves_a_limit_and_a_wrong_one_is_named(engine: Engine) -> None:
    lax = Template("LAX", rules={"segment-slow": {"above": 4.0}})
    assert next(rule for rule in effective(lax) if rule.key == "segment-slow").above == 4.0
    with pytest.raises(KnownError, match="does not exist"):
        effective(Template("BAD", rules={"segment-slo": {"above": 4.0}}))
    with pytest.raises(KnownError, match="no such field"):
        effective(Template("BAD", rules={"segment-slow": {"abov": 4.0}}))


def test_the_alarm_object_survives_the_journal(engine: Engine) -> None:
    (raised,) = engine.judge(look(0.0, STALE))
    alarm = engine.acknowledge(raised.alarm.id, "T. Linh", "seen", 5.0).alarm
    assert from_json(to_json(alarm)) == alarm


@given(
    values=st.lists(st.tuples(st.floats(0.1, 50.0), st.booleans()), max_size=60),
    hold=st.floats(0.0, 200.0),
)
def test_an_alarm_is_never_raised_before_its_hold_time(values: list[tuple[float, bool]], hold: float) -> None:
    watch, at, broken_since = NORMAL, 0.0, None
    for step, is_broken in values:
        at += step
        broken_since = (broken_since if broken_since is not None else at) if is_broken else None
        was_active = watch.phase.is_active
        watch = held(watch, Hold(hold, 10.0), is_broken, not is_broken, at)
        if watch.phase is Phase.RAISED and not was_active:
            assert broken_since is not None and at - broken_since >= hold - 1e-6


@given(st.lists(st.booleans(), max_size=80))
def test_a_count_is_raised_exactly_when_enough_of_the_last_are_bad(values: list[bool]) -> None:
    policy = Count(bad=3, of=5, good=2)
    watch = NORMAL
    for number, is_broken in enumerate(values):
        was_active = watch.phase.is_active
        watch = counted(watch, policy, is_broken, float(number))
        if watch.phase.is_active and not was_active:
            assert sum(values[max(0, number - 4) : number + 1]) >= 3
    if len(values) >= 5 and all(values[-5:]):
        assert watch.phase is Phase.RAISED


def test_every_rule_names_what_the_catalogues_know() -> None:
    assert {rule.alarm for rule in shipped_rules()} >= {"STALE_PLAYLIST", "ABR_SEGMENT_MISSING", "HTTP_5XX"}
    assert [template.name for template in shipped_templates()] == ["TPL_LIVE_HD", "TPL_LIVE_4K_HDR", "TPL_ABR_OTT"]
