"""The faults the lab can make in delivery: one small function each, in a registry, and those of media beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from noc_console.lab.channels import Form
from noc_console.lab.dash import Mpd
from noc_console.lab.fault import DASH, HLS, PLAYLISTS, SEGMENTS, Fault, FaultKind, Moment
from noc_console.lab.hls import MasterPlaylist, MediaPlaylist
from noc_console.lab.media_faults import MEDIA_FAULTS
from noc_console.lab.reply import Reply, text_reply

# what time it is


def _stand_still(fault: Fault, at: float) -> float:
    return min(at, fault.begins_at)


# edits of playlists


def _halve_target(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    return replace(playlist, target_s=playlist.target_s // 2)


def _scale_durations(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    factor = fault.params["factor"]
    entries = tuple(replace(entry, duration_s=entry.duration_s * factor) for entry in playlist.entries)
    return replace(playlist, entries=entries)


def _count_back(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    """Jump back once, then one further with every new segment, so that the fault lasts as long as it is asked to."""
    return replace(playlist, sequence=max(0, playlist.sequence - 2 * moment.since - int(fault.params["segments"])))


def _lower_discontinuities(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    return replace(playlist, discontinuity=max(0, playlist.discontinuity - 1 - moment.since))


def _lag(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    return replace(playlist, entries=playlist.entries[: -int(fault.params["segments"])])


def _jump_dates(playlist: MediaPlaylist, fault: Fault, moment: Moment) -> MediaPlaylist:
    """Move four segments in eight into the future, so that there is always a jump inside the window."""
    ahead = fault.params["targets"] * playlist.target_s
    entries = tuple(
        replace(entry, at=entry.at + ahead) if entry.slot.seq // 4 % 2 else entry for entry in playlist.entries
    )
    return replace(playlist, entries=entries)


def _drop_variant(playlist: MasterPlaylist, fault: Fault) -> MasterPlaylist:
    return replace(playlist, variants=tuple(variant for variant in playlist.variants if variant.rung != fault.rung))


# edits of MPDs


def _drop_representation(mpd: Mpd, fault: Fault, moment: Moment) -> Mpd:
    sets = (
        replace(one, representations=tuple(rep for rep in one.representations if rep.id != fault.rung))
        for one in mpd.sets
    )
    return replace(mpd, sets=tuple(one for one in sets if one.representations))


def _cut_timeline(mpd: Mpd, fault: Fault, moment: Moment) -> Mpd:
    """Leave out every fourth segment."""
    sets = (replace(one, timeline=tuple(s for s in one.timeline if s.seq % 4)) for one in mpd.sets)
    return replace(mpd, sets=tuple(sets))


def _shift_start(mpd: Mpd, fault: Fault, moment: Moment) -> Mpd:
    """Move the availability start time, and again with every update."""
    shift = fault.params["shift_s"] + fault.params["drift_s"] * moment.since
    return replace(mpd, available_from=mpd.available_from + shift)


def _expire(mpd: Mpd, fault: Fault, moment: Moment) -> Mpd:
    return replace(mpd, ends_at=fault.begins_at - 1)


# edits of answers


def _missing(reply: Reply, fault: Fault, path: str) -> Reply:
    return text_reply(404, "Not found.\n")


def _slow(reply: Reply, fault: Fault, path: str) -> Reply:
    return replace(reply, pace_s=fault.params["seconds"])


def _failing(reply: Reply, fault: Fault, path: str) -> Reply:
    return text_reply(503, "Service unavailable.\n")


def _truncated(reply: Reply, fault: Fault, path: str) -> Reply:
    return replace(reply, cut=int(len(reply.body) * fault.params["share"]))


def _html(reply: Reply, fault: Fault, path: str) -> Reply:
    return text_reply(200, "<html><body><h1>Please log in</h1></body></html>\n", "text/html; charset=utf-8")


def _empty(reply: Reply, fault: Fault, path: str) -> Reply:
    told = tuple(pair for pair in reply.headers if pair[0] in ("Content-Type", "Cache-Control"))
    return Reply(200, b"", told)


def _redirect(reply: Reply, fault: Fault, path: str) -> Reply:
    return replace(text_reply(302, ""), headers=(("Location", path), ("Cache-Control", "no-store")))


def _reset(reply: Reply, fault: Fault, path: str) -> Reply:
    return Reply(0, is_reset=True)


FAULTS: Mapping[str, FaultKind] = MappingProxyType(
    {
        "stale-playlist": FaultKind(
            "Playlist stands still",
            HLS | DASH,
            ("hls-playlist-stale", "hls-playlist-stale-long"),
            ("dash-mpd-stale",),
            "STALE_PLAYLIST",
            hides=True,
            clock=_stand_still,
        ),
        "missing-segment": FaultKind(
            "Segments answer 404",
            HLS | DASH,
            ("hls-segment-missing",),
            ("dash-segment-missing",),
            "ABR_SEGMENT_MISSING",
            touches=SEGMENTS,
            reply=_missing,
        ),
        "slow-segment": FaultKind(
            "Segments arrive slowly",
            HLS | DASH,
            ("hls-segment-slow",),
            ("dash-segment-slow",),
            "SEGMENT_SLOW",
            {"seconds": 3.0},
            SEGMENTS,
            reply=_slow,
        ),
        "5xx-burst": FaultKind(
            "Every answer is 503",
            HLS | DASH,
            ("cdn-5xx-rate", "hls-media-unreachable"),
            ("cdn-5xx-rate", "dash-mpd-unreachable"),
            "HTTP_5XX",
            touches=PLAYLISTS | SEGMENTS,
            hides=True,
            reply=_failing,
        ),
        "wrong-targetduration": FaultKind(
            "TARGETDURATION is half of what it was",
            HLS,
            ("hls-extinf-exceeds-target", "hls-targetduration-changed"),
            alarm="MANIFEST_INVALID",
            media=_halve_target,
        ),
        "extinf-off": FaultKind(
            "EXTINF is 20 % too short",
            HLS,
            ("hls-segment-duration-off", "hls-extinf-rounding", "hls-history-changed"),
            alarm="SEGMENT_DURATION",
            params={"factor": 0.8},
            media=_scale_durations,
        ),
        "media-sequence-back": FaultKind(
            "MEDIA-SEQUENCE jumps back",
            HLS,
            ("hls-media-sequence-decreased",),
            alarm="MANIFEST_INVALID",
            params={"segments": 20},
            media=_count_back,
        ),
        "discontinuity-sequence-error": FaultKind(
            "DISCONTINUITY-SEQUENCE of one rung counts down",
            HLS,
            ("hls-dseq-decreased", "hls-dseq-mismatch"),
            alarm="MANIFEST_INVALID",
            needs_rung=True,
            media=_lower_discontinuities,
        ),
        "variant-missing": FaultKind(
            "One rung is gone",
            HLS | DASH,
            ("hls-ladder-rung-missing",),
            ("dash-representation-missing", "dash-representation-changed"),
            "LADDER_INCOMPLETE",
            touches=frozenset(("playlist", "segment", "init")),
            needs_rung=True,
            master=_drop_variant,
            mpd=_drop_representation,
            reply=_missing,
        ),
        "misaligned-variants": FaultKind(
            "One rung is two segments behind the others",
            HLS,
            ("hls-rung-misaligned",),
            params={"segments": 2},
            needs_rung=True,
            media=_lag,
        ),
        "pdt-jump": FaultKind(
            "PROGRAM-DATE-TIME jumps",
            HLS,
            ("hls-pdt-jump",),
            alarm="MANIFEST_INVALID",
            params={"targets": 4},
            media=_jump_dates,
        ),
        "truncated-segment": FaultKind(
            "Segments break off half way",
            HLS | DASH,
            ("hls-segment-incomplete",),
            ("dash-segment-missing",),
            "MANIFEST_INVALID",
            {"share": 0.5},
            SEGMENTS,
            reply=_truncated,
        ),
        "html-playlist": FaultKind(
            "A web page instead of the playlist",
            HLS | DASH,
            ("hls-media-parse-error", "hls-master-parse-error"),
            ("dash-mpd-parse-error",),
            "MANIFEST_INVALID",
            touches=PLAYLISTS,
            hides=True,
            reply=_html,
        ),
        "empty-playlist": FaultKind(
            "The playlist is empty",
            HLS | DASH,
            ("hls-media-parse-error", "hls-master-parse-error"),
            ("dash-mpd-parse-error",),
            "MANIFEST_INVALID",
            touches=PLAYLISTS,
            hides=True,
            reply=_empty,
        ),
        "mpd-gap": FaultKind(
            "Holes in the SegmentTimeline",
            frozenset((Form.DASH_TIMELINE,)),
            dash=("dash-timeline-gap",),
            alarm="MANIFEST_INVALID",
            hides=True,
            mpd=_cut_timeline,
        ),
        "mpd-availability-shift": FaultKind(
            "availabilityStartTime moves",
            DASH,
            dash=("dash-ast-changed",),
            alarm="MANIFEST_INVALID",
            params={"shift_s": 30, "drift_s": 5},
            mpd=_shift_start,
        ),
        "expired-mpd": FaultKind(
            "An MPD that has ended is still served",
            DASH,
            dash=("dash-mpd-expired-served", "dash-mpd-stale"),
            alarm="STALE_PLAYLIST",
            hides=True,
            clock=_stand_still,
            mpd=_expire,
        ),
        "redirect-loop": FaultKind(
            "Playlists redirect to themselves",
            HLS | DASH,
            ("cdn-redirect-chain", "hls-media-unreachable", "hls-master-unreachable"),
            ("cdn-redirect-chain", "dash-mpd-unreachable"),
            "MANIFEST_INVALID",
            touches=PLAYLISTS,
            hides=True,
            reply=_redirect,
        ),
        "connection-reset": FaultKind(
            "Connections are reset",
            HLS | DASH,
            ("hls-media-unreachable", "hls-master-unreachable"),
            ("dash-mpd-unreachable",),
            "MANIFEST_INVALID",
            touches=PLAYLISTS,
            hides=True,
            reply=_reset,
        ),
        **MEDIA_FAULTS,
    }
)

# not a fault: an event of a healthy day, which no alarm may come from
PACKAGER_RESTART = "packager-restart"
