"""What an agent answers when it cannot do what was asked: one sentence, and a kind with a number in HTTP."""

from __future__ import annotations

from noc_console.errors import KnownError


class BadRequest(KnownError):
    """What was asked makes no sense as it stands (400)."""


class NotFound(KnownError):
    """What was asked for is not here (404)."""


class Conflict(KnownError):
    """What was asked contradicts the present state (409)."""


class Unavailable(KnownError):
    """It cannot be done now; later it may (503)."""
