"""Frames survive the way through the pipe, and what is no frame is refused by name."""

from __future__ import annotations

import asyncio
import math
import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.model import Finding, Observation, Severity
from noc_console.net import pipe_batch
from noc_console.net.pipe import (
    HEAD,
    MOST_PAYLOAD_BYTES,
    Frame,
    FrameType,
    GarbledFrame,
    encoded,
    encoded_json,
    head,
    open_pipe,
)
from noc_console.net.pipe_batch import Batch, BatchDecoder, BatchEncoder

TEXTS = st.text(max_size=20)
PLACES = st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False), max_size=3)
FINDINGS = st.builds(
    Finding,
    id=TEXTS,
    text=TEXTS,
    where=PLACES,
    count=st.integers(1, 9),
    severity=st.none() | st.sampled_from(Severity),
)
OBSERVATIONS = st.builds(
    Observation,
    input_id=st.integers(1, 3),
    scope=st.sampled_from(["master", "playlist/720p", "segment/720p", "segment/1080p", "set"]),
    at=st.floats(0, 4e9),
    metrics=st.dictionaries(
        st.sampled_from(["a.b_s", "c.d", "e.f"]), st.floats(width=32, allow_nan=False), max_size=3
    ),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
)


def frames(raw: bytes) -> list[Frame]:
    found = []
    while raw:
        type_, length = head(raw[: HEAD.size])
        found.append(Frame(type_, raw[HEAD.size : HEAD.size + length]))
        raw = raw[HEAD.size + length :]
    return found


def through(decoder: BatchDecoder, raw: bytes) -> list[Batch]:
    batches = []
    for frame in frames(raw):
        if frame.type is FrameType.DECLARE:
            decoder.declare(frame.json())
        else:
            batches.append(decoder.batch(frame.payload))
    return batches


@settings(deadline=None)
@given(st.lists(st.lists(OBSERVATIONS, max_size=6), max_size=3))
def test_every_observation_comes_out_as_it_went_in(rounds: list[list[Observation]]) -> None:
    encoder, decoder = BatchEncoder(), BatchDecoder()
    for observations in rounds:
        for observation in observations:
            encoder.add(observation)
        batches = through(decoder, encoder.flush())
        looks = [
            (decoder.scopes[int(look["scope"])], float(look["at"]), batch.findings.get(index, ()))
            for batch in batches
            for index, look in enumerate(batch.looks)
        ]
        assert [(s.input_id, s.scope, at, f) for s, at, f in looks] == [
            (o.input_id, o.scope, o.at, o.findings) for o in observations
        ]
        samples = [
            (decoder.series[int(row["series"])], float(row["at"]), float(row["value"]))
            for batch in batches
            for row in batch.samples
        ]
        assert [(s.input_id, s.rung, s.metric, at, value) for s, at, value in samples] == [
            (o.input_id, o.rung, metric, o.at, value)
            for o in observations
            for metric, value in o.metrics.items()
            if math.isfinite(value)
        ]


def test_a_number_is_declared_once_and_stands_for_the_same_series_afterwards() -> None:
    encoder, decoder = BatchEncoder(), BatchDecoder()
    encoder.add(Observation(1, "playlist/a", 1.0, {"playlist.age_s": 2.0}))
    first = encoder.flush()
    encoder.add(Observation(1, "playlist/a", 2.0, {"playlist.age_s": 3.0}))
    second = encoder.flush()
    assert [frame.type for frame in frames(first)] == [FrameType.DECLARE, FrameType.BATCH]
    assert [frame.type for frame in frames(second)] == [FrameType.BATCH]
    (one,), (two,) = through(decoder, first), through(decoder, second)
    assert one.samples["series"] == two.samples["series"]


def test_a_value_too_large_for_float32_becomes_the_largest() -> None:
    encoder, decoder = BatchEncoder(), BatchDecoder()
    encoder.add(Observation(1, "set", 1.0, {"a.b": 1e300, "c.d": math.nan}))
    (batch,) = through(decoder, encoder.flush())
    assert batch.samples["value"].tolist() == [float(np.finfo(np.float32).max)]


def test_nothing_gathered_gives_no_frame() -> None:
    assert BatchEncoder().flush() == b""


def test_a_slow_core_costs_samples_that_are_counted_but_no_standing_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe_batch, "_MOST_SAMPLES", 10)
    monkeypatch.setattr(pipe_batch, "_MOST_LOOKS", 20)
    encoder, decoder = BatchEncoder(), BatchDecoder()
    for n in range(100):
        finding = Finding("hls-segment-slow", f"look {n}")
        encoder.add(Observation(1, f"segment/{n % 3}", float(n), {"segment.download_s": 1.0}, (finding,)))
    (batch,) = through(decoder, encoder.flush())
    assert encoder.dropped == 100 - len(batch.samples) > 0
    newest = {decoder.scopes[int(s)].scope: batch.findings[i] for i, s in enumerate(batch.looks["scope"])}
    assert [newest[f"segment/{n % 3}"][0].text for n in (97, 98, 99)] == ["look 97", "look 98", "look 99"]


