"""Decoders of the library, one thread each and with bounds; whatever they raise is a frame that is broken."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import av

from noc_console.probes.decode.units import Track, Undecodable

MOST_PIXELS = 8192 * 4320
_FLOAT = {"mp2": "mp2float", "mp3": "mp3float"}
_COMPRESSED = ("ac3", "eac3")
#: What a decoder raises for bytes that are none of its codec.
BROKEN = (av.FFmpegError, ValueError, OverflowError)


def context_of(track: Track) -> Any:
    """Return an opened decoder of a track; raises Undecodable where the library has none."""
    if track.context is not None:
        _bound(track.context)
        return track.context
    try:
        context: Any = av.CodecContext.create(_FLOAT.get(track.decoder, track.decoder), "r")
        if track.extradata:
            context.extradata = track.extradata
        _bound(context)
        context.open(strict=False)
    except (*BROKEN, av.codec.codec.UnknownCodecError) as error:
        raise Undecodable(f"{track.name} cannot be decoded: {error}.") from None
    return context


class Shared:
    """Decoders that several channels use in turn, for key pictures, which need nothing of the ones before.

    Their frames are the largest memory there is: a decoder of one's own for each stretch gets and gives back 25 MB a
    picture of 2160 lines, and doubles the time it takes.
    """

    def __init__(self, most: int = 6) -> None:
        self._most = most
        self._free: OrderedDict[Hashable, Any] = OrderedDict()

    def take(self, track: Track, size: Hashable) -> Any:
        """Return a decoder that nobody uses, a fresh one where there is none for such pictures."""
        context = self._free.pop((track.decoder, track.extradata, size), None)
        return context_of(track) if context is None else context

    def give(self, track: Track, size: Hashable, context: Any) -> None:
        """Take a decoder back; those not used for longest go."""
        context.flush_buffers()
        self._free[track.decoder, track.extradata, size] = context
        while len(self._free) > self._most:
            self._free.popitem(last=False)


def _bound(context: Any) -> None:
    if not context.is_open:
        context.thread_count = 1
        # ITU-T H.264 and H.265 go up to 8192x4320 at level 6.2: more is an attack or a mistake
        context.options = {**(context.options or {}), "max_pixels": str(MOST_PIXELS)}
        if context.type == "video":  # how coarsely each frame is quantised, for the estimate of its quality
            context.options = {**context.options, "export_side_data": "venc_params"}
        elif context.name in _COMPRESSED:
            # the decoder would turn loud passages down as a set in the living room does; it is measured as sent
            context.options = {**context.options, "drc_scale": "0"}
