"""Observations come out of the pipe as they went in."""

from __future__ import annotations

import json
import logging

import pytest

from noc_console.agent.looks import looks_of
from noc_console.model import Finding, Observation
from noc_console.net.pipe import HEAD, FrameType, head
from noc_console.net.pipe_batch import BatchDecoder, BatchEncoder

AT = 1_790_000_000.25


def through_the_pipe(*looks: Observation) -> list[Observation]:
    encoder, decoder = BatchEncoder(), BatchDecoder()
    for look in looks:
        encoder.add(look)
    raw, found = encoder.flush(), []
    while raw:
        type_, length = head(raw[: HEAD.size])
        payload, raw = raw[HEAD.size : HEAD.size + length], raw[HEAD.size + length :]
        if type_ is FrameType.DECLARE:
            decoder.declare(json.loads(payload))
        else:
            found += looks_of(decoder.batch(payload), decoder)
    return found


def test_looks_at_many_scopes_keep_their_own_samples_and_findings() -> None:
    slow = Finding("hls-segment-slow", "3.1 s, limit 2.0 s", {"line": 12})
    looks = [
        Observation(1, "http/a", AT, {"http.requests": 1.0, "http.is_5xx": 0.0}),
        Observation(1, "segment/a", AT, {"segment.download_s": 0.5, "segment.status": 200.0}, (slow,)),
        Observation(1, "segment/b", AT, {"segment.download_s": 0.25}),
        Observation(2, "segment/a", AT, {"segment.download_s": 0.75}),
        Observation(1, "segment/a", AT + 6, {"segment.download_s": 1.5}),
        Observation(2, "master", AT, {"ladder.rungs": 4.0}),
        Observation(2, "set", AT + 1, {}),
    ]
    assert through_the_pipe(*looks) == looks


def test_a_finding_the_catalogue_does_not_know_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        (look,) = through_the_pipe(Observation(1, "set", AT, {}, (Finding("no-such-finding", "x"),)))
    assert look.findings == ()
    assert "no-such-finding" in caplog.text
