"""Whatever comes: bytes, broken XML and MPDs of odd numbers end in a value or in BadMpd, within bounds."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from pathlib import Path

from dash_making import AST, AST_TEXT, URL
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.media.dash import BadMpd, Mpd, edge, parse, segments
from noc_console.media.dash.tracker import Memory, Seen, advance

NUMBERS = st.one_of(st.integers(-3, 40), st.sampled_from([0, 1, 2**31, 2**63, -(2**63), 10**18]))
TEXTS = st.sampled_from(["", "abc", "1e9", "INF", "nan", "-1", "2000.0", "1/0"])
DURATIONS = st.sampled_from(["PT0S", "PT2S", "PT1H", "P1D", "-PT5S", "P", "PT1.5S", "PT99999999999S", "rubbish"])
DATES = st.sampled_from([AST_TEXT, "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "now"])


def attributes(names: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries({}, optional=names).map(
        lambda told: "".join(f' {name}="{value}"' for name, value in told.items())
    )


S = attributes({"t": NUMBERS | TEXTS, "d": NUMBERS | TEXTS, "r": NUMBERS | TEXTS}).map(lambda told: f"<S{told}/>")
TIMELINE = "<SegmentTimeline>{}</SegmentTimeline>"
TEMPLATES = st.builds(
    lambda told, rows: f'<SegmentTemplate media="$Number%09d$-$Time$"{told}>{rows}</SegmentTemplate>',
    attributes(
        {
            "timescale": NUMBERS | TEXTS,
            "duration": NUMBERS | TEXTS,
            "startNumber": NUMBERS,
            "endNumber": NUMBERS,
            "presentationTimeOffset": NUMBERS,
            "availabilityTimeOffset": NUMBERS | TEXTS,
        }
    ),
    st.one_of(
        st.just(""), st.lists(S, max_size=6).map(lambda rows: f"<SegmentTimeline>{''.join(rows)}</SegmentTimeline>")
    ),
)
REPS = attributes({"id": TEXTS, "bandwidth": NUMBERS | TEXTS, "frameRate": TEXTS, "height": NUMBERS | TEXTS}).map(
    lambda told: f"<Representation{told}/>"
)
SETS = st.builds(
    lambda kind, template, reps: f'<AdaptationSet contentType="{kind}">{template}{"".join(reps)}</AdaptationSet>',
    st.sampled_from(["video", "audio", "text", "x"]),
    TEMPLATES,
    st.lists(REPS, max_size=3),
)
PERIODS = st.builds(
    lambda told, sets: f"<Period{told}>{''.join(sets)}</Period>",
    attributes({"id": TEXTS, "start": DURATIONS, "duration": DURATIONS}),
    st.lists(SETS, max_size=2),
)
MPDS = st.builds(
    lambda kind, told, periods: f'<MPD type="{kind}"{told}>{"".join(periods)}</MPD>',
    st.sampled_from(["dynamic", "static"]),
    attributes(
        {
            "availabilityStartTime": DATES,
            "publishTime": DATES,
            "minimumUpdatePeriod": DURATIONS,
            "timeShiftBufferDepth": DURATIONS,
            "mediaPresentationDuration": DURATIONS,
            "availabilityEndTime": DATES,
        }
    ),
    st.lists(PERIODS, max_size=3),
)


def used(mpd: Mpd) -> None:
    """Everything that is done with an MPD, at three odd moments."""
    memory = Memory()
    for at in (AST, AST + 1e6, 4e9):
        step = advance(memory, mpd, Seen(at))
        memory = step.memory
        assert len(step.fresh) <= 100 * 100
        assert all(math.isfinite(value) for value in step.metrics.values())
        assert all(
            len(segments(mpd, one, rep, at)) <= 100
            for one in mpd.periods
            for two in one.sets
            for rep in two.representations
        )
    edge(mpd, -math.inf)


@settings(max_examples=150, deadline=None)
@given(one=MPDS, two=MPDS)
def test_odd_mpds_are_values_or_refused(one: str, two: str) -> None:
    read = []
    for body in (one, two):
        with suppress(BadMpd):
            read.append(parse(body.encode(), URL))
    for mpd in read:
        used(mpd)
    if len(read) == 2:
        advance(advance(Memory(), read[0], Seen(AST)).memory, read[1], Seen(AST + 5))


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=400), is_mpd=st.booleans())
def test_any_bytes_are_refused_or_read(body: bytes, is_mpd: bool) -> None:
    with suppress(BadMpd):
        used(parse(b"<MPD>" + body + b"</MPD>" if is_mpd else body, URL))


def test_real_mpds_with_flipped_bytes_are_read_or_refused(testdata: Path) -> None:
    dice = random.Random(11)
    for path in sorted((testdata / "dash").rglob("*.mpd"))[::6]:
        clean = path.read_bytes()[:8000]
        for _ in range(15):
            body = bytearray(clean)
            for _ in range(dice.randint(1, 5)):
                body[dice.randrange(len(body))] = dice.choice(b'0159-PTS"<>/ \x00\xff')
            with suppress(BadMpd):
                used(parse(bytes(body), URL))
