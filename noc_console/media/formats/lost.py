"""At which layer of the chain something got lost: the first input of a channel at which it is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noc_console.model import Layer

_NAMES = {
    Layer.CONTRIBUTION: "contribution",
    Layer.HEADEND: "headend",
    Layer.PACKAGER: "packager",
    Layer.ORIGIN: "origin",
    Layer.EDGE: "edge",
    Layer.CLIENT: "client",
}


@dataclass(frozen=True, slots=True)
class AtLayer:
    """Whether something is there at one input of a channel."""

    layer: Layer
    is_there: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Where something got lost: the first layer it is gone at, as far as layers are measured, and half a sentence."""

    layer: str
    text: str


def lost_at(own: Layer, elsewhere: Iterable[AtLayer]) -> Lost:
    """Return where it got lost that is gone at the layer `own`; only layers before it can be the place."""
    by_layer: dict[Layer, bool] = {}
    for one in elsewhere:
        if one.layer < own:  # of several inputs at a layer one that has it shows that it gets that far
            by_layer[one.layer] = by_layer.get(one.layer, False) or one.is_there
    gone, before = own, None
    for layer in sorted(by_layer, reverse=True):
        if by_layer[layer]:
            before = layer
            break
        gone = layer
    if before is None:
        return Lost(_NAMES[gone], f"lost at the {_NAMES[gone]} or before it")
    if gone - before > 1:
        return Lost(_NAMES[gone], f"lost between the {_NAMES[before]}, where it is there, and the {_NAMES[gone]}")
    return Lost(_NAMES[gone], f"lost at the {_NAMES[gone]}: the {_NAMES[before]} still has it")
