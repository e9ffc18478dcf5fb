"""Traps and informs are received by net-snmp's trap daemon, in every version and with every kind of key."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from netsnmp import EMPTY_MIBS, Got, Trapd, free_port, needs, trapd

from noc_console.notify import snmp, snmp_desk, snmp_name
from noc_console.notify.kinds import KINDS
from noc_console.notify.outcome import Outcome
from noc_console.notify.snmp_config import keys_of, read_config
from noc_console.notify.snmp_desk import SnmpDesk
from noc_console.routing.notice import Action, Notice

ROOT = ".1.3.6.1.4.1.37211.100"
ALARM = {
    "alarm_id": 7,
    "alarm_type": "CC_ERROR",
    "severity": "major",
    "channel_code": "CH_OTT_001",
    "message": "7 continuity errors in 10 s, limit 5",
    "raised_at": 1790000000.25,
    "cleared_at": 1790000060.0,
}
NOTICE = Notice("n-1", 7, "nms", Action.RAISE, "k", "subject", "text", 1790000001.0, "route-step", {"alarm": ALARM})
AUTH_KEY, PRIV_KEY = "authkey-12345", "privkey-12345"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SnmpDesk]:
    """A sender with an identity of its own, ended after the test."""
    own = SnmpDesk("agent under test")
    monkeypatch.setattr(snmp, "desk", lambda: own)
    yield own
    own.end()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client nobody uses."""
    async with httpx.AsyncClient() as one:
        yield one


Deliver = Callable[..., Any]


@pytest.fixture
def deliver(desk: SnmpDesk, client: httpx.AsyncClient) -> Deliver:
    """Deliver a notice as the outbox does."""

    async def run(destination: Any, secret: str = "public", notice: Notice = NOTICE, **more: Any) -> Outcome:
        told = destination if isinstance(destination, list) else [destination]
        config = KINDS["snmp"].config.model_validate({"kind": "snmp", "destinations": told, **more})
        return await KINDS["snmp"].deliver(notice, config, secret, client)

    return run


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Trapd]:
    """A trap daemon that takes the community public."""
    with trapd(tmp_path, "authCommunity log public\n") as one:
        yield one


def to(daemon: Trapd, **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": daemon.port, **more}


def four(got: Got, suffix: str) -> list[str]:
    """Return the values below an event's OID, which must be there in order."""
    binds = [(oid, value) for oid, value in got.binds if oid.startswith(f"{ROOT}.{suffix}.")]
    assert [oid for oid, _ in binds] == [f"{ROOT}.{suffix}.{number}" for number in (1, 2, 3, 4)]
    return [value for _, value in binds]


async def test_a_v2c_trap_has_the_layout_of_the_requirement(daemon: Trapd, deliver: Deliver) -> None:
    outcome = await deliver(to(daemon))
    got = daemon.next()
    assert [oid for oid, _ in got.binds[:2]] == [".1.3.6.1.2.1.1.3.0", ".1.3.6.1.6.3.1.1.4.1.0"]
    assert got.value(0).startswith("Timeticks: (")
    assert got.value(1) == f"OID: {ROOT}.2.1"
    assert four(got, "2.1") == [
        "INTEGER: 4",
        'STRING: "CH_OTT_001"',
        'STRING: "7 continuity errors in 10 s, limit 5"',
        'STRING: "2026-09-21T14:13:20.250Z"',
    ]
    assert len(got.binds) == 6
    assert outcome == Outcome("sent", f"Told 127.0.0.1:{daemon.port}. Traps are not acknowledged.")


async def test_a_cleared_alarm_is_the_same_oid_with_severity_cleared(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), notice=replace(NOTICE, action=Action.RESOLVE))
    severity, _, message, time = four(daemon.next(), "2.1")
    assert severity == "INTEGER: 1"
    assert message.startswith('STRING: "Cleared: 7 continuity')
    assert time == 'STRING: "2026-09-21T14:14:20.000Z"'


async def test_severity_goes_as_text_under_another_root_when_it_is_set_so(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), root="1.3.6.1.4.1.32473.7", severity="text")
    got = daemon.next()
    assert got.value(1) == "OID: .1.3.6.1.4.1.32473.7.2.1"
    assert got.binds[2] == (".1.3.6.1.4.1.32473.7.2.1.1", 'STRING: "major"')


