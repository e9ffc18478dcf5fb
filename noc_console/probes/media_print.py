"""Prints measured picture and sound for people: streams with their figures, then freezes, blacks and silences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

_MOST_SPANS = 40


def what(details: Mapping[str, Any]) -> str:
    """Return one line that says what the file is."""
    streams = [*details.get("video", ()), *details.get("audio", ())]
    length = max((one.get("duration_s") or 0.0 for one in streams), default=0.0)
    return f"a media file, {length:.1f} s: " + escape("; ".join(str(one.get("text", "")) for one in streams))


def tables(details: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables of what was measured; empty ones are to be left out."""
    yield _video(details.get("video", ()))
    yield _audio(details.get("audio", ()))
    yield _spans(details)
    yield _faults(details.get("media_faults", ()))


def _video(streams: Any) -> Table:
    columns = ("Stream", "Picture", "kbit/s", "Frames", "Broken", "Key frames", "MOS", "Blocks", "Blur", "Luma")
    table = Table(*columns, title="Picture (MOS is an estimate)", title_justify="left")
    for one in streams:
        table.add_row(
            escape(str(one["rung"])),
            escape(str(one["text"])),
            _number((one["bitrate_bps"] or 0) / 1000, 0),
            str(one["frames"]),
            str(one["broken_frames"]),
            f"{one['key_interval_s']:.2f} s" if one["key_interval_s"] else "",
            _number(one.get("mos"), 2),
            _number(one.get("blockiness_ratio"), 3),
            _number(one.get("blur_ratio"), 2),
            _number(one.get("luma_mean_ratio"), 2),
        )
    return table


def _audio(streams: Any) -> Table:
    columns = ("Stream", "Sound", "Language", "LUFS", "Max. M", "Max. S", "LRA", "True peak", "Broken")
    table = Table(*columns, title="Sound (LUFS, LU, dBTP)", title_justify="left")
    for one in streams:
        table.add_row(
            escape(str(one["rung"])),
            escape(str(one["text"])),
            escape(str(one["language"])),
            _number(one["integrated_lufs"], 1),
            _number(one["momentary_max_lufs"], 1),
            _number(one["short_term_max_lufs"], 1),
            _number(one["range_lu"], 1),
            _number(one["true_peak_dbtp"], 1),
            str(one["broken_frames"]),
        )
    return table


def _spans(details: Mapping[str, Any]) -> Table:
    table = Table("What", "Stream", "From", "For", title="Freezes, blacks, silences", title_justify="left")
    kinds = (("frozen", "freezes"), ("black", "blacks"), ("silent", "silences"))
    every = [(name, one) for name, key in kinds for one in details.get(key, ())]
    for name, one in sorted(every, key=lambda pair: float(pair[1]["start_s"]))[:_MOST_SPANS]:
        table.add_row(name, escape(str(one["rung"])), f"{one['start_s']:.2f} s", f"{one['length_s']:.2f} s")
    if len(every) > _MOST_SPANS:
        table.add_row("", f"and {len(every) - _MOST_SPANS} more", "", "")
    return table


def _faults(faults: Any) -> Table:
    table = Table("Not measured", title="What could not be decoded", title_justify="left")
    for fault in faults:
        table.add_row(escape(str(fault)))
    return table


def _number(value: object, digits: int) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else ""
