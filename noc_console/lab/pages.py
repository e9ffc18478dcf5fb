"""Makes the playlists and segments of a channel at one moment."""

from __future__ import annotations
from noc_console.lab.channels import LabChannel
from noc_console.lab.hls import MASTER_TYPE, Entry, MasterPlaylist, MediaPlaylist, Variant
from noc_console.lab.reply import Document
from noc_console.lab.studio import Studio


def master(channel: LabChannel, studio: Studio) -> Document:
    variants = []
    for index, spec in enumerate(studio.looks[channel.look].rungs):
        rate = studio.transport_rate(channel.look, index)
        codecs = studio.video_codec(channel.look, index) + ",mp4a.40.2"
        variants.append(Variant(spec.name, rate.peak_bps, rate.average_bps, codecs, spec.width, spec.height, 25))
    return Document(MasterPlaylist(tuple(variants)).text().encode(), MASTER_TYPE, 6)


def playlist(channel: LabChannel, studio: Studio, rung: str, at: float, window: int) -> Document:
    schedule = channel.schedule
    edge = schedule.edge(at)
    slots = [schedule.slot(seq) for seq in range(edge - window + 1, edge + 1)]
    entries = tuple(Entry(s, f"{s.seq}.ts", s.frames / 25, schedule.wall(s.start)) for s in slots)
    first = slots[0]
    media = MediaPlaylist(studio.grid.target_s, first.seq, first.discontinuities - first.is_discontinuity, entries)
    return Document(media.text().encode(), MASTER_TYPE, 1)


def segment(channel: LabChannel, studio: Studio, rung: str, seq: int) -> Document:
    slot = channel.schedule.slot(seq)
    names = [s.name for s in studio.looks[channel.look].rungs]
    look = channel.ad_look if slot.ad else channel.look
    return Document(studio.transport_segment(look, names.index(rung), slot), "video/mp2t", 60, is_text=False)
