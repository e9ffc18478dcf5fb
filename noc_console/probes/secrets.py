"""Keeps an input's secrets out of everything a probe tells, also where a server sends them back in its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from noc_console.model import Access, Finding, Observation

MASK = "***"
_LONG_ENOUGH = 8  # a shorter value alone may be any word; with its name before it, it is the token
_Any = TypeVar("_Any")


class _Sink(Protocol):
    def observe(self, observation: Observation) -> None: ...

    def note(self, kind: str, data: Mapping[str, Any]) -> None: ...


class Secrets:
    """The words that must not be told: values of headers and of the query token, the password in the address."""

    __slots__ = ("_words",)

    def __init__(self, access: Access, url: str = "") -> None:
        words: dict[str, str] = {}
        for value in access.headers.values():
            for each in (value, value.rpartition(" ")[2]):
                if len(each) >= _LONG_ENOUGH:
                    words[each] = MASK
        for pair in access.query.lstrip("?&").split("&"):
            name, found, value = pair.partition("=")
            for each in {value, unquote(value)} if found else {name}:
                if len(each) >= _LONG_ENOUGH:
                    words[each] = MASK
                elif each and found:
                    words[f"{name}={each}"] = f"{name}={MASK}"
        if password := _password(url):
            words[f":{password}@"] = f":{MASK}@"
        self._words = sorted(words.items(), key=lambda pair: -len(pair[0]))

    def __bool__(self) -> bool:
        return bool(self._words)

    def hide(self, told: _Any) -> _Any:
        """Return a value of plain JSON, text or bytes without the secrets."""
        found: Any = told
        if isinstance(told, str):
            for word, mask in self._words:
                found = found.replace(word, mask)
        elif isinstance(told, bytes):
            for word, mask in self._words:
                found = found.replace(word.encode(), mask.encode())
        elif isinstance(told, Mapping):
            found = {key: self.hide(value) for key, value in told.items()}
        elif isinstance(told, list | tuple):
            found = type(told)(self.hide(value) for value in told)
        return found  # type: ignore[no-any-return]

    def finding(self, finding: Finding) -> Finding:
        """Return a finding without the secrets."""
        return replace(finding, text=self.hide(finding.text), where=self.hide(finding.where))


class Discreet:
    """A sink that hands everything on without the secrets."""

    def __init__(self, sink: _Sink, secrets: Secrets) -> None:
        self._sink = sink
        self._secrets = secrets

    def observe(self, observation: Observation) -> None:
        """Hand one observation on."""
        if observation.findings:
            findings = tuple(self._secrets.finding(finding) for finding in observation.findings)
            observation = replace(observation, findings=findings)
        self._sink.observe(observation)

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Hand one note on."""
        self._sink.note(kind, self._secrets.hide(data))


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