async def test_a_test_alarm_says_test(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), notice=replace(NOTICE, data={"alarm": {**ALARM, "test": True}}))
    assert four(daemon.next(), "2.1")[2].startswith('STRING: "TEST 7 cont')


async def test_a_trial_without_an_alarm_is_a_notice_of_its_own(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), notice=replace(NOTICE, data={"trial": True}, subject="Trial by T. Linh"))
    got = daemon.next()
    assert got.value(1) == f"OID: {ROOT}.0.1"
    assert four(got, "0.1")[2] == 'STRING: "TEST Trial by T. Linh"'


async def test_a_trap_that_may_have_been_sent_before_says_so(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), notice=replace(NOTICE, data={"alarm": ALARM, "repeat": True}))
    assert four(daemon.next(), "2.1")[2].startswith('STRING: "(may be a repeat) 7 cont')


async def test_vietnamese_goes_as_utf8(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon), notice=replace(NOTICE, data={"alarm": {**ALARM, "message": "Mất tiếng"}}))
    told = "".join(value for _, value in daemon.next().binds if value.startswith("Hex"))
    assert bytes.fromhex(told.removeprefix("Hex-STRING: ")).decode() == "Mất tiếng"


async def test_a_v1_trap_is_enterprise_specific_and_says_its_agent(daemon: Trapd, deliver: Deliver) -> None:
    await deliver(to(daemon, version="1"))
    got = daemon.next()
    assert (got.enterprise, got.generic, got.specific, got.agent) == (f"{ROOT}.2", 6, 1, "127.0.0.1")
    assert four(got, "2.1")[0] == "INTEGER: 4"


@pytest.mark.parametrize(
    ("alarm_type", "action", "generic"),
    [
        pytest.param("TS_SYNC_LOSS", Action.RAISE, 2, id="linkDown"),
        pytest.param("TS_SYNC_LOSS", Action.RESOLVE, 3, id="linkUp when it clears"),
        pytest.param("CC_ERROR", Action.RAISE, 4, id="authenticationFailure"),
        pytest.param("VIDEO_MOS_LOW", Action.RAISE, 0, id="coldStart"),
        pytest.param("BLACK_FRAME", Action.RAISE, 1, id="warmStart"),
        pytest.param("SEGMENT_SLOW", Action.RAISE, 6, id="a type without a generic one stays specific"),
    ],
)
async def test_v1_sends_the_generic_types_on_request(
    daemon: Trapd, deliver: Deliver, alarm_type: str, action: Action, generic: int
) -> None:
    notice = replace(NOTICE, action=action, data={"alarm": {**ALARM, "alarm_type": alarm_type}})
    await deliver(to(daemon, version="1"), notice=notice, generic=True)
    assert daemon.next().generic == generic


async def test_an_inform_is_acknowledged(daemon: Trapd, deliver: Deliver) -> None:
    outcome = await deliver(to(daemon, inform=True))
    assert outcome == Outcome("sent", f"Told 127.0.0.1:{daemon.port}.")
    assert daemon.next().value(1) == f"OID: {ROOT}.2.1"


@pytest.mark.parametrize("inform", [False, True], ids=["trap", "inform"])
@pytest.mark.parametrize(
    ("auth", "priv", "names"),
    [
        ("none", "none", ("", "")),
        ("md5", "none", ("MD5", "")),
        ("sha1", "des", ("SHA", "DES")),
        ("sha224", "aes128", ("SHA-224", "AES")),
        ("sha256", "aes128", ("SHA-256", "AES")),
        ("sha384", "aes192-blumenthal", ("SHA-384", "AES-192")),
        ("sha512", "aes256-blumenthal", ("SHA-512", "AES-256")),
        ("sha256", "aes192", ("SHA-256", "AES-192-C")),
        ("sha256", "aes256", ("SHA-256", "AES-256-C")),
    ],
)
async def test_v3_is_understood_at_every_level(
    desk: SnmpDesk, deliver: Deliver, tmp_path: Path, auth: str, priv: str, names: tuple[str, str], inform: bool
) -> None:
    keys = (f" {names[0]} {AUTH_KEY}" if names[0] else "") + (f" {names[1]} {PRIV_KEY}" if names[1] else "")
    engine = desk.identity("1.3.6.1.4.1.37211.100").engine_id.hex()
    level = "priv" if names[1] else "auth" if names[0] else "noauth"
    config = f"createUser -e 0x{engine} noc{keys}\ncreateUser noc{keys}\nauthUser log noc {level}\n"
    with trapd(tmp_path, config) as daemon:
        outcome = await deliver(
            to(daemon, version="3", user="noc", auth=auth, priv=priv, inform=inform),
            json.dumps({"auth_key": AUTH_KEY, "priv_key": PRIV_KEY}),
        )
        assert outcome.state == "sent"
        assert "user noc" in daemon.next().security


