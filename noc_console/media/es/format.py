"""What an elementary stream turned out to be: picture, sound, and how high dynamic range is signalled."""

from __future__ import annotations

from dataclasses import dataclass

PQ, HLG = 16, 18
_NAMES = {
    "h264": "H.264",
    "hevc": "HEVC",
    "mpeg2video": "MPEG-2",
    "mpeg1video": "MPEG-1",
    "aac": "AAC",
    "aac_latm": "AAC (LATM)",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "mp1": "MPEG audio layer I",
    "mp2": "MPEG audio layer II",
    "mp3": "MPEG audio layer III",
    "dts": "DTS",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """Code points of ISO/IEC 23091-2; 2 is unspecified. `alternative` is the transfer preferred by an SEI message."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    alternative: int = 2


@dataclass(frozen=True, slots=True)
class Mastering:
    """Mastering display (SMPTE ST 2086): x, y of green, blue, red, white in 1/50000; luminance in cd/m2."""

    primaries: tuple[tuple[int, int], ...]
    brightest: float
    darkest: float


@dataclass(frozen=True, slots=True)
class Video:
    """A picture: size after cropping in pixels, frames per second (0 where the stream does not say)."""

    codec: str
    profile: str
    level: str
    width: int
    height: int
    frame_rate: float = 0.0
    is_interlaced: bool = False
    bit_depth: int = 8
    chroma: str = "4:2:0"
    colour: Colour = Colour()
    mastering: Mastering | None = None
    light: tuple[int, int] | None = None
    has_dolby_vision: bool = False
    has_hdr10_plus: bool = False
    has_captions: bool = False
    name: str = ""
    bitrate_bps: int = 0

    @property
    def kind(self) -> str:
        """Return `video`."""
        return "video"

    @property
    def hdr(self) -> str:
        """Return the dynamic range: SDR, HLG, PQ, HDR10, HDR10+ or Dolby Vision."""
        if self.has_dolby_vision:
            return "Dolby Vision"
        if self.colour.transfer == PQ:
            if self.has_hdr10_plus:
                return "HDR10+"
            return "HDR10" if self.mastering or self.light else "PQ"
        return "HLG" if HLG in (self.colour.transfer, self.colour.alternative) else "SDR"

    @property
    def text(self) -> str:
        """Return the format as an operator says it."""
        level = f"@{self.level}" if self.level else ""
        rate = f"{self.frame_rate:.2f}".rstrip("0").rstrip(".") if self.frame_rate else ""
        scan = "i" if self.is_interlaced else "p"
        size = f"{self.width}x{self.height}{scan}{rate}"
        parts = (
            _NAMES.get(self.codec, self.codec),
            f"{self.profile}{level}",
            size,
            f"{self.bit_depth} bit",
            self.hdr,
        )
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound: samples per second, channels (the LFE counts), bits per second by the head of its frames."""

    codec: str
    profile: str = ""
    sample_rate: int = 0
    channels: int = 0
    bitrate_bps: int = 0
    has_lfe: bool = False
    is_atmos: bool = False
    name: str = ""

    @property
    def kind(self) -> str:
        """Return `audio`."""
        return "audio"

    @property
    def text(self) -> str:
        """Return the format as an operator says it."""
        layout = f"{self.channels - 1}.1" if self.has_lfe else f"{self.channels} ch"
        name = _NAMES.get(self.codec, self.codec)
        profile = self.profile if self.profile != name else ""
        if self.codec == "aac" and profile.startswith("HE-AAC"):
            name, profile = profile, ""
        parts = [name, profile, f"{self.sample_rate / 1000:g} kHz", layout]
        if self.bitrate_bps:
            parts.append(f"{round(self.bitrate_bps / 1000)} kbit/s")
        if self.is_atmos:
            parts.append("Atmos")
        return " ".join(part for part in parts if part)


Format = Video | Audio
