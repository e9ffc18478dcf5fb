"""The trap receiver takes what net-snmp's own commands send, in every version, and refuses everybody else."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from netsnmp import EMPTY_MIBS, needs

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.notify.mapping_config import Traps, User
from noc_console.notify.snmp_config import Destination, Keys, SnmpConfig
from noc_console.notify.snmp_content import Trap, varbinds
from noc_console.notify.snmp_engine import Line, identity_of
from noc_console.notify.trap_receiver import Received, Secrets, TrapReceiver
from noc_console.notify.trap_receiver_mibs import Names, load
from noc_console.notify.trap_receiver_words import incoming_of
from noc_console.resources import resource

USERS = (
    User(name="noc", auth="sha256", priv="aes128"),
    User(name="only-auth", auth="sha1"),
    User(name="open"),
    User(name="strong", auth="sha512", priv="aes256-blumenthal"),
    User(name="old", auth="md5", priv="des"),
)
KEYS = {user.name: Keys("", f"auth-of-{user.name}", f"priv-of-{user.name}") for user in USERS}
BODY = ["123", "1.3.6.1.4.1.8072.2.3.0.1", "1.3.6.1.4.1.8072.2.3.2.2", "s", "ch1 PCR jitter"]
ENGINE = ["-e", "0x80001f8880aabbccdd"]


class Post:
    """A receiver and the commands that send to it."""

    def __init__(self, receiver: TrapReceiver, woken: asyncio.Event, folder: Path) -> None:
        self.receiver, self._woken, self._folder = receiver, woken, folder

    async def run(self, program: str, *arguments: str) -> int:
        """Run one of net-snmp's commands; `HOST` stands for the receiver's address."""
        where = f"127.0.0.1:{self.receiver.port}"
        process = await asyncio.create_subprocess_exec(
            needs(program),
            *(where if one == "HOST" else one for one in arguments),
            env={**os.environ, **EMPTY_MIBS, "SNMP_PERSISTENT_DIR": str(self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return await process.wait()

    async def next(self) -> Received:
        """Return the next notification."""
        while not (found := self.receiver.take(1)):
            self._woken.clear()
            if not (found := self.receiver.take(1)):
                await self._woken.wait()
                continue
            break
        return found[0]

    async def refusal(self) -> str:
        """Return why the next one is refused."""
        while not self.receiver.guard.refused:
            self._woken.clear()
            if not self.receiver.guard.refused:
                await self._woken.wait()
        (reason,) = self.receiver.guard.taken()
        return reason


@asynccontextmanager
async def receiving(folder: Path, **more: object) -> AsyncIterator[Post]:
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    traps = Traps.model_validate({"port": 0, "users": USERS, **more})
    identity = identity_of("receiver under test", (1, 3, 6, 1, 4, 1, 37211, 100), time.time())
    secrets = Secrets(("public",), KEYS)
    receiver = TrapReceiver(traps, secrets, identity, time.time, lambda: loop.call_soon_threadsafe(woken.set))
    await receiver.open()
    try:
        yield Post(receiver, woken, folder)
    finally:
        await receiver.close()


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with receiving(tmp_path) as one:
        yield one


def v3(user: str, level: str, **names: str) -> list[str]:
    keys = [*(["-a", names["a"], "-A", f"auth-of-{user}"] if "a" in names else [])]
    keys += ["-x", names["x"], "-X", f"priv-of-{user}"] if "x" in names else []
    return ["-v3", "-u", user, "-l", level, *keys]


async def test_a_v2c_trap(post: Post) -> None:
    await post.run("snmptrap", "-v2c", "-c", "public", "HOST", *BODY)
    got = await post.next()
    assert (got.version, got.peer, got.notification.uptime_s) == ("2c", "127.0.0.1", 1.23)
    assert [bind.text for bind in got.notification.varbinds] == ["ch1 PCR jitter"]
    assert b"public" not in got.pdu


async def test_a_v1_trap_with_its_enterprise_and_agent(post: Post) -> None:
    await post.run("snmptrap", "-v1", "-c", "public", "HOST", "1.3.6.1.4.1.8072", "10.1.2.3", "6", "17", "99")
    one = (await post.next()).notification
    assert (one.trap_oid, one.agent, one.enterprise) == (
        (1, 3, 6, 1, 4, 1, 8072, 0, 17),
        "10.1.2.3",
        (1, 3, 6, 1, 4, 1, 8072),
    )


async def test_a_generic_v1_trap_is_its_notification(post: Post) -> None:
    await post.run("snmptrap", "-v1", "-c", "public", "HOST", "1.3.6.1.4.1.8072", "10.1.2.3", "2", "0", "99")
    assert incoming_of(await post.next(), load([resource("mibs")])).fields["trap"] == "linkDown"


async def test_a_v2c_inform_is_acknowledged(post: Post) -> None:
    assert await post.run("snmpinform", "-v2c", "-c", "public", "-r", "0", "HOST", *BODY) == 0
    assert (await post.next()).notification.is_inform


@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(
    ("user", "level", "names"),
    [
        ("open", "noAuthNoPriv", {}),
        ("only-auth", "authNoPriv", {"a": "SHA"}),
        ("noc", "authPriv", {"a": "SHA-256", "x": "AES"}),
        ("strong", "authPriv", {"a": "SHA-512", "x": "AES-256"}),
        ("old", "authPriv", {"a": "MD5", "x": "DES"}),
    ],
)
async def test_v3_at_every_level(post: Post, program: str, user: str, level: str, names: dict[str, str]) -> None:
    engine = ENGINE if program == "snmptrap" else []
    assert await post.run(program, *engine, *v3(user, level, **names), "HOST", *BODY) == 0
    got = await post.next()
    assert (got.user, got.level, got.notification.varbinds[0].text) == (user, level, "ch1 PCR jitter")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(["-v2c", "-c", "wrong"], "wrong community", id="community"),
        pytest.param(
            [
                *ENGINE,
                "-v3",
                "-u",
                "noc",
                "-l",
                "authPriv",
                "-a",
                "SHA-256",
                "-A",
                "not the key",
                "-x",
                "AES",
                "-X",
                "priv-of-noc",
            ],
            "v3: wrong authentication key",
            id="authentication key",
        ),
        pytest.param([*ENGINE, *v3("nobody", "noAuthNoPriv")], "v3: unknown user", id="user"),
        pytest.param(
            [*ENGINE, *v3("noc", "authNoPriv", a="SHA-256")],
            "v3: less security than the user must use",
            id="level",
        ),
    ],
)
async def test_who_has_not_the_right_secret_is_refused(post: Post, arguments: list[str], why: str) -> None:
    await post.run("snmptrap", *arguments, "HOST", *BODY)
    assert await post.refusal() == why
    assert post.receiver.take() == []


async def test_an_inform_with_the_wrong_key_is_not_acknowledged(post: Post) -> None:
    wrong = ["-v3", "-u", "only-auth", "-l", "authNoPriv", "-a", "SHA", "-A", "not the key"]
    assert await post.run("snmpinform", "-r", "0", "-t", "1", *wrong, "HOST", *BODY) != 0
    assert post.receiver.take() == []


async def test_a_version_that_is_switched_off_is_refused(tmp_path: Path) -> None:
    async with receiving(tmp_path, versions=("3",)) as post:
        await post.run("snmptrap", "-v2c", "-c", "public", "HOST", *BODY)
        assert await post.refusal() == "v2c is switched off"


async def test_only_the_sources_that_are_named_may_send(tmp_path: Path) -> None:
    async with receiving(tmp_path, sources=("10.50.0.0/24",)) as post:
        await post.run("snmptrap", "-v2c", "-c", "public", "HOST", *BODY)
        assert await post.refusal() == "from an address that is not in sources"


async def test_garbage_is_counted_and_the_next_trap_is_taken(post: Post) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rogue:
        for one in (b"\x30\x03\x02\x01\x03", b"hello", b"\x30\x0b\x02\x01\x03" + b"\x30\x80" * 3, bytes(2000)):
            rogue.sendto(one, ("127.0.0.1", post.receiver.port))
    await post.run("snmptrap", "-v2c", "-c", "public", "HOST", *BODY)
    await post.next()
    assert post.receiver.guard.taken() == {"malformed": 4}


async def test_a_port_that_is_taken_is_said_in_one_sentence(post: Post) -> None:
    second = TrapReceiver(
        Traps(port=post.receiver.port), Secrets(), identity_of("x", (1, 3), 0.0), time.time, lambda: None
    )
    with pytest.raises(KnownError, match=f"Traps cannot be received at 127.0.0.1 port {post.receiver.port}"):
        await second.open()
    await second.close()


def test_a_user_without_a_key_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(KnownError, match="The auth key of the trap user noc is missing"):
        TrapReceiver(Traps(users=USERS), Secrets(), identity_of("x", (1, 3), 0.0), time.time, lambda: None)


async def test_a_trap_is_told_in_words_with_a_loaded_mib(post: Post, testdata: Path) -> None:
    names = load([resource("mibs"), testdata / "snmp" / "mibs"])
    await post.run(
        "snmptrap",
        "-v2c",
        "-c",
        "public",
        "HOST",
        "",
        "1.3.6.1.6.3.1.1.5.3",
        "1.3.6.1.2.1.2.2.1.1.3",
        "i",
        "3",
        "1.3.6.1.2.1.2.2.1.8.3",
        "i",
        "2",
    )
    one = incoming_of(await post.next(), names)
    assert one.says == "linkDown: ifIndex.3 = 3; ifOperStatus.3 = down(2)"
    assert one.fields["ifOperStatus"] == "down(2)"
    assert one.fields["1.3.6.1.2.1.2.2.1.8.3"] == "2"
    assert one.raw["pdu_hex"].startswith("a7")


def test_without_mibs_the_numbers_stay() -> None:
    assert Names().name((1, 3, 6, 1, 4, 1, 9)) == "1.3.6.1.4.1.9"


async def test_no_change_of_a_good_v3_message_makes_it_fail(tmp_path: Path) -> None:
    pace = {"per_second": 5000, "per_source_per_second": 5000}
    async with receiving(tmp_path, **pace) as post:
        await _shaken(post)


async def _shaken(post: Post) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(10)
        where = f"127.0.0.1:{ear.getsockname()[1]}"
        await post.run("snmptrap", *ENGINE, *v3("noc", "authPriv", a="SHA-256", x="AES"), where, *BODY)
        good = ear.recv(65535)
        await post.run("snmptrap", "-v2c", "-c", "public", where, *BODY)
        plain = ear.recv(65535)
        chance = random.Random(5)
        for _ in range(20):
            for number in range(20):
                bad = bytearray(good)
                for _ in range(1 + number % 4):
                    bad[chance.randrange(len(bad))] ^= chance.randrange(1, 256)
                ear.sendto(bytes(bad), ("127.0.0.1", post.receiver.port))
            ear.sendto(plain, ("127.0.0.1", post.receiver.port))
            assert (await post.next()).version == "2c"
    assert sum(post.receiver.guard.taken().values()) > 50


async def test_traps_over_ipv6(tmp_path: Path) -> None:
    if not _has_ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    async with receiving(tmp_path, host="::1") as post:
        where = f"udp6:[::1]:{post.receiver.port}"
        await post.run("snmptrap", "-v2c", "-c", "public", where, *BODY)
        assert (await post.next()).peer == "::1"
        assert (
            await post.run("snmpinform", "-r", "0", *v3("noc", "authPriv", a="SHA-256", x="AES"), where, *BODY) == 0
        )
        assert (await post.next()).user == "noc"
        destination = Destination(host="::1", port=post.receiver.port, version="3", user="open", inform=True)
        line = Line(destination, Keys(), identity_of("sender", (1, 3), time.time()))
        trap = Trap((1, 3, 6, 1, 4, 1, 9), "", Severity.MAJOR, "CH_1", "over IPv6", 0.0)
        await line.inform(varbinds(trap, SnmpConfig(destinations=(destination,)), "3", 1.0))
        line.close()
        assert (await post.next()).notification.varbinds[2].text == "over IPv6"


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
