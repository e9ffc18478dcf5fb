"""How answers look: compact JSON in the envelopes of docs/api.md, and known errors with their numbers."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from noc_console.agent import refusals
from noc_console.alarms import commands
from noc_console.errors import KnownError

_STATUS: Mapping[type[KnownError], int] = {
    refusals.BadRequest: 400,
    refusals.NotFound: 404,
    refusals.Conflict: 409,
    refusals.Unavailable: 503,
    commands.NoSuchAlarm: 404,
    commands.Refused: 409,
}
_SENTENCES = {404: "There is nothing at this address.", 405: "This address does not take this method."}
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": text,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["status", "message"],
                    "properties": {"status": {"const": "error"}, "message": {"type": "string"}},
                }
            }
        },
    }
    for code, text in {
        400: "What was asked makes no sense.",
        401: "The token is missing or wrong.",
        404: "It is not here.",
        409: "It contradicts the present state.",
        413: "The body is too long.",
        422: "A value is wrong.",
        429: "Too many requests.",
        503: "Not now.",
    }.items()
}


def body(value: Any) -> bytes:
    """Return a value as JSON; numbers JSON has no word for become null."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value


def bare(value: Any, status: int = 200) -> Response:
    """Answer with a value as it is."""
    return Response(body(value), status, media_type="application/json")


def listed(name: str, values: Sequence[Any]) -> Response:
    """Answer with a collection in its envelope."""
    return bare({"status": "ok", "count": len(values), name: values})


def one(name: str, value: Any, status: int = 200, **more: Any) -> Response:
    """Answer with a single object in its envelope."""
    return bare({"status": "ok", name: value, **more}, status)


def done(message: str = "") -> Response:
    """Answer that it is done."""
    return bare({"status": "ok", **({"message": message} if message else {})})


def iso(at: float | None) -> str | None:
    """Return Unix seconds as ISO 8601 in UTC with Z."""
    if at is None or not math.isfinite(at):
        return None
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def install(app: FastAPI) -> None:
    """Give the app our words for everything that goes wrong."""
    app.add_exception_handler(KnownError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    content = body({"status": "error", "message": message})
    return Response(content, status, headers, media_type="application/json")


async def _known(_: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    return _error(status, str(error))


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(error.status_code, _SENTENCES.get(error.status_code, str(error.detail)), error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = " ".join(str(part) for part in first["loc"][1:] if not isinstance(part, int))
    what = str(first["msg"]).removeprefix("Value error, ")
    return _error(422, f"{where}: {what}." if where else f"The request cannot be read: {what}.")
