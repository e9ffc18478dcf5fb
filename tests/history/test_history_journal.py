"""What was committed is there again, in one order."""

from __future__ import annotations

import math

from noc_console.model import Event


async def test_events_come_back_numbered_in_the_order_they_were_committed(desk):
    history = await desk.open()
    first = await history.commit(None, [Event("ChannelAdded", 10.0, 1, 2, {"code": "CH_A"}), Event("Noted", 9.0)])
    second = await history.commit(None, [Event("ChannelRemoved", 11.0)])

    assert [e.kind for e in (*first, *second)] == ["ChannelAdded", "Noted", "ChannelRemoved"]
    assert await history.events(0) == (*first, *second)
    assert first[0].data == {"code": "CH_A"}
    assert (first[0].channel_id, first[0].input_id) == (1, 2)


async def test_a_clock_that_steps_back_does_not_change_the_order(desk):
    history = await desk.open()
    for at in (100.0, 50.0, 75.0):
        await history.commit(None, [Event("Stepped", at)])
    assert [e.at for e in await history.events(0)] == [100.0, 50.0, 75.0]


async def test_events_are_read_from_a_cursor_by_kind_and_in_pages(desk):
    history = await desk.open()
    for number in range(6):
        await history.commit(None, [Event("Even" if number % 2 == 0 else "Odd", float(number))])
    odd = await history.events(0, frozenset({"Odd"}))
    assert [e.at for e in odd] == [1.0, 3.0, 5.0]
    assert [e.at for e in await history.events(odd[0].seq, frozenset({"Odd"}))] == [3.0, 5.0]
    assert [e.at for e in await history.events(0, limit=2)] == [0.0, 1.0]


async def test_ticks_are_no_events_but_share_their_order(desk, make_tick):
    history = await desk.open()
    series = history.series_id(1, "a", "segment.download_s")
    before = await history.commit(None, [Event("Before", 1.0)])
    await history.commit(make_tick(desk.clock.at, (series, desk.clock.at, 1.0)), ())
    after = await history.commit(None, [Event("After", 2.0)])

    assert [e.kind for e in await history.events(0)] == ["Before", "After"]
    (row,) = await history.ticks(0)
    assert before[0].seq < row.seq < after[0].seq
    assert await history.ticks(row.seq) == ()


async def test_numbers_go_on_after_a_restart_even_when_the_newest_rows_were_sealed_away(desk, make_tick):
    history = await desk.open()
    series = history.series_id(1, "a", "segment.download_s")
    for second in range(20):
        await history.commit(make_tick(desk.clock.at + second, (series, desk.clock.at + second, 1.0)), ())
    newest = (await history.ticks(0, 100))[-1].seq
    desk.clock.at += 3 * 3600
    await history.settle()
    assert await history.ticks(0) == ()
    await desk.close()

    (event,) = await (await desk.open()).commit(None, [Event("After", 1.0)])
    assert event.seq > newest


async def test_a_series_keeps_its_number_over_a_restart_and_no_two_share_one(desk, make_tick):
    history = await desk.open()
    names = [(1, "a", "segment.download_s"), (1, "b", "segment.download_s"), (2, "a", "segment.ttfb_s")]
    numbers = [history.series_id(*name) for name in names]
    assert len(set(numbers)) == 3
    await history.commit(make_tick(desk.clock.at, (numbers[0], desk.clock.at, 1.0)), ())
    await desk.close()

    again = await desk.open()
    assert [again.series_id(*name) for name in reversed(names)] == numbers[::-1]
    assert again.series_id(3, "", "ladder.rungs") not in numbers


async def test_samples_that_are_no_numbers_or_a_day_off_are_dropped_and_counted(desk, make_tick):
    history, at = await desk.open(), desk.clock.at
    series = history.series_id(1, "a", "segment.download_s")
    bad = [(series, at, math.nan), (series, at, math.inf), (series, at - 90_000, 1.0), (series, 0.0, 1.0)]
    await history.commit(make_tick(at, *bad, (series, at, 2.0)), ())
    assert history.state.dropped_samples == 4


async def test_a_clean_end_keeps_the_journal_and_tells_how_long_nothing_ran(desk):
    journal = (await desk.open()).journal_id
    desk.clock.at += 100
    await desk.close()
    desk.clock.at += 60
    again = await desk.open()

    assert again.journal_id == journal
    stopped, resumed = await again.events(0)
    assert (stopped.kind, resumed.kind) == ("RecordingStopped", "RecordingResumed")
    assert resumed.data["end"] - resumed.data["start"] == 60


async def test_what_opening_wrote_is_handed_over_and_is_in_the_journal(desk):
    assert (await desk.open()).opened_with == ()
    await desk.close()
    again = await desk.open()
    assert [e.kind for e in again.opened_with] == ["RecordingResumed"]
    assert (await again.events(0))[-1:] == again.opened_with
