"""How one NMS is reached by SNMP: destinations, version, users, as the receiver's configuration says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from noc_console.errors import KnownError
from noc_console.notify.receiver import ReceiverConfig

DEFAULT_ROOT = "1.3.6.1.4.1.37211.100"  # the root of the requirement's sources
DEFAULT_PORT = 162
FOREIGN_OWNER = 37211  # C-12: in IANA's list this number belongs to an unrelated organisation

Version = Literal["1", "2c", "3"]
Auth = Literal["none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
Priv = Literal["none", "des", "aes128", "aes192", "aes256", "aes192-blumenthal", "aes256-blumenthal"]
Oid = tuple[int, ...]


class Destination(BaseModel, frozen=True):
    """One NMS: where it listens and what it speaks; keys and communities are secrets and stand elsewhere.

    `timeout_s` and `retries` count for informs; a trap is sent once and nobody acknowledges it. At `ask_port` the
    NMS answers the connectivity test.
    """

    model_config = ConfigDict(extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: int = Field(default=DEFAULT_PORT, ge=1, le=65535)
    version: Version = "2c"
    inform: bool = False
    ask_port: int = Field(default=161, ge=1, le=65535)
    timeout_s: float = Field(default=2.0, gt=0, le=30)
    retries: int = Field(default=2, ge=0, le=10)
    user: Annotated[str, Field(max_length=32)] = ""
    auth: Auth = "none"
    priv: Priv = "none"
    context: Annotated[str, Field(max_length=32)] = ""

    @property
    def name(self) -> str:
        """Host and port in one word, as operators and secrets name a destination."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.version == "1" and self.inform:
            raise ValueError("SNMP v1 knows no informs: use traps, or version 2c or 3")
        if self.version == "3" and not self.user:
            raise ValueError("SNMP v3 needs a user name")
        if self.priv != "none" and self.auth == "none":
            raise ValueError("encryption needs authentication: choose an auth protocol too")
        return self


class SnmpConfig(ReceiverConfig, frozen=True):
    """A receiver of kind snmp: one destination or two (R-143), and the form of its traps.

    `mode` both sends everything to every destination; fail-over goes to the next one when the one before fails.
    `generic` sends v1 traps with the generic types of the requirement's table (C-13) instead of specific ones.
    """

    kind: str = "snmp"
    destinations: Annotated[tuple[Destination, ...], Field(min_length=1, max_length=8)]
    mode: Literal["both", "fail-over"] = "both"
    root: str = DEFAULT_ROOT
    severity: Literal["number", "text"] = "number"
    generic: bool = False

    @field_validator("root")
    @classmethod
    def _root(cls, text: str) -> str:
        return dotted(parse_oid(text))

    @field_validator("destinations", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        return [_destination(one) for one in value] if isinstance(value, list | tuple) else value


def read_config(config: Mapping[str, Any]) -> SnmpConfig:
    """Return a receiver's configuration; KnownError says what is wrong with it in one sentence."""
    try:
        return SnmpConfig.model_validate(dict(config))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the SNMP receiver"
        said = first["msg"].removeprefix("Value error, ")
        raise KnownError(f"The SNMP receiver cannot be used: {where}: {said}.") from None


def warning_of(root: str) -> str:
    """Return what an operator should know of the owner of an enterprise number (C-12), empty for their own."""
    oid = parse_oid(root)
    if oid[:7] != (1, 3, 6, 1, 4, 1, FOREIGN_OWNER):
        return ""
    return (
        f"The OID root {root} is the one of the requirement, but IANA has given {FOREIGN_OWNER} to somebody else. "
        "Use your organisation's own number where you can, and load the MIB written anew into the NMS."
    )


def parse_oid(text: str) -> Oid:
    """Return an OID written with dots; KnownError (a ValueError too) where it is none."""
    parts = text.strip().strip(".").split(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts) or not 2 <= len(parts) <= 100:
        raise NotAnOid(f"'{text[:80]}' is not an OID such as {DEFAULT_ROOT}")
    oid = tuple(int(part) for part in parts)
    # X.660: the first arc is 0 to 2, below 0 and 1 the second is at most 39; SMIv2: 32 bits each
    if oid[0] > 2 or (oid[0] < 2 and oid[1] > 39) or max(oid) >= 2**32:
        raise NotAnOid(f"'{text[:80]}' is not an OID: a number is out of range")
    return oid


def dotted(oid: Oid) -> str:
    """Return an OID in its usual form."""
    return ".".join(map(str, oid))


class NotAnOid(KnownError, ValueError):
    """A text is no OID."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one destination; `repr` never shows them."""

    community: str = "public"
    auth_key: str = ""
    priv_key: str = ""

    def __repr__(self) -> str:
        """Return nothing that is worth knowing."""
        return "Keys(***)"


def keys_of(secret: str, destination: Destination) -> Keys:
    """Return a destination's keys out of the receiver's secret.

    The secret is a community, or a JSON object `{"community", "auth_key", "priv_key"}`, or one of such objects
    under each destination's `host:port`. KnownError, without the secret in it, where it does not fit.
    """
    told = _secret_object(secret)
    own = told.get(destination.name, told)
    if not isinstance(own, dict):
        raise KnownError(f"The secret of {destination.name} must be an object with community, auth_key, priv_key.")
    keys = Keys(
        *(
            str(own.get(name, default))
            for name, default in (("community", "public"), ("auth_key", ""), ("priv_key", ""))
        )
    )
    _check(keys, destination)
    return keys


def _secret_object(secret: str) -> dict[str, Any]:
    if not secret.lstrip().startswith("{"):
        return {"community": secret or "public"}
    try:
        told = json.loads(secret)
    except ValueError:
        raise KnownError("The secret of the SNMP receiver is not valid JSON.") from None
    return dict(told)


def _check(keys: Keys, destination: Destination) -> None:
    if destination.version != "3":
        return
    for use, protocol, key in (("auth", destination.auth, keys.auth_key), ("priv", destination.priv, keys.priv_key)):
        # RFC 3414, 11.2: passphrases shorter than 8 octets are refused
        if protocol != "none" and len(key.encode()) < 8:
            raise KnownError(f"The {use} key of {destination.name} is missing or shorter than 8 characters.")


def _destination(value: Any) -> Any:
    """Return the short form `host:port` in its long one."""
    if not isinstance(value, str):
        return value
    host, port = value, ""
    if value.startswith("["):
        host, _, port = value[1:].partition("]")
        port = port.removeprefix(":")
    elif value.count(":") == 1:
        host, _, port = value.partition(":")
    return {"host": host, **({"port": port} if port else {})}
