"""Pictures that were given up for want of time leave no trace in the ones that follow."""

from __future__ import annotations

import media_made
import numpy as np
import pytest
from media_made import Clip, made

from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import AUDIO, FULL, KEYFRAMES, Job


@pytest.mark.parametrize("mode", [KEYFRAMES, FULL])
def test_a_stretch_of_which_only_sound_was_decoded_does_not_spoil_the_next_picture(mode: str) -> None:
    pieces = media_made.cut(made(Clip(seconds=12.0)), 8)
    decoder, found = Decoder(), []
    for number, piece in enumerate(pieces):
        wanted = AUDIO if 2 <= number <= 5 else mode
        found.append(decoder.decode(Job(1, "", wanted, kind="ts", body=piece)))
    assert not any(one.pictures for one in found[2:6])
    for one in found[6:]:
        (picture,) = one.pictures.values()
        assert picture.broken_frames == 0
        assert picture.key_interval_s <= 1.01, "0 where only one key picture has come"
        steps = np.diff(picture.frames["at_s"])
        assert len(picture.frames)
        assert steps.size == 0 or steps.max() <= 1.01
    (last,) = found[-1].pictures.values()
    assert last.start_s > 10.0
