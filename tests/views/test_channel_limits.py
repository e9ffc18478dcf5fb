"""The limits of the charts are those of the channel's rules; what the charts show can be taken away as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import canned_story as story
import pytest
from canned_agent import serving, settled

from noc_console.agent.rule_desk import _told
from noc_console.alarms.rulebook import Rulebook
from noc_console.errors import KnownError
from noc_console.model import Channel, Input, Kind, Layer
from noc_console.views.channel import ChannelScreen
from noc_console.views.channel_charts import alarm_marks, chart_specs, titled
from noc_console.views.channel_export import shown_of, write
from noc_console.views.channel_limits import SHIPPED, Limits, limits_of
from noc_console.views.channel_path import input_ids, steps
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.charts.trace import Trace
from noc_console.views.ts_charts import health_specs


def rule(name: str, **fields: object) -> dict[str, object]:
    return {"rule": name, "fields": [{"field": key, "value": value} for key, value in fields.items()]}


def test_the_rules_of_the_channel_set_the_limits():
    rules = [rule("segment-slow", above=3.5, is_on=True), rule("ts-pcr", above=250, is_on=True)]
    limits = limits_of(rules)
    assert limits == Limits(3.5, 250.0, True)
    one = story.ill_channel()["inputs"][0]
    assert [limit.value for limit in chart_specs(one, [], limits)[1].limits] == [3.5, 6.0]
    assert health_specs({"id": 1}, limits)[1].limits[0].label == "±250 ns"


def test_a_rule_that_is_off_draws_no_limit():
    off = [rule("segment-slow", above=2.0, is_on=False), rule("playlist-stale", is_on=False)]
    one = story.ill_channel()["inputs"][0]
    age, download, *_ = chart_specs(one, [], limits_of(off))
    assert age.limits == ()
    assert [limit.value for limit in download.limits] == [6.0]


def test_without_an_answer_the_shipped_limits_are_drawn():
    assert limits_of([]) == SHIPPED


def test_the_agents_own_rules_are_understood():
    channel = Channel(1, "CH_A", "A", inputs=(Input(1, 1, Layer.PACKAGER, Kind.HLS, "http://a/x.m3u8"),))
    book = Rulebook()
    assert limits_of([_told(one, book, channel, {}) for one in book.rules(channel)]) == SHIPPED


async def test_the_page_asks_for_the_rules_and_draws_them(desk):
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        agent.answers["/channels/1/rules"] = {"rules": [rule("segment-slow", above=4.5, is_on=True)]}
        page = ChannelScreen(desk)
        page.open(1)
        await settled(desk)
        assert page.plots.limits.limits.download_s == 4.5
        page.close()


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def trace(*values: float) -> Trace:
    made = Trace()
    made.replace([[100.0 + place, value - 1, value, value + 1, 3] for place, value in enumerate(values)], ())
    return made


def test_the_shown_range_is_written_as_csv_and_json(tmp_path: Path):
    curve = CurveSpec("1080p", "segment.download_s", "1080p50@6.0M", 10)
    shown = shown_of("CH_A", 101.0, 102.5, {curve: trace(1, 2, 3, 4)})
    assert write(tmp_path / "a.csv", shown) == 2
    rows = read(tmp_path / "a.csv")
    assert [row["mean"] for row in rows] == ["2.0", "3.0"]
    assert rows[0]["time"] == "1970-01-01T00:01:41.000Z"
    assert rows[0]["rung"] == "1080p50@6.0M"
    write(tmp_path / "a.json", shown)
    told = json.loads((tmp_path / "a.json").read_text())
    assert [one["max"] for one in told["samples"]] == [3.0, 4.0]


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path):
    with pytest.raises(KnownError, match="could not be written"):
        write(tmp_path / "none" / "a.csv", shown_of("CH_A", 0, 1, {}))


async def test_the_page_exports_beside_the_gui_and_says_where(desk, tmp_path: Path):
    desk.mirror.take(story.board())
    said: list[str] = []
    desk.ways.say.connect(said.append)
    async with serving(desk):
        page = ChannelScreen(desk)
        page.open(1)
        await settled(desk)
        page.saving._shown = page.plots.shown("CH_TV_4K_001")
        page.saving.save(str(tmp_path / "charts.csv"))
        await settled(desk)
        page.close()
    assert said[0].endswith(f"samples of CH_TV_4K_001 are in {tmp_path / 'charts.csv'}.")
    assert len(read(tmp_path / "charts.csv")) > 10


def two_inputs(**more: object) -> dict[str, object]:
    inputs = [story.input_(21, 2), story.input_(10, 1, kind="ts", severity="minor"), story.input_(20, 2, **more)]
    return story.channel(1, "CH_A", "A", inputs=inputs)


def test_two_layers_are_two_boxes_and_a_layer_with_two_inputs_tells_which():
    shown = steps(two_inputs(), "ok", 20)
    assert [step.input_id for step in shown[:4]] == [0, 10, 20, 0]
    assert shown[2].title == "Packager 2 of 2"
    assert shown[1].is_first_ill


def test_the_box_has_the_colour_of_its_worst_input_whichever_is_told():
    shown = steps(two_inputs(severity="critical"), "ok", 21)
    assert (shown[2].input_id, shown[2].severity.value) == (21, "critical")


async def test_a_key_goes_from_input_to_input_along_the_way(desk):
    told = story.board()
    told["channels"] = [two_inputs()]
    told["alarms"] = []
    desk.mirror.take(told)
    async with serving(desk):
        page = ChannelScreen(desk)
        page.open(1)
        seen = [page._input_id]
        for _ in range(3):
            next(one for one in page.actions() if one.shortcut().toString() == "L").trigger()
            seen.append(page._input_id)
        await settled(desk)
        page.close()
    assert seen == [10, 20, 21, 10]
    assert input_ids(desk.mirror.channels[1]) == [10, 20, 21]


async def test_a_test_alarm_is_raised_from_the_page_in_the_operators_name(desk):
    desk.mirror.take(story.board())
    desk.operator.rename("T. Linh")
    async with serving(desk) as agent:
        page = ChannelScreen(desk)
        page.open(1)
        next(one for one in page.actions() if one.shortcut().toString() == "Shift+T").trigger()
        await settled(desk)
        page.close()
    assert [(path.partition("?")[0], body) for _, path, body in agent.told] == [
        ("/channels/1/test-alarm", {"by": "T. Linh"})
    ]


def test_a_test_alarm_says_so_over_the_charts():
    [mark] = alarm_marks([{**story.alarms()[1], "test": True}])
    assert mark.text == "TEST SEGMENT_SLOW"
    assert titled(story.alarms()[1]) == "SEGMENT_SLOW"
