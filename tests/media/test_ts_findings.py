"""Counted errors to findings of the catalogue, and the form of the inspection."""

from __future__ import annotations

import json

import pytest
from ts_sections import descriptor, pat, payloads, pmt, sdt

from noc_console import catalogues
from noc_console.media.es.format import Audio, Colour, Video
from noc_console.media.ts.details import details
from noc_console.media.ts.findings import INDICATORS, Tally, counts_by_priority, findings, findings_of, priority_of
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.outcome import WHOLE_STREAM, PacketError, PcrReport, PidReport, Report
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.second import counted
from noc_console.model import Severity


def error(indicator: str, pid: int = 0x100, packet: int = 5, weight: int = 1) -> PacketError:
    return PacketError(indicator, pid, packet, 1.0, f"{indicator} is wrong.", 1.0, weight)


def test_every_indicator_leads_to_a_finding_of_the_catalogue_that_names_it() -> None:
    for key, one in INDICATORS.items():
        kind = catalogues.finding_type(one.finding)
        numbers = [number.strip() for number in kind.tr.split(",") if number.strip()]
        assert not one.tr or any(one.tr == number or one.tr.startswith(f"{number}.") for number in numbers), key


def test_every_finding_of_the_catalogue_with_a_number_has_an_indicator() -> None:
    told = {one.finding for one in INDICATORS.values()}
    assert [one.id for one in catalogues.findings().values() if one.tr and one.id not in told] == []


def test_a_finding_tells_number_name_priority_pid_and_packet() -> None:
    (finding,) = findings({("1.4", 0x100): 7}, {("1.4", 0x100): error("1.4")})
    assert (finding.id, finding.count, finding.text, finding.severity) == ("ts-cc", 7, "1.4 is wrong.", None)
    assert finding.where == {
        "tr": "1.4", "name": "Continuity_count_error", "priority": 1, "pid": 0x100, "packet": 5,
    }  # fmt: skip


def test_an_error_of_the_whole_stream_names_no_pid() -> None:
    (finding,) = findings({("1.1", WHOLE_STREAM): 1}, {("1.1", WHOLE_STREAM): error("1.1", WHOLE_STREAM, -1)})
    assert "pid" not in finding.where and "packet" not in finding.where


@pytest.mark.parametrize(
    ("indicator", "operator", "by_priority"),
    [
        ("1.4", Severity.MAJOR, Severity.CRITICAL),
        ("2.5", Severity.CRITICAL, Severity.MAJOR),
        ("3.8", Severity.MINOR, Severity.MINOR),
        ("2.3.a", Severity.MAJOR, Severity.MAJOR),
        ("2.3.a-40", Severity.WARNING, Severity.MAJOR),
        ("scte35-preroll", Severity.MINOR, Severity.MINOR),
    ],
)
def test_severity_by_the_operator_and_by_priority(indicator: str, operator: Severity, by_priority: Severity) -> None:
    place = (indicator, 0x100)
    (one,) = findings({place: 1}, {place: error(indicator)})
    (other,) = findings({place: 1}, {place: error(indicator)}, is_by_priority=True)
    assert catalogues.severity_of(one) == operator and catalogues.severity_of(other) == by_priority


def test_what_was_counted_and_not_kept_is_in_the_count() -> None:
    told = findings_of([error("1.4"), error("1.4", 0x200), error("2.2", weight=3)], {"1.4": 1000, "2.2": 3})
    assert {(one.id, one.where["pid"]): one.count for one in told} == {
        ("ts-cc", 0x100): 999, ("ts-cc", 0x200): 1, ("ts-crc", 0x100): 3,
    }  # fmt: skip


def test_counts_by_priority_leave_warnings_out() -> None:
    counts = {"1.4": 2, "2.3.a": 3, "2.3.a-40": 50, "3.10": 1, "scte35-preroll": 9}
    assert counts_by_priority(counts) == {1: 2, 2: 3, 3: 1}
    assert priority_of("3.10") == 3 and priority_of("scte35-preroll") == 0


def test_the_last_hour_is_sixty_minutes() -> None:
    tally = Tally()
    for minute in range(120):
        tally.add({"1.4": 1, "2.2": 2}, minute * 60.0)
    assert tally.hour() == {1: 60, 2: 120, 3: 0}


