"""Follows one rung's format from stretch to stretch: what it is, what it lacks, and when it became another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.media.es.format import Video
from noc_console.media.formats.lost import AtLayer, lost_at
from noc_console.media.formats.tellings import UNTOLD, of_container, of_manifest, of_stream
from noc_console.media.formats.verdict import Verdict
from noc_console.model import Event, Finding, Layer


@dataclass(frozen=True, slots=True)
class Record:
    """What the channel's own record says, and what its manifest says of the rung.

    `is_hdr` says that the rung is declared HDR, `hdr` as what (empty: not known); `manifest` is its name.
    """

    layer: Layer = Layer.PACKAGER
    is_hdr: bool = False
    hdr: str = ""
    manifest: str = "playlist"


@dataclass(frozen=True, slots=True)
class Judged:
    """What one stretch gave: metrics, what is wrong now, what changed, and the verdict on its picture."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    verdict: Verdict | None = None


class FormatWatch:
    """The memory of one rung's formats between its stretches."""

    def __init__(self) -> None:
        self._verdict: Verdict | None = None
        self._findings: dict[str, tuple[Finding, ...]] = {}

    def see(
        self,
        video: Video,
        at: float,
        record: Record,
        container: Mapping[str, Any] | None = None,
        rung: Mapping[str, Any] | None = None,
        elsewhere: Iterable[AtLayer] = (),
    ) -> Judged:
        """Take a stretch's picture; `elsewhere` tells at which other inputs of the channel HDR is there."""
        manifest = of_manifest(rung) if rung else UNTOLD
        verdict = Verdict(of_stream(video), of_container(container or {}), manifest)
        findings: list[Finding] = []
        metrics: dict[str, float] = {}
        if record.is_hdr:
            lack = verdict.lacks(record.hdr)
            metrics["hdr.is_present"] = float(not lack)
            if lack:
                findings.append(_missing(verdict, lack, record, elsewhere))
        elif verdict.is_any_hdr:
            metrics["hdr.is_present"] = float(not verdict.lacks())
        return Judged(metrics, tuple(findings), (), verdict)


def _missing(verdict: Verdict, lack: str, record: Record, elsewhere: Iterable[AtLayer]) -> Finding:
    lost = lost_at(record.layer, elsewhere)
    said = verdict.contradiction(record.manifest) or lack
    text = f"{said[0].upper()}{said[1:]}: {lost.text}."
    where: dict[str, str | int | float] = {"lost_at": lost.layer, "stream": verdict.stream.text or "not told"}
    told = {"container": verdict.container.text, record.manifest: verdict.manifest.text}
    return Finding("media-hdr-missing", text, where | {name: text for name, text in told.items() if text})
