"""The inputs of the channel in the form, as plain values: one is shown, the others wait as the API has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from noc_console.model import Layer
from noc_console.views.edit_channel_values import Values, input_of, with_input

Json = Mapping[str, Any]
MOST = 16
"""Inputs the agent takes for one channel."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs as the API says them, and the place of the one in the form; a new channel has one without a URL."""

    rows: tuple[Json, ...] = ({},)
    place: int = 0

    def kept(self, values: Values) -> Inputs:
        """Return the inputs with what the form says of the shown one."""
        row = input_of(values, self.rows[self.place])
        return Inputs((*self.rows[: self.place], row, *self.rows[self.place + 1 :]), self.place)

    def at(self, place: int) -> Inputs:
        """Return the same inputs with another one shown."""
        return Inputs(self.rows, place % len(self.rows))

    def added(self) -> Inputs:
        """Return the inputs with one more, empty, which is shown; the same ones when there are too many."""
        if len(self.rows) >= MOST:
            return self
        return Inputs((*self.rows, {"url": "", "level": "full", "layer": int(Layer.EDGE)}), len(self.rows))

    def removed(self) -> Inputs:
        """Return the inputs without the shown one; the last one stays."""
        if len(self.rows) < 2:
            return self
        rows = (*self.rows[: self.place], *self.rows[self.place + 1 :])
        return Inputs(rows, min(self.place, len(rows) - 1))

    def shown(self, values: Values) -> Values:
        """Return the form's values with the shown input in them."""
        return with_input(values, self.rows[self.place])

    def names(self) -> tuple[str, ...]:
        """Return each input in words: number, layer, kind, host."""
        return tuple(f"{number} of {len(self.rows)}   {_name(row)}" for number, row in enumerate(self.rows, 1))

    @property
    def title(self) -> str:
        """What the field of the address is called."""
        which = f" of input {self.place + 1} of {len(self.rows)}" if len(self.rows) > 1 else ""
        return f"&URL{which}: playlist, MPD or transport stream"


def inputs_of(channel: Json) -> Inputs:
    """Return the inputs of a channel of the catalogue."""
    return Inputs(tuple(channel["inputs"]) or ({},))


def _name(row: Json) -> str:
    if not row.get("url"):
        return "new, without a URL"
    layer = Layer(int(row.get("layer", Layer.PACKAGER)))
    try:
        host = urlsplit(str(row["url"])).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    kind = str(row.get("kind") or "").upper()
    return "  ".join(part for part in (f"L{layer.value} {layer.name.capitalize()}", kind, host) if part)
