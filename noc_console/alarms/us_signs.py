"""Is it us?: what each fact speaks for and against, as signs with a weight; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from noc_console.alarms import cause
from noc_console.alarms.us_facts import LayerFacts, Request, UsFacts, kind_of

SOURCE, ENCODER, NETWORK, PACKAGER = "source", "encoder", "network", "packager"
ORIGIN, CDN, ISP, US, NOTHING = "origin", "cdn", "isp", "us", "nothing"
# who answers for what is fetched at a layer
OWNERS = (SOURCE, ENCODER, PACKAGER, ORIGIN, CDN, ISP)
_VERDICTS: Mapping[str, str] = {"CDN": CDN, "agent": US, "network": ISP}
_SOURCE_PICTURES = frozenset(
    {"VIDEO_FREEZE", "BLACK_FRAME", "AUDIO_SILENCE", "LOUDNESS_OUT_OF_RANGE", "TRUE_PEAK_HIGH"}
)
_TABLES = frozenset({"PAT_ERROR", "PMT_ERROR", "PID_MISSING", "PCR_JITTER", "PTS_DTS_ERROR"})
_LOSS = frozenset({"ts-cc", "ts-rtp-loss", "ts-arrival-jitter", "CC_ERROR", "HIGH_PACKET_LOSS"})
_GONE = frozenset({"ts-no-packets"})
_AWAY = ("unreachable", "cdn-5xx", "cdn-4xx", "cdn-error", "cdn-origin", "endpoint-down", "parse-error")
_LATELY_S = 600.0
_MOST_ILL = 0.5
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One fact's word on one cause: for it (positive weight) or against it (negative), and why in a few words."""

    cause: str
    weight: float
    why: str


def signs(facts: UsFacts) -> tuple[Sign, ...]:
    """Return every sign the facts give."""
    chains = facts.chains()
    root = max(chains, key=lambda chain: (chain.root.severity.rank, -chain.root.layer), default=None)
    parts = (_of_chain(facts, root), _of_requests(facts, root), _of_names(facts), _of_sisters(facts))
    more = (_of_own(facts, root), _of_folding(facts), _of_changes(facts, root), _of_silence(facts), _of_twins(facts))
    found = [sign for part in (*parts, *more) for sign in part]
    return tuple(found or _of_health(facts))


def owner(layer: int) -> str:
    """Return who answers for what is served at a layer."""
    return OWNERS[min(layer, len(OWNERS) - 1)]


def _of_chain(facts: UsFacts, chain: cause.Chain | None) -> Iterator[Sign]:
    """The first layer that is ill, and what kind of fault it is there."""
    if chain is None:
        return
    root = chain.root
    layer = next(one for one in facts.layers if one.input_id == root.alarm_id)
    place = cause.place_name(root.layer)
    before = [one for one in facts.layers if one.layer < root.layer and one.state == "ok" and not one.ill]
    kind = cause.class_of(root.alarm_type)
    if kind == "ts" and root.layer <= 1:
        yield from _of_stream(facts, layer)
    elif kind in ("picture", "sound") and root.layer > 1:
        yield from _of_picture(chain, before, place)
    else:
        verdict = cause.verdict_of(chain)
        yield Sign(_VERDICTS.get(verdict, verdict), 0.55, f"{place} is the first layer that is ill")
    for one in before:
        yield Sign(owner(one.layer), -0.5, f"{cause.place_name(one.layer)} is well at the same minute")
        if one.layer == root.layer - 1:
            yield Sign(owner(root.layer), 0.3, f"{cause.place_name(one.layer)} is well at the same minute")


