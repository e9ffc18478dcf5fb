"""Input that means harm: garbage, cut packets, one PID, all PIDs, a PCR in every packet; bounded work and memory."""

from __future__ import annotations

import numpy as np
import pytest
from ts_packets_making import AUDIO, NULL, RATE, VIDEO, packet, pcr_field, stream

from noc_console.media.ts import fast, packets
from noc_console.media.ts.analyser import Analyser, Report
from noc_console.media.ts.grid import Grid
from noc_console.media.ts.ledger import KEPT
from noc_console.media.ts.profile import Profile

PASSES = [pytest.param(packets.read_heads, id="numpy"), pytest.param(fast.read_heads, id="compiled")]


def whole(block: np.ndarray, read: object = packets.read_heads) -> Report:
    analyser = Analyser(read_heads=read)  # type: ignore[arg-type]
    for at in range(0, len(block), 20_000):
        analyser.feed(block[at : at + 20_000])
    analyser.finish()
    return analyser.report()


@pytest.mark.parametrize("read", PASSES)
def test_noise_behind_right_sync_bytes_is_judged_and_told_in_bounds(read: object) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (30_000, 188), np.uint8)
    noise[:, 0] = 0x47
    report = whole(noise, read)
    assert report.packets == 30_000
    assert len(report.errors) <= KEPT * 30
    assert report.transport_errors == int((noise[:, 1] & 0x80 != 0).sum())


def test_both_passes_report_noise_alike() -> None:
    noise = np.random.default_rng(8).integers(0, 256, (12_000, 188), np.uint8)
    noise[:, 0] = np.where(np.arange(12_000) % 97, 0x47, 0)
    noise[:, 1] &= 0x41
    noise[:, 2] &= 3
    noise[:, 3] &= 0x3F
    one, other = whole(noise), whole(noise, fast.read_heads)
    assert repr(one) == repr(other)


def test_a_stream_of_one_pid_and_nothing_else() -> None:
    rows = b"".join(packet(0x47, index, b"") for index in range(20_000))
    report = whole(np.frombuffer(rows, np.uint8).reshape(-1, 188))
    assert list(report.pids) == [0x47]
    assert report.counts.get("1.4", 0) == 0


def test_all_pids_with_a_clock_each() -> None:
    field = [pcr_field(index * 13_500) for index in range(16_382)]
    rows = b"".join(packet(index % 8191, index // 8191, b"", False, field[index]) for index in range(16_382))
    report = whole(np.frombuffer(rows, np.uint8).reshape(-1, 188))
    assert len(report.pids) == 8191
    assert sum(one.pcr.count for one in report.pids.values() if one.pcr) == 16_382


def test_a_clock_that_leaps_ten_seconds_a_packet_buys_no_time() -> None:
    rows = b"".join(packet(VIDEO, index, b"", False, pcr_field(index * 270_000_000)) for index in range(5_000))
    analyser = Analyser()
    analyser.feed(np.frombuffer(rows, np.uint8).reshape(-1, 188))
    analyser.finish()
    assert analyser._seconds <= 5_000 / 16 + 1


def test_adaptation_fields_longer_than_the_packet_are_survived() -> None:
    block = stream(1.0)
    block[:, 3] |= 0x30
    block[:, 4] = 255
    block[:, 5] = 0xFF
    assert whole(block).packets == RATE


def test_a_file_cut_in_the_middle_of_a_packet_is_read_to_its_last_whole_packet() -> None:
    grid, analyser = Grid(), Analyser()
    for piece in [*grid.feed(stream(1.0).tobytes()[:-100]), *grid.finish()]:
        analyser.feed(piece.block, None, piece.events)
    analyser.finish()
    assert (analyser.report().packets, grid.trailing) == (RATE - 1, 88)


def test_everything_flagged_as_broken_is_counted_and_told_in_bounds() -> None:
    block = stream(3.0)
    block[:, 1] |= 0x80
    report = whole(block)
    assert report.counts == {"2.1": 3 * RATE}
    assert len(report.errors) == KEPT


def test_a_missing_pid_stays_a_finding_until_it_is_back() -> None:
    block, analyser = stream(12.0), Analyser(Profile(pid_timeout_s=3.0))
    pid = (block[:, 1].astype(int) & 0x1F) << 8 | block[:, 2]
    gone = (pid == AUDIO) & (np.arange(len(block)) >= 3 * RATE) & (np.arange(len(block)) < 9 * RATE)
    block[gone, 1], block[gone, 2] = NULL >> 8, NULL & 255
    told = []
    for second in range(12):
        rows = slice(second * RATE, (second + 1) * RATE)
        analyser.feed(block[rows], 500.0 + np.arange(rows.start, rows.stop) / RATE)
        found = analyser.tick(501.0 + second).findings
        told.append("ts-pid-missing" in {finding.id for finding in found})
    assert told == [False] * 5 + [True] * 4 + [False] * 3


def test_a_second_tells_bitrates_and_the_share_of_null_packets() -> None:
    block, analyser = stream(2.0), Analyser()
    for second in range(2):
        rows = slice(second * RATE, (second + 1) * RATE)
        analyser.feed(block[rows], 500.0 + np.arange(rows.start, rows.stop) / RATE)
        measures = analyser.tick(501.0 + second)
    pid = (block[RATE:, 1].astype(int) & 0x1F) << 8 | block[RATE:, 2]
    assert measures.metrics["ts"]["ts.bitrate_bps"] == pytest.approx(RATE * 188 * 8)
    assert measures.metrics["ts"]["ts.null_ratio"] == pytest.approx(float((pid == NULL).mean()))
    assert measures.metrics["pid/0x0101"]["ts.bitrate_bps"] == pytest.approx(int((pid == AUDIO).sum()) * 188 * 8)
    assert measures.metrics["service/1"]["ts.bitrate_bps"] > measures.metrics["pid/0x0100"]["ts.bitrate_bps"]
    assert measures.metrics["ts"]["ts.p1_errors"] == 0
