"""Whose time a plan takes: staff groups, the time that they have, and the absorbed time that it asks of them.

A group is the staff of one sector at one duty station in one grade. All sizes are derived from declared shares of the
staff (section ``capacity`` of the base file), every one an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.capacity import staff_shares
from sfp_model.inputs.plan import Plan
from sfp_model.model.arrays import Arrays
from sfp_model.model.evaluate import Outcome
from sfp_model.model.inputs import FloatArray
from sfp_model.model.lines import line_quantities, shares
from sfp_model.model.schedule import Schedule

__all__ = ["MIX", "Capacity", "Demand", "Group", "absorbed_time", "capacity_of", "shifted"]

MIX = "mix"
MONTHS = 3.0  # of a quarter


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """The staff of one sector at one duty station in one grade."""

    sector: str
    station: str
    grade: str


@dataclass(frozen=True, eq=False)
class Capacity:
    """Time of the staff groups.

    Attributes
    ----------
    groups : tuple of Group
    posts : ndarray (group,)
        Established posts by the declared shares, vacant ones included.
    time : ndarray (group,)
        Person-months that those in post work in a quarter: ``posts · (1 − vacancy) · 3``.
    release_rate : float
        Share of that time that the plan may take.
    """

    groups: tuple[Group, ...]
    posts: FloatArray
    time: FloatArray
    release_rate: float

    @property
    def offered(self) -> FloatArray:
        """Person-months of a quarter that the plan may take, shape (group,)."""
        result: FloatArray = self.time * self.release_rate
        return result


@dataclass(frozen=True, eq=False)
class Demand:
    """Absorbed time by group, action and role.

    Attributes
    ----------
    keys : tuple of (Group, action id, role)
    months : ndarray (key, period, draw)
        Person-months; periods are quarters, with what falls before and after the horizon as the first and the last.
    """

    keys: tuple[tuple[Group, str, str], ...]
    months: FloatArray


def capacity_of(plan: Plan) -> Capacity | None:
    """Return the capacity of the staff, ``None`` where the plan declares none.

    Staff at headquarters are ``staff_total − field_staff``; both at their mode.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> capacity = capacity_of(load_plan())
    >>> round(float(capacity.posts.sum()))
    740
    """
    values = plan.settings.values
    needed = [f"capacity.{key}" for key in ("staff_total", "field_staff", "vacancy_rate", "release_rate")]
    sectors, grades = (staff_shares(plan.settings, kind) for kind in ("by_sector", "by_grade"))
    if not sectors or not grades or any(key not in values for key in needed):
        return None
    total, field, vacancy, rate = (values[key].estimate.mode for key in needed)
    staff = {"geneva": total - field, "region": field}
    found = {
        Group(sector, station, grade): staff.get(station, 0.0) * of_sector * of_grade
        for station, parts in sectors.items()
        for sector, of_sector in parts.items()
        for grade, of_grade in grades.get(station, {}).items()
    }
    posts = np.array(list(found.values()))
    return Capacity(tuple(found), posts, posts * (1 - vacancy) * MONTHS, rate)


def absorbed_time(plan: Plan, outcome: Outcome, placed: Schedule | None = None) -> Demand:
    """Return the absorbed time that the plan asks of each group, by action and role.

    Time of an average member of staff (grade ``mix``) falls on the grades of the duty station by their declared
    shares, and stays ``mix`` where none are declared.

    Parameters
    ----------
    plan : Plan
    outcome : Outcome
        Base estimate.
    placed : Schedule, optional
        Other places in time of the same actions, one for each draw (``shifted``); by default those of *outcome*.
    """
    arrays = outcome.arrays
    lines, names = arrays.lines, arrays.names
    grades = staff_shares(plan.settings, "by_grade")
    quantity = line_quantities(arrays, outcome.values.array)[:, 0]
    months = np.divide(lines.person_months, lines.factor, out=np.zeros(len(lines)), where=lines.factor != 0) * quantity
    absorbed = names["funding"].index("absorbed")
    sums: dict[tuple[Group, str, str], dict[int, float]] = {}
    for i in np.flatnonzero((lines.funding == absorbed) & (months > 0)).tolist():
        line = plan.lines[lines.ids[i]]
        card = plan.resources[line.resource]
        own = _grades(card.grade, grades.get(card.station, {}))
        for s in np.flatnonzero(lines.sectors[i]).tolist():
            for grade, share in own.items():
                key = Group(names["sector"][s], card.station, grade), line.action, line.role
                part = sums.setdefault(key, {})
                group = int(lines.group[i])
                part[group] = part.get(group, 0.0) + months[i] * float(lines.sectors[i, s]) * share
    weights = _weights(arrays, outcome.schedule if placed is None else placed, {g for p in sums.values() for g in p})
    empty = np.zeros((len(arrays.periods.labels("quarter")), (placed or outcome.schedule).start.shape[1]))
    rows = [sum((amount * weights[g] for g, amount in part.items()), empty) for part in sums.values()]
    return Demand(tuple(sums), np.array(rows).reshape(len(sums), *empty.shape))


def _grades(grade: str, shares_of_station: Mapping[str, float]) -> Mapping[str, float]:
    return shares_of_station if grade == MIX and shares_of_station else {grade: 1.0}


def _weights(arrays: Arrays, placed: Schedule, groups: set[int]) -> dict[int, FloatArray]:
    wanted = np.array(sorted(groups), dtype=np.intp)
    found = shares(arrays, wanted, placed, arrays.periods.edges_of("quarter"))
    return dict(zip(wanted.tolist(), found, strict=True))


def shifted(placed: Schedule, months: int, moves: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Schedule:
    """Return every action that *moves* started 0, 1 … *months* later, one shift for each draw.

    Examples
    --------
    >>> one = np.array([[2.0]])
    >>> shifted(Schedule(one, one, one + 3), 2, np.array([True])).end.tolist()
    [[5.0, 6.0, 7.0]]
    """
    steps = np.arange(months + 1.0)[None, :] * moves[:, None]
    return Schedule(placed.start[:, :1] + steps, placed.stretch[:, :1] + 0 * steps, placed.end[:, :1] + steps)
