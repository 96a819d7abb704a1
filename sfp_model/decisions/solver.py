"""The one place where mixed-integer programs are solved: to proven optimality, and never twice.

HiGHS through ``scipy.optimize.milp`` (Huangfu & Hall 2018, doi:10.1007/s12532-017-0130-5) with a relative gap of 0.
Answers are kept in this process and, where solving takes noticeable time, in the user's cache folder under a digest of
the whole program, of this module and of scipy's version; what is damaged there is solved anew.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.inputs.cache import cache_folder, keep, kept
from sfp_model.model.inputs import FloatArray

__all__ = ["solved"]

KEEP = 1024  # answers on disk; about 1 kB each
REMEMBER = 256  # answers of one process
WORTH = 400  # coefficients; smaller programs are solved in a few milliseconds
_ANSWERS: dict[str, FloatArray | None] = {}
TURNS = 4  # orders of rows and columns; HiGHS 1.12 fails on some programs in one order and solves them in another
_NEAR = 1e-4  # of rows and bounds, relative: what is read must still solve its program


def solved(
    cost: FloatArray, matrix: Any, low: Sequence[float], high: Sequence[float], *, integral: npt.NDArray[np.int_],
    upper: FloatArray,
) -> FloatArray | None:  # fmt: skip
    """Return ``0 ≤ x ≤ upper`` with least ``cost · x`` and ``low ≤ matrix · x ≤ high``; ``None`` if there is none.

    Parameters
    ----------
    cost : ndarray (column,)
    matrix : sparse array (row, column)
    low, high : sequence of float
        Of the rows; infinite where there is no limit.
    integral : ndarray of int (column,)
        1 where the column is a whole number.
    upper : ndarray (column,)

    Raises
    ------
    UsageError
        The solver gives up.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> knapsack = csr_array(np.array([[2.0, 3.0, 4.0]]))
    >>> solved(np.array([-3.0, -4.0, -5.0]), knapsack, [0.0], [6.0], integral=np.ones(3, int), upper=np.ones(3))
    array([1., 0., 1.])
    """
    rows = np.array(low, float), np.array(high, float)
    parts = (cost, matrix.data, matrix.indices, matrix.indptr, *rows, integral, upper)
    key = _digest(*parts)
    if key in _ANSWERS:
        return _copied(_ANSWERS[key])
    folder = cache_folder() if matrix.nnz >= WORTH else None
    place = folder / f"{key}.solved" if folder is not None else None
    found, answer = _read(place, matrix, rows, upper)
    if not found:
        answer = _solve(cost, matrix, rows, integral, upper)
        keep(b"" if answer is None else answer.tobytes(), place, KEEP)
    while len(_ANSWERS) >= REMEMBER:
        _ANSWERS.pop(next(iter(_ANSWERS)))
    _ANSWERS[key] = answer
    return _copied(answer)


def _copied(answer: FloatArray | None) -> FloatArray | None:
    return None if answer is None else answer.copy()


def _digest(*parts: Any) -> str:
    found = sha256(_code())
    for part in parts:
        content = np.ascontiguousarray(part)
        found.update(f"{content.dtype.str}{content.shape}".encode() + content.tobytes())
    return found.hexdigest()


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Return what decides an answer beside the program: these lines, and the solver that scipy brings."""
    import scipy

    return sha256(Path(__file__).read_bytes() + scipy.__version__.encode()).digest()


def _read(
    place: Path | None, matrix: Any, rows: tuple[FloatArray, FloatArray], upper: FloatArray
) -> tuple[bool, FloatArray | None]:
    """Return whether an answer is kept, and the answer; one that does not solve the program is none."""
    content = kept(place)
    if content is None or len(content) not in (0, 8 * len(upper)):
        return False, None
    if not content:
        return True, None
    answer = np.frombuffer(content).copy()
    worth = matrix @ answer
    room = _NEAR * (1 + np.abs(worth))
    inside = (worth >= rows[0] - room).all() and (worth <= rows[1] + room).all()
    return bool(inside and (answer >= -_NEAR).all() and (answer <= upper + _NEAR).all()), answer


def _solve(
    cost: FloatArray, matrix: Any, rows: tuple[FloatArray, FloatArray], integral: npt.NDArray[np.int_],
    upper: FloatArray,
) -> FloatArray | None:  # fmt: skip
    """Solve; where HiGHS stops with an error inside, once more with rows and columns in other orders."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    found: Any = None
    for turn in range(TURNS):
        draw = np.random.default_rng(turn)
        down, across = (draw.permutation(n) if turn else np.arange(n) for n in matrix.shape)
        with _quiet():
            found = milp(
                cost[across], integrality=integral[across], bounds=Bounds(0, upper[across]),
                constraints=LinearConstraint(matrix[down][:, across], rows[0][down], rows[1][down]),
                options={"mip_rel_gap": 0.0},
            )  # fmt: skip
        if found.status == 2:
            return None
        if found.status == 0 and found.x is not None:
            result = np.empty(len(cost))
            result[across] = found.x
            return result
        if found.status != 4:
            break
    raise UsageError(f"the solver gave up: {found.message}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep standard output for results: HiGHS prints some messages in spite of its log switch."""
    sys.stdout.flush()
    try:
        kept_open, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no standard output
        yield
        return
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        library.fflush(None)  # what C has kept back
        os.dup2(kept_open, 1)
        os.close(kept_open)
        os.close(nowhere)
