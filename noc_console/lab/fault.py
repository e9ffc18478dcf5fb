"""What a fault of the lab is: a kind, a channel and its times; and what a kind of fault does to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.dash import Mpd
from noc_console.lab.hls import MasterPlaylist, MediaPlaylist
from noc_console.lab.reply import Reply

HLS = frozenset((Form.HLS_TS, Form.HLS_FMP4))
DASH = frozenset((Form.DASH_TIMELINE, Form.DASH_NUMBER))
# far less than a frame: times are sums of frames
_EXACT_S = 1e-3
PLAYLISTS = frozenset(("playlist", "master", "mpd"))
SEGMENTS = frozenset(("segment",))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault on one channel, from `begins_at` to `ends_at` (Unix seconds); an empty rung means all of them."""

    id: int
    kind: str
    channel: str
    rung: str
    begins_at: float
    ends_at: float
    params: Mapping[str, float] = field(default_factory=dict)

    def is_on(self, at: float) -> bool:
        """Say whether what is made at a Unix time is concerned."""
        return self.begins_at - _EXACT_S <= at < self.ends_at - _EXACT_S


@dataclass(frozen=True, slots=True)
class Moment:
    """When a fault is looked at: the channel, and how many segments were published since the fault began."""

    channel: LabChannel
    at: float
    since: int


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault does and what should be noticed.

    `hls` and `dash` are the finding ids that are right answers, `alarm` the alarm type, empty where none is due.
    `params` are the knobs with their defaults. `hides` is set where new segments cannot be learned of. Each edit
    sees only its own kind of value; `reply` changes answers to requests for what is in `touches`. `ills` names what
    of the media is encoded ill: picture, sound, time.
    """

    title: str
    fits: frozenset[Form]
    hls: tuple[str, ...] = ()
    dash: tuple[str, ...] = ()
    alarm: str = ""
    params: Mapping[str, float] = field(default_factory=dict)
    touches: frozenset[str] = frozenset()
    needs_rung: bool = False
    hides: bool = False
    clock: Callable[[Fault, float], float] | None = None
    master: Callable[[MasterPlaylist, Fault], MasterPlaylist] | None = None
    media: Callable[[MediaPlaylist, Fault, Moment], MediaPlaylist] | None = None
    mpd: Callable[[Mpd, Fault, Moment], Mpd] | None = None
    reply: Callable[[Reply, Fault, str], Reply] | None = None
    ills: str = ""
    needs_hdr: bool = False

    @property
    def is_of_media(self) -> bool:
        """Say whether pictures or sound are ill, in all that is made of them, rather than their delivery."""
        return bool(self.ills)

    def expects(self, form: Form) -> tuple[str, ...]:
        """Return the findings due on a channel of this form."""
        return self.hls if form.is_hls else self.dash
