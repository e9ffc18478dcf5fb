"""First cause: which of the open alarms are one fault, where it lies, and how sure that is; always in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noc_console.alarms.alarm import Cause
from noc_console.model import Severity

TOGETHER_S = 30.0  # what begins within this time at one place is one fault
SLACK_S = 120.0  # a layer further down may notice so much earlier, because its rule has the shorter hold
ENOUGH = 3  # channels that fail together
NONE = "-"  # no alarm type at all
MOST_DIFFER = 3  # of so many channels one must fail, before faults of different kinds are taken for one
SISTERS = ("encoder:", "mux:", "packager:", "satellite:")
_PLACES = ("contribution", "headend", "packager", "origin", "edge", "client")
_VERDICTS = ("source", "encoder", "packager", "origin", "CDN", "network")
_SISTER_VERDICTS = {"encoder:": "encoder", "mux:": "encoder", "packager:": "packager", "satellite:": "source"}

_CLASSES: Mapping[str, str] = {
    "ts": "TS_SYNC_LOSS PAT_ERROR PMT_ERROR PID_MISSING CC_ERROR HIGH_PACKET_LOSS PCR_JITTER PTS_DTS_ERROR",
    "delivery": "SERVICE_DOWN HTTP_5XX ORIGIN_ERRORS_HIGH HIGH_ERROR_RATE STALE_PLAYLIST ABR_SEGMENT_MISSING "
    "MANIFEST_INVALID SEGMENT_SLOW EDGE_LATENCY_HIGH CACHE_HIT_LOW LADDER_INCOMPLETE SEGMENT_DURATION",
    "picture": "VIDEO_FREEZE BLACK_FRAME VIDEO_MOS_LOW ABRUPT_MOS_DROP MACROBLOCKING_HIGH AV_SYNC",
    "sound": "AUDIO_SILENCE LOUDNESS_OUT_OF_RANGE TRUE_PEAK_HIGH",
}
# a class explains itself and these; within a class the earlier type is the more likely cause
_EXPLAINS: Mapping[str, frozenset[str]] = {
    "ts": frozenset({"ts", "delivery", "picture", "sound"}),
    "delivery": frozenset({"delivery", "picture", "sound"}),
    "picture": frozenset({"picture", "delivery"}),
    "sound": frozenset({"sound"}),
}
_CLASS_OF = {name: kind for kind, names in _CLASSES.items() for name in names.split()}
_ORDER = {name: number for number, name in enumerate(_CLASS_OF)}


@dataclass(frozen=True, slots=True)
class Fact:
    """What the search knows of one alarm whose condition holds."""

    alarm_id: int
    channel_id: int
    layer: int
    host: str
    sisters: tuple[str, ...]
    alarm_type: str
    severity: Severity
    raised_at: float

    @property
    def order(self) -> tuple[int, int, float, int]:
        """The more likely cause comes first: further up the chain, more basic, earlier."""
        return self.layer, _ORDER.get(self.alarm_type, len(_ORDER)), self.raised_at, self.alarm_id


@dataclass(frozen=True, slots=True)
class Chain:
    """Alarms of one channel that are one fault: the first, and what follows from it."""

    root: Fact
    followers: tuple[Fact, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them, the root first."""
        return (self.root, *self.followers)


