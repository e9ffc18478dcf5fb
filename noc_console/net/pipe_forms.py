"""The JSON forms of what goes down the pipe: the inputs to measure (ASSIGN) and the worker's bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from noc_console.model import Access, Expected, Input, Kind, Layer, Level, MediaMode
from noc_console.net.pipe import FrameType, GarbledFrame, encoded_json
from noc_console.settings import Settings


def assignment(inputs: Iterable[Input], settings: Settings) -> bytes:
    """Return the ASSIGN frame that names every input of a worker; what it names no more, is stopped."""
    content = {"inputs": [input_form(i) for i in inputs], "settings": settings.model_dump(mode="json")}
    return encoded_json(FrameType.ASSIGN, content)


def assigned(content: Mapping[str, Any]) -> tuple[tuple[Input, ...], Settings]:
    """Return inputs and settings of an ASSIGN frame's JSON; raises GarbledFrame."""
    try:
        inputs = tuple(input_of(form) for form in content["inputs"])
        return inputs, Settings.model_validate(content["settings"])
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError) as error:
        raise GarbledFrame("An ASSIGN frame of the pipe has the wrong shape.") from error


def input_form(input: Input) -> dict[str, Any]:
    """Return an input as plain JSON."""
    return asdict(input)


def input_of(form: Mapping[str, Any]) -> Input:
    """Return the input of its JSON form; raises KeyError, TypeError or ValueError where it is none."""
    expected = form["expected"]
    tuples = {key: tuple(expected[key]) for key in ("rungs", "audio_languages", "subtitle_languages")}
    return Input(
        id=int(form["id"]),
        channel_id=int(form["channel_id"]),
        layer=Layer(form["layer"]),
        kind=Kind(form["kind"]),
        url=str(form["url"]),
        level=Level(form["level"]),
        poll_s=float(form["poll_s"]),
        access=access_of(form["access"]),
        expected=Expected(**{**expected, **tuples}),
        tier=int(form.get("tier", 2)),
        media=MediaMode(form.get("media", MediaMode.KEYFRAMES)),
        media_rung=str(form.get("media_rung", "")),
    )


def access_of(form: Mapping[str, Any]) -> Access:
    """Return how a server is reached from its JSON form; raises KeyError, TypeError or ValueError."""
    if not isinstance(form, Mapping):
        raise TypeError("an access is an object")
    headers = {str(name): str(value) for name, value in dict(form.get("headers", {})).items()}
    hosts = tuple(str(host) for host in form.get("hosts", ()))
    query, ca_file, pin = (str(form.get(name, "")) for name in ("query", "ca_file", "pin"))
    return Access(headers, query, ca_file, pin, hosts)
