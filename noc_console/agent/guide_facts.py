"""What is known of a channel beside its measurements: numbers of the catalogue, and how many inputs it has."""

from __future__ import annotations

from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.agent.guide_place import AGENT
from noc_console.agent.guide_site import site_facts
from noc_console.guides.answers import Answer
from noc_console.guides.questions import OfFact, OfInput
from noc_console.model import Channel, Input, Kind, Layer


def facts_of(asked: Asked) -> dict[str, float]:
    """Return the numbers that are known of the channel; what nobody said is left out."""
    channel, entry = asked.place.channel, asked.place.entry
    told = _of_channel(channel) if channel is not None else {}
    if entry is not None and entry is not AGENT:
        told |= _of_input(entry)
    return {name: float(value) for name, value in told.items() if value is not None}


def _of_channel(channel: Channel) -> dict[str, float | None]:
    kind = channel.channel_class.upper()
    is_4k = "4K" in kind or "UHD" in kind or "4K" in channel.badges
    return {
        "tier": channel.tier,
        "is_hdr": "HDR" in channel.badges or any(one.expected.is_hdr for one in channel.inputs),
        "is_4k": is_4k,
        "is_hd": "HD" in kind and not is_4k,
        "is_sd": "SD" in kind,
        "is_demo": channel.is_demo,
        "is_ott": any(one.kind in (Kind.HLS, Kind.DASH) for one in channel.inputs),
    }


def _of_input(entry: Input) -> dict[str, float | None]:
    expected = entry.expected
    return {
        "layer": int(entry.layer),
        "rungs_expected": len(expected.rungs) or None,
        "segment_expected_s": expected.segment_s or None,
        "audio_languages": len(expected.audio_languages) or None,
        "subtitle_languages": len(expected.subtitle_languages) or None,
    }


def fact_told(question: OfFact, asked: Asked) -> Told:
    """Return one fact."""
    own = facts_of(asked)
    value = own[question.fact] if question.fact in own else site_facts(asked).get(question.fact)
    if value is None:
        return unknown(f"{question.fact} is not known here.", question.kind)
    return Told(Answer(value, "", 1, asked.at, asked.at, provenance="agent"), question.kind)


def inputs_told(question: OfInput, asked: Asked) -> Told:
    """Return how many inputs the channel has at a layer; without a layer, in all."""
    wanted = Layer[question.layer.upper()] if question.layer else None
    found = [
        one for one in asked.place.inputs if wanted in (None, one.layer) and question.speaks in ("", str(one.kind))
    ]
    rows = [{"input_id": one.id, "layer": int(one.layer), "kind": str(one.kind)} for one in found]
    return Told(Answer(float(len(found)), "", len(found), asked.at, asked.at, "1"), question.kind, rows=rows)
