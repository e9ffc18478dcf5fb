"""Which function watches which kind of input; a new kind of measurement is one more entry."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping

from noc_console.model import Input, Kind
from noc_console.probes.tools import Tools

#: Watches one input until it is cancelled.
Watch = Callable[[Input, Tools], Awaitable[None]]

_PLACES: Mapping[Kind, str] = {
    Kind.HLS: "noc_console.probes.hls",
    Kind.DASH: "noc_console.probes.dash",
}


def watch_of(kind: Kind) -> Watch:
    """Return the `watch` function of a kind; its module is imported on first use."""
    watch: Watch = importlib.import_module(_PLACES[kind]).watch
    return watch
