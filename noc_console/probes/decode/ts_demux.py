"""Takes transport streams apart: programme, PIDs, PES packets, access units; state lives on between stretches.

The library's own demultiplexer decodes pictures only to say what is in the stream, and forgets at each segment what
was cut at its end; this one copies no more than what is decoded.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noc_console.media.container.psi import Stream, programmes
from noc_console.media.container.ts import Packets
from noc_console.media.ts.grid import Grid
from noc_console.probes.decode import audio_frames, keys
from noc_console.probes.decode.es_split import Splitter
from noc_console.probes.decode.job import FULL, KEYFRAMES
from noc_console.probes.decode.pes import PACKET, Assembly, Block, Bytes, Pes, Wanted, whole
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.units import DECODERS, Demuxed, Lane, Track, Undecodable, Unit

MOST_TRACKS = 32
_CHUNK = 4096  # packets in which tables are looked for first


class TsDemuxer:
    """One transport stream, fed in stretches; a stretch that does not follow begins with `forget`."""

    def __init__(self, timeline: Timeline, program: int = 0, pids: tuple[int, ...] = ()) -> None:
        self._timeline = timeline
        self._program = program
        self._pids = frozenset(pids)
        self._grid = Grid()
        self._tracks: tuple[Track, ...] = ()
        self._assemblies: dict[int, Assembly] = {}
        self._rests: dict[int, bytes] = {}
        self._splitters: dict[int, Splitter] = {}
        self._others: dict[int, Track] = {}
        self.programs: tuple[int, ...] = ()

    def forget(self) -> None:
        """Drop what is under way: what comes next does not follow."""
        self._grid = Grid()
        self._assemblies.clear()
        self._rests.clear()
        self._splitters.clear()

    def feed(self, data: bytes, mode: str, is_end: bool) -> Demuxed:
        """Take a stretch apart; with `is_end` (a segment, or the last one) the last packets are complete.

        Raises Undecodable where it is no transport stream or has no programme.
        """
        pieces = self._grid.feed(data)
        if is_end:
            pieces += self._grid.finish()
            self._grid = Grid()
        if not pieces and self._tracks:
            return Demuxed(faults=["No packet of the transport stream is in it: there are no sync bytes on a grid."])
        if not pieces:
            raise Undecodable("It is no transport stream: no sync bytes stand on a grid.")
        blocks = [piece.block for piece in pieces]
        rows: Bytes = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        found = Demuxed()
        self._choose(np.ascontiguousarray(rows[:_CHUNK]), rows, found)
        block = Block.of(rows)
        for track in self._tracks:
            if track.decoder and (track.kind == "audio" or mode in (FULL, KEYFRAMES)):
                self._lane(track, block, mode, is_end, found)
            else:  # what was under way is not gone on with: the rest of it passes by here
                self._assemblies.pop(track.id, None)
                self._splitters.pop(track.id, None)
        return found

    def _choose(self, start: Bytes, rows: Bytes, found: Demuxed) -> None:
        """Read the tables of this stretch; without them the programme is the one before."""
        tables = _programmes(start) or (_programmes(np.ascontiguousarray(rows)) if not self._tracks else {})
        if tables:
            self.programs = tuple(tables)
            tracks = self._named(_chosen(tables, self._program, self._pids))
            if tracks != self._tracks:
                self._tracks = tracks
                self._others.clear()
                wanted = {track.id for track in tracks}
                self._assemblies = {pid: one for pid, one in self._assemblies.items() if pid in wanted}
        if not self._tracks:
            missing = "programme" if not self._program else f"programme {self._program}"
            raise Undecodable(f"The transport stream has no {missing} with picture or sound in its tables.")
        for track in self._tracks:
            if track.scheme:
                found.faults.append(f"{track.name} is encrypted ({track.scheme}) and cannot be decoded.")
            elif not track.decoder:
                found.faults.append(f"{track.name} is {track.codec}, which cannot be decoded here.")

    def _named(self, streams: tuple[Stream, ...]) -> tuple[Track, ...]:
        some = [stream for stream in streams if stream.kind in ("video", "audio")]
        return tuple(_track(stream) for stream in some[:MOST_TRACKS])

    def _lane(self, track: Track, block: Block, mode: str, is_end: bool, found: Demuxed) -> None:
        memory = self._assemblies.setdefault(track.id, Assembly())
        is_sparse = track.kind == "video" and mode == KEYFRAMES and track.codec in keys.KNOWN
        codec = track.codec if track.codec in keys.KNOWN else ""
        some = whole(block, track.id, memory, Wanted(codec, is_sparse), is_end)
        if some and all(one.is_scrambled for one in some):
            found.faults.append(f"{track.name} is scrambled and cannot be decoded.")
            return
        if not some and not memory.is_open:
            found.faults.append(f"{track.name} is in the tables, but no packet of it came.")
        lane = Lane(self._heard(track, some))
        for one in some:
            if one.is_scrambled:
                lane.units.append(Unit(b"", one.size, self._timeline.seconds(one.pts), is_damaged=True))
            else:
                lane.units += self._units(lane.track, memory, one)
        if is_end and track.id in self._splitters:
            lane.units += [_picture(track, *part) for part in self._splitters.pop(track.id).finish()]
        found.lanes.append(lane)

    def _heard(self, track: Track, some: list[Pes]) -> Track:
        """Return a track by what its frames are: tables say MPEG audio of AAC, and the other way round."""
        if track.id in self._others:
            return self._others[track.id]
        first = next((one.data for one in some if one.data), b"")
        if track.decoder not in ("aac", "mp2") or not first:
            return track
        other = "mp2" if track.decoder == "aac" else "aac"
        if audio_frames.begins(track.decoder, first) or not audio_frames.begins(other, first):
            return track
        codec = "mp4a.40.34" if other == "mp2" else "mp4a.40.2"
        self._others[track.id] = replace(track, codec=codec, decoder=other)
        return self._others[track.id]

    def _units(self, track: Track, memory: Assembly, one: Pes) -> list[Unit]:
        if track.kind == "audio":
            return self._sounds(track, one)
        if not memory.is_unaligned:
            return self._pictures(track, one)
        splitter = self._splitters.get(track.id)
        if splitter is None:
            splitter = self._splitters[track.id] = Splitter(track.decoder)
        return [_picture(track, *part) for part in splitter.feed(one.data, self._timeline.seconds(one.pts))]

    def _pictures(self, track: Track, one: Pes) -> list[Unit]:
        at_s = self._timeline.seconds(one.pts)
        if not one.data:
            return [Unit(b"", one.size, at_s, is_damaged=one.is_damaged)]
        parts = keys.pictures(track.codec, one.data)
        units = []
        for number, part in enumerate(parts):
            is_key = keys.is_key(track.codec, part) if track.codec in keys.KNOWN else one.is_random
            time_s = at_s if number == 0 else float("nan")
            units.append(Unit(part, len(part), time_s, is_key, is_damaged=one.is_damaged))
        return units

    def _sounds(self, track: Track, one: Pes) -> list[Unit]:
        at_s = self._timeline.seconds(one.pts)
        if not audio_frames.can_cut(track.decoder):
            return [Unit(one.data, len(one.data), at_s, True, is_damaged=one.is_damaged)]
        rest = self._rests.pop(track.id, b"")
        if one.is_damaged:  # a frame with a hole in it is noise, not sound
            return [Unit(b"", len(one.data), at_s, True, is_damaged=True)]
        data, units, end = rest + one.data, [], 0
        for begin, end in audio_frames.frames(track.decoder, data):
            if end > len(data):
                end = begin
                break
            # 2.4.3.7: the time stamp is of the first frame that begins in the packet
            is_first = begin >= len(rest)
            units.append(Unit(data[begin:end], end - begin, at_s if is_first else float("nan"), True))
            at_s = float("nan") if is_first else at_s
        if end < len(data) and len(data) - end < 16_384:
            self._rests[track.id] = data[end:]
        return units


def _picture(track: Track, data: bytes, at_s: float) -> Unit:
    return Unit(data, len(data), at_s, keys.is_key(track.codec, data))


def _programmes(rows: Bytes) -> dict[int, tuple[Stream, ...]]:
    data = rows.tobytes()
    return programmes(Packets.of(data, 0, len(data) // PACKET))


def _chosen(tables: dict[int, tuple[Stream, ...]], program: int, pids: frozenset[int]) -> tuple[Stream, ...]:
    """Return the streams of the wanted PIDs, else of the programme, else of the first one with a picture."""
    if pids:
        return tuple(stream for streams in tables.values() for stream in streams if stream.pid in pids)
    if program:
        return tables.get(program, ())
    seen = [streams for streams in tables.values() if any(stream.kind == "video" for stream in streams)]
    heard = [streams for streams in tables.values() if any(stream.kind == "audio" for stream in streams)]
    return next(iter(seen + heard), ())


def _track(stream: Stream) -> Track:
    decoder = "" if stream.scheme else DECODERS.get(stream.codec, "")
    track = Track(stream.pid, stream.kind, stream.codec, f"pid/0x{stream.pid:04x}", decoder)
    return replace(track, language=stream.language, scheme=stream.scheme, container=stream.facts)
