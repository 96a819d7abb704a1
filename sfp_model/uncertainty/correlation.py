"""Target rank correlations of drivers: from ranks to the latent scale, and the nearest matrix that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["DRIVERS", "Repair", "driver_target", "latent_root", "nearest_correlation"]

DRIVERS = "driver/"
_KEY = "drivers."


@dataclass(frozen=True, eq=False)
class Repair:
    """What rank correlations were asked for and which are used.

    Attributes
    ----------
    names : tuple of str
        Drivers.
    target, used : ndarray (driver, driver)
        Rank correlations (Spearman). They differ where the target is no correlation matrix.
    """

    names: tuple[str, ...]
    target: FloatArray
    used: FloatArray

    @property
    def distance(self) -> float:
        """Largest change of a rank correlation; 0 where the target could be had."""
        return float(np.abs(self.used - self.target).max())

    @property
    def repaired(self) -> bool:
        """Whether the target could not be had as it is."""
        return self.distance > 1e-6


def driver_target(shares: Mapping[str, float], known: Sequence[str]) -> tuple[tuple[str, ...], FloatArray]:
    """Return the drivers among *known* that have a target (``drivers.<a>.<b>``) and the matrix of the targets.

    Raises
    ------
    UsageError
        If a correlation lies outside −1 to 1.

    Examples
    --------
    >>> driver_target({"drivers.cpi.staff": 0.5}, ["cpi", "staff", "usd"])
    (('cpi', 'staff'), array([[1. , 0.5],
           [0.5, 1. ]]))
    """
    pairs = {tuple(key[len(_KEY) :].split(".", 1)): size for key, size in shares.items() if key.startswith(_KEY)}
    pairs = {pair: size for pair, size in pairs.items() if len(pair) == 2 and set(pair) <= set(known)}
    names = tuple(name for name in known if any(name in pair for pair in pairs))
    matrix = np.eye(len(names))
    for pair, size in pairs.items():
        if not -1 <= size <= 1:
            raise UsageError(f"dependence.{_KEY}{'.'.join(pair)}: a rank correlation lies between -1 and 1, got {size}")
        first, second = names.index(pair[0]), names.index(pair[1])
        matrix[first, second] = matrix[second, first] = size
    return names, matrix


def nearest_correlation(matrix: FloatArray, tolerance: float = 1e-10, steps: int = 1000) -> FloatArray:
    """Return the correlation matrix nearest to a symmetric one in the Frobenius norm.

    Alternating projections onto positive semidefinite matrices and onto those with unit diagonal, with Dykstra's
    correction (Higham 2002, doi:10.1093/imanum/22.3.329, algorithm 3.3).

    Raises
    ------
    UsageError
        If *matrix* is not symmetric with ones on its diagonal.

    Examples
    --------
    >>> nearest_correlation(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1.0]])).round(4)
    array([[1.    , 0.7607, 0.1573],
           [0.7607, 1.    , 0.7607],
           [0.1573, 0.7607, 1.    ]])
    """
    if matrix.ndim != 2 or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise UsageError(f"must be symmetric with ones on the diagonal, got {matrix.tolist()}")
    if not len(matrix) or np.linalg.eigvalsh(matrix)[0] >= 0:
        return np.array(matrix)
    y, correction = np.array(matrix, dtype=float), np.zeros_like(matrix, dtype=float)
    for _ in range(steps):
        r = y - correction
        values, vectors = np.linalg.eigh(r)
        x = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = x - r
        before, y = y, x.copy()
        np.fill_diagonal(y, 1.0)
        if np.abs(y - before).max() < tolerance:
            break
    result: FloatArray = y
    return result


def latent_root(names: tuple[str, ...], target: FloatArray) -> tuple[FloatArray, Repair]:
    """Return the lower-triangular root of the latent correlation that gives rank correlations *target*.

    For a Gaussian copula the latent correlation is ``r = 2 sin(π ρ/6)`` (Kruskal 1958, doi:10.2307/2281954). What is
    no correlation matrix is replaced by the nearest one, and the repair says so.

    Examples
    --------
    >>> root, repair = latent_root(("a", "b"), np.array([[1, 0.5], [0.5, 1]]))
    >>> round(float((root @ root.T)[0, 1]), 4), repair.repaired
    (0.5176, False)
    """
    wanted = 2 * np.sin(np.pi * target / 6)
    near = nearest_correlation(wanted)
    values, vectors = np.linalg.eigh(near)
    _, upper = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T)  # a root of a singular matrix as well
    root = (upper * np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]).T
    root /= np.sqrt((root**2).sum(axis=1))[:, None]
    used = 6 / np.pi * np.arcsin(np.clip(root @ root.T, -1, 1) / 2)
    return root, Repair(names, np.array(target, dtype=float), used)
