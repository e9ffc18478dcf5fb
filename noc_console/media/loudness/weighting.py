"""K-weighting (BS.1770 annex 1) as matrix products: the two filters run over pieces of samples, not sample by sample.

A recursive filter is linear, so its output over a piece is `H x + G s`, with the state `s` at the start of the piece,
and the next state is `A s + B x`. Only the states go one after the other, and these by doubling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from noc_console.media.loudness.products import product

BLOCK = 480
PIECE = 24
_IN_BLOCK = BLOCK // PIECE
# ITU-R BS.1770-5, tables 1 and 2: the shelf of the head and the high-pass, at 48 kHz
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
_FORGOTTEN = 1e-18
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Matrices:
    """The filter over pieces and blocks; vectors are rows, so every matrix stands to the right of what it takes."""

    direct: Floats  # (piece, piece): samples to output
    echo: Floats  # (4, piece): state at the start to output
    taken: Floats  # (piece, 4): samples to what they add to the next state
    within: (
        Floats  # (pieces * 4, (pieces + 1) * 4): what pieces add to the states at the starts of pieces, and the end
    )
    carried: Floats  # (4, (pieces + 1) * 4): state at the start of a block to these states
    steps: tuple[Floats, ...]  # the step of the state over 1, 2, 4, ... blocks, until nothing is left of it


class KWeighting:
    """The filters of several channels with their state; zero at the start."""

    def __init__(self, channels: int) -> None:
        self._state = np.zeros((channels, 4))

    def reset(self) -> None:
        """Begin anew, as after silence."""
        self._state[:] = 0.0

    def energies(self, samples: Floats) -> Floats:
        """Return the mean squares (channels, blocks) of the weighted samples (channels, blocks * 480)."""
        matrices = _matrices()
        channels, size = samples.shape
        blocks = size // BLOCK
        pieces = samples.reshape(-1, PIECE)
        added = product(pieces, matrices.taken).reshape(-1, _IN_BLOCK * 4)
        states = product(added, matrices.within)
        starts = self._starts(states[:, -4:].reshape(channels, blocks, 4), matrices.steps)
        states += product(starts.reshape(-1, 4), matrices.carried)
        weighted = product(pieces, matrices.direct)
        weighted += product(states[:, :-4].reshape(-1, 4), matrices.echo)
        weighted = weighted.reshape(channels, blocks, BLOCK)
        return np.asarray(np.einsum("cbn,cbn->cb", weighted, weighted) / BLOCK)

    def _starts(self, added: Floats, steps: tuple[Floats, ...]) -> Floats:
        """Return the states (channels, blocks, 4) at the starts of blocks, and keep the one after them."""
        ends = np.concatenate([self._state[:, None], added], axis=1)
        for power, step in enumerate(steps):
            if (distance := 1 << power) >= ends.shape[1]:
                break
            ends[:, distance:] += ends[:, :-distance] @ step
        self._state = np.where(np.abs(ends[:, -1]) < _FORGOTTEN, 0.0, ends[:, -1])
        return ends[:, :-1]


def _filter() -> tuple[Floats, Floats, Floats, float]:
    """Return both filters in a row in state space (transposed direct form II): step, input, output, feedthrough."""
    (b0, b1, b2), (a1, a2) = _SHELF
    (c0, c1, c2), (d1, d2) = _HIGH_PASS
    # y = b0 x + p; p' = b1 x - a1 y + q; q' = b2 x - a2 y; then the same of z from y, with r and t
    row_y = np.array([1.0, 0.0, 0.0, 0.0])
    row_z = np.array([c0, 0.0, 1.0, 0.0])
    gain_z = c0 * b0
    step = np.array(
        [
            -a1 * row_y + [0, 1, 0, 0],
            -a2 * row_y,
            c1 * row_y - d1 * row_z + [0, 0, 0, 1],
            c2 * row_y - d2 * row_z,
        ]
    )
    entry = np.array([b1 - a1 * b0, b2 - a2 * b0, c1 * b0 - d1 * gain_z, c2 * b0 - d2 * gain_z])
    return step, entry, row_z, gain_z


@cache
def _matrices() -> _Matrices:
    step, entry, output, gain = _filter()
    powers = [np.linalg.matrix_power(step, power) for power in range(PIECE + 1)]
    response = [gain, *(float(output @ powers[at] @ entry) for at in range(PIECE - 1))]
    direct = np.zeros((PIECE, PIECE))
    for at in range(PIECE):
        direct[at, at:] = response[: PIECE - at]
    over = [np.linalg.matrix_power(powers[PIECE], pieces).T for pieces in range(_IN_BLOCK + 1)]
    within = np.zeros((_IN_BLOCK * 4, (_IN_BLOCK + 1) * 4))
    for source in range(_IN_BLOCK):
        for target in range(source + 1, _IN_BLOCK + 1):
            within[source * 4 : source * 4 + 4, target * 4 : target * 4 + 4] = over[target - source - 1]
    steps = [over[_IN_BLOCK]]
    while np.abs(steps[-1]).max() > _FORGOTTEN:
        steps.append(steps[-1] @ steps[-1])
    return _Matrices(
        direct=direct,
        echo=np.stack([output @ powers[at] for at in range(PIECE)], axis=1),
        taken=np.stack([powers[PIECE - 1 - at] @ entry for at in range(PIECE)]),
        within=within,
        carried=np.concatenate(over, axis=1),
        steps=tuple(steps),
    )
