"""Secrets of receivers: in the machine's keyring where one works, else in a file only its owner can read."""

from __future__ import annotations

import asyncio
import json
import os
import secrets as randomness
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from noc_console.errors import KnownError

SERVICE = "noc-console"
LONGEST = 8192
_PATIENCE_S = 5.0
T = TypeVar("T")


class Vault(Protocol):
    """Where secrets lie."""

    def read(self, name: str) -> str:
        """Return a secret, empty when there is none."""

    def write(self, name: str, secret: str) -> None:
        """Keep a secret; an empty one is removed."""


@dataclass(slots=True)
class FileVault:
    """A JSON file with mode 0600, replaced as a whole."""

    path: Path

    def read(self, name: str) -> str:
        """Return a secret, empty when there is none."""
        return self._all().get(name, "")

    def write(self, name: str, secret: str) -> None:
        """Keep a secret; an empty one is removed."""
        known = self._all()
        known.pop(name, None)
        if secret:
            known[name] = secret
        fresh = self.path.with_name(f"{self.path.name}.{randomness.token_hex(4)}")
        try:
            descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(known, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise KnownError(f"The secret cannot be kept in {self.path.name}: {error.strerror}.") from None

    def _all(self) -> dict[str, str]:
        try:
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise KnownError(f"{self.path.name} cannot be read: set the secrets of the receivers again.") from None
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


@dataclass(slots=True)
class KeyringVault:
    """The keyring of the desktop or the system."""

    place: str

    def read(self, name: str) -> str:
        """Return a secret, empty when there is none."""
        import keyring

        return keyring.get_password(SERVICE, f"{self.place}#{name}") or ""

    def write(self, name: str, secret: str) -> None:
        """Keep a secret; an empty one is removed."""
        import keyring
        from keyring.errors import PasswordDeleteError

        if secret:
            keyring.set_password(SERVICE, f"{self.place}#{name}", secret)
            return
        try:
            keyring.delete_password(SERVICE, f"{self.place}#{name}")
        except PasswordDeleteError:
            return


@dataclass(slots=True)
class Secrets:
    """The secrets of one agent's receivers; its own text never shows one."""

    path: Path
    place: str = ""
    _vault: Vault | None = field(default=None, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def read(self, name: str) -> str:
        """Return a receiver's secret, empty when none is set."""
        vault = await self._open()
        return await _aside(lambda: vault.read(name))

    async def write(self, name: str, secret: str) -> None:
        """Keep a receiver's secret; an empty one is removed. `KnownError` when it cannot be kept."""
        if len(secret) > LONGEST or "\x00" in secret:
            raise KnownError("A secret has at most 8192 characters and no zero byte.")
        vault = await self._open()
        async with self._turn:
            await _aside(lambda: vault.write(name, secret))

    async def _open(self) -> Vault:
        if self._vault is None:
            try:
                works = os.environ.get("NOC_CONSOLE_KEYRING", "auto") != "no" and await _aside(_keyring_works)
            except KnownError:
                works = False
            self._vault = KeyringVault(self.place) if works else FileVault(self.path)
        return self._vault


async def _aside(work: Callable[[], T]) -> T:
    # a keyring may ask a person, or a bus that does not answer
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await asyncio.to_thread(work)
    except TimeoutError:
        raise KnownError("The keyring does not answer.") from None
    except KnownError:
        raise
    except Exception as error:  # noqa: BLE001 - backends of the keyring raise whatever they like
        raise KnownError(f"The keyring cannot be used: {type(error).__name__}.") from None


def _keyring_works() -> bool:
    """Say whether a secret that is put into the keyring comes out again."""
    import keyring
    from keyring.backends import fail, null

    if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
        return False
    trial = randomness.token_hex(8)
    keyring.set_password(SERVICE, "trial", trial)
    works = keyring.get_password(SERVICE, "trial") == trial
    keyring.delete_password(SERVICE, "trial")
    return works
