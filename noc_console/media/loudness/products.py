"""Matrix products on the caller's thread: in portions too small for the threads of the BLAS library.

OpenBLAS shares out what is larger, and its threads spin while they wait: on a busy machine that cost 2 to 30 times
the work itself (measured), in a process that is given one core.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.float32, np.float64)
#: Multiplications in a portion; OpenBLAS (interface/gemm.c) takes threads from 65,536 times 4.
_MOST = 200_000


def product(rows: NDArray[_Number], matrix: NDArray[_Number]) -> NDArray[_Number]:
    """Return rows (n, k) times a matrix (k, m)."""
    most = max(_MOST // matrix.size, 1)
    result = np.empty((len(rows), matrix.shape[1]), rows.dtype)
    for begin in range(0, len(rows), most):
        np.matmul(rows[begin : begin + most], matrix, out=result[begin : begin + most])
    return result
