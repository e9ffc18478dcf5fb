"""E-mail over SMTP: STARTTLS or TLS, never a password in the clear, one message to all addresses."""

from __future__ import annotations

import hashlib
import socket
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Annotated, Literal

import aiosmtplib
import httpx
from pydantic import AfterValidator, Field, model_validator

from noc_console.net.tls import system_trust
from noc_console.notify.addresses import is_loopback
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import Kind, Line, Port, ReceiverConfig
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import one_line

_PRIORITY = {"critical": "1 (Highest)", "major": "2 (High)"}


def _checked_address(text: str) -> str:
    try:
        address = Address(addr_spec=text)
    except Exception:  # noqa: BLE001 - the parser of addresses raises whatever it stumbles over
        raise ValueError(f"{text!r} is no mail address") from None
    if not address.domain or any(sign in text for sign in "<>\r\n "):
        raise ValueError(f"{text!r} is no mail address")
    return text


MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_checked_address)]


class MailConfig(ReceiverConfig, frozen=True):
    """Which server, who writes, who reads; the secret is the password of `user`."""

    host: Line
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Line = ""
    sender: MailAddress
    to: Annotated[tuple[MailAddress, ...], Field(min_length=1, max_length=50)]
    ca_file: Line = ""

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> MailConfig:
        if self.user and self.security == "none" and not is_loopback(self.host):
            raise ValueError("a user needs security starttls or tls: a password is not sent in the clear")
        return self


async def deliver(notice: Notice, config: MailConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Hand the message to the server; what fails before its text was sent can be tried again."""
    if config.user and not secret:
        return Outcome("failed", f"The password of {config.user} is not set.")
    place = f"{config.host}:{config.port}"
    try:
        smtp = _client(config)
    except OSError:
        return Outcome("retry", f"{config.ca_file} cannot be read.")
    try:
        refused = await _begun(smtp, config, secret)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        smtp.close()
        return _before(place, error)
    try:
        answer = await smtp.data(message(notice, config).as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        return _answered(place, error)
    except (aiosmtplib.SMTPException, OSError):
        return Outcome("uncertain", f"{place} was lost after the text was sent; the mail may have gone.")
    finally:
        smtp.close()
    lost = f" Refused: {', '.join(refused)}." if refused else ""
    return Outcome("sent", f"{place} took the mail ({answer.code}).{lost}")


def _client(config: MailConfig) -> aiosmtplib.SMTP:
    context = (
        None if config.security == "none" else ssl.create_default_context(cafile=config.ca_file or system_trust())
    )
    return aiosmtplib.SMTP(
        hostname=config.host,
        port=config.port,
        use_tls=config.security == "tls",
        start_tls=config.security == "starttls",
        tls_context=context,
        timeout=config.timeout_s,
        local_hostname=socket.gethostname() or "localhost",
    )


async def _begun(smtp: aiosmtplib.SMTP, config: MailConfig, secret: str) -> list[str]:
    """Do everything before the text; return the addresses that were refused, unless that were all."""
    await smtp.connect()
    if config.user:
        await smtp.login(config.user, secret)
    await smtp.mail(config.sender)
    refused: dict[str, aiosmtplib.SMTPRecipientRefused] = {}
    for address in config.to:
        try:
            await smtp.rcpt(address)
        except aiosmtplib.SMTPRecipientRefused as error:
            refused[address] = error
    if len(refused) == len(config.to):
        raise next(iter(refused.values()))
    return list(refused)


def message(notice: Notice, config: MailConfig) -> EmailMessage:
    """Return the mail; those of one alarm refer to the same first one, so that they are shown as a thread."""
    domain = config.sender.rpartition("@")[2]
    mail = EmailMessage(policy=WIRE)
    mail["Subject"] = one_line(notice.subject)
    mail["From"] = config.sender
    mail["To"] = ", ".join(config.to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(notice.due_at, UTC))
    mail["Message-ID"] = f"<{_digest(notice.id + notice.dedup_key)}@{domain}>"
    mail["References"] = f"<{_digest(notice.dedup_key)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to this
    severity = str(notice.alarm.get("severity", ""))
    if severity in _PRIORITY and notice.action is not Action.RESOLVE:
        mail["X-Priority"] = _PRIORITY[severity]
    mail.set_content(notice.text + "\n", cte="quoted-printable")
    return mail


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _before(place: str, error: Exception) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPSenderRefused):
        return _answered(place, error)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Outcome("retry", f"{place} refuses user or password ({error.code}).")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(place, error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Outcome("retry", f"{place} has a certificate that is not trusted ({cause.verify_message}).")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPTimeoutError | TimeoutError):
        return Outcome("retry", f"{place} does not answer.")
    if "STARTTLS" in str(error):
        return Outcome("retry", f"{place} does not offer STARTTLS; nothing is sent in the clear.")
    return Outcome("retry", f"{place} cannot be reached ({type(error).__name__}).")


def _answered(place: str, error: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientRefused) -> Outcome:
    # RFC 5321, 4.2.1: 4yz is worth another try, 5yz is not
    words = f"{place} answered {error.code}."
    return Outcome("retry" if 400 <= error.code < 500 else "failed", words)


KIND = Kind(MailConfig, deliver, secret="the password of `user`", is_grouped=True)  # noqa: S106 - words
