"""The keys a playlist names: which are reachable, asked for once when they appear and again every ten minutes."""

from __future__ import annotations

from noc_console.media.hls import Media
from noc_console.media.hls.playlist import Key
from noc_console.model import Finding
from noc_console.probes.tools import Tools

_AGAIN_S = 600.0
_AFTER_FAILURE_S = 30.0
_MAX_KEY_BYTES = 4096
_PLAIN_KEY_BYTES = 16
_KEPT = 8


class KeyWatch:
    """The newest plain key of one rung: DRM licences are not asked for, only `identity` keys over HTTP are."""

    __slots__ = ("_due", "_finding", "_key", "_secrets", "_url")

    def __init__(self) -> None:
        self._url = ""
        self._key: Key | None = None
        self._due = 0.0
        self._finding: Finding | None = None
        self._secrets: dict[str, bytes] = {}

    def learn(self, media: Media) -> None:
        """Take the newest key of a new version of the playlist."""
        key = next((key for key in reversed(media.keys) if is_fetchable(key)), None)
        url = media.absolute(key.uri) if key else ""
        if url != self._url:
            self._url, self._due, self._finding = url, 0.0, None
        self._key = key

    def secret(self, url: str) -> bytes | None:
        """Return the key of an address, where it was delivered lately."""
        return self._secrets.get(url)

    async def check(self, tools: Tools, rung: str) -> tuple[Finding, ...]:
        """Return the finding when the key cannot be had."""
        if self._key is None or not self._url.startswith(("http://", "https://")):
            return ()
        if tools.now() >= self._due:
            self._finding = await self._asked(tools, self._key, rung)
            self._due = tools.now() + (_AFTER_FAILURE_S if self._finding else _AGAIN_S)
        return (self._finding,) if self._finding else ()

    async def _asked(self, tools: Tools, key: Key, rung: str) -> Finding | None:
        reply = await tools.fetch(tools.request(self._url, max_bytes=_MAX_KEY_BYTES), rung=rung)
        if reply.is_ok and len(reply.body) == _PLAIN_KEY_BYTES:
            while len(self._secrets) >= _KEPT:
                del self._secrets[next(iter(self._secrets))]
            self._secrets[self._url] = reply.body
            return None
        why = reply.error_text or f"The server answered {reply.status}."
        if reply.is_ok:
            why = f"{len(reply.body)} bytes came, a key has {_PLAIN_KEY_BYTES}."
        # the address of a key may carry its token: the line tells where it stands
        return Finding("hls-key-unreachable", f"The {key.method} key was not delivered. {why}", {"line": key.line})


def is_fetchable(key: Key) -> bool:
    """Say whether a key is a plain one that a player fetches by itself (RFC 8216 5)."""
    return key.keyformat == "identity" and key.method in ("AES-128", "SAMPLE-AES") and bool(key.uri)
