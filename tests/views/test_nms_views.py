"""The NMS log: rows, raw content, search, and older lines on scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from canned_agent import CannedAgent, serving, settled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from noc_console.views.desk import Desk
from noc_console.views.nms import NmsScreen
from noc_console.views.nms_lines import PAGE
from noc_console.views.nms_values import entries, raw_text, record
from noc_console.views.records import Mark, Tone

NOW = 1_763_600_000.0


def line(seq: int, **more: Any) -> dict[str, Any]:
    known = {
        "seq": seq, "at": NOW - 1000 + seq, "kind": "TrapReceived", "direction": "in", "means": "trap",
        "peer": "10.0.0.7", "summary": f"linkDown {seq}", "outcome": "event", "channel_id": 0,
    }  # fmt: skip
    return {**known, **more}


@pytest.mark.parametrize(
    ("outcome", "mark", "tone"),
    [
        ("sent: ticket written", Mark.TICK, Tone.SECONDARY),
        ("failed: 403", Mark.CROSS, Tone.ILL),
        ("refused", Mark.CROSS, Tone.ILL),
        ("held: 503", Mark.CLOCK, Tone.DOUBT),
        ("uncertain: no answer", Mark.QUESTION, Tone.DOUBT),
        ("alarm 7 raised", Mark.DOT, Tone.SECONDARY),
    ],
)
def test_an_outcome_has_a_shape_and_only_trouble_has_a_hue(outcome: str, mark: Mark, tone: Tone) -> None:
    cell = record(line(1, outcome=outcome), NOW).cells[5]
    assert (cell.mark, cell.tone, cell.text) == (mark, tone, outcome)


@pytest.mark.parametrize(("direction", "mark"), [("in", Mark.IN), ("out", Mark.OUT)])
def test_the_way_is_an_arrow_and_a_word(direction: str, mark: Mark) -> None:
    cell = record(line(1, direction=direction), NOW).cells[1]
    assert (cell.text, cell.mark) == (direction, mark)


def test_raw_content_begins_with_the_varbinds() -> None:
    raw = {"fields": {"1.3.6.1": "7"}, "rule": "links"}
    assert raw_text(line(1, raw=raw)).startswith('1.3.6.1 = 7\n\n{\n  "rule": "links"')
    assert raw_text(line(1)) == ""
    assert entries(line(1), NOW)[-1].text == "Loading"


def test_a_huge_raw_content_is_cut() -> None:
    assert len(raw_text(line(1, raw={"fields": {"x": "y" * 200_000}}))) == 60_000


class PagedAgent:
    """Answers the log from 450 lines, as the agent does."""

    def __init__(self, agent: CannedAgent) -> None:
        self.asked: list[dict[str, str]] = []
        self._answer = agent._known
        agent._known = self.known  # type: ignore[method-assign]

    def known(self, request: web.Request, path: str) -> Any:
        if path.startswith("/nms-log/"):
            return {"line": line(int(path.rpartition("/")[2]), raw={"fields": {"oid": "v"}})}
        if path != "/nms-log":
            return self._answer(request, path)
        self.asked.append(dict(request.query))
        before, text = int(request.query["before"]) or 10_000, request.query["text"]
        found = [line(seq) for seq in range(450, 0, -1) if seq < before and text in f"linkDown {seq}"]
        return {"lines": found[: int(request.query["limit"])]}


async def test_older_lines_come_when_the_end_is_in_sight(desk: Desk) -> None:
    async with serving(desk) as agent:
        paged = PagedAgent(agent)
        screen = NmsScreen(desk)
        screen.resize(1600, 800)
        screen.show()
        screen.refresh()
        await settled(desk)
        assert len(screen.lines.by_seq) == PAGE
        for count in (2 * PAGE, 450):
            screen.table.scrollToBottom()
            await settled(desk)
            assert len(screen.lines.by_seq) == count
        assert screen.lines.end_note == "all there are"
        screen.table.scrollToTop()
        screen.table.scrollToBottom()
        await settled(desk)
        assert [one["before"] for one in paged.asked] == ["0", "251", "51"]
        screen.close()


async def test_the_drawer_shows_the_raw_content_of_the_chosen_line(desk: Desk) -> None:
    async with serving(desk) as agent:
        PagedAgent(agent)
        screen = NmsScreen(desk)
        screen.refresh()
        await settled(desk)
        assert screen.table.key == "450"
        screen.table.step(1)
        await settled(desk)
        assert screen.table.key == "449"
        assert screen.drawer.raw.toPlainText().startswith("oid = v")
        screen.close()


async def test_a_search_begins_anew_and_esc_takes_it_back(desk: Desk) -> None:
    async with serving(desk) as agent:
        PagedAgent(agent)
        screen = NmsScreen(desk)
        screen.refresh()
        await settled(desk)
        screen.search.setText("linkDown 44")
        QTest.keyClick(screen.search, Qt.Key.Key_Return)
        await settled(desk)
        assert sorted(screen.lines.by_seq) == [44, *range(440, 450)]
        assert screen.close_drawer()
        await settled(desk)
        assert len(screen.lines.by_seq) == PAGE
        assert not screen.close_drawer()
        screen.close()


async def test_a_refusal_is_one_sentence_in_the_list(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.refusals["/nms-log"] = (503, "The journal is busy.")
        screen = NmsScreen(desk)
        screen.refresh()
        await settled(desk)
        screen._draw()
        assert screen.table._notice == "The journal is busy."
        screen.close()