def _of_stream(facts: UsFacts, layer: LayerFacts) -> Iterator[Sign]:
    """A transport stream: loss is the way's, a broken table the multiplexer's, silence the sender's or the way's."""
    place = cause.place_name(layer.layer)
    ids = {name for one in layer.ill for name in (one.id, one.alarm_type)}
    maker = SOURCE if layer.layer == 0 else ENCODER
    if ids & _GONE:
        yield Sign(maker, 0.5, f"{place}: nothing comes any more")
        yield Sign(NETWORK, 0.3, f"{place}: nothing comes any more, which a closed port does too")
    elif facts.own.socket_drops > 0:
        yield Sign(NETWORK, 0.1, f"{place}: packets are missing")
    elif ids & _LOSS and not {kind_of(one) for one in layer.ill} & _TABLES:
        several = f" on {layer.cc_pids} PIDs" if layer.cc_pids > 1 else ""
        if layer.cc_pids == 1:
            yield Sign(maker, 0.5, f"{place}: continuity breaks on one PID only, the others are whole")
        else:
            yield Sign(NETWORK, 0.6, f"{place}: packets are missing{several}, its tables are whole")
    else:
        yield Sign(maker, 0.6, f"{place}: {(layer.ill[0].text or layer.ill[0].id).rstrip('.')}")


def _of_picture(chain: cause.Chain, before: list[LayerFacts], place: str) -> Iterator[Sign]:
    """A picture that is ill where it is packaged: a packager changes no pictures, unless it is well before it."""
    kind = chain.root.alarm_type
    measured = next((one for one in before if one.has_picture), None)
    if measured is not None:
        yield Sign(owner(chain.root.layer), 0.5, f"{kind} on {place}, the picture before it is well")
        return
    maker, other = (SOURCE, ENCODER) if kind in _SOURCE_PICTURES else (ENCODER, SOURCE)
    yield Sign(maker, 0.55, f"{kind} on {place}: packaging and delivery change no pictures")
    yield Sign(other, 0.25, f"{kind} may also be made there")


def _of_requests(facts: UsFacts, chain: cause.Chain | None) -> Iterator[Sign]:
    """The requests of this moment, at the first layer that fails: what is behind it fails because of it."""
    failing = sorted((one for one in facts.requests if one.wrong), key=lambda one: one.layer)
    slow = sorted((one for one in facts.requests if one.slow and not one.wrong), key=lambda one: one.layer)
    if failing:
        yield from _of_failure(failing[0], facts)
        for layer in _well_before(facts.requests, failing[0].layer):
            yield Sign(owner(layer), -0.4, f"{cause.place_name(layer)} answers all requests now")
    elif slow:
        one = slow[0]
        yield Sign(owner(one.layer), 0.4 if one.is_in_body else 0.5, f"The {one.what} {one.slow}")
        if one.is_in_body:
            yield Sign(ISP, 0.2, "the time goes into the transfer")
    elif facts.requests and chain is not None and _is_away(facts, chain):
        yield Sign(NOTHING, 0.35, "Every request is answered now: it comes and goes, or it is over")


def _of_failure(one: Request, facts: UsFacts) -> Iterator[Sign]:
    why = f"The {one.what} on {cause.place_name(one.layer)}: {one.wrong}"
    if one.error in ("dns", "connect", "timeout") and not one.status:
        is_all = facts.sisters.elsewhere_ill >= _MOST_ILL * facts.sisters.elsewhere > 0
        yield Sign(owner(one.layer), 0.2 if is_all else 0.5, why)
        yield Sign(ISP, 0.4 if is_all else 0.15, "no connection comes about")
    else:
        yield Sign(owner(one.layer), 0.6, why)


def _well_before(requests: Iterable[Request], layer: int) -> list[int]:
    asked = {one.layer for one in requests if one.layer < layer}
    return sorted(asked - {one.layer for one in requests if one.wrong})


def _is_away(facts: UsFacts, chain: cause.Chain) -> bool:
    """Say whether the fault is one that a request would show."""
    layer = next(one for one in facts.layers if one.input_id == chain.root.alarm_id)
    ids = [one.id for one in layer.ill if "-" in one.id]
    return bool(ids) and all(any(word in name for word in _AWAY) for name in ids)


def _of_names(facts: UsFacts) -> Iterator[Sign]:
    for one in facts.names:
        if one.wrong:
            yield Sign(owner(one.layer), 0.45, f"{one.what}: {one.wrong}")


