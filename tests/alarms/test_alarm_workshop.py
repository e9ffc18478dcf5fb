"""The workshop: the past goes through a rule as it is and as it might be; and when findings were present."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alarm_stage import CHANNEL, MISSING, STALE, look

from noc_console.alarms.presence import MOST_WAITING, Presence
from noc_console.alarms.rulebook import changed, shipped_rules
from noc_console.alarms.workshop import Replay, Span, compared
from noc_console.model import Finding, Observation

SLOW = next(rule for rule in shipped_rules() if rule.key == "segment-slow")


def segments(*values: float) -> Iterator[Observation]:
    for number, value in enumerate(values):
        yield Observation(11, "segment/a", number * 6.0, {"segment.download_s": value})


def spans(**changes: float) -> tuple[Span, ...]:
    replay = Replay(CHANNEL, changed(SLOW, changes))
    looks = list(segments(*[0.5] * 10, *[2.5] * 10, *[0.5] * 10, *[4.0] * 10, *[0.5] * 10))
    for begin in range(0, len(looks), 7):
        replay.feed(looks[begin : begin + 7])
    return replay.spans


def test_a_rule_gives_the_alarms_it_would_have_given() -> None:
    assert [(one.start, one.end) for one in spans(above=2.0)] == [(72.0, 144.0), (192.0, 264.0)]
    assert [(one.start, one.end) for one in spans(above=3.0)] == [(192.0, 264.0)]
    assert spans(above=5.0) == ()


def test_a_looser_limit_misses_and_a_tighter_one_raises_more() -> None:
    today = spans(above=3.0)
    looser, tighter = compared(today, spans(above=5.0)), compared(today, spans(above=2.0))
    assert (len(looser.both), len(looser.missed), len(looser.raised)) == (0, 1, 0)
    assert (len(tighter.both), len(tighter.missed), len(tighter.raised)) == (1, 0, 1)
    told = tighter.json(0.0, 86_400.0)
    assert (told["today"]["alarms"], told["edited"]["alarms"], told["edited"]["worst_10_min"]) == (1, 2, 2)
    assert told["raised"]["alarms"][0]["message"] == "Segment download 2.50 s, limit 2 s"


def test_an_alarm_that_begins_later_is_the_same_alarm() -> None:
    one = spans(above=3.0)[0]
    assert len(compared([one], [replace(one, start=one.start + 30.0)]).both) == 1
    assert len(compared([one], [replace(one, start=one.start + 3000.0, end=None)]).both) == 0


def test_a_rule_that_is_off_raises_nothing() -> None:
    replay = Replay(CHANNEL, changed(SLOW, {"is_on": False}))
    replay.feed(segments(*[9.0] * 20))
    assert replay.spans == ()


def told(presence: Presence) -> list[tuple[str, list[object]]]:
    return [(event.kind, event.data["items"]) for event in presence.told({11: 1})]


def test_findings_tell_when_they_begin_and_end_and_nothing_between() -> None:
    presence = Presence()
    presence.observe(look(1.0, STALE))
    presence.observe(look(2.0, STALE))
    assert told(presence) == [("FindingBegan", [["playlist/720p", STALE.id, 1.0]])]
    presence.observe(look(3.0, STALE, MISSING))
    presence.observe(look(4.0))
    assert told(presence) == [
        ("FindingBegan", [["playlist/720p", MISSING.id, 3.0]]),
        ("FindingEnded", [["playlist/720p", STALE.id, 4.0], ["playlist/720p", MISSING.id, 4.0]]),
    ]
    presence.observe(look(5.0))
    assert told(presence) == []


def test_findings_of_inputs_that_are_gone_are_forgotten() -> None:
    presence = Presence()
    presence.observe(look(1.0, STALE))
    presence.keep_only([])
    presence.told({})
    presence.observe(look(2.0))
    assert told(presence) == []


def test_a_flood_of_findings_is_bounded_and_counted() -> None:
    presence = Presence()
    for number in range(MOST_WAITING + 7):
        presence.observe(look(1.0, Finding("hls-playlist-stale", ""), scope=f"playlist/{number}"))
    assert presence.dropped == 7
