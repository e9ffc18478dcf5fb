"""Names out of MIB files are those that net-snmp finds in the same files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from netsnmp import needs

from noc_console.notify.trap_receiver_ber import Varbind
from noc_console.notify.trap_receiver_mibs import Names, load, read
from noc_console.resources import resource

MODULE = """
ACME-MIB DEFINITIONS ::= BEGIN
IMPORTS enterprises FROM SNMPv2-SMI;
acme OBJECT IDENTIFIER ::= { enterprises 32473 } -- a comment { enterprises 1 } --
products OBJECT IDENTIFIER ::= { acme 1 }
Door ::= TEXTUAL-CONVENTION STATUS current DESCRIPTION "::= { acme 9 }" SYNTAX INTEGER { open(1), shut(2) }
front OBJECT-TYPE SYNTAX Door MAX-ACCESS read-only STATUS current DESCRIPTION "front door" ::= { products 2 }
back OBJECT-TYPE SYNTAX INTEGER { ajar(-1), gone(3) } ACCESS read-only STATUS mandatory ::= { products 3 }
Row ::= SEQUENCE { where OBJECT IDENTIFIER }
side OBJECT-TYPE SYNTAX Row MAX-ACCESS read-only STATUS current DESCRIPTION "" ::= { products 4 }
rang TRAP-TYPE ENTERPRISE acme VARIABLES { front } DESCRIPTION "bell" ::= 7
lost OBJECT IDENTIFIER ::= { nowhere 1 }
END
"""


@pytest.fixture(scope="module")
def names(testdata: Path) -> Names:
    return load([resource("mibs"), testdata / "snmp" / "mibs"])


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ((1, 3, 6, 1, 4, 1, 32473), "acme"),
        ((1, 3, 6, 1, 4, 1, 32473, 1, 2, 0), "front.0"),
        ((1, 3, 6, 1, 4, 1, 32473, 1, 4), "side"),
        ((1, 3, 6, 1, 4, 1, 32473, 0, 7), "rang"),
        ((1, 3, 6, 1, 4, 1, 9, 9), "enterprises.9.9"),
        ((1, 3, 6, 1, 6, 3, 1, 1, 5, 3), "linkDown"),
        ((2, 999), "2.999"),
    ],
)
def test_the_longest_known_beginning_is_named(oid: tuple[int, ...], name: str) -> None:
    assert read([MODULE]).name(oid) == name


@pytest.mark.parametrize(
    ("last", "number", "text"), [(2, 2, "shut(2)"), (2, 5, "5"), (3, -1, "ajar(-1)"), (4, 1, "1")]
)
def test_the_numbers_of_enumerations_have_words(last: int, number: int, text: str) -> None:
    bind = Varbind((1, 3, 6, 1, 4, 1, 32473, 1, last, 0), "INTEGER", str(number), number)
    assert read([MODULE]).value(bind) == text


def test_a_value_that_is_an_oid_is_named_too() -> None:
    bind = Varbind((1, 3), "OBJECT IDENTIFIER", "1.3.6.1.4.1.32473.1.2")
    assert read([MODULE]).value(bind) == "front"


def test_what_cannot_be_read_is_told_and_the_rest_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "ACME-MIB").write_text(MODULE)
    (tmp_path / "picture").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "huge").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    found = load([tmp_path, tmp_path / "absent"])
    assert found.name((1, 3, 6, 1, 4, 1, 32473)) == "acme"
    assert found.faults == ("huge: larger than 4 MiB",)


@pytest.mark.parametrize("module", ["DVB-MGTR101290-MIB", "IF-MIB", "SNMPv2-MIB", "NOTIFICATION-LOG-MIB"])
def test_net_snmp_finds_the_same_names_in_the_same_files(names: Names, testdata: Path, module: str) -> None:
    ours = {oid: node.name for oid, node in names.nodes.items() if node.module == module}
    oids = ["." + ".".join(map(str, oid)) for oid in ours]
    command = [needs("snmptranslate"), "-m", module, "-M", str(testdata / "snmp" / "mibs")]
    said = subprocess.run([*command, *oids], capture_output=True, text=True, timeout=30)
    theirs = [line.partition("::")[2] for line in said.stdout.splitlines() if line]
    assert len(ours) > 30
    assert theirs == list(ours.values())
