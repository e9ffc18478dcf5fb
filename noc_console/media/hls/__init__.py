"""HLS: read playlists and judge them; bytes and times in, values and findings out (RFC 8216, 8216bis)."""

from noc_console.media.hls.parse import parse, parse_master, parse_media
from noc_console.media.hls.playlist import BadPlaylist, Master, Media, Segment

__all__ = ["BadPlaylist", "Master", "Media", "Segment", "parse", "parse_master", "parse_media"]