def test_what_a_hostile_stream_makes_long_is_cut() -> None:
    encoder, decoder = BatchEncoder(), BatchDecoder()
    endless = Finding("hls-media-parse-error", "x" * 5_000_000, {"uri": "y" * 5_000_000, "line": 3})
    encoder.add(Observation(1, "master", 1.0, {}, (endless,) * 5000))
    (batch,) = through(decoder, encoder.flush())
    assert len(batch.findings[0]) == 100
    assert (len(batch.findings[0][0].text), len(str(batch.findings[0][0].where["uri"]))) == (1000, 1000)
    assert batch.findings[0][0].where["line"] == 3


BATCH_HEAD = (3).to_bytes(4, "little") + (0).to_bytes(4, "little")
ONE_LOOK = np.array([(1, 1.0)], pipe_batch.LOOK).tobytes()


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="empty"),
        pytest.param(BATCH_HEAD + b"short", id="fewer samples than announced"),
        pytest.param(b"\xff" * 8, id="counts beyond everything"),
        pytest.param(
            (1).to_bytes(4, "little") + bytes(4) + np.array([(9, 1.0, 1.0)], pipe_batch.SAMPLE).tobytes(),
            id="series nobody declared",
        ),
        pytest.param(bytes(4) + (1).to_bytes(4, "little") + ONE_LOOK, id="scope nobody declared"),
        pytest.param(bytes(8) + b"[", id="findings cut"),
        pytest.param(bytes(8) + b"[[0,[]]]", id="findings of no look"),
        pytest.param(bytes(8) + b'[[0,[{"id":"x"}]]]', id="finding without text"),
        pytest.param(bytes(8) + b"[" * 100_000, id="JSON too deep"),
        pytest.param(bytes(8) + b"\xff\xfe", id="findings not text"),
    ],
)
def test_a_garbled_batch_is_refused_by_name(payload: bytes) -> None:
    with pytest.raises(GarbledFrame):
        BatchDecoder().batch(payload)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_fail_otherwise(payload: bytes) -> None:
    decoder = BatchDecoder()
    decoder.declare({"series": [[0, 1, "", "a"]], "scopes": [[0, 1, "set"]]})
    try:
        decoder.batch(payload)
    except GarbledFrame:
        return


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"series": [[1]], "scopes": []},
        {"series": None, "scopes": None},
        {"series": [["x", 1, "", ""]], "scopes": []},
    ],
)
def test_a_garbled_declaration_is_refused_by_name(content: dict[str, object]) -> None:
    with pytest.raises(GarbledFrame):
        BatchDecoder().declare(content)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(HEAD.pack(99, 3), id="unknown type"),
        pytest.param(HEAD.pack(FrameType.NOTE, MOST_PAYLOAD_BYTES + 1), id="too long"),
    ],
)
def test_a_garbled_head_is_refused_by_name(raw: bytes) -> None:
    with pytest.raises(GarbledFrame):
        head(raw)


def test_a_payload_over_the_limit_is_not_sent() -> None:
    with pytest.raises(GarbledFrame):
        encoded(FrameType.NOTE, bytes(MOST_PAYLOAD_BYTES + 1))


@pytest.mark.parametrize("payload", [b"{", b"[]", b"\xff", b"[" * 100_000], ids=["cut", "list", "no text", "deep"])
def test_a_payload_that_is_no_json_object_is_refused_by_name(payload: bytes) -> None:
    with pytest.raises(GarbledFrame):
        Frame(FrameType.NOTE, payload).json()


async def test_frames_go_both_ways_and_a_closed_end_is_the_end_of_the_stream() -> None:
    ours, theirs = socket.socketpair()
    one, two = await open_pipe(ours), await open_pipe(theirs)
    one.write(encoded_json(FrameType.COMMAND, {"id": 1, "verb": "stop"}))
    two.write(encoded_json(FrameType.NOTE, {"kind": "health"}) + encoded(FrameType.BATCH, bytes(3_000_000)))
    command = await two.read()
    assert command and (command.type, command.json()) == (FrameType.COMMAND, {"id": 1, "verb": "stop"})
    note, batch = await one.read(), await one.read()
    assert note and note.json() == {"kind": "health"}
    assert batch and len(batch.payload) == 3_000_000
    two.close()
    assert await one.read() is None
    one.close()


async def test_a_frame_cut_by_the_end_of_the_other_process_is_the_end_too() -> None:
    ours, theirs = socket.socketpair()
    pipe = await open_pipe(ours)
    theirs.send(HEAD.pack(FrameType.NOTE, 100) + b"half")
    theirs.close()
    assert await pipe.read() is None
    pipe.close()


async def test_a_reader_that_does_not_read_shows_as_backlog() -> None:
    ours, theirs = socket.socketpair()
    one, two = await open_pipe(ours), await open_pipe(theirs)
    for _ in range(8):
        one.write(encoded(FrameType.BATCH, bytes(4_000_000)))
    assert one.backlog_bytes > 1_000_000
    for _ in range(8):
        await two.read()
    await asyncio.wait_for(one.drain(), 5)
    assert one.backlog_bytes < 1_000_000
    one.close()
    two.close()
