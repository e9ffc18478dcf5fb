"""A stretch as JSON and back: from the process that decodes, which may be broken, to the one that remembers."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio, Colour, Mastering, Video
from noc_console.media.stretch import BLOCK, FRAME, PictureStretch, SoundStretch, Stretch, Thumbnail

MOST_FRAMES = 8192
MOST_BLOCKS = 131_072
MOST_JPEG_BYTES = 128 * 1024
MOST_STREAMS = 64
MOST_FAULTS = 32
MOST_FACTS_BYTES = 256 * 1024
_MOST_TEXT = 512
_MOST_NAMES = 64
_T = TypeVar("_T")


def to_wire(stretch: Stretch) -> dict[str, Any]:
    """Return a stretch as JSON can tell it, within the bounds that `from_wire` accepts."""
    return {
        "input_id": stretch.input_id,
        "at": stretch.at,
        "pictures": {rung: _picture_form(one) for rung, one in _first(stretch.pictures)},
        "sounds": {rung: _sound_form(one) for rung, one in _first(stretch.sounds)},
        "thumbnails": {
            rung: {"at_s": one.at_s, "width": one.width, "height": one.height, "jpeg": _packed(one.jpeg)}
            for rung, one in _first(stretch.thumbnails)
        },
        "faults": [fault[:_MOST_TEXT] for fault in stretch.faults[:MOST_FAULTS]],
        "decode_s": stretch.decode_s,
        "facts": dict(stretch.facts),
    }


def from_wire(form: Mapping[str, Any]) -> Stretch:
    """Return the stretch of its JSON; raises ValueError where it is none or larger than it may be."""
    try:
        facts = form["facts"]
        if not isinstance(facts, Mapping) or len(json.dumps(facts)) > MOST_FACTS_BYTES:
            raise ValueError("the facts of a stretch are too many")
        faults = form["faults"]
        if not isinstance(faults, list) or len(faults) > MOST_FAULTS:
            raise ValueError("the faults of a stretch are too many")
        return Stretch(
            input_id=_int(form["input_id"]),
            at=_finite(form["at"]),
            pictures=_each(form["pictures"], _picture),
            sounds=_each(form["sounds"], _sound),
            thumbnails=_each(form["thumbnails"], _thumbnail),
            faults=tuple(_string(fault) for fault in faults),
            decode_s=_finite(form["decode_s"]),
            facts=dict(facts),
        )
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error) as error:
        raise ValueError(f"a stretch cannot be read: {error!r}"[:_MOST_TEXT]) from None


def _picture_form(one: PictureStretch) -> dict[str, Any]:
    return {
        "format": asdict(one.format),
        "mode": one.mode,
        "start_s": one.start_s,
        "end_s": one.end_s,
        "frames": _packed(one.frames[:MOST_FRAMES].tobytes()),
        "bits": one.bits,
        "key_interval_s": one.key_interval_s,
        "broken_frames": one.broken_frames,
        "key_bits": one.key_bits,
    }


def _picture(form: Mapping[str, Any]) -> PictureStretch:
    return PictureStretch(
        format=_video(form["format"]),
        mode=_string(form["mode"]),
        start_s=_finite(form["start_s"]),
        end_s=_finite(form["end_s"]),
        frames=_records(form["frames"], FRAME, MOST_FRAMES),
        bits=_int(form["bits"]),
        key_interval_s=_finite(form["key_interval_s"]),
        broken_frames=_int(form["broken_frames"]),
        key_bits=_int(form["key_bits"]),
    )


def _sound_form(one: SoundStretch) -> dict[str, Any]:
    return {
        "format": asdict(one.format),
        "start_s": one.start_s,
        "end_s": one.end_s,
        "blocks": _packed(one.blocks[:MOST_BLOCKS].tobytes()),
        "bits": one.bits,
        "broken_frames": one.broken_frames,
        "layout": list(one.layout[:_MOST_NAMES]),
    }


def _sound(form: Mapping[str, Any]) -> SoundStretch:
    return SoundStretch(
        format=_fields(Audio, form["format"]),
        start_s=_finite(form["start_s"]),
        end_s=_finite(form["end_s"]),
        blocks=_records(form["blocks"], BLOCK, MOST_BLOCKS),
        bits=_int(form["bits"]),
        broken_frames=_int(form["broken_frames"]),
        layout=tuple(_string(name) for name in form["layout"][:_MOST_NAMES]),
    )


def _thumbnail(form: Mapping[str, Any]) -> Thumbnail:
    jpeg = _unpacked(form["jpeg"], MOST_JPEG_BYTES)
    if jpeg[:2] != b"\xff\xd8":
        raise ValueError("a thumbnail is no JPEG")
    return Thumbnail(_finite(form["at_s"]), _int(form["width"]), _int(form["height"]), jpeg)


def _video(form: Mapping[str, Any]) -> Video:
    plain = dict(form)
    colour = _fields(Colour, plain.pop("colour"))
    mastering, light = plain.pop("mastering"), plain.pop("light")
    if mastering is not None:
        pairs = tuple((_int(x), _int(y)) for x, y in mastering["primaries"][:8])
        mastering = Mastering(pairs, _finite(mastering["brightest"]), _finite(mastering["darkest"]))
    if light is not None:
        light = (_int(light[0]), _int(light[1]))
    return _fields(Video, {**plain, "colour": colour, "mastering": mastering, "light": light})


def _fields(kind: type[_T], form: Mapping[str, Any]) -> _T:
    """Return a frozen value from its fields; text, numbers and flags must be what the type says."""
    read: dict[str, Callable[[Any], Any]] = {"str": _string, "int": _int, "float": _finite, "bool": _flag}
    values = {
        one.name: read.get(str(one.type), _same)(form[one.name])
        for one in fields(kind)  # type: ignore[arg-type]
        if one.name in form
    }
    return kind(**values)


def _each(forms: object, read: Callable[[Mapping[str, Any]], _T]) -> dict[str, _T]:
    if not isinstance(forms, Mapping) or len(forms) > MOST_STREAMS:
        raise ValueError("a stretch has too many streams")
    return {_string(rung): read(form) for rung, form in forms.items()}


def _first(streams: Mapping[str, _T]) -> list[tuple[str, _T]]:
    return list(streams.items())[:MOST_STREAMS]


def _packed(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _unpacked(value: object, most: int) -> bytes:
    if not isinstance(value, str) or len(value) > most * 4 // 3 + 4:
        raise ValueError("bytes of a stretch are text in base64 of bounded length")
    return base64.b64decode(value, validate=True)


def _records(value: object, kind: np.dtype[np.void], most: int) -> NDArray[np.void]:
    """Return records whose times are finite; a copy of its own, of the exact type."""
    data = _unpacked(value, most * kind.itemsize)
    if len(data) % kind.itemsize:
        raise ValueError("the records of a stretch are cut")
    records = np.frombuffer(data, kind).copy()
    if not np.isfinite(records["at_s"]).all():
        raise ValueError("a time of a stretch is no number")
    return records


def _string(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError("a text of a stretch is none or too long")
    return value


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(1 << 53) <= value <= 1 << 53:
        raise ValueError("a whole number of a stretch is none")
    return value


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number of a stretch is not finite")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("a flag of a stretch is none")
    return value


def _same(value: Any) -> Any:
    return value
