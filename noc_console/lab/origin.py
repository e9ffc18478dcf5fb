"""Answers requests for media: which channel, which playlist or segment, and what it holds at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc_console.lab import pages
from noc_console.lab.channels import LabChannel
from noc_console.lab.reply import Document, Reply, Request, document_reply, text_reply
from noc_console.lab.studio import Studio


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for; `what` is master, playlist, mpd, segment, init, time, api or other."""

    what: str
    channel: str = ""
    rung: str = ""
    seq: int = -1


class Origin:
    """The media side of the lab."""

    def __init__(self, channels: Sequence[LabChannel], studio: Studio, window: int) -> None:
        self.channels: Mapping[str, LabChannel] = {channel.code: channel for channel in channels}
        self.studio = studio
        self.window = window
        self._documents: dict[tuple[str, str], tuple[object, Document]] = {}

    def answer(self, target: Target, request: Request, at: float) -> Reply:
        """Answer one request for media."""
        channel = self.channels.get(target.channel)
        if channel is None:
            return text_reply(404, "No such channel.\n")
        match target.what:
            case "master":
                return document_reply(pages.master(channel, self.studio), request)
            case "playlist":
                return document_reply(self._playlist(channel, target.rung, at), request)
            case "segment":
                return self._segment(channel, target, request, at)
        return text_reply(404, "No such file.\n")

    def _playlist(self, channel: LabChannel, rung: str, at: float) -> Document:
        state = (channel.schedule.restarts, channel.schedule.edge(at))
        kept = self._documents.get((channel.code, rung))
        if kept is not None and kept[0] == state:
            return kept[1]
        document = pages.playlist(channel, self.studio, rung, at, self.window)
        self._documents[channel.code, rung] = (state, document)
        return document

    def _segment(self, channel: LabChannel, target: Target, request: Request, at: float) -> Reply:
        edge = channel.schedule.edge(at)
        # RFC 8216, 6.2.2: a removed segment stays for its own duration and that of the longest playlist it was in
        if not edge - 2 * self.window - 1 <= target.seq <= edge:
            return text_reply(404, "This segment is not available.\n")
        return document_reply(pages.segment(channel, self.studio, target.rung, target.seq), request)
