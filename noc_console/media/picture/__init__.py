"""The picture as the viewer gets it: frames to measures, measures to findings and events (R-066 to R-069)."""

from noc_console.media.picture.frame_meter import FrameMeter
from noc_console.media.picture.seen import Seen, Span
from noc_console.media.picture.watch import Known, PictureWatch

__all__ = ["FrameMeter", "Known", "PictureWatch", "Seen", "Span"]
