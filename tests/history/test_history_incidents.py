"""The tables of incidents say what their events say, also when they are made anew."""

from __future__ import annotations

from dataclasses import replace

from noc_console.history.journal import TimeQuery
from noc_console.incidents.incident import Incident, State, Task
from noc_console.incidents.wire import from_json, to_json
from noc_console.model import Event, Severity

START = 1_790_006_400.0
FIRST = Incident(1, "Black", Severity.MAJOR, START, "Linh", tasks=(Task(1, "call", "Minh", START + 50),))


def told(kind: str, incident: Incident, at: float) -> Event:
    return Event(kind, at, data={"by": "Linh", "text": "", "incident": to_json(incident)})


async def test_the_newest_state_is_read_and_comes_back_from_the_journal(desk):
    history = await desk.open()
    over = replace(FIRST, state=State.CLOSED, closed_at=START + 9)
    second = replace(
        FIRST, id=2, opened_at=START + 5, tasks=(Task(1, "write", due_at=None), Task(2, "x", done_at=START))
    )
    events = [
        told("IncidentOpened", FIRST, START),
        told("IncidentOpened", second, START + 5),
        told("IncidentClosed", over, START + 9),
    ]
    await history.commit(None, events)

    async def state():
        return (
            await history.incidents(),
            await history.incidents(["open"]),
            await history.open_tasks(),
            [event.kind for event in await history.incident_events(1)],
        )

    before = await state()
    assert [from_json(row) for row in before[0]] == [second, over]
    assert [row["id"] for row in before[1]] == [2]
    assert [(row["incident_id"], row["text"], row["title"]) for row in before[2]] == [
        (1, "call", "Black"),
        (2, "write", "Black"),
    ]
    assert before[3] == ["IncidentOpened", "IncidentClosed"]
    assert await history.rebuild_projections() == 3
    assert await state() == before
    assert (await history.last_incident_id(), await history.incident(3)) == (2, None)


async def test_events_of_a_time_are_found_among_many(desk):
    history = await desk.open()
    events = [Event("LadderChanged", START + n, n % 3, data={"n": n}) for n in range(300)]
    await history.commit(None, [*events, Event("FindingBegan", START + 300, 1)])

    async def found(start: float, end: float, **more) -> list[int]:
        query = TimeQuery(START + start, START + end, (1,), **more)
        return [event.data.get("n", -1) for event in await history.events_between(query)]

    assert await found(10, 14) == [10, 12, 13]
    assert await found(290, 9999) == [291, 292, 294, 295, 297, 298, -1]
    assert await found(290, 9999, without=frozenset({"FindingBegan"}), limit=2) == [297, 298]
    assert await found(-99, 0) == []
