"""The alarm table says what the alarm events said, and can be made anew from them."""

from __future__ import annotations

from noc_console.model import Event


def alarm_event(kind: str, alarm_id: int, at: float, **said) -> Event:
    body = {"alarm_id": alarm_id, "channel_id": 1, "input_id": 2, "alarm_type": "SEGMENT_SLOW", "severity": "major",
            "message": "Segment download 3.1 s, limit 2.0 s", "raised_at": at, "acknowledged": False,
            "resolved": False, "created_at": "2026-11-20T14:25:47Z", "rungs": ["a"], "notes": []}  # fmt: skip
    return Event(kind, at, 1, 2, {"alarm": body | said})


async def test_the_newest_state_of_each_alarm_is_told_and_open_ones_are_those_not_resolved(desk):
    history = await desk.open()
    await history.commit(None, [alarm_event("AlarmRaised", 1, 10.0), alarm_event("AlarmRaised", 2, 20.0)])
    await history.commit(None, [alarm_event("AlarmAcknowledged", 1, 10.0, acknowledged=True, acknowledged_by="Linh")])
    await history.commit(None, [alarm_event("AlarmResolved", 2, 20.0, resolved=True, resolved_at=30.0)])

    assert [a["alarm_id"] for a in await history.open_alarms()] == [1]
    assert (await history.alarm(1))["acknowledged_by"] == "Linh"
    assert (await history.alarm(1))["rungs"] == ["a"]
    assert await history.alarm(3) is None
    assert await history.last_alarm_id() == 2
    assert [e.kind for e in await history.alarm_events(1)] == ["AlarmRaised", "AlarmAcknowledged"]


async def test_alarms_are_found_by_time_and_channel_newest_first(desk):
    history = await desk.open()
    for number in range(1, 6):
        await history.commit(None, [alarm_event("AlarmRaised", number, number * 10.0, channel_id=number % 2)])
    assert [a["alarm_id"] for a in await history.alarms(20.0, 50.0)] == [4, 3, 2]
    assert [a["alarm_id"] for a in await history.alarms(0.0, 100.0, 1)] == [5, 3, 1]
    assert [a["alarm_id"] for a in await history.alarms(0.0, 100.0, limit=2)] == [5, 4]


async def test_the_table_made_anew_from_the_journal_is_the_same(desk):
    history = await desk.open()
    for number in range(1, 30):
        await history.commit(None, [alarm_event("AlarmRaised", number, float(number)), Event("Noise", 1.0)])
        await history.commit(None, [alarm_event("AlarmCleared", number, float(number), resolved=number % 3 == 0)])
    before = await history.alarms(0.0, 1e12), await history.open_alarms(), await history.alarm_events(7)
    assert await history.rebuild_projections() == 58
    assert (await history.alarms(0.0, 1e12), await history.open_alarms(), await history.alarm_events(7)) == before


async def test_several_events_of_one_alarm_in_one_commit_leave_its_last_state(desk):
    history = await desk.open()
    events = [alarm_event("AlarmRaised", 1, 1.0), alarm_event("AlarmUpdated", 1, 1.0, severity="critical")]
    await history.commit(None, events)
    assert (await history.alarm(1))["severity"] == "critical"


def window_event(kind: str, number: int, **said) -> Event:
    body = {"id": number, "kind": "maintenance", "name": "works", "target": {"labels": ["sport"]}}
    return Event(kind, 1.0, data={"by": "Linh", "window": body | said})


async def test_windows_and_rule_changes_are_as_their_events_say_and_can_be_made_anew(desk):
    history = await desk.open()
    change = {"id": 4, "level": "tier", "target": "1", "rule": "segment-slow", "changes": {"above": 3.0}}
    gone = {**change, "id": 5}
    events = [
        window_event("MaintenancePlanned", 1),
        window_event("MaintenancePlanned", 2),
        window_event("MaintenanceChanged", 1, name="longer works"),
        window_event("MaintenanceRemoved", 2),
        Event("RuleChanged", 1.0, data={"change": change}),
        Event("RuleChanged", 1.0, data={"change": gone}),
        Event("RuleChangeRemoved", 1.0, data={"change": gone}),
    ]
    await history.commit(None, events)
    told = await history.planned_windows(), await history.rule_changes()
    assert [one["name"] for one in told[0]] == ["longer works"]
    assert told[1] == (change,)
    assert await history.rebuild_projections() == len(events)
    assert (await history.planned_windows(), await history.rule_changes()) == told


async def test_a_shelved_alarm_is_shelved_after_a_restart(desk):
    history = await desk.open()
    await history.commit(None, [alarm_event("AlarmRaised", 1, 10.0)])
    await history.commit(None, [alarm_event("AlarmShelved", 1, 10.0, shelved=True, shelved_until=99.0)])
    await desk.close()
    history = await desk.open()
    assert (await history.alarm(1))["shelved_until"] == 99.0


async def test_a_line_is_kept_over_the_end(desk):
    history = await desk.open()
    await history.note("memory", "{}")
    await desk.close()
    history = await desk.open()
    assert await history.noted("memory") == "{}"
    assert await history.noted("nothing") == ""
