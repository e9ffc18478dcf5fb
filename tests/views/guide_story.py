"""A guide and walks through it as the agent tells them: made by the real run machine and the agent's own view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.agent.guide_answer import Told
from noc_console.agent.guide_view import tree, view
from noc_console.agent.guide_walk import Walk, begun, done
from noc_console.guides.answers import Answer
from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.run import Begin, deed_from_json

NOW = 1_790_000_000.0
PLAYBOOK = """
guide: PB-STORY
version: 3
kind: playbook
title: Video MOS low
alarms: [VIDEO_MOS_LOW]
severity: major
contacts: [packager-team]
timers: [{after_min: 20, do: escalate, to: shift-lead, text: Shift lead}]
questions:
  mos: {metric: video.mos, window_s: 300}
  ill: {kind: peers, metric: video.mos, operator: "<", than: 3.5}
  disk: {kind: ask, text: Disk wait, unit: ms, minimum: 0}
  probe: {kind: diagnostic, diagnostic: path}
steps:
  - {id: match, kind: evidence, text: Does the alarm match the picture?, show: mos, chart: video.mos, next: poor}
  - id: poor
    kind: decide
    text: Is the picture poor?
    branches: [{when: [mos, "<", 3.5], says: yes, because: The picture is poor, blames: encoder, next: sisters}]
    otherwise: {says: no, blames: probe, next: form}
    no_data: {next: sisters}
  - id: sisters
    kind: question
    text: Are sister channels ill too?
    why: If others are ill, the fault is not in this channel.
    show: ill
    options:
      - {says: most of them, when: [ill, ">", 0], blames: packager, rules_out: source, next: look}
      - {says: only this one, next: look}
      - {says: I cannot tell, next: path}
  - {id: path, kind: diagnostic, text: Is the path clean?, run: path, next: path-says}
  - id: path-says
    kind: decide
    text: Does the path lose packets?
    branches: [{when: [probe.loss_ratio, ">", 0.01], says: yes, blames: network, next: look}]
    otherwise: {says: no, next: look}
    no_data: {next: look}
  - {id: look, kind: manual, text: Look at the disk, command: "ssh {packager_host} iostat", is: reads only,
     result: disk, next: tell}
  - {id: tell, kind: notify, text: Tell the packager team, to: packager-team, next: move}
  - {id: move, kind: action, text: Move to the standby, approval: shift-lead, risk: black for 5 s, role: operator,
     next: verify}
  - id: verify
    kind: verify
    text: Is it well again?
    when: [mos, ">=", 4.0]
    next: form
    otherwise: {says: no, next: form}
    no_data: {next: form}
  - id: form
    kind: form
    text: Resolution
    review_within_h: 24
    fields:
      - {name: cause, required: true, fill: verdict}
      - {name: recovered, kind: yes_no, required: true}
      - {name: minutes, kind: number, unit: min, fill: open_min}
"""
CHECKLIST = """
guide: CL-STORY
version: 1
kind: checklist
title: Daily check
minutes: 15
schedule: {at: ["08:00"], role: shift-lead}
questions:
  cpu: {kind: fact, fact: workers_ill}
  silent: {kind: fact, fact: channels_silent}
steps:
  - id: system
    kind: items
    text: 1 System
    minutes: 5
    items:
      - {id: workers, text: Processes ill, figure: cpu, limit: [cpu, "==", 0], if_not: Look at the agent,
         guide: PB-STORY}
      - {id: silent, text: Channels silent, figure: silent, limit: [silent, "==", 0]}
    next: hand
  - id: hand
    kind: items
    text: 2 Handover
    minutes: 1
    items: [{id: told, text: The next shift is told}]
    next: sign
  - {id: sign, kind: sign-off, roles: [shift-lead, operator]}
"""


def guide_of(text: str = PLAYBOOK) -> Guide:
    first = text.strip().splitlines()[0].partition(":")[2].strip()
    read = read_guide(f"{first.lower()}.yaml", text)
    assert read.guide is not None, [str(one) for one in read.mistakes]
    return read.guide


class Story:
    """A walk that tests go on with; `told` is what the agent's API answers."""

    def __init__(self, text: str = PLAYBOOK, answers: Mapping[str, float | None] | None = None) -> None:
        self.guide = guide_of(text)
        self.at = NOW
        known = {"mos": 3.2, "ill": 5.0} if answers is None else answers
        evidence = {name: self._told(name, value) for name, value in known.items()}
        begin = Begin(
            run_id=7, by="T. Linh", raised_at=NOW - 60, channel_id=1, input_id=10, alarm_id=1,
            alarm_type="VIDEO_MOS_LOW", answers={name: one.answer for name, one in evidence.items()},
        )  # fmt: skip
        around = {
            "alarm": {"alarm_id": 1, "severity": "major", "message": "MOS 3.2"},
            "facts": {"channel": "CH_TV_4K_001"},
            "evidence": evidence,
        }
        self.walk: Walk = begun(self.guide, text, begin, around, self.at)[0]
        self.walk.rev = 1

    def do(self, kind: str, by: str = "T. Linh", **more: Any) -> None:
        self.at += 5
        self.walk.run, _ = done(self.walk, deed_from_json({"kind": kind, "by": by, **more}), self.at)
        self.walk.rev += 1

    def told(self, **more: Any) -> dict[str, Any]:
        usual = {"runs": 2, "run_s": 690.0, "steps": {"sisters": 60.0}, "last": []}
        alarm = {"acknowledged": False, "resolved": False, "message": "MOS 3.2"}
        return {**view(self.walk, self.at), "alarm": alarm, "usual": usual, **more}

    def tree(self) -> dict[str, Any]:
        return {**tree(self.guide), "reviewed": None}

    def _told(self, name: str, value: float | None) -> Told:
        series = tuple((self.at - 60 + second, value or 0.0) for second in range(60))
        answer = Answer(
            value, "" if value is not None else "nothing was measured", 30, self.at - 300, self.at, series=series
        )
        return Told(answer, "metric", "video.mos", input_id=10, layer=2, baseline={"min": 4.2, "max": 4.5})


LANES = """
guide: PB-LANES
version: 1
kind: playbook
title: Two teams
alarms: [TS_SYNC_LOSS]
severity: critical
steps:
  - id: both
    kind: lanes
    text: Two teams at once
    lanes: [{name: Picture, first: see}, {name: Sound, first: hear}]
    next: form
  - {id: see, kind: manual, text: Look at the picture, next: see-more}
  - {id: see-more, kind: manual, text: Look once more, next: join}
  - {id: hear, kind: manual, text: Listen, next: join}
  - {id: form, kind: form, fields: [{name: cause, required: true}]}
"""
