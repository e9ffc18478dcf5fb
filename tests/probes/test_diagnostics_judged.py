"""Diagnostics' judgements without a network: hops, two reports of a stream, 20 min of loudness, a log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.model import Input, Kind, Layer
from noc_console.probes.diagnostics import log_tail, loudness_trend, path, registry, ts_health
from noc_console.probes.diagnostics.ask import NoAsk
from noc_console.probes.diagnostics.echo import Back
from noc_console.probes.diagnostics.ping import told as pinged
from noc_console.probes.diagnostics.values import Impossible, Kit, Point, Target
from noc_console.settings import Settings

NOW = 1_790_000_000.0
END = "192.0.2.9"


# -- the path


def rounds(count: int, lost: Mapping[int, Sequence[int]]) -> dict[int, Back]:
    """Answers of three hops over so many rounds; `lost` names the rounds each hop stayed silent in."""
    return {
        round_ * 32 + hop: Back(END if hop == 3 else f"10.0.0.{hop}", 0.001 * hop, hop == 3)
        for round_ in range(count)
        for hop in (1, 2, 3)
        if round_ not in lost.get(hop, ())
    }


def measured(lost: Mapping[int, Sequence[int]], way: str = "icmp", times: list[float | None] | None = None) -> Any:
    back = rounds(100, lost)
    return path.told(END, way, path.hops_of(back, path.length(back), 100), times)


def test_a_clean_path_has_its_hops_and_no_loss() -> None:
    result = measured({})
    assert (result.fields["hops"], result.fields["loss_ratio"], result.fields["lossy_hop"]) == (3.0, 0.0, 0.0)
    assert result.fields["is_ok"] == 1.0
    assert [row["address"] for row in result.rows] == ["10.0.0.1", "10.0.0.2", END]


def test_a_router_that_answers_seldom_loses_nothing() -> None:
    result = measured({2: range(1, 90)})
    assert (result.fields["loss_ratio"], result.fields["lossy_hop"], result.fields["is_ok"]) == (0.0, 0.0, 1.0)


def test_loss_that_goes_on_to_the_end_begins_at_a_hop() -> None:
    result = measured({2: range(1, 11), 3: range(1, 13)})
    assert (result.fields["loss_ratio"], result.fields["lossy_hop"]) == (pytest.approx(0.12), 2.0)
    assert "from hop 2 on" in result.text


def test_a_far_end_that_never_answers_leaves_its_loss_unknown() -> None:
    back = {key: one for key, one in rounds(100, {}).items() if not one.is_end}
    result = path.told(END, "icmp", path.hops_of(back, path.length(back), 100), None)
    assert (result.fields["loss_ratio"], result.fields["is_ok"], result.fields["lossy_hop"]) == (None, None, None)


def test_without_echo_the_end_is_measured_by_connections_and_that_is_said() -> None:
    result = measured({3: range(5, 100)}, "udp", [0.01] * 99 + [None])
    assert result.fields["loss_ratio"] == pytest.approx(0.01)
    assert "TCP connections" in result.text


def test_pings_that_are_lost_are_counted() -> None:
    result = pinged(END, [0.01, None, 0.03, 0.02], "ICMP echo")
    assert (result.fields["loss_ratio"], result.fields["mean_s"], result.fields["is_ok"]) == (
        0.25,
        pytest.approx(0.02),
        0.0,
    )


# -- a transport stream


def report(packets: int, counts: Mapping[str, int], **pids: tuple[int, int]) -> dict[str, Any]:
    told = {
        pid.removeprefix("p"): {"packets": n, "continuity_errors": cc, "kind": "video"}
        for pid, (n, cc) in pids.items()
    }
    return {"packets": packets, "packet_size": 188, "indicators": counts, "pids": told, "services": [{}]}


def test_what_came_between_two_reports_is_counted_by_priority_and_pid() -> None:
    before = report(1000, {"1.4": 3, "2.2": 1}, p256=(800, 3), p257=(200, 0))
    after = report(6000, {"1.4": 8, "2.2": 1, "3.4": 2}, p256=(4800, 8), p257=(1200, 0))
    result = ts_health.judged(before, after, 5.0)
    fields = result.fields
    assert (fields["p1_errors"], fields["p2_errors"], fields["p3_errors"]) == (5.0, 0.0, 2.0)
    assert (fields["cc_errors"], fields["cc_pids"], fields["pids"], fields["is_ok"]) == (5.0, 1.0, 2.0, 0.0)
    assert fields["bitrate_bps"] == 5000 * 188 * 8 / 5


def test_a_stream_that_stands_still_is_not_well() -> None:
    still = report(1000, {}, p256=(800, 0))
    result = ts_health.judged(still, still, 5.0)
    assert (result.fields["is_ok"], result.fields["pids"], result.fields["bitrate_bps"]) == (0.0, 0.0, 0.0)
    assert "Nothing came" in result.text


def test_a_worker_that_began_anew_counts_from_zero() -> None:
    result = ts_health.judged(report(9000, {"1.4": 7}, p256=(9000, 7)), report(500, {"1.4": 1}, p256=(500, 1)), 5.0)
    assert (result.fields["cc_errors"], result.fields["p1_errors"]) == (1.0, 0.0)


# -- loudness


def curve(*levels: float) -> list[Point]:
    return [
        (NOW - 1200 + 300 * part + second, level) for part, level in enumerate(levels) for second in range(0, 300, 10)
    ]


@pytest.mark.parametrize(
    ("levels", "is_ok", "words"),
    [
        pytest.param((-23.0, -23.5, -22.5, -23.0), 1.0, "natural", id="on the target"),
        pytest.param((-18.0, -18.2, -17.9, -18.0), 0.0, "persistent", id="too loud all the time"),
        pytest.param((-16.0, -23.0, -15.0, -16.0), 0.0, "not persistent", id="comes and goes"),
        pytest.param((-30.0, -27.0, -24.0, -21.0), 1.0, "+30.0 LU per 10 min", id="drifts"),
    ],
)
def test_what_20_min_of_loudness_mean(levels: tuple[float, ...], is_ok: float, words: str) -> None:
    result = loudness_trend.judged("audio-en", curve(*levels), NOW)
    assert result.fields["points"] == 4.0
    assert result.fields["is_ok"] == is_ok or words == "+30.0 LU per 10 min"
    assert words.replace("+30.0", "+6.0") in result.text
    assert result.fields["spread_lu"] == pytest.approx(max(levels) - min(levels))


def test_parts_that_were_not_recorded_or_silent_are_no_value() -> None:
    result = loudness_trend.judged("audio-en", curve(-23.0, -80.0, -23.0), NOW)
    assert result.fields["points"] == 2.0
    assert [row["lufs"] for row in result.rows] == [-23.0, None, -23.0, None]
    assert loudness_trend.judged("audio-en", [], NOW).fields["mean_lufs"] is None


class Recorded(NoAsk):
    """An agent whose history holds some curves."""

    def __init__(self, curves: Mapping[int, Mapping[str, Sequence[Point]]]) -> None:
        self.curves = curves

    async def points(self, entry: Input, metric: str, span_s: float) -> Mapping[str, Sequence[Point]]:
        return self.curves.get(entry.id, {})


async def test_the_worst_sound_is_told_and_that_of_another_input_where_this_one_has_none() -> None:
    one, two = (Input(n, 1, Layer.PACKAGER, Kind.HLS, "http://x/m") for n in (1, 2))
    ask = Recorded({2: {"audio-en": curve(*[-23.0] * 4), "audio-vi": curve(*[-15.0] * 4)}})
    kit = Kit(Settings(), lambda: NOW, ask)
    result = await registry.run("loudness-trend", Target("CH_1", one, (one, two)), kit)
    assert result.text.startswith("audio-vi")
    with pytest.raises(Impossible, match="No loudness was recorded"):
        await registry.run("loudness-trend", Target("CH_1", one), kit)


# -- a log


def test_a_log_of_json_lines_is_counted_by_level_code_and_field() -> None:
    lines = [
        {"level": "ERROR", "error_code": "E_UPLOAD", "session": "a", "stage": "upload"},
        {"level": "info", "stage": "merge"},
        {"level": "warning", "stage": "merge"},
        {"level": "ERROR", "error_code": "E_UPLOAD", "session": "b", "stage": "upload"},
        {"level": "critical", "error_code": "E_DISK", "stage": "merge"},
    ]
    result = log_tail.judged("errors.log", "\n".join(map(json.dumps, lines)).encode())
    assert result.fields == {
        "is_ok": 0.0,
        "lines": 5.0,
        "errors": 3.0,
        "warnings": 1.0,
        "distinct_codes": 2.0,
        "top_code_count": 2.0,
    }
    assert {"what": "field", "name": "stage", "value": "merge", "count": 3} in result.rows
    assert [row["code"] for row in result.rows if row["what"] == "error"] == ["E_DISK", "E_UPLOAD", "E_UPLOAD"]


def test_other_lines_are_judged_by_their_words_and_only_the_last_fifty_count() -> None:
    old = b"2026 ERROR long ago\n" * 30
    result = log_tail.judged("app.log", old + b"2026 INFO fine\n" * 48 + b"WARN hm\n2026 Exception in thread\n")
    assert (result.fields["lines"], result.fields["errors"], result.fields["warnings"]) == (50.0, 1.0, 1.0)


def test_secrets_in_a_log_are_not_told() -> None:
    result = log_tail.judged("app.log", b'ERROR login password=hunter22 token: "abc123"\n')
    assert "hunter22" not in str(result)
    assert "abc123" not in str(result)


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reading_of_a_log(body: bytes) -> None:
    result = log_tail.judged("x.log", body)
    assert 0 <= (result.fields["errors"] or 0) <= (result.fields["lines"] or 0) <= 50


def test_a_line_of_deep_brackets_is_only_text() -> None:
    assert log_tail.record("{" * 5000).fields == {}
    assert log_tail.record('{"a":' + "[" * 100_000).fields == {}
