"""Tables and services of captures, beside what another analyser (TSDuck) printed of the same files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from noc_console.media.ts.psi import Psi, PsiReport
from noc_console.media.ts.psi_limits import table_name

NAN = float("nan")
REFERENCES = ["test-012", "test-025", "test-072", "test-139"]


def tables_of(data: bytes, size: int = 188) -> PsiReport:
    """Read every table of a stream; a gap in the counter drops the section under way, TEI packets are not read."""
    psi, counters = Psi(), {}
    for at in range(0, len(data) - 187, size):
        packet = data[at : at + 188]
        pid = (packet[1] & 0x1F) << 8 | packet[2]
        if packet[0] != 0x47 or packet[1] & 0x80 or not psi.wanted[pid] or packet[3] & 0xC0 or not packet[3] & 0x10:
            continue
        counter = packet[3] & 0x0F
        if (counters.get(pid, counter - 1) + 1) & 0x0F != counter & 0x0F:
            psi.lost(pid)
        counters[pid] = counter
        payload = packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :]
        psi.feed(pid, bool(packet[1] & 0x40), payload, at // size, NAN)
    return psi.report()


@pytest.fixture(params=REFERENCES)
def pair(request: pytest.FixtureRequest, testdata: Path) -> tuple[PsiReport, dict[str, Any]]:
    name = request.param
    reference = testdata / "ts" / "tsduck-reference" / name / f"{name}.tsp.analyze.json"
    return tables_of((testdata / "ts" / "tsduck" / f"{name}.ts").read_bytes()), json.loads(reference.read_text())


def test_services_are_the_same(pair: tuple[PsiReport, dict[str, Any]]) -> None:
    report, told = pair
    ours = [
        (one.id, one.name or "(unknown)", one.provider or "(unknown)", one.pmt_pid, one.service_type,
         {one.pmt_pid, one.pcr_pid, *(stream.pid for stream in one.streams)} - {-1, 0x1FFF})
        for one in report.services
    ]  # fmt: skip
    theirs = [
        (one["id"], one["name"], one["provider"], one["pmt-pid"], one["type"], set(one["pids"]))
        for one in told["services"]
    ]
    assert ours == theirs


def test_languages_are_the_same(pair: tuple[PsiReport, dict[str, Any]]) -> None:
    report, told = pair
    theirs = {one["id"]: one["language"] for one in told["pids"] if one.get("language")}
    ours = {stream.pid: stream.languages[0] for one in report.services for stream in one.streams if stream.languages}
    assert ours == theirs


def test_sections_and_versions_are_the_same(pair: tuple[PsiReport, dict[str, Any]]) -> None:
    report, told = pair
    theirs: dict[str, tuple[int, set[int]]] = {}
    for one in told["tables"]:
        if one["tid"] == 0x7F:  # SIT on its own PID, which we do not read
            continue
        sections, versions = theirs.get(table_name(one["tid"]), (0, set()))
        theirs[table_name(one["tid"])] = sections + one["sections"], versions | set(one["versions"])
    ours = {
        name: (stat.sections, set(stat.versions))
        for name, stat in report.tables.items()
        if not name.startswith("table")
    }
    assert ours == theirs


def test_the_pat_of_every_capture_counts_as_known(testdata: Path) -> None:
    wrong, judged = [], 0
    with (testdata / "ts" / "expected.csv").open() as file:
        for row in csv.DictReader(file):
            if not row["pat_sections"] or row["file"].endswith("misaligned.ts"):
                continue
            report = tables_of((testdata / row["file"]).read_bytes(), int(row["packet_size"]))
            stat = report.tables.get("PAT")
            ours = (stat.sections, stat.crc_errors, stat.versions) if stat else (0, 0, [])
            versions = [int(one) for one in row["pat_versions"].split("/") if one]
            theirs = (int(row["pat_sections"]), int(row["pat_crc_errors"]), versions)
            judged += 1
            wrong += [(row["file"], ours, theirs)] if ours != theirs else []
    assert wrong == [] and judged > 50


def test_a_multiplex_off_air_has_its_network_and_scrambled_services(testdata: Path) -> None:
    report = tables_of((testdata / "ts" / "tsduck" / "test-108.ts").read_bytes())
    assert report.network == "Rai"
    assert {one.name for one in report.services if one.name} >= {"Rai 1", "Rai 2"}
    pay = tables_of((testdata / "ts" / "tsduck" / "test-008.ts").read_bytes())
    assert pay.services[0].is_scrambled and pay.services[0].ca_systems
