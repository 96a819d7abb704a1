"""Dependence between inputs: a Gaussian copula with latent factors of the plan, initiatives and actions, and drivers.

The latent variable of an input is ``z = √p · Z_plan + √i · Z_initiative + √a · Z_action + √(1 − p − i − a) · ε``
with shares of variance p, i, a; its quantile is Φ(z), which leaves every margin uniform (Li 2000,
doi:10.3905/jfi.2000.319253). Two inputs of the plan correlate at p on the latent scale, of an initiative at p + i, of
an action at p + i + a; cost and duration of an action at ``cost_duration``. What the event attracts has no part in the
factor of the plan, which makes cost high: a concept's own demand and income correlate at i + a, those of two concepts
at i. A named driver (a price class, a currency)
is a factor of its own; drivers correlate with each other by a target rank correlation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.correlation import DRIVERS, Repair, driver_target, latent_root

__all__ = ["Coupling", "coupling_of", "loadings", "one_correlation"]

_SHARES = ("plan", "initiative", "action")
_TIME = ("stretch", "delay")
_RISK = ("occurs", "delay", "cost")  # parts of a risk event, in the order of their dimensions
_FIRST_INITIATIVE = 16  # dimension of a Sobol' net; those before are kept for the plan and its drivers
IntArray = npt.NDArray[np.intp]


def loadings(shares: Mapping[str, float], kind: str = "quantity") -> tuple[float, float, float]:
    """Return the loadings of an input on the factors of plan, initiative and action.

    Cost inputs load with the roots of the shares. Demand (kind ``demand``) does not load on the plan's factor: high
    income would else come with high cost. For stretch and delay the loading on the action's factor is
    chosen so that cost and duration of an action correlate at ``cost_duration``.

    Parameters
    ----------
    shares : mapping
        ``plan``, ``initiative``, ``action`` and, for durations, ``cost_duration``; in [0, 1].
    kind : str
        Kind of the input.

    Raises
    ------
    UsageError
        If a share is missing (independence is never a silent default), outside 0–1, or they exceed 1.

    Examples
    --------
    >>> [round(x, 3) for x in loadings({"plan": 0.16, "initiative": 0.25, "action": 0.0})]
    [0.4, 0.5, 0.0]
    >>> [round(x, 3) for x in loadings({"plan": 0.16, "initiative": 0.25, "action": 0.09}, "demand")]
    [0.0, 0.5, 0.3]
    """
    missing = [key for key in _SHARES if key not in shares]
    if missing:
        raise UsageError(f"dependence.{missing[0]} is not set; say 0 for independence")
    p, i, a = (shares[key] for key in _SHARES)
    if min(p, i, a) < 0 or p + i + a > 1 + 1e-12:
        raise UsageError(f"dependence: shares must lie in 0–1 and add up to at most 1, got {p=} {i=} {a=}")
    last = float(np.sqrt(a))
    if kind in _TIME and a > 0:
        together = shares.get("cost_duration", p + i + a)
        last = (together - p - i) / float(np.sqrt(a))
        if p + i + last**2 > 1 + 1e-12:
            raise UsageError(f"dependence.cost_duration: {together} cannot be reached with {p=} {i=} {a=}")
    return 0.0 if kind == "demand" else float(np.sqrt(p)), float(np.sqrt(i)), last


@dataclass(frozen=True, eq=False)
class Coupling:
    """Which factors the latent variable of each input shares, and with what weights.

    Attributes
    ----------
    factors : tuple of str
        In a fixed order: plan, drivers, initiatives, actions; the order of a sampler's dimensions.
    index : ndarray of int (input, k)
        Factors of each input, −1 for none.
    weight : ndarray (input, k)
        Loadings.
    rest : ndarray (input,)
        Weight of the input's own part, ``√(1 − Σ weight²)``.
    root : ndarray (driver, driver) or None
        Lower-triangular root of the latent correlation of the drivers, which stand at ``drivers`` among the factors.
    repair : Repair or None
        What was asked of the drivers and what could be had.
    dimensions : tuple of int
        Dimension of a Sobol' net that each factor takes, −1 for none; by default its place.
    nets : tuple of str
        Name of the net, empty for the common one; each name has a net of its own, in an order of its own.
    """

    factors: tuple[str, ...]
    index: IntArray
    weight: FloatArray
    rest: FloatArray
    root: FloatArray | None = None
    drivers: tuple[int, ...] = ()
    repair: Repair | None = None
    dimensions: tuple[int, ...] = ()
    nets: tuple[str, ...] = ()

    @staticmethod
    def of(
        factors: Sequence[str], loads: Sequence[Sequence[tuple[str, float]]], target: Mapping[str, float] | None = None
    ) -> Coupling:
        """Return the coupling in which input i loads on factors by name with ``loads[i]``.

        Parameters
        ----------
        factors : sequence of str
            All factors, in order.
        loads : sequence of sequence of (str, float)
            One entry per input; squares add up to at most 1.
        target : mapping, optional
            Rank correlation of two drivers by ``drivers.<a>.<b>``.

        Raises
        ------
        UsageError
            If an input's squared loadings exceed 1.

        Examples
        --------
        >>> Coupling.of(["plan"], [[("plan", 0.6)], []]).rest.round(6).tolist()
        [0.8, 1.0]
        """
        place = {name: i for i, name in enumerate(factors)}
        width = max((len(load) for load in loads), default=0)
        index = np.full((len(loads), width), -1, dtype=np.intp)
        weight = np.zeros((len(loads), width))
        for row, load in enumerate(loads):
            for k, (name, size) in enumerate(load):
                index[row, k], weight[row, k] = place[name], size
        left = 1 - (weight**2).sum(axis=1)
        if len(loads) and left.min() < -1e-9:
            raise UsageError(f"loadings of input {int(left.argmin())} exceed 1: {loads[int(left.argmin())]}")
        names, matrix = driver_target(target or {}, [f[len(DRIVERS) :] for f in factors if f.startswith(DRIVERS)])
        alone = Coupling(tuple(factors), index, weight, np.sqrt(np.maximum(left, 0.0)),
                         dimensions=tuple(range(len(factors))), nets=("",) * len(factors))  # fmt: skip
        if not names:
            return alone
        root, repair = latent_root(names, matrix)
        return replace(alone, root=root, drivers=tuple(place[DRIVERS + name] for name in names), repair=repair)

    def correlation(self, first: int, second: int) -> float:
        """Return the latent correlation of two inputs that follows from the factors they share."""
        if first == second:
            return 1.0
        spread = np.zeros((2, len(self.factors)))
        for side, row in enumerate((first, second)):
            used = self.index[row] >= 0
            np.add.at(spread[side], self.index[row][used], self.weight[row][used])
        if self.root is not None:
            at = list(self.drivers)
            spread[:, at] = spread[:, at] @ self.root
        return float(spread[0] @ spread[1])


_made: WeakKeyDictionary[Arrays, Coupling] = WeakKeyDictionary()


def one_correlation(arrays: Arrays, rho: float) -> Coupling:
    """Return the coupling in which all cost and duration inputs correlate at *rho* on the latent scale.

    What the event attracts, risk events and named drivers keep the plan's own dependence.

    Raises
    ------
    UsageError
        If *rho* lies outside 0–1.
    """
    if not 0 <= rho <= 1:
        raise UsageError(f"a correlation of all cost and duration inputs lies between 0 and 1, got {rho}")
    own = {key: size for key, size in arrays.dependence.items() if key.startswith("drivers.")}
    return coupling_of(
        arrays, {"plan": rho, "initiative": 0.0, "action": 0.0, "cost_duration": rho, **own}, ("demand",)
    )


def coupling_of(arrays: Arrays, shares: Mapping[str, float] | None = None, kept: Sequence[str] = ()) -> Coupling:
    """Return the coupling of a plan's inputs.

    Parameters
    ----------
    arrays : Arrays
    shares : mapping, optional
        In place of the plan's ``dependence``; see ``loadings``.
    kept : sequence of str
        Kinds of input that keep the plan's ``dependence`` all the same.

    Returns
    -------
    Coupling
        An input without initiative or action keeps that share to itself. An input with a driver is that driver's
        factor and nothing else: inputs of one driver move together.

    Raises
    ------
    UsageError
        See ``loadings``.
    """
    if shares is None:
        if arrays not in _made:
            _made[arrays] = coupling_of(arrays, arrays.dependence)
        return _made[arrays]
    table = arrays.inputs
    weights = {k: loadings(arrays.dependence if k in kept else shares, k) for k in sorted(set(table.kind))}
    loads: list[list[tuple[str, float]]] = []
    for row in range(len(table)):
        if not table.varies[row]:
            loads.append([])
        elif table.driver[row]:
            loads.append([(DRIVERS + table.driver[row], 1.0)])
        else:
            initiative, action = table.initiative[row], table.action[row]
            names = ("plan", initiative and f"initiative/{initiative}", action and f"action/{action}")
            pairs = zip(names, weights[table.kind[row]], strict=True)
            loads.append([(name, size) for name, size in pairs if name and size])
    used = {name for load in loads for name, _ in load}
    correlated, _ = driver_target(shares, sorted(set(table.driver)))  # whether they vary or not
    drivers = {DRIVERS + name for name in correlated} | {name for name in used if name.startswith(DRIVERS)}
    order = ["plan", *sorted(drivers)]
    for table_name in ("initiative", "action"):  # in the order of the plan, whatever lines are active
        listed = [f"{table_name}/{name}" for name in arrays.names.get(table_name, ())]
        order += listed + sorted(n for n in used if n.startswith(f"{table_name}/") and n not in set(listed))
    found = Coupling.of(order, loads, shares)
    dimensions, nets = _nets(found)
    return replace(found, dimensions=dimensions, nets=nets)


def _nets(coupling: Coupling) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the dimension of a Sobol' net of each factor, −1 for none, and the net's name.

    In the common net: plan, drivers that correlate, initiatives, which start at a place of their own. In a net of its
    own: whether a risk event occurs, its delay and its cost, since delay and cost count only in draws in which it
    occurs. What has no dimension gets keyed numbers of its own. So only another initiative before it, or another driver
    that correlates, changes the draws of a factor.
    """
    places = dict.fromkeys(coupling.factors, (-1, "")) | {"plan": (0, "")}
    for name in coupling.factors:
        event, _, part = name.partition("#")
        if part in _RISK:
            places[name] = (_RISK.index(part), event)
    places |= {coupling.factors[at]: (k, "") for k, at in enumerate(coupling.drivers, start=1)}
    first = max(_FIRST_INITIATIVE, 1 + len(coupling.drivers))
    initiatives = [name for name in coupling.factors if name.startswith("initiative/")]
    places |= {name: (first + k, "") for k, name in enumerate(initiatives)}
    dimensions, nets = zip(*places.values(), strict=True) if places else ((), ())
    return dimensions, nets
