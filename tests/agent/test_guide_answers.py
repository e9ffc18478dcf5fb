"""Questions are answered from a real history and a board: value, samples, window; unknown is never 0."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from noc_console.agent.clock import Clock
from noc_console.agent.guide_answer import Told, from_json, to_json
from noc_console.agent.guide_answers import Answers
from noc_console.agent.guide_place import place_of_alarm, place_of_channel, sisters
from noc_console.agent.recorder import Recorder
from noc_console.board import Board
from noc_console.guides.questions import (
    AnyQuestion,
    OfAge,
    OfBaseline,
    OfDifference,
    OfEvents,
    OfFact,
    OfFinding,
    OfInput,
    OfMetric,
    OfOperator,
    OfPeers,
    OfRatio,
)
from noc_console.history import open_history
from noc_console.model import Channel, Event, Expected, Finding, Input, Kind, Layer, Observation
from noc_console.settings import Settings

NOW = 1_790_006_400.0
HOST = "http://packager.example/one"


def ott(number: int, host: str = "packager.example", *labels: str) -> Channel:
    entry = Input(number, number, Layer.PACKAGER, Kind.HLS, f"http://{host}/{number}.m3u8", expected=Expected(2.0))
    return Channel(number, f"CH_{number}", f"Channel {number}", labels=labels, inputs=(entry,))


@dataclass
class House:
    """A recorder, a board and three sister channels; time is played by hand."""

    recorder: Recorder
    board: Board
    channels: dict[int, Channel]
    at: float = NOW
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.answers = Answers(self.recorder, self.board, lambda: self.channels)
        self.board.configure(self.channels.values())

    async def measure(self, input_id: int, metric: str, *samples: tuple[float, float], rung: str = "") -> None:
        """Write samples, each (seconds before now, value), one a tick."""
        for before, value in samples:
            self.clock(NOW - before)
            self.recorder.add_one(input_id, rung, metric, value)
            await self.recorder.tick()
        self.clock(NOW)

    def clock(self, at: float) -> None:
        self.at = at
        self.recorder.clock.origin = at - self.recorder.clock.steady()

    async def ask(self, question: AnyQuestion, channel: int = 1, **alarm: Any) -> Told:
        return (await self.ask_all({"it": question}, channel, **alarm))["it"]

    async def ask_all(self, questions: dict[str, AnyQuestion], channel: int = 1, **alarm: Any) -> dict[str, Told]:
        if alarm:
            told = {"alarm_id": 7, "channel_id": channel, "input_id": channel, "raised_at": NOW - 60, **alarm}
            place = place_of_alarm(told, self.channels, NOW)
        else:
            place = place_of_channel(channel, self.channels, NOW)
        return await self.answers.answer(place, questions, NOW)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    steady = [0.0]
    clock = Clock(lambda: NOW, lambda: steady[0])
    history = await open_history(Settings(db=tmp_path / "local.db"), clock.now)
    made = House(Recorder(history, clock, lambda event: None), Board("boot"), {n: ott(n) for n in (1, 2, 3)})
    yield made
    await history.close()


async def test_a_mean_comes_with_samples_window_and_a_small_chart(house: House) -> None:
    await house.measure(1, "video.mos", *((float(300 - n * 2), 3.0 + n % 2) for n in range(150)))
    told = await house.ask(OfMetric(metric="video.mos", window_s=120))
    answer = told.answer
    assert (answer.value, answer.samples, answer.end - answer.start) == (pytest.approx(3.5), 60, 120)
    assert (answer.unit, answer.why) == ("1", "")
    assert 1 < len(answer.series) <= 60
    assert from_json(to_json(told)) == told


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("min", 1.0),
        ("max", 4.0),
        ("last", 4.0),
        ("sum", 10.0),
        ("increase", 3.0),
        ("count", 4.0),
        ("spread", 3.0),
        ("p50", 2.0),
    ],
)
async def test_each_statistic_says_what_its_name_says(house: House, statistic: Any, expected: float) -> None:
    await house.measure(1, "ts.cc_errors", (8, 1.0), (6, 2.0), (4, 3.0), (2, 4.0))
    told = await house.ask(OfMetric(metric="ts.cc_errors", statistic=statistic, window_s=60))
    assert told.answer.value == pytest.approx(expected)


async def test_a_slope_is_the_change_per_second(house: House) -> None:
    await house.measure(1, "audio.loudness_lufs", (6, -23.0), (4, -22.0), (2, -21.0))
    told = await house.ask(OfMetric(metric="audio.loudness_lufs", statistic="slope", window_s=60))
    assert (told.answer.value, told.answer.unit) == (pytest.approx(0.5), "LUFS/s")


async def test_last_is_the_worst_of_the_newest_round_of_rungs(house: House) -> None:
    await house.measure(1, "segment.speed_ratio", (2.0, 0.8), rung="1080p")
    await house.measure(1, "segment.speed_ratio", (1.5, 4.0), rung="480p")
    told = await house.ask(OfMetric(metric="segment.speed_ratio", statistic="last"))
    assert told.answer.value == pytest.approx(0.8)


async def test_a_metric_nobody_measured_is_unknown_and_not_0(house: House) -> None:
    told = await house.ask(OfMetric(metric="ts.cc_errors", statistic="sum"))
    assert (told.answer.value, told.answer.samples) == (None, 0)
    assert told.answer.why == "No sample in the window."


async def test_a_metric_whose_samples_stopped_more_than_two_periods_ago_is_unknown(house: House) -> None:
    await house.measure(1, "video.mos", *((float(60 - n * 2), 4.0) for n in range(20)))  # the newest 22 s old
    told = await house.ask(OfMetric(metric="video.mos"))
    assert told.answer.value is None
    assert "22 s old" in told.answer.why
    age = await house.ask(OfAge(metric="video.mos"))
    assert age.answer.value == pytest.approx(22, abs=0.1)


async def test_a_slow_metric_is_judged_by_its_own_pace(house: House) -> None:
    await house.measure(1, "video.mos", *((float(280 - n * 30), 4.0) for n in range(9)))  # the newest 40 s old
    assert (await house.ask(OfMetric(metric="video.mos"))).answer.value == pytest.approx(4.0)


async def test_the_age_of_what_was_never_measured_is_unknown(house: House) -> None:
    assert (await house.ask(OfAge(metric="video.mos"))).answer.value is None


async def test_the_baseline_is_of_before_the_alarm_and_stands_beside_the_value(house: House) -> None:
    await house.measure(1, "video.mos", (3000, 4.4), (2000, 4.2), (50, 2.0), (2, 2.0))
    told = await house.ask_all(
        {
            "now": OfMetric(metric="video.mos", window_s=55),
            "usual": OfBaseline(metric="video.mos"),
            "fell": OfDifference(of="usual", minus="now"),
            "share": OfRatio(of="now", to="usual"),
        },
        alarm_id=7,
    )
    assert told["usual"].answer.value == pytest.approx(4.3)
    assert told["now"].baseline == {"mean": pytest.approx(4.3), "min": 4.2, "max": 4.4, "samples": 2}
    assert told["fell"].answer.value == pytest.approx(2.3)
    assert told["share"].answer.value == pytest.approx(2.0 / 4.3)


async def test_arithmetic_with_an_unknown_is_unknown(house: House) -> None:
    questions: dict[str, AnyQuestion] = {
        "a": OfMetric(metric="video.mos"),
        "b": OfMetric(metric="ts.cc_errors"),
        "gap": OfDifference(of="a", minus="b"),
    }
    told = (await house.ask_all(questions))["gap"]
    assert (told.answer.value, told.answer.why) == (None, "a is unknown.")


async def test_a_layer_the_channel_is_not_measured_at_is_unknown(house: House) -> None:
    told = await house.ask(OfMetric(metric="video.mos", layer="headend"))
    assert told.answer.why == "The channel is not measured at the headend."


async def test_each_layer_of_the_channel_is_told_beside_the_alarms_own(house: House) -> None:
    edge = Input(11, 1, Layer.EDGE, Kind.HLS, "http://edge.example/1.m3u8", expected=Expected(2.0))
    house.channels[1] = Channel(1, "CH_1", "One", inputs=(*house.channels[1].inputs, edge))
    await house.measure(1, "video.mos", (2, 4.4))
    await house.measure(11, "video.mos", (2, 2.8))
    told = await house.ask(OfMetric(metric="video.mos"), input_id=11)
    assert told.answer.value == pytest.approx(2.8)
    assert told.answer.layers == {"packager": pytest.approx(4.4), "edge": pytest.approx(2.8)}


async def test_peers_count_the_sick_and_leave_out_the_channel_itself_and_the_silent(house: House) -> None:
    for number, value in ((1, 2.0), (2, 3.0)):
        await house.measure(number, "video.mos", (2, value))
    sick = await house.ask(OfPeers(metric="video.mos", operator="<", than=3.5))
    assert (sick.answer.value, sick.answer.samples) == (1, 1)
    assert sick.rows == [{"channel_id": 2, "channel": "CH_2", "value": 3.0, "is_ill": True}]
    assert (await house.ask(OfPeers())).answer.value == 2


async def test_without_any_sister_sick_peers_are_unknown_but_their_number_is_0(house: House) -> None:
    del house.channels[2], house.channels[3]
    assert (await house.ask(OfPeers(metric="video.mos", operator="<", than=3.5))).answer.value is None
    assert (await house.ask(OfPeers())).answer.value == 0


def test_sisters_share_a_host_on_the_layer_a_label_of_their_source_or_a_sender() -> None:
    one, same_host, labelled, other = (
        ott(1, "a.example", "encoder:E1"),
        ott(2, "a.example"),
        ott(3, "b.example", "encoder:E1"),
        ott(4, "c.example"),
    )
    place = place_of_channel(1, {1: one}, NOW)
    every = (one, same_host, labelled, other)

    def numbers(same: str) -> list[int]:
        return [channel.id for channel, _ in sisters(place, one.inputs[0], every, same)]

    assert numbers("source or host") == [2, 3]
    assert numbers("source") == [3]
    assert numbers("host") == [2]
    assert numbers("all") == [2, 3, 4]


async def test_a_finding_is_present_absent_or_not_looked_at(house: House) -> None:
    asks = OfFinding(finding="hls-playlist-stale", window_s=60)
    assert (await house.ask(asks)).answer.value is None
    house.board.observe(Observation(1, "playlist/720p", NOW - 1, {"playlist.age_s": 3.0}))
    assert (await house.ask(asks)).answer.value == 0
    stale = Finding("hls-playlist-stale", "No new segment for 20 s.")
    house.board.observe(Observation(1, "playlist/720p", NOW - 0.5, {}, (stale,)))
    told = await house.ask(asks)
    assert (told.answer.value, told.text) == (1, "No new segment for 20 s.")
    assert (await house.ask(OfFinding(finding="ts-cc"))).answer.value is None
    assert (await house.ask(OfFinding(finding="dash-mpd-stale"))).answer.value is None


async def test_a_finding_of_a_part_that_was_not_looked_at_is_unknown(house: House) -> None:
    gone = Finding("hls-master-unreachable", "The master playlist was not delivered.")
    house.board.observe(Observation(1, "master", NOW - 1, {"playlist.status": 404.0}, (gone,)))
    told = await house.ask_all(
        {
            "master": OfFinding(finding="hls-master-unreachable"),
            "empty": OfFinding(finding="hls-master-no-variants"),
            "media": OfFinding(finding="hls-media-unreachable"),
        }
    )
    assert {name: one.answer.value for name, one in told.items()} == {"master": 1, "empty": 0, "media": None}
    assert told["media"].answer.why == "Not looked at: no playlist or set was read in the window."


async def test_a_finding_that_ended_within_the_window_was_present(house: House) -> None:
    house.board.observe(Observation(1, "playlist/720p", NOW - 1, {"playlist.age_s": 3.0}))
    items = [["playlist/720p", "hls-playlist-stale", NOW - 20]]
    await house.recorder.keep([Event("FindingEnded", NOW - 20, 1, 1, {"items": items})])
    told = await house.ask(OfFinding(finding="hls-playlist-stale", window_s=60))
    assert (told.answer.value, told.text) == (1, "It ended 20 s ago.")
    assert (await house.ask(OfFinding(finding="hls-playlist-stale", window_s=10))).answer.value == 0


async def test_events_of_the_window_are_counted_for_the_channel_and_for_everything(house: House) -> None:
    await house.recorder.keep(
        [
            Event("LadderChanged", NOW - 4000, 1, 1),
            Event("LadderChanged", NOW - 100, 1, 1),
            Event("LadderChanged", NOW - 100, 2, 2),
            Event("ChannelChanged", NOW - 50, 0, 0, {"by": "Lan"}),
        ]
    )
    told = await house.ask(OfEvents(events=("LadderChanged", "ConfigChanged"), window_s=1800))
    assert told.answer.value == 2
    assert [row["kind"] for row in told.rows] == ["ChannelChanged", "LadderChanged"]
    assert (await house.ask(OfEvents(events=("WorkerReplaced",)))).answer.value == 0


async def test_facts_and_inputs_come_from_the_catalogue(house: House) -> None:
    questions: dict[str, AnyQuestion] = {
        "tier": OfFact(fact="tier"),
        "ott": OfFact(fact="is_ott"),
        "rungs": OfFact(fact="rungs_expected"),
        "edge": OfInput(layer="edge"),
        "all": OfInput(),
        "typed": OfOperator(text="Encoder CPU?"),
    }
    told = await house.ask_all(questions)
    assert {name: one.answer.value for name, one in told.items()} == {
        "tier": 2,
        "ott": 1,
        "rungs": None,
        "edge": 0,
        "all": 1,
    }


async def test_the_agents_own_figures_are_asked_of_no_channel(house: House) -> None:
    await house.measure(0, "agent.cpu_ratio", (2, 0.5))
    assert (await house.ask(OfMetric(metric="agent.cpu_ratio", statistic="last"))).answer.value == pytest.approx(0.5)


async def test_without_a_channel_peers_are_all_channels_and_events_are_all_events(house: House) -> None:
    await house.measure(2, "video.mos", (2, 3.0))
    await house.measure(3, "video.mos", (2, 4.5))
    await house.recorder.keep([Event("LadderChanged", NOW - 100, 2, 2)])
    questions: dict[str, AnyQuestion] = {
        "all": OfPeers(),
        "sick": OfPeers(metric="video.mos", operator="<", than=3.5),
        "changes": OfEvents(events=("LadderChanged",)),
    }
    told = await house.ask_all(questions, 0)
    assert {name: one.answer.value for name, one in told.items()} == {"all": 3, "sick": 1, "changes": 1}


async def test_figures_of_the_site_count_alarms_and_channels_without_data(house: House) -> None:
    alarm = {"alarm_id": 1, "channel_id": 2, "alarm_type": "HTTP_5XX", "severity": "critical", "message": "x"}
    alarm |= {"raised_at": NOW - 7200, "resolved": False, "acknowledged": False}
    house.board.set_alarm(alarm)
    await house.recorder.keep([Event("AlarmRaised", NOW - 7200, 2, 2, {"alarm": alarm})])
    house.board.observe(Observation(1, "master", NOW - 1, {"playlist.status": 200.0}))
    house.board.observe(Observation(2, "master", NOW - 400, {"playlist.status": 200.0}))
    names = ("alarms_critical", "alarms_24h_critical", "alarms_24h_major", "channels", "channels_silent", "hd_silent")
    told = await house.ask_all({name: OfFact(fact=name) for name in (*names, "workers_ill")}, 0)
    assert [told[name].answer.value for name in names] == [1, 1, 0, 3, 1, 1]
    assert told["workers_ill"].answer.value is None