@dataclass(frozen=True, slots=True)
class Place:
    """Where channels meet (a host, a multiplex): how many are measured there, and how many elsewhere are well."""

    key: str
    title: str
    measured: int
    well_elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One fault of a place: its verdict, and the chains that are folded under it."""

    cause: Cause
    title: str
    layer: int
    severity: Severity
    alarm_type: str
    began_at: float
    chains: tuple[Chain, ...]
    roots: frozenset[int]
    channels: frozenset[int]
    only: str = ""  # the one alarm type it takes, empty: all


def chains(facts: Iterable[Fact]) -> tuple[Chain, ...]:
    """Return the faults of one channel: each alarm follows from the first one that can explain it."""
    roots: list[tuple[Fact, list[Fact]]] = []
    for fact in sorted(facts, key=lambda one: one.order):
        known = next((followers for root, followers in roots if explains(root, fact)), None)
        if known is None:
            roots.append((fact, []))
        else:
            known.append(fact)
    return tuple(Chain(root, tuple(followers)) for root, followers in roots)


def explains(root: Fact, other: Fact) -> bool:
    """Say whether an alarm can be the cause of another one of the same channel."""
    kind, what = _CLASS_OF.get(root.alarm_type, ""), _CLASS_OF.get(other.alarm_type, "")
    is_kin = root.alarm_type == other.alarm_type or what in _EXPLAINS.get(kind, frozenset())
    return is_kin and root.layer <= other.layer and other.raised_at >= root.raised_at - SLACK_S


def chain_cause(chain: Chain, measured: Iterable[int]) -> Cause | None:
    """Return where the fault of one channel lies; None for an alarm that stands alone."""
    if not chain.followers:
        return None
    root = chain.root
    before = sorted(layer for layer in set(measured) if layer < root.layer)
    below = sorted({fact.layer for fact in chain.followers if fact.layer > root.layer})
    evidence = [f"{place_name(root.layer)} is the first layer with an alarm: {root.alarm_type}"]
    if before:
        evidence.append(f"{', '.join(place_name(layer) for layer in before)} measured without an alarm of this kind")
    else:
        evidence.append("no layer before it is measured: the fault may come from further up")
    if below:
        evidence.append(f"seen further down on {', '.join(place_name(layer) for layer in below)}")
    same = [fact.alarm_type for fact in chain.followers if fact.layer == root.layer]
    if same:
        evidence.append(f"on the same layer: {', '.join(sorted(set(same)))}")
    confidence = 0.5 + 0.3 * bool(before) + min(0.15, 0.05 * len(below)) - 0.1 * (not before)
    key = f"channel:{root.channel_id}:{root.alarm_id}"
    return Cause(key, verdict_of(chain), round(confidence, 2), tuple(evidence))


def together(chains_: Iterable[Chain], began_at: float | None) -> tuple[Chain, ...]:
    """Return the faults at one place that began together: three channels within 30 s, and all that came after.

    `began_at` is when a group that is known already began: it stays one as long as any of it is left.
    """
    ordered = sorted(chains_, key=lambda chain: (chain.root.raised_at, chain.root.alarm_id))
    start = _start(ordered) if began_at is None else began_at
    return () if start is None else tuple(chain for chain in ordered if chain.root.raised_at >= start)


def only_kind(found: Sequence[Chain], measured: int, known: str = "") -> str:
    """Return the one alarm type that faults at a place are taken for one cause by, empty where all of them are.

    All where a third of the channels measured there fail; else those of one type, where three channels share it: a
    few different faults among many channels are a bad day, not one fault. `NONE` where nothing speaks for a cause. A
    group that is `known` by its type stays one as long as any of that type is left.
    """
    channels = {chain.root.channel_id for chain in found}
    if len(channels) * MOST_DIFFER >= measured:
        return ""
    kinds = Counter(kind for kind, _ in {(chain.root.alarm_type, chain.root.channel_id) for chain in found})
    kind = known or min(kinds, key=lambda one: (-kinds[one], one))
    return kind if known or kinds[kind] >= ENOUGH else NONE


def _start(ordered: Sequence[Chain]) -> float | None:
    low = 0
    inside: Counter[int] = Counter()
    for chain in ordered:
        inside[chain.root.channel_id] += 1
        while chain.root.raised_at - ordered[low].root.raised_at > TOGETHER_S:
            gone = ordered[low].root.channel_id
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            low += 1
        if len(inside) >= ENOUGH:
            return ordered[low].root.raised_at
    return None


def group(place: Place, found: Sequence[Chain], verdict: str = "") -> Group:
    """Return the one fault that chains at one place are."""
    channels = {chain.root.channel_id for chain in found}
    layers = Counter(chain.root.layer for chain in found)
    layer = min(layers, key=lambda one: (-layers[one], one))
    types = Counter(chain.root.alarm_type for chain in found)
    kind = min(types, key=lambda one: (-types[one], one))
    began = min(chain.root.raised_at for chain in found)
    span = max(chain.root.raised_at for chain in found) - began
    share = len(channels) / max(place.measured, len(channels))
    evidence = [
        f"{len(channels)} of {max(place.measured, len(channels))} channels on {place.title} fail",
        f"{_begun(found, began)} within {min(span, TOGETHER_S):.0f} s of the first",
        f"mostly {kind} on {place_name(layer)} ({types[kind]} of {len(found)})",
    ]
    if place.well_elsewhere:
        evidence.append(f"{place.well_elsewhere} channels elsewhere are well")
    confidence = 0.45 + 0.4 * share + 0.1 * bool(place.well_elsewhere)
    worst = max((fact.severity for chain in found for fact in chain.facts), key=lambda one: one.rank)
    cause = Cause(place.key, verdict or _VERDICTS[layer], round(min(confidence, 0.95), 2), tuple(evidence), True)
    roots = frozenset(chain.root.alarm_id for chain in found)
    return Group(cause, place.title, layer, worst, kind, began, tuple(found), roots, frozenset(channels))


def sister_verdict(label: str) -> str:
    """Return what a label such as `mux:5` says about where its channels meet."""
    return next((verdict for prefix, verdict in _SISTER_VERDICTS.items() if label.startswith(prefix)), "source")


def _begun(found: Sequence[Chain], began: float) -> str:
    at_once = sum(chain.root.raised_at - began <= TOGETHER_S for chain in found)
    return f"{at_once} of them began"


def class_of(alarm_type: str) -> str:
    """Return what an alarm type is about: ts, delivery, picture or sound; empty where it is something else."""
    return _CLASS_OF.get(alarm_type, "")


def verdict_of(chain: Chain) -> str:
    """Return where the fault of one channel lies: the place of its root's layer, or further up."""
    root = chain.root
    # C-44: the same picture on the first layers is the source, unless blocks speak for the encoder
    is_blocky = any(fact.alarm_type == "MACROBLOCKING_HIGH" for fact in chain.facts)
    is_picture = class_of(root.alarm_type) in ("picture", "sound")
    if root.layer == 1 and is_picture and not is_blocky and any(fact.layer > 1 for fact in chain.followers):
        return "source"
    return _VERDICTS[min(root.layer, len(_VERDICTS) - 1)]


def place_name(layer: int) -> str:
    """Return a layer as people say it, `L2 packager`."""
    return f"L{layer} {_PLACES[min(layer, len(_PLACES) - 1)]}"
