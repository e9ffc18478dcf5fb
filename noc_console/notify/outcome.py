"""What became of one sending, in the words of the receiver's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["sent", "retry", "failed", "uncertain"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """sent; retry (it did not arrive, later it may); failed (it never will); uncertain (the answer was lost).

    `retry_after_s` is what the receiver asked for, 0 where it asked for nothing. `text` never holds a secret.
    """

    state: State
    text: str
    retry_after_s: float = 0.0


def scrubbed(text: str, secret: str) -> str:
    """Return a text without the secret, in any of its spellings."""
    from urllib.parse import quote

    for one in {secret, quote(secret, safe=""), quote(secret)} if secret else set():
        text = text.replace(one, "***")
    return text
