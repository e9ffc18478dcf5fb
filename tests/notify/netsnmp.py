"""net-snmp's programs for tests: its trap daemon on loopback, and its commands as senders."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

MARK = "GOT|"
FORMAT = MARK + "%P|%N|%w|%q|%a|%v\\n"
EMPTY_MIBS = {"MIBS": "", "MIBDIRS": "/nonexistent"}


def needs(program: str) -> str:
    """Return where a program lies; the test skips, saying so, where it does not."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found is None:
        pytest.skip(
            f"{program} not found: install net-snmp's programs (Debian: snmp, snmpd, snmptrapd; smitools for smilint)"
        )
    return found


def free_port() -> int:
    """Return a UDP port nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Got:
    """One notification as snmptrapd tells it; `binds` are OID and printed value in order."""

    security: str
    enterprise: str
    generic: int
    specific: int
    agent: str
    binds: tuple[tuple[str, str], ...]

    def value(self, number: int) -> str:
        """Return one of the varbinds by its place."""
        return self.binds[number][1]


@dataclass(frozen=True, slots=True)
class Trapd:
    """A running snmptrapd and what it prints."""

    port: int
    process: subprocess.Popen[str]

    def next(self) -> Got:
        """Return the next notification."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(MARK):
                security, enterprise, generic, specific, agent, binds = line[len(MARK) :].rstrip("\n").split("|", 5)
                pairs = [one.partition(" = ") for one in binds.split("\t") if one]
                return Got(
                    security,
                    enterprise,
                    int(generic),
                    int(specific.lstrip(".")),
                    agent,
                    tuple((oid.strip(), value) for oid, _, value in pairs),
                )
        raise AssertionError("snmptrapd ended")


@contextlib.contextmanager
def trapd(folder: Path, config: str, mibs: Path | None = None, port: int = 0) -> Iterator[Trapd]:
    """Run net-snmp's trap daemon on loopback until the block ends."""
    program, port = needs("snmptrapd"), port or free_port()
    (folder / "trapd.conf").write_text(config)
    env = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "persistent"), "SNMPCONFPATH": str(folder)}
    env |= {"MIBS": "NOC-CONSOLE-MIB", "MIBDIRS": str(mibs)} if mibs else EMPTY_MIBS
    options = [
        "-f",
        "-n",
        "-Le",
        "-C",
        "-c",
        str(folder / "trapd.conf"),
        *(["-OS"] if mibs else ["-On"]),
        "-F",
        FORMAT,
    ]
    process = subprocess.Popen(
        [program, *options, f"udp:127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("NET-SNMP version"):
                break
        yield Trapd(port, process)
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
