"""Answers the core's commands: the last bodies of a scope, an inspection, the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from typing import Any

from noc_console.errors import KnownError
from noc_console.net.fetch import Fetcher
from noc_console.net.pipe_forms import access_of
from noc_console.probes.decode.job import KEYFRAMES
from noc_console.probes.inspection import inspect
from noc_console.probes.media_collect import Collected
from noc_console.probes.ts_commands import StreamCommands
from noc_console.probes.ts_reception import Reception
from noc_console.probes.worker_outbox import Outbox
from noc_console.probes.worker_watches import Watches
from noc_console.settings import Settings

log = logging.getLogger(__name__)

_MOST_SECONDS = 600.0


class Commands:
    """The verbs a worker knows; every command with an id gets exactly one `reply` note."""

    def __init__(
        self,
        fetcher: Fetcher,
        outbox: Outbox,
        watches: Watches,
        reception: Reception,
        settings: Callable[[], Settings],
    ) -> None:
        self._fetcher = fetcher
        self._outbox = outbox
        self._watches = watches
        self._streams = StreamCommands(reception, watches)
        self._settings = settings
        self._inspections = asyncio.Semaphore(4)

    async def answer(self, command: Mapping[str, Any]) -> None:
        """Do one command and send its reply; what cannot be done is told in one sentence."""
        number = command.get("id")
        try:
            result = await self._do(command)
        except KnownError as error:
            self._outbox.send({"kind": "reply", "id": number, "message": str(error)})
        except (KeyError, TypeError, ValueError):
            log.exception("the command %r could not be read", command.get("verb"))
            self._outbox.send({"kind": "reply", "id": number, "message": "The command is not complete."})
        except Exception:
            log.exception("the command %r failed", command.get("verb"))
            message = "The worker could not do this because of an internal error; its log has the details."
            self._outbox.send({"kind": "reply", "id": number, "message": message})
        else:
            self._outbox.send({"kind": "reply", "id": number, "result": result})

    async def _do(self, command: Mapping[str, Any]) -> Any:
        match command.get("verb"):
            case "playlist":
                return self._playlist(int(command["input_id"]), str(command["scope"]))
            case "inspect":
                return await self._inspect(command)
            case "ts" | "packets" | "evidence":
                return await self._streams.answer(command)
            case verb:
                raise KnownError(f"The worker does not know the command {verb!r}.")

    def _playlist(self, input_id: int, scope: str) -> Mapping[str, Any]:
        tools = self._watches.tools(input_id)
        if tools is None:
            raise KnownError("This input is not being measured.")
        bodies = [
            {"url": body.url, "at": body.at, "text": body.body.decode("utf-8", "replace")}
            for body in tools.bodies(scope)
        ]
        return {"scope": scope, "bodies": bodies, "scopes": tools.scopes()}

    async def _inspect(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        url, seconds = str(command["url"]), min(max(float(command.get("seconds", 0)), 0.0), _MOST_SECONDS)
        access = access_of(command.get("access") or {})
        if "://" not in url[:16] or url.startswith("file:"):
            raise KnownError("Only addresses can be inspected here, no files.")  # not the agent's own ones

        def progress(ratio: float, message: str) -> None:
            note = {"kind": "progress", "id": command.get("id"), "progress": ratio, "message": message}
            self._outbox.send(note)

        async with self._inspections:
            media = Collected(KEYFRAMES) if command.get("media") else None
            with closing(media) if media else nullcontext():
                found = await inspect(
                    url,
                    seconds=seconds,
                    access=access,
                    fetcher=self._fetcher,
                    settings=self._settings(),
                    progress=progress,
                    media=media,
                )
        return {"result": found.form(), "proposal": found.proposal_form()}
