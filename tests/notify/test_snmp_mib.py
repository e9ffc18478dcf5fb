"""The MIB is what the catalogue says, passes smilint, and net-snmp reads our traps with it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from netsnmp import needs, trapd

from noc_console.catalogues import alarm_types
from noc_console.cli import app
from noc_console.errors import KnownError
from noc_console.notify.snmp_config import Destination, Keys, SnmpConfig, warning_of
from noc_console.notify.snmp_content import trap_of
from noc_console.notify.snmp_desk import SnmpDesk
from noc_console.notify.snmp_mib import MODULE, OBJECTS, modules, name_of
from noc_console.resources import resource


def written(folder: Path, root: str = "1.3.6.1.4.1.37211.100", severity: str = "number") -> Path:
    """Write both modules under the names smilint looks for."""
    folder.mkdir(exist_ok=True)
    for name, text in modules(root, severity).items():  # type: ignore[arg-type]
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def standard_mibs(testdata: Path, tmp_path: Path) -> Path:
    """The standard modules under their own names."""
    folder = tmp_path / "standard"
    folder.mkdir()
    for name in ("SNMPv2-SMI", "SNMPv2-TC", "SNMPv2-CONF", "SNMP-FRAMEWORK-MIB"):
        (folder / name).symlink_to(testdata / "snmp" / "mibs" / f"{name}.txt")
    return folder


@pytest.mark.parametrize("name", [MODULE, OBJECTS])
def test_the_shipped_modules_are_those_of_the_catalogue_and_the_default_root(name: str) -> None:
    assert resource(f"mibs/{name}.txt").read_text("ascii") == modules()[name]


@pytest.mark.parametrize("severity", ["number", "text"])
@pytest.mark.parametrize("root", ["1.3.6.1.4.1.37211.100", "1.3.6.1.4.1.32473", "1.3.6.1.3.55"])
@pytest.mark.parametrize("name", [MODULE, OBJECTS])
def test_smilint_has_nothing_to_say_at_level_4(
    tmp_path: Path, standard_mibs: Path, name: str, root: str, severity: str
) -> None:
    folder = written(tmp_path / "own", root, severity)
    env = {**os.environ, "SMIPATH": f"{folder}:{standard_mibs}"}
    said = subprocess.run(
        [needs("smilint"), "-s", "-l", "4", str(folder / name)], env=env, capture_output=True, text=True, timeout=30
    )
    about_us = [line for line in (said.stdout + said.stderr).splitlines() if str(folder) in line]
    assert about_us == []


def test_smilint_would_have_found_a_fault(tmp_path: Path, standard_mibs: Path) -> None:
    folder = written(tmp_path / "own")
    (folder / MODULE).write_text(
        (folder / MODULE).read_text().replace("tsSyncLossSeverity,", "tsSyncLossNothing,", 1)
    )
    env = {**os.environ, "SMIPATH": f"{folder}:{standard_mibs}"}
    said = subprocess.run(
        [needs("smilint"), "-s", "-l", "4", str(folder / MODULE)], env=env, capture_output=True, text=True, timeout=30
    )
    assert "tsSyncLossNothing" in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.1", f"{MODULE}::tsSyncLoss"),
        ("1.1.1", f"{OBJECTS}::tsSyncLossSeverity"),
        ("4.2.3", f"{OBJECTS}::audioSilenceMessage"),
        ("0.1.4", f"{OBJECTS}::nocNoticeTime"),
    ],
)
def test_net_snmp_translates_our_oids(tmp_path: Path, standard_mibs: Path, oid: str, name: str) -> None:
    folder = written(tmp_path / "own")
    said = subprocess.run(
        [needs("snmptranslate"), "-m", MODULE, "-M", f"{folder}:{standard_mibs}", f".1.3.6.1.4.1.37211.100.{oid}"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert said.stdout.strip() == name


async def test_net_snmps_trap_daemon_names_everything_in_our_trap(tmp_path: Path, standard_mibs: Path) -> None:
    folder = written(standard_mibs)
    desk = SnmpDesk("mib test")
    alarm = {"alarm_type": "VIDEO_FREEZE", "severity": "critical", "channel_code": "CH_1", "message": "Frozen 3 s"}
    with trapd(tmp_path, "authCommunity log public\n", mibs=folder) as daemon:
        config = SnmpConfig(destinations=(Destination(host="127.0.0.1", port=daemon.port),))
        await desk.send(config, (Keys(),), trap_of("raise", "", alarm, 1790000000.0, config.root))
        binds = daemon.next().binds
    desk.end()
    assert binds[1][1] == f"OID: {MODULE}::videoFreeze"
    assert [oid for oid, _ in binds[2:]] == [
        f"{OBJECTS}::videoFreeze{part}" for part in ("Severity", "Program", "Message", "Time")
    ]
    assert binds[2][1] == "INTEGER: critical(3)"


def test_every_alarm_type_has_a_notification_of_its_own() -> None:
    text = modules()[MODULE]
    rows = [row for row in alarm_types().values() if row.oid]
    assert all(f"\n{name_of(row.key)} NOTIFICATION-TYPE\n" in text for row in rows)
    assert len({row.oid for row in rows}) == len(rows)


def test_the_command_writes_the_modules_and_warns_of_the_roots_owner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app(["mib", "--root", "1.3.6.1.4.1.32473.1", "--to", str(tmp_path)], standalone_mode=True)
    assert ended.value.code == 0
    assert "{ enterprises 32473 1 }" in (tmp_path / f"{OBJECTS}.txt").read_text()
    assert capsys.readouterr().err == ""
    assert "37211" in warning_of("1.3.6.1.4.1.37211.100")


@pytest.mark.parametrize("root", ["", "1", "1.3.6.x", "3.1", "1.40", "1.3.6.4294967296", "1..3", "1.3." * 200])
def test_what_is_no_oid_is_refused_in_one_sentence(root: str) -> None:
    with pytest.raises(KnownError, match="OID"):
        modules(root)


def test_the_guides_expressions_for_zabbix_fit_the_lines_its_trapper_writes() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "snmp.md").read_text()
    (expression,) = re.findall(r'"regexp","([^`]*)"\)=1`', guide)
    (channel,) = re.findall(r'regsub\("(.*?)", "\\2"', guide)
    for prefix in ("", "INTEGER: "):
        line = f".1.3.6.1.4.1.37211.100.3.2.1  type=2  value={prefix}3"
        assert re.search(expression, line)
        assert not re.search(expression, line[:-1] + "1")
    for text in ('"CH_OTT_001"', 'STRING: "CH_OTT_001"'):
        found = re.search(channel.replace('\\"', '"'), f".1.3.6.1.4.1.37211.100.3.2.2  type=4  value={text}")
        assert found is not None
        assert found[2] == "CH_OTT_001"
