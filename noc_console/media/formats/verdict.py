"""One verdict on a picture's dynamic range from three tellings, and which of them disagree."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.media.formats.tellings import DOLBY_VISION, HDR10, SDR, UNTOLD, Told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stream, container and manifest say of one picture."""

    stream: Told
    container: Told = UNTOLD
    manifest: Told = UNTOLD

    @property
    def hdr(self) -> str:
        """Return what the picture is to a player: SDR, HLG, PQ, HDR10, HDR10+ or Dolby Vision."""
        media = (self.stream, self.container)
        if any(one.hdr == DOLBY_VISION for one in media):
            return DOLBY_VISION
        told = next((one.hdr for one in media if one.hdr), SDR)
        return self.container.hdr if told == "PQ" and self.container.hdr in HDR10 else told

    @property
    def dolby_vision(self) -> str:
        """Return profile and level of Dolby Vision, empty where it is none or they are not told."""
        return (self.container.dolby or self.manifest.dolby) if self.hdr == DOLBY_VISION else ""

    @property
    def is_any_hdr(self) -> bool:
        """Whether any of the three calls it high dynamic range."""
        return self.stream.is_hdr or self.container.is_hdr or self.manifest.is_hdr

    def lacks(self, wanted: str = "") -> str:
        """Return what the stream lacks of being HDR as half a sentence, empty where nothing is missing.

        Only what the stream says itself counts: container and manifest are written from a configuration. HLG needs no
        metadata. PQ needs the mastering display or content light, in the stream or its container, unless `wanted`
        (what the channel's record calls its HDR) is PQ.
        """
        if not self.stream.is_hdr:
            return "the stream says SDR" if self.stream.hdr else "the stream says nothing of HDR"
        if wanted == DOLBY_VISION and self.hdr != DOLBY_VISION:
            return f"the stream is {self.stream.hdr} without Dolby Vision"
        if self.hdr == "PQ" and wanted != "PQ":
            return "the stream is PQ without mastering display and content light"
        return ""

    def contradiction(self, manifest: str) -> str:
        """Return which tellings disagree as half a sentence, empty where none do; `manifest` is its name."""
        others = ((manifest, self.manifest), ("container", self.container))
        wrong = [f"the {name} says {told.text}" for name, told in others if told.hdr and _differ(told, self.stream)]
        if not wrong:
            return ""
        own = f"the stream says {self.stream.text}" if self.stream.hdr else "the stream says nothing of it"
        return ", ".join((*wrong, own))


def _differ(told: Told, stream: Told) -> bool:
    if told.curve and told.curve != (stream.curve or SDR) and stream.hdr != DOLBY_VISION:
        return True
    return told.is_hdr and not stream.is_hdr
