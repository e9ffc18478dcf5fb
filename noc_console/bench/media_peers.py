"""What FFmpeg's own filters take for the same pictures and sound, through PyAV: the same library, one thread."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import av
from av.filter import Graph

from noc_console.bench.media_material import SAMPLE_RATE

#: What stands for our measures of a picture: freeze, black, blockiness, blur, luma statistics.
PICTURE_FILTERS = ("freezedetect", "blackdetect", "blockdetect", "blurdetect", "signalstats")
#: FFmpeg's detectors, for things that last as long as ours are told, or a little less. Its silence is one of each
#: sample, ours (-60 dBFS) one of the mean square: peaks of noise are 10 dB above.
_DETECTORS = {
    "video": ("blackdetect=d=0.4:pix_th=0.1", "freezedetect=n=-60dB:d=0.9"),
    "audio": ("silencedetect=n=-50dB:d=0.4",),
}
_KEYS = {
    "lavfi.black_start": "black",
    "lavfi.freezedetect.freeze_start": "freeze",
    "lavfi.silence_start": "silence",
}
LOUDNESS_FILTERS = ("ebur128=peak=true:framelog=quiet",)


def hear(frames: Sequence[bytes], filters: Sequence[str] = LOUDNESS_FILTERS) -> int:
    """Decode AAC frames and send them through filters; return how many samples came out."""
    context: Any = av.CodecContext.create("aac", "r")
    context.thread_count = 1
    graph, count, at = Graph(), 0, 0
    for data in frames:
        for frame in context.decode(av.Packet(data)):
            if not graph.configured:
                source = graph.add_abuffer(
                    sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name
                )
                _chain(graph, source, filters, "abuffersink")
            frame.pts = at
            at += frame.samples
            graph.push(frame)
            count += _drained(graph)
    if graph.configured:
        graph.push(None)
        count += _drained(graph)
    return count // SAMPLE_RATE


def look(data: bytes, filters: Sequence[str] = PICTURE_FILTERS, *, is_keys: bool = False) -> int:
    """Decode the pictures of a file, all or the key frames, and send them through filters; return how many."""
    graph, count = Graph(), 0
    with av.open(io.BytesIO(data)) as file:
        stream: Any = file.streams.video[0]
        context = stream.codec_context
        context.thread_count = 1
        context.skip_frame = "NONKEY" if is_keys else "DEFAULT"
        for packet in file.demux(stream):
            for frame in packet.decode():
                count += 1
                if filters and not graph.configured:
                    graph.threads = 1
                    source = graph.add_buffer(
                        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
                    )
                    _chain(graph, source, filters, "buffersink")
                if filters:
                    graph.push(frame)
                    _drained(graph)
    return count


def detected(path: str) -> frozenset[str]:
    """Return which of black, freeze and silence FFmpeg's own detectors find in a file."""
    found: set[str] = set()
    for kind, chain in _DETECTORS.items():
        with suppress(av.FFmpegError), av.open(path) as file:
            stream: Any = next(iter(getattr(file.streams, kind)), None)
            if stream is not None:
                found |= _detected(file.decode(stream), chain)
    return frozenset(found)


def _detected(frames: Iterator[Any], chain: Sequence[str]) -> set[str]:
    graph, found = Graph(), set[str]()
    for frame in frames:
        is_picture = isinstance(frame, av.VideoFrame)
        if not graph.configured:
            _chain(graph, _source(graph, frame), chain, "buffersink" if is_picture else "abuffersink")
        graph.push(frame)
        with suppress(av.BlockingIOError, av.EOFError):
            while True:
                found |= {_KEYS[key] for key in graph.pull().metadata if key in _KEYS}
    return found


def _source(graph: Any, frame: Any) -> Any:
    if isinstance(frame, av.VideoFrame):
        return graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
        )
    return graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
    )


def _chain(graph: Any, source: Any, filters: Sequence[str], sink: str) -> None:
    nodes = [source]
    for text in filters:
        name, _, options = text.partition("=")
        nodes.append(graph.add(name, options) if options else graph.add(name))
    nodes.append(graph.add(sink))
    graph.link_nodes(*nodes).configure()


def _drained(graph: Any) -> int:
    """Take what comes out; return its samples (of pictures: 0)."""
    count = 0
    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            count += getattr(graph.pull(), "samples", 0)
    return count
