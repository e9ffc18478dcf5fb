"""E-mail to a real SMTP server (aiosmtpd): STARTTLS, AUTH, and everything that goes wrong on the way."""

from __future__ import annotations

import asyncio
import email
import logging
import smtplib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from noc_console.notify import mail
from noc_console.notify.outcome import Outcome

PASSWORD = "mail-pass-0815"


class Box:
    """What the server took, and what it says to the text or to an address."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.was_tls: list[bool] = []
        self.says = "250 OK"
        self.refuses = ""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address == self.refuses:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says == "hang up":
            server.transport.abort()
            return "451 never said"
        if self.says.startswith("250"):
            self.taken.append(envelope)
            self.was_tls.append(session.ssl is not None)
        return self.says


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"noc", PASSWORD.encode())
    return AuthResult(success=known, handled=known)


@asynccontextmanager
async def server(box: Box, **how: Any) -> AsyncIterator[int]:
    def session() -> SMTP:
        return SMTP(box, hostname="mail.example.com", loop=asyncio.get_running_loop(), **how)

    listening = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


def config(port: int, **more: Any) -> mail.MailConfig:
    row = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": port,
        "sender": "noc@example.com",
        "to": ["shift@example.com"],
    }
    return mail.MailConfig.model_validate({**row, "timeout_s": 2, **more})


async def tell(notice: Any, settings: mail.MailConfig, secret: str = PASSWORD) -> Outcome:
    return await mail.deliver(notice, settings, secret, None)  # type: ignore[arg-type]


async def test_a_mail_goes_by_starttls_with_a_password(certificate: Any, make_notice: Any) -> None:
    box = Box()
    how = {"tls_context": certificate.context, "authenticator": login, "auth_required": True}
    async with server(box, **how) as port:
        settings = config(
            port, user="noc", ca_file=str(certificate.path), to=["shift@example.com", "lead@example.com"]
        )
        outcome = await tell(make_notice(), settings)
    assert outcome.state == "sent", outcome
    (taken,) = box.taken
    assert box.was_tls == [True]
    assert taken.rcpt_tos == ["shift@example.com", "lead@example.com"]
    sent = email.message_from_bytes(taken.content, policy=default)
    assert sent["Subject"] == make_notice().subject
    assert "Mất" in sent.get_content()
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Priority"].startswith("1")


async def test_mails_of_one_alarm_are_one_thread(make_notice: Any) -> None:
    raised, ended = (mail.message(make_notice(action), config(25)) for action in ("raise", "resolve"))
    other = mail.message(make_notice(number=8), config(25))
    assert raised["References"] == ended["References"] != other["References"]


async def test_a_wrong_password_is_said_without_the_password(
    certificate: Any, make_notice: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box = Box()
    how = {"tls_context": certificate.context, "authenticator": login, "auth_required": True}
    async with server(box, **how) as port:
        outcome = await tell(make_notice(), config(port, user="noc", ca_file=str(certificate.path)), "wrong-0815")
    assert outcome.state == "retry"
    assert "refuses user or password (535)" in outcome.text
    texts = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    assert not [text for text in (*texts, outcome.text) if "wrong-0815" in text]


async def test_no_password_goes_over_a_line_in_the_clear(make_notice: Any) -> None:
    box = Box()
    async with server(box) as port:  # offers no STARTTLS
        outcome = await tell(make_notice(), config(port, user="noc"))
    assert outcome == Outcome("retry", f"127.0.0.1:{port} does not offer STARTTLS; nothing is sent in the clear.")
    assert box.taken == []


async def test_a_certificate_nobody_vouches_for_is_not_spoken_to(certificate: Any, make_notice: Any) -> None:
    async with server(Box(), tls_context=certificate.context) as port:
        outcome = await tell(make_notice(), config(port))
    assert outcome.state == "retry"
    assert "certificate that is not trusted" in outcome.text


@pytest.mark.parametrize(
    ("says", "state", "words"),
    [
        ("250 queued as 1", "sent", "took the mail (250)"),
        ("451 later", "retry", "answered 451"),
        ("554 no", "failed", "answered 554"),
        ("hang up", "uncertain", "may have gone"),
    ],
)
async def test_what_the_server_says_to_the_text(make_notice: Any, says: str, state: str, words: str) -> None:
    box = Box()
    box.says = says
    async with server(box) as port:
        outcome = await tell(make_notice(), config(port, security="none"))
    assert (outcome.state, words in outcome.text) == (state, True), outcome


async def test_one_refused_address_does_not_keep_the_mail_from_the_others(make_notice: Any) -> None:
    box = Box()
    box.refuses = "gone@example.com"
    async with server(box) as port:
        both = await tell(make_notice(), config(port, security="none", to=["gone@example.com", "b@example.com"]))
        alone = await tell(make_notice(), config(port, security="none", to=["gone@example.com"]))
    assert both.state == "sent"
    assert "Refused: gone@example.com" in both.text
    assert alone.state == "failed"
    assert [one.rcpt_tos for one in box.taken] == [["b@example.com"]]


async def test_nobody_there_and_somebody_who_says_nothing(make_notice: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        refused = await tell(make_notice(), config(port, security="none"))
        silent.listen()
        mute = await tell(make_notice(), config(port, security="none", timeout_s=0.2))
    assert (refused.state, mute.state) == ("retry", "retry")
    assert "does not answer" in mute.text


async def test_a_forged_message_makes_no_header(make_notice: Any) -> None:
    box = Box()
    async with server(box) as port:
        await tell(make_notice(message="x\r\nBcc: all@example.com\r\n\r\nhello"), config(port, security="none"))
    sent = email.message_from_bytes(box.taken[0].content, policy=default)
    assert sent["Bcc"] is None
    assert smtplib.CRLF not in sent["Subject"]
