"""Is it us?: the verdict over everything at hand of one channel, with a confidence and the lines it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from noc_console.alarms import cause, us_signs
from noc_console.alarms.us_facts import LayerFacts, UsFacts
from noc_console.alarms.us_signs import Sign

UNCLEAR = "unclear"
CLEAR_FROM = 0.25
HIGH_FROM, MEDIUM_FROM = 0.75, 0.5
_AT_MOST = 0.95
_MOST_TOLD = 4
_SAYS: Mapping[str, str] = {
    "source": "It is the source: what comes in is ill already.",
    "encoder": "It is the encoder (or the multiplexer behind it).",
    "network": "It is the network on the way to us from the headend.",
    "packager": "It is the packager.",
    "origin": "It is the origin.",
    "cdn": "It is the CDN.",
    "isp": "It is the line: our ISP or the network between.",
    "us": "It is us: this agent or its machine.",
    "nothing": "Nothing is wrong now.",
    UNCLEAR: "It is not clear: nothing at hand speaks plainly for one place.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of evidence: of which group, whether it is ill, well or unknown, and what it says."""

    group: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class UsVerdict:
    """Where the fault lies, how sure that is (0 to 1), why, and everything that was looked at."""

    cause: str
    confidence: float
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    others: tuple[tuple[str, float], ...]
    lines: tuple[Line, ...]

    @property
    def says(self) -> str:
        """The verdict as a sentence."""
        return _SAYS[self.cause]

    @property
    def level(self) -> str:
        """`high`, `medium` or `low`."""
        if self.confidence >= HIGH_FROM:
            return "high"
        return "medium" if self.confidence >= MEDIUM_FROM else "low"


def judge(facts: UsFacts) -> UsVerdict:
    """Return the verdict over the facts: signs for one cause add up as chances, those against take away."""
    signs = us_signs.signs(facts)
    rest = {name: _rest(name, signs) for name in dict.fromkeys(sign.cause for sign in signs)}
    ordered = sorted(rest.items(), key=lambda pair: -pair[1])
    name, most = ordered[0] if ordered else (UNCLEAR, 0.0)
    lines = tuple(_lines(facts))
    if most < CLEAR_FROM:
        return UsVerdict(UNCLEAR, 0.0, _why(signs), (), tuple(ordered[:3]), lines)
    second = ordered[1][1] if len(ordered) > 1 else 0.0
    confidence = round(min(_AT_MOST, most * (1 - second / 2)), 2)
    against = tuple(sign.why for sign in signs if sign.cause == name and sign.weight < 0)
    others = tuple(pair for pair in ordered[1:3] if pair[1] >= 0.1)
    return UsVerdict(name, confidence, _why(signs, name), against, others, lines)


def _rest(name: str, signs: tuple[Sign, ...]) -> float:
    speaks_for = 1 - prod(1 - sign.weight for sign in signs if sign.cause == name and sign.weight > 0)
    against = 1 - prod(1 + sign.weight for sign in signs if sign.cause == name and sign.weight < 0)
    return round(speaks_for * (1 - against), 3)


def _why(signs: tuple[Sign, ...], name: str = "") -> tuple[str, ...]:
    """Return the reasons, the weightiest first; those that rule others out stand behind those that speak for it."""
    own = sorted((one for one in signs if one.weight > 0 and name in ("", one.cause)), key=lambda one: -one.weight)
    out = [one for one in signs if one.weight < 0 and one.cause != name]
    return tuple(dict.fromkeys([one.why for one in (*own, *out)]))[:_MOST_TOLD]


# -- what was looked at


def _lines(facts: UsFacts) -> Iterator[Line]:
    for layer in sorted(facts.layers, key=lambda one: (one.layer, one.input_id)):
        yield _layer(layer)
    for one in facts.requests:
        state = "ill" if one.wrong or one.slow else "well"
        at = f" from {one.peer}" if one.peer else ""
        yield Line(
            "waterfall", state, f"{one.what}{at}: {one.wrong or one.slow or f'{one.status} in {one.total_s:.2f} s'}"
        )
    for name in facts.names:
        yield Line("names", "ill" if name.wrong else "well", f"{name.what}: {name.wrong or name.text}")
    yield from _sisters(facts)
    yield from _changes(facts)
    yield from _own(facts)


def _layer(layer: LayerFacts) -> Line:
    place = cause.place_name(layer.layer)
    mos = f", MOS {layer.mos:.1f}" if layer.mos is not None else ""
    if layer.ill:
        more = f", and {len(layer.ill) - 1} more" if len(layer.ill) > 1 else ""
        return Line(
            "layers", "ill", f"{place} ({layer.kind}): {_plain(layer.ill[0].text or layer.ill[0].id)}{more}{mos}"
        )
    if layer.over and layer.state == "ok":
        open_ = ", ".join(one.alarm_type or one.id for one in layer.over[:3])
        return Line("layers", "unknown", f"{place} ({layer.kind}): nothing wrong now, {open_} is still open{mos}")
    if layer.state != "ok":
        return Line("layers", "unknown", f"{place} ({layer.kind}): the data is {layer.state}")
    if not layer.is_seen:
        age = layer.picture_age_s
        seen = "not looked at" if age is None else f"last looked at {age:.0f} s ago"
        return Line("layers", "unknown", f"{place} ({layer.kind}): nothing wrong, but its picture was {seen}{mos}")
    flaw = f" but a minor flaw: {_plain(layer.flaws[0].text)}" if layer.flaws else ""
    return Line("layers", "well", f"{place} ({layer.kind}): nothing wrong{flaw}{mos}")


def _plain(text: str) -> str:
    return text.rstrip(".")


def _sisters(facts: UsFacts) -> Iterator[Line]:
    one = facts.sisters
    if one.here:
        text = f"{one.here_ill} of {one.here} other channels at the same host or multiplex are ill"
        yield Line("sisters", _share(one.here_ill, one.here), text)
    if one.elsewhere:
        text = f"{one.elsewhere_ill} of {one.elsewhere} channels elsewhere are ill"
        yield Line("sisters", _share(one.elsewhere_ill, one.elsewhere), text)
    if not one.here and not one.elsewhere:
        yield Line("sisters", "unknown", "there is no other channel to compare with")


def _share(ill: int, of: int) -> str:
    return "ill" if 2 * ill >= of else "unknown" if ill else "well"


def _changes(facts: UsFacts) -> Iterator[Line]:
    for one in facts.changes[:_MOST_TOLD]:
        what = f"{one.words}: {_plain(one.text)}" if one.text else one.words
        yield Line("changes", "unknown", f"{one.ago_s / 60:.0f} min ago, {what}")
    if not facts.changes:
        yield Line("changes", "well", "nothing was changed in the last 30 min")


def _own(facts: UsFacts) -> Iterator[Line]:
    faults = facts.own.faults()
    for text in faults:
        yield Line("own", "ill", text)
    if not faults:
        own = facts.own
        clock = "not compared" if own.clock_offset_s is None else f"{own.clock_offset_s:+.1f} s"
        text = f"agent well: CPU {own.cpu_ratio:.0%}, lag {own.lag_s:.1f} s, no drops, clock {clock}"
        yield Line("own", "well", text)
