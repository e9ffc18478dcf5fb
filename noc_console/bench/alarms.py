"""`bench alarms`: samples through the rules on one core, and what 100,000 open alarms cost the board."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from noc_console.alarms.engine import Engine
from noc_console.alarms.ledger import Change
from noc_console.alarms.rulebook import Rulebook, shipped_templates
from noc_console.alarms.wire import to_json
from noc_console.bench import Row
from noc_console.board import Board
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

SAMPLES_GOAL = 200_000
FRAME_MS = 16.0
_HOSTS = 40
_RUNGS = ("1080p50@6.0M", "720p50@3.5M", "540p25@1.8M", "360p25@0.8M", "audio-en")
_SEGMENT: Mapping[str, float] = {
    "segment.download_s": 0.4, "segment.dns_s": 0.001, "segment.connect_s": 0.002, "segment.tls_s": 0.01,
    "segment.ttfb_s": 0.05, "segment.body_s": 0.3, "segment.size_bytes": 4.5e6, "segment.status": 200.0,
    "segment.duration_s": 6.0, "segment.duration_ratio": 1.0, "segment.bitrate_bps": 6e6,
    "segment.speed_ratio": 15.0, "segment.is_missing": 0.0, "segment.sequence": 1000.0,
}  # fmt: skip
_PLAYLIST: Mapping[str, float] = {
    "playlist.age_ratio": 0.5, "playlist.age_s": 3.0, "playlist.fetch_s": 0.05, "playlist.ttfb_s": 0.04,
    "playlist.status": 200.0, "playlist.is_valid": 1.0, "playlist.window_s": 60.0, "playlist.segments": 10.0,
    "playlist.target_duration_s": 6.0, "playlist.media_sequence": 1000.0, "playlist.latency_s": 18.0,
    "playlist.discontinuities": 0.0,
}  # fmt: skip
_HTTP: Mapping[str, float] = {"http.is_5xx": 0.0, "http.is_error": 0.0, "http.requests": 1.0, "http.cache_hit": 1.0}
_STALE = Finding("hls-playlist-stale", "No new segment for 11.0 s, limit 9.0 s")


def run(options: Mapping[str, str]) -> list[Row]:
    """Return the figures; options: channels (400), rounds (10), alarms (100000)."""
    channels = _channels(int(options.get("channels", "400")))
    rounds = int(options.get("rounds", "10"))
    return [
        _rules(channels, rounds, 0.0, "healthy"),
        _rules(channels, rounds, 0.05, "5 % of the channels broken, half of them coming and going"),
        *_board(int(options.get("alarms", "100000"))),
        _storm(),
    ]


def _channels(count: int) -> list[Channel]:
    return [
        Channel(
            number,
            f"CH_{number:05d}",
            f"Channel {number}",
            inputs=(Input(number, number, Layer.PACKAGER, Kind.HLS, f"http://host{number % _HOSTS}/{number}.m3u8"),),
        )
        for number in range(1, count + 1)
    ]


def _engine(channels: Sequence[Channel]) -> Engine:
    engine = Engine()
    engine.configure(channels, Rulebook({one.name: one for one in shipped_templates()}), 0.0)
    return engine


def _looks(channels: Sequence[Channel], at: float, turn: int, broken: float) -> Iterator[Observation]:
    """Yield one round of 6 s: of each rung a playlist, a segment, and the requests for both."""
    for channel in channels:
        is_bad = channel.id <= broken * len(channels) and (channel.id % 2 == 0 or turn % 6 < 3)
        for rung in _RUNGS:
            segment = {**_SEGMENT, "segment.download_s": 3.1} if is_bad else dict(_SEGMENT)
            yield Observation(channel.id, f"playlist/{rung}", at, dict(_PLAYLIST), (_STALE,) if is_bad else ())
            yield Observation(channel.id, f"segment/{rung}", at, segment)
            for _ in range(2):
                yield Observation(channel.id, f"http/{rung}", at, {**_HTTP, "http.is_5xx": float(is_bad)})


def _rules(channels: Sequence[Channel], rounds: int, broken: float, what: str) -> Row:
    engine = _engine(channels)
    spent, samples, events = 0.0, 0, 0
    for turn in range(rounds):
        looks = list(_looks(channels, turn * 6.0, turn, broken))
        samples += sum(len(look.metrics) for look in looks)
        begin = time.process_time()
        events += _judged(engine, looks)
        spent += time.process_time() - begin
    rate = samples / spent
    return Row(
        f"samples a second through the rules, {what}",
        f">= {SAMPLES_GOAL:,}",
        f"{rate:,.0f}",
        rate >= SAMPLES_GOAL,
        f"{len(channels)} channels, {rounds} rounds, {samples:,} samples, {events} events, "
        f"{len(engine.alarms)} alarms open; CPU time of one core, with folding to causes, without journal",
    )


def _judged(engine: Engine, looks: Sequence[Observation]) -> int:
    """Judge as the agent does: in batches of 256 looks, settled together."""
    events = 0
    for begin in range(0, len(looks), 256):
        batch = looks[begin : begin + 256]
        changes = [change for look in batch for change in engine.judge(look)]
        events += sum(change.event is not None for change in engine.settle(changes, batch[-1].at))
    return events


def _board(alarms: int) -> list[Row]:
    """Measure the board as a console asks for it, five times a second, with many open alarms and with none."""
    channels = _channels(5000)
    board = Board("bench")
    board.configure(channels)
    idle = _change_ms(board, channels, ())
    engine = _engine(channels[:1])
    (raised,) = engine.judge(Observation(1, "playlist/a", 0.0, {}, (_STALE,)))
    rows = []
    for number in range(1, alarms + 1):
        channel = channels[number % len(channels)]
        alarm = replace(
            raised.alarm, id=number, channel_id=channel.id, channel_code=channel.code, input_id=channel.id
        )
        rows.append(to_json(alarm))
        board.set_alarm(rows[-1])
    full = _change_ms(board, channels, rows[:10])
    begin = time.process_time()
    board.changes(0, 1.0)
    whole = (time.process_time() - begin) * 1000
    how = "100 looks and 10 alarms change, then GET /board since the last revision; median of 30, CPU time"
    both = f"{full:.2f} ms (none open: {idle:.2f} ms)"
    first = "what a console reads when it starts"
    return [
        Row(f"board: what changed, {alarms:,} alarms open", f"< {FRAME_MS:.0f} ms", both, full < FRAME_MS, how),
        Row(f"board: everything at once, {alarms:,} alarms open", "said", f"{whole:.0f} ms", None, first),
    ]


def _change_ms(board: Board, channels: Sequence[Channel], shown: Sequence[Mapping[str, Any]]) -> float:
    times = []
    for turn in range(30):
        since = board.rev
        for number in range(100):
            board.observe(Observation(channels[number].id, "playlist/a", float(turn), dict(_PLAYLIST)))
        for alarm in shown:
            board.set_alarm(alarm)
        begin = time.process_time()
        board.changes(since, 1.0)
        times.append((time.process_time() - begin) * 1000)
    return sorted(times)[len(times) // 2]


def _storm() -> Row:
    """Raise 2,000 alarms on a host in 10 s and fold them to their cause."""
    channels = [
        replace(one, inputs=(replace(one.inputs[0], url=f"http://origin/{one.id}.m3u8"),)) for one in _channels(2000)
    ]
    engine = _engine(channels)
    told: list[Change] = []
    worst = spent = 0.0
    for begin in range(0, 2000, 50):
        at = begin / 200.0
        looks = [Observation(one.id, "playlist/a", at, {}, (_STALE,)) for one in channels[begin : begin + 50]]
        start = time.process_time()
        told += engine.settle([change for look in looks for change in engine.judge(look)], at)
        took = time.process_time() - start
        worst, spent = max(worst, took), spent + took
    told += engine.settle(engine.sweep(20.0), 20.0)
    alone = [alarm for alarm in engine.alarms.values() if alarm.parent_id is None]
    is_folded = len(alone) == 1 and len(alone[0].children) == 2000
    return Row(
        "storm: 2,000 alarms in 10 s, folded to their cause",
        "one parent, each batch < 200 ms",
        f"{len(alone)} on top, worst batch {worst * 1000:.0f} ms, {spent:.2f} s in all",
        is_folded and worst < 0.2,
        f"40 batches of 50 channels of one host; {sum(one.event is not None for one in told)} events; CPU time",
    )
