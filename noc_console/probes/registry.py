"""Which functions watch and inspect which kind of input; a new kind of measurement is one more entry."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from noc_console.model import Input, Kind
from noc_console.probes.inspected import Inspect
from noc_console.probes.tools import Tools

#: Watches one input until it is cancelled.
Watch = Callable[[Input, Tools], Awaitable[None]]

_WATCHES: Mapping[Kind, tuple[str, str]] = {
    Kind.HLS: ("noc_console.probes.hls", "watch"),
    Kind.DASH: ("noc_console.probes.dash", "watch"),
    Kind.TS: ("noc_console.probes.ts", "watch"),
}
_INSPECTIONS: Mapping[Kind, tuple[str, str]] = {
    Kind.HLS: ("noc_console.probes.hls_inspect", "inspect_hls"),
    Kind.DASH: ("noc_console.probes.dash_inspect", "inspect_dash"),
}


def watch_of(kind: Kind) -> Watch:
    """Return the `watch` function of a kind; its module is imported on first use."""
    watch: Watch = _find(*_WATCHES[kind])
    return watch


def inspect_of(kind: Kind) -> Inspect:
    """Return the inspection of a kind; its module is imported on first use."""
    inspect: Inspect = _find(*_INSPECTIONS[kind])
    return inspect


def _find(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)