async def test_v3_traps_are_taken_after_a_restart_also_within_the_same_minute(tmp_path: Path) -> None:
    minute = int(time.time() // 60) * 60.0
    starts = [minute - 3600, minute - 60, minute - 1]  # the last two have the same boots, the time goes back by 59 s
    desks = [SnmpDesk("agent that restarts", lambda start=start: start) for start in starts]
    engine = desks[0].identity("1.3.6.1.4.1.37211.100").engine_id.hex()
    user = {"version": "3", "user": "noc", "auth": "sha256", "priv": "aes128"}
    with trapd(
        tmp_path, f"createUser -e 0x{engine} noc SHA-256 {AUTH_KEY} AES {PRIV_KEY}\nauthUser log noc priv\n"
    ) as one:
        config = read_config({"destinations": [to(one, **user)]})
        keys = (keys_of(json.dumps({"auth_key": AUTH_KEY, "priv_key": PRIV_KEY}), config.destinations[0]),)
        for desk in desks:
            assert (await desk.send(config, keys, snmp.trap_for(NOTICE, config)))[0].fault == ""
            assert one.next().value(1) == f"OID: {ROOT}.2.1"
            desk.end()


async def test_both_tell_both_and_one_that_is_down_is_retried_alone(
    daemon: Trapd, deliver: Deliver, tmp_path: Path
) -> None:
    port = free_port()
    pair = [
        to(daemon, inform=True),
        {"host": "127.0.0.1", "port": port, "inform": True, "timeout_s": 0.2, "retries": 0},
    ]
    first = await deliver(pair)
    assert (first.state, first.text) == (
        "retry",
        f"Told 127.0.0.1:{daemon.port}. 127.0.0.1:{port} refuses: Connection refused.",
    )
    (tmp_path / "backup").mkdir()
    with trapd(tmp_path / "backup", "authCommunity log public\n", port=port) as backup:
        second = await deliver(pair)
        assert second.state == "sent"
        assert backup.next().value(1) == f"OID: {ROOT}.2.1"
    daemon.next()
    await deliver(to(daemon), notice=replace(NOTICE, id="n-2", action=Action.RESOLVE))
    assert four(daemon.next(), "2.1")[0] == "INTEGER: 1"  # the primary was not told a second time in between


@pytest.mark.parametrize("inform", [False, True], ids=["trap", "inform"])
async def test_fail_over_goes_to_the_backup_when_the_primary_refuses(
    daemon: Trapd, deliver: Deliver, inform: bool
) -> None:
    port = free_port()
    gone = {"host": "127.0.0.1", "port": port, "inform": inform, "timeout_s": 0.2, "retries": 0}
    outcome = await deliver([gone, to(daemon, inform=inform)], mode="fail-over")
    assert outcome.state == "sent"
    assert f"127.0.0.1:{port} refuses" in outcome.text
    assert daemon.next().value(1) == f"OID: {ROOT}.2.1"


async def test_fail_over_leaves_the_backup_in_peace_while_the_primary_answers(
    daemon: Trapd, deliver: Deliver
) -> None:
    outcome = await deliver([to(daemon, inform=True), "127.0.0.1:9"], mode="fail-over")
    assert outcome == Outcome("sent", f"Told 127.0.0.1:{daemon.port}.")


async def test_an_inform_that_nobody_acknowledges_may_have_arrived(deliver: Deliver) -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        outcome = await deliver({"host": "127.0.0.1", "port": port, "inform": True, "timeout_s": 0.2, "retries": 0})
    assert outcome.state == "uncertain"
    assert "did not acknowledge" in outcome.text


async def test_a_wrong_key_is_said_without_the_key(desk: SnmpDesk, deliver: Deliver, tmp_path: Path) -> None:
    with trapd(tmp_path, f"createUser noc SHA-256 {AUTH_KEY}\nauthUser log noc auth\n") as daemon:
        outcome = await deliver(
            to(daemon, version="3", user="noc", auth="sha256", inform=True, timeout_s=0.5, retries=0),
            json.dumps({"auth_key": "another-key-12"}),
        )
    assert outcome.state == "retry"
    assert "another-key-12" not in repr(outcome)
    assert "digest" in outcome.text.lower()


async def test_a_short_key_is_refused_before_anything_is_sent(deliver: Deliver) -> None:
    outcome = await deliver(
        {"host": "127.0.0.1", "version": "3", "user": "noc", "auth": "sha1"}, '{"auth_key": "short7!"}'
    )
    assert outcome == Outcome("failed", "The auth key of 127.0.0.1:162 is missing or shorter than 8 characters.")


async def test_a_name_that_does_not_resolve_is_tried_again_later(deliver: Deliver) -> None:
    outcome = await deliver("nms.invalid")
    assert outcome == Outcome("retry", "The name nms.invalid does not resolve.")


async def test_a_v1_trap_does_not_spoil_the_informs_after_it(daemon: Trapd, deliver: Deliver) -> None:
    for number, more in enumerate(({"version": "1"}, {"inform": True}, {"version": "1"}, {"inform": True})):
        outcome = await deliver(to(daemon, **more), notice=replace(NOTICE, id=str(number)))
        assert outcome.state == "sent"
        daemon.next()


def test_nothing_shows_a_secret() -> None:
    config = read_config({"destinations": ["10.50.0.10"]})
    keys = keys_of('{"community": "hidden-one", "auth_key": "hidden-two"}', config.destinations[0])
    assert "hidden" not in repr(keys) + repr(config)


def test_the_desk_of_the_process_has_the_name_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    snmp_desk.desk.cache_clear()
    snmp_name.introduce("host:/var/lib/noc/local.db")
    try:
        assert snmp_desk.desk().name == "host:/var/lib/noc/local.db"
    finally:
        snmp_desk.desk.cache_clear()
        snmp_name._told.clear()


@pytest.mark.parametrize("version", ["1", "2c", "3"])
async def test_the_nms_is_asked_for_its_uptime(desk: SnmpDesk, tmp_path: Path, version: str) -> None:
    port = free_port()
    (tmp_path / "snmpd.conf").write_text(
        f"agentaddress udp:127.0.0.1:{port}\nrocommunity ask-me 127.0.0.1\n"
        f"createUser noc SHA-256 {AUTH_KEY} AES {PRIV_KEY}\nrouser noc priv\n"
    )
    env = {**os.environ, **EMPTY_MIBS, "SNMP_PERSISTENT_DIR": str(tmp_path)}
    command = [needs("snmpd"), "-f", "-Le", "-C", "-c", str(tmp_path / "snmpd.conf"), "-p", str(tmp_path / "pid")]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stderr is not None
            next(line for line in daemon.stderr if line.startswith("NET-SNMP version"))
            more = {"user": "noc", "auth": "sha256", "priv": "aes128"} if version == "3" else {}
            told = {"host": "127.0.0.1", "ask_port": port, "version": version, **more}
            config = read_config({"destinations": [told]})
            secret = json.dumps({"community": "ask-me", "auth_key": AUTH_KEY, "priv_key": PRIV_KEY})
            ((where, uptime_s, fault),) = await desk.reach(config, (keys_of(secret, config.destinations[0]),))
        finally:
            daemon.terminate()
    assert (where, fault) == (f"127.0.0.1:{port}", "")
    assert uptime_s is not None
    assert 0 <= uptime_s < 60


async def test_an_nms_that_is_not_there_is_said_at_once(desk: SnmpDesk) -> None:
    config = read_config({"destinations": [{"host": "127.0.0.1", "ask_port": free_port()}]})
    ((_, uptime_s, fault),) = await desk.reach(config, (keys_of("public", config.destinations[0]),))
    assert uptime_s is None
    assert "refuses: Connection refused" in fault