def _of_sisters(facts: UsFacts) -> Iterator[Sign]:
    """Others at the same place, and others elsewhere: what is ill everywhere is nobody's but ours, or the line's."""
    sisters = facts.sisters
    ill = [layer.layer for layer in facts.layers if layer.ill] + [one.layer for one in facts.requests if one.wrong]
    if sisters.here and ill and sisters.here_ill >= _MOST_ILL * sisters.here:
        why = f"{sisters.here_ill} of {sisters.here} other channels at the same place are ill too"
        yield Sign(owner(min(ill)), 0.25, why)
    if sisters.elsewhere < _ENOUGH or not ill:
        return
    if sisters.elsewhere_ill >= _MOST_ILL * sisters.elsewhere and sisters.ill_hosts > 1:
        why = f"{sisters.elsewhere_ill} of {sisters.elsewhere} channels elsewhere are ill too, at several hosts"
        yield Sign(US if facts.own.faults() else ISP, 0.6, why)
        for name in (SOURCE, ENCODER, PACKAGER, ORIGIN, CDN):
            yield Sign(name, -0.4, why)
    elif not sisters.elsewhere_ill:
        why = f"all {sisters.elsewhere} channels elsewhere are well, measured by this same agent"
        yield Sign(US, -0.5, why)
        yield Sign(ISP, -0.5, why)


def _of_own(facts: UsFacts, chain: cause.Chain | None) -> Iterator[Sign]:
    for text in facts.own.faults():
        is_grave = facts.own.socket_drops > 0 and "dropped" in text
        yield Sign(US, 0.7 if is_grave else 0.4, text)
    if not facts.own.faults() and chain is not None:
        yield Sign(US, -0.6, "this agent is well: no lag, no drops, its clock is right")


def _of_folding(facts: UsFacts) -> Iterator[Sign]:
    if facts.folded is not None:
        verdict, confidence, text = facts.folded
        yield Sign(_VERDICTS.get(verdict, verdict), 0.5 * confidence, text)


def _of_changes(facts: UsFacts, chain: cause.Chain | None) -> Iterator[Sign]:
    if chain is None:
        return
    began_s = facts.at - chain.root.raised_at
    for one in facts.changes:
        if one.is_own and 0 <= one.ago_s - began_s <= _LATELY_S:
            yield Sign(owner(chain.root.layer), 0.1, f"{one.words} shortly before it began")
            return


def _of_silence(facts: UsFacts) -> Iterator[Sign]:
    """No data of an input that answers now: then it is the measuring that stands still."""
    for layer in facts.layers:
        asked = [one for one in facts.requests if one.input_id == layer.input_id]
        if layer.state in ("stale", "lost") and asked and not any(one.wrong for one in asked):
            yield Sign(US, 0.6, f"{cause.place_name(layer.layer)} answers, but nothing of it is measured")


def _of_twins(facts: UsFacts) -> Iterator[Sign]:
    """Another region or CDN of the same programme: where only one of them is ill, what both are made of is well."""
    for layer in sorted({one.layer for one in facts.layers if one.layer > 2}):
        twins = [one for one in facts.layers if one.layer == layer]
        if any(one.ill for one in twins) and any(one.state == "ok" and not one.ill for one in twins):
            why = f"another input on {cause.place_name(layer)} is well"
            yield Sign(owner(layer), 0.4, why)
            for above in range(layer):
                yield Sign(owner(above), -0.4, why)


def _of_health(facts: UsFacts) -> Iterator[Sign]:
    """Nothing speaks for a fault: how sure that is depends on what could be looked at."""
    looked = [layer for layer in facts.layers if layer.state == "ok"]
    share = len(looked) / len(facts.layers) if facts.layers else 0.0
    answers = bool(facts.requests) or any(layer.kind == "ts" for layer in looked)
    unseen = any(not layer.is_seen for layer in facts.layers)
    yield Sign(NOTHING, (0.6 + 0.3 * answers) * share * (0.7 if unseen else 1.0), "no layer shows a fault")
