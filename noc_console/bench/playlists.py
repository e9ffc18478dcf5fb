"""Playlists measured: reading and judging them beside the m3u8 package's parse alone, and a round over the wire."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

import m3u8

from noc_console.bench import Row
from noc_console.bench.rounds import round_rows
from noc_console.media.hls import parse_media
from noc_console.media.hls.live import Memory, advance
from noc_console.media.hls.stale import Seen

_URL = "http://origin.example/live/index.m3u8"
_BEGIN = 1_790_000_000
_ROUNDS = 15


def run(options: Mapping[str, str]) -> list[Row]:
    """Return one row per measurement; `channels`, `playlists` and `rounds` are those of the round over the wire."""
    return [*parse_rows(), *poll_rows(), *round_rows(options)]


def parse_rows() -> list[Row]:
    """Measure parse and all findings of a changed media playlist, 20 and 1,000 segments, per look."""
    return [_parse_row(20, 200), _parse_row(1000, 4)]


def poll_rows() -> list[Row]:
    """Measure a look at an unchanged playlist: it must not grow with the playlist."""
    memory = advance(Memory(), parse_media(_text(0, 1000), _URL), Seen(float(_BEGIN + 6000))).memory

    def look() -> None:
        advance(memory, memory.media, Seen(float(_BEGIN + 6003)))

    taken = _best(look, 500)
    how = "1,000 segments, body equal: the memory is judged against the time only; CPU time, best of 15 rounds"
    return [Row("unchanged playlist", "not parsed", f"{taken * 1e6:.1f} us per look", taken < 100e-6, how)]


def _parse_row(segments: int, times: int) -> Row:
    before, after = _text(0, segments), _text(1, segments)
    memory = advance(Memory(), parse_media(before, _URL), Seen(float(_BEGIN + 6 * segments))).memory
    text = after.decode()

    def ours() -> None:
        advance(memory, parse_media(after, _URL), Seen(float(_BEGIN + 6 * segments + 6)))

    def theirs() -> None:
        m3u8.loads(text, uri=_URL)

    # in turns, so that another load on the machine meets both
    rounds = [(_once(ours, times), _once(theirs, times)) for _ in range(_ROUNDS)]
    mine, peer = min(one for one, _ in rounds), min(other for _, other in rounds)
    return Row(
        f"changed playlist, {segments} segments: parse and all findings",
        "<= m3u8's parse time + 20 %",
        f"{mine * 1e6:.0f} us, m3u8 {peer * 1e6:.0f} us ({mine / peer:.0%})",
        mine <= 1.2 * peer,
        f"PROGRAM-DATE-TIME in each segment, one discontinuity; CPU time, best of {_ROUNDS} rounds",
    )


def _best(work: Callable[[], None], times: int) -> float:
    return min(_once(work, times) for _ in range(_ROUNDS))


def _once(work: Callable[[], None], times: int) -> float:
    gc.collect()
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times


def _text(first: int, count: int) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:6", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    lines += ["#EXT-X-DISCONTINUITY-SEQUENCE:7", '#EXT-X-MAP:URI="init.mp4"']
    for number in range(first, first + count):
        if number == count // 2:
            lines.append("#EXT-X-DISCONTINUITY")
        date = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(_BEGIN + 6 * number))
        lines += [f"#EXT-X-PROGRAM-DATE-TIME:{date}", "#EXTINF:6.000,", f"video/segment_{number:08d}.m4s"]
    return "\n".join(lines).encode() + b"\n"