def report() -> Report:
    psi = Psi()
    vision = descriptor(0xB0, b"\x01\x00" + (8 << 9 | 6 << 3 | 5).to_bytes(2, "big") + b"\x10")
    streams = [(0x1B, 0x200, b""), (0x0F, 0x201, descriptor(0x0A, b"vie\x00")), (0x24, 0x202, vision)]
    for pid, whole in ((0, pat({1: 0x100})), (0x100, pmt(1, 0x200, streams)), (0x11, sdt({1: ("VTV", "VTV1")}))):
        for starts, payload in payloads(whole):
            psi.feed(pid, starts, payload, 0, 0.0)
    picture = Video("h264", "High", "4.0", 1920, 1080, 25.0, True, colour=Colour(1, 1, 1), name="avc1.640028")
    pcr = PcrReport(10, 38.5, 0, 0, 0, 120.0, 0)
    pids = {
        0: PidReport(5),
        0x100: PidReport(5),
        0x200: PidReport(900, pcr=pcr),
        0x1FFF: PidReport(3),
        0x300: PidReport(1),
    }
    return Report(
        packet_size=204, packets=1000, sync_losses=1, sync_byte_errors=2, transport_errors=3, null_packets=3,
        scrambled_packets=0, duration_s=2.0, bitrate_bps=752_000.4, is_constant=True, pids=pids, counts={"1.4": 2},
        errors=(error("1.4"),), psi=psi.report(), formats={0x200: picture, 0x201: Audio("aac", "LC", 48_000, 2)},
    )  # fmt: skip


def test_the_details_have_their_stable_keys() -> None:
    told = json.loads(json.dumps(details(report()), allow_nan=False))
    assert (told["packet_size"], told["packets"], told["sync_losses"], told["sync_byte_errors"]) == (204, 1000, 1, 2)
    assert (told["transport_errors"], told["null_packets"]) == (3, 3)
    assert {pid: row["kind"] for pid, row in told["pids"].items()} == {
        "0": "psi", "256": "psi", "512": "video", "768": "unknown", "8191": "null",
    }  # fmt: skip
    video = told["pids"]["512"]
    assert video["codec"] == "h264"
    assert video["pcr"]["count"] == 10 and video["pcr"]["max_interval_ms"] == 38.5
    assert {"packets", "continuity_errors", "duplicates", "scrambled", "discontinuity_flags"} <= set(video)
    assert told["tables"]["PAT"] == {"sections": 1, "versions": [0], "crc_errors": 0}
    assert told["scte35"] == []
    pat_told = next(one for one in told["psi"] if one["table"] == "PAT")
    assert (pat_told["pid"], pat_told["version"], pat_told["programmes"]) == (0, 0, {"1": "0x0100"})


def test_the_services_have_their_streams_with_formats() -> None:
    (service,) = details(report())["services"]
    assert (service["id"], service["name"], service["provider"]) == (1, "VTV1", "VTV")
    assert (service["pmt_pid"], service["pcr_pid"]) == (0x100, 0x200)
    picture, sound, vision = service["streams"]
    assert (picture["codec"], picture["width"], picture["height"], picture["frame_rate"]) == (
        "h264",
        1920,
        1080,
        25.0,
    )
    assert picture["interlaced"] is True and picture["hdr"] == "SDR"
    assert (sound["codec"], sound["sample_rate"], sound["languages"]) == ("aac", 48_000, ["vie"])
    assert (vision["codec"], vision["dolby_vision"], vision["hdr"]) == ("hevc", "8.06", "Dolby Vision")


def test_every_title_of_the_catalogue_is_there_in_vietnamese() -> None:
    rows = catalogues.findings().values()
    assert [one.id for one in rows if not one.title_vi.strip()] == []


@pytest.mark.parametrize(("by_priority", "severity"), [(False, None), (True, Severity.MAJOR)])
def test_the_profile_chooses_where_severity_comes_from(by_priority: bool, severity: Severity | None) -> None:
    ledger = Ledger()
    ledger.add(error("2.2"))
    _, _, (finding,) = counted(ledger, [], by_priority)
    assert (finding.id, finding.severity) == ("ts-crc", severity)
