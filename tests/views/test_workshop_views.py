"""The rule workshop: who says a limit, an edit replayed on the past, import from Prometheus, severity profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import canned_story as story
import pytest
from canned_agent import serving, settled

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.workshop import WorkshopScreen
from noc_console.views.workshop_values import changes_of, replay_text, rule_record, source_text, value_of, value_text

RULE: dict[str, Any] = {
    "rule": "segment-slow",
    "alarm_type": "SEGMENT_SLOW",
    "metric": "segment.download_s",
    "findings": [],
    "kind": "hold",
    "fields": [
        {"field": "above", "value": 2.0, "source": "tier 1", "below": [["shipped rule", 3.0]]},
        {"field": "clear_below", "value": None, "source": "shipped rule", "below": []},
        {"field": "bad", "value": 3, "source": "shipped rule", "below": []},
        {"field": "is_on", "value": True, "source": "shipped rule", "below": []},
    ],
    "states": [],
}
SPAN = {
    "channel_id": 1, "channel_code": "CH_1", "input_id": 1, "alarm_type": "SEGMENT_SLOW", "severity": "major",
    "message": "Slow", "start": 1_763_600_000.0, "end": 1_763_600_060.0, "is_flapping": False,
}  # fmt: skip
RESULT = {
    "rule": "segment-slow", "changes": {"above": 1.5}, "channels": 1, "looks": 900,
    "both": {"count": 2, "alarms": []}, "raised": {"count": 1, "alarms": [SPAN]},
    "missed": {"count": 0, "alarms": []},
}  # fmt: skip


def test_a_row_says_the_limits_and_who_says_so() -> None:
    cells = [cell.text for cell in rule_record(RULE).cells]
    assert cells == ["segment-slow", "SEGMENT_SLOW", "yes", "alarm above 2, bad looks 3", "tier 1", "normal"]
    assert source_text(RULE["fields"][0]) == "tier 1, over shipped rule 3"


def test_only_what_was_written_differently_is_a_change() -> None:
    as_it_is = {one["field"]: value_text(one["value"]) for one in RULE["fields"]}
    assert changes_of(RULE, as_it_is) == {}
    edited = {**as_it_is, "above": "1,5", "is_on": "no", "bad": "5", "clear_below": "1"}
    assert changes_of(RULE, edited) == {"above": 1.5, "is_on": False, "bad": 5, "clear_below": 1.0}
    assert changes_of(RULE, {**as_it_is, "above": ""}) == {"above": None}


@pytest.mark.parametrize(("text", "before"), [("fast", 2.0), ("nan", 2.0), ("1e999", 2.0), ("maybe", True)])
def test_what_is_no_value_is_one_sentence(text: str, before: Any) -> None:
    with pytest.raises(KnownError, match=r"is no number|neither yes nor no"):
        value_of(text, before)


def test_a_replay_is_told_in_one_line() -> None:
    assert replay_text(RESULT) == "1 channels, 900 looks: 2 in both, 1 new, 0 missed"


async def test_an_edit_is_replayed_and_applied_with_its_proof(desk: Desk) -> None:
    desk.operator.rename("T. Linh")
    desk.mirror.take(story.board())
    channel = desk.mirror.order[0]
    async with serving(desk) as agent:
        agent.answers[f"/channels/{channel}/rules"] = {"rules": [RULE]}
        agent.answers["/workshop"] = {"job": "trial-1"}
        agent.answers["/workshop/trial-1"] = {"state": "done", "progress": 1.0, "message": "", "result": RESULT}
        agent.answers["/workshop/trial-1/apply"] = {
            "change": {"rule": "segment-slow", "level": "channel", "target": str(channel)}
        }
        screen = WorkshopScreen(desk)
        screen.refresh()
        await settled(desk)
        bench = screen.bench
        bench._on_replay()
        assert agent.told == []
        bench.editor.line("above").setText("1.5")
        bench._on_replay()
        await settled(desk)
        assert agent.told[0][2]["changes"] == {"above": 1.5}
        assert (agent.told[0][2]["level"], agent.told[0][2]["target"]) == ("channel", channel)
        assert [cell.text for cell in bench.raised.records.records[0].cells[2:]] == ["CH_1", "Slow"]
        assert bench.missed._notice == "It would miss nothing"
        bench.editor.note.setText("slow edge")
        bench._on_apply()
        await settled(desk)
        assert agent.told[1][1:] == ("/workshop/trial-1/apply?by=T. Linh", {"note": "slow edge"})
        assert not bench._apply.isEnabled()
        screen.close()


async def test_a_refused_replay_is_one_sentence_and_nothing_can_be_applied(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        agent.answers[f"/channels/{desk.mirror.order[0]}/rules"] = {"rules": [RULE]}
        agent.refusals["/workshop"] = (400, "above must be a number.")
        screen = WorkshopScreen(desk)
        screen.refresh()
        await settled(desk)
        screen.bench.editor.line("above").setText("9")
        screen.bench._on_replay()
        await settled(desk)
        assert screen.bench.editor.reply.text() == "above must be a number."
        assert not screen.bench._apply.isEnabled()
        screen.close()


async def test_a_prometheus_file_is_translated_before_it_is_applied(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "alert_rules.yaml"
    file.write_text("groups: []", encoding="utf-8")
    answer = {
        "rules": [{"name": "SegmentSlow", "expr": "x > 1", "rule": {"key": "prom-segment-slow"}}],
        "untranslated": [{"name": "Odd", "expr": "rate(x[5m])", "why": "Functions are not read."}],
        "applied": False,
    }
    async with serving(desk) as agent:
        agent.answers["/rules/import"] = answer
        screen = WorkshopScreen(desk)
        screen.views.go(1)
        screen.brought.read_file(tmp_path / "none.yaml")
        assert "cannot be read" in screen.brought.reply.text()
        screen.brought.read_file(file)
        await settled(desk)
        assert screen.brought.unread.records.records[0].cells[1].text == "Functions are not read."
        assert screen.brought._apply.isEnabled()
        screen.brought.text.setPlainText("groups: [] # changed")
        assert not screen.brought._apply.isEnabled()
        agent.answers["/rules/import"] = {**answer, "applied": True}
        screen.brought._on_check()
        await settled(desk)
        assert screen.brought.reply.text() == "1 rules hold from now on."
        screen.close()


async def test_another_profile_is_looked_at_before_it_is_used(desk: Desk) -> None:
    shift = {"finding": "ts-cc", "tr": "1.4", "title": "CC", "before": "minor", "after": "critical"}
    async with serving(desk) as agent:
        agent.answers["/rules/profile"] = {"profile": "operator", "profiles": ["operator", "tr"]}
        agent.answers["/rules/profile/preview"] = {"findings": [shift]}
        screen = WorkshopScreen(desk)
        screen.views.go(2)
        await settled(desk)
        assert not screen.profile._use.isEnabled()
        screen.profile.choice.setCurrentIndex(1)
        await settled(desk)
        assert [cell.text for cell in screen.profile.table.records.records[0].cells[3:]] == ["minor", "critical"]
        screen.profile._on_use()
        await settled(desk)
        assert agent.told[-1][0] == "PUT"
        assert agent.told[-1][2] == {"profile": "tr"}
        screen.close()
