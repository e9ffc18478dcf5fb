"""The loops that touch every packet, in two ways of equal results: numpy alone, and compiled (the extra `fast`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import packets, rows, tstd
from noc_console.media.ts.packets import Bytes, Continuity, Heads
from noc_console.media.ts.rows import PesHeads

ReadHeads = Callable[[Bytes, Continuity], Heads]


@dataclass(frozen=True, slots=True)
class Kernels:
    """One set of loops."""

    read_heads: ReadHeads
    pes_heads: Callable[[Bytes, NDArray[np.int64]], PesHeads]
    follow_buffers: tstd.Follow


PLAIN = Kernels(packets.read_heads, rows.pes_heads, tstd.follow)


def kernels_of(read_heads: ReadHeads) -> Kernels:
    """Return the set a pass over the heads belongs to."""
    if read_heads is packets.read_heads:
        return PLAIN
    from noc_console.media.ts import fast

    return Kernels(read_heads, fast.pes_heads, fast.follow_buffers)
