"""From Arrays and Values to an Outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.arrays import DERIVED, Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.lines import FEW, effect_factor, line_quantities, line_units, shares
from sfp_model.model.schedule import Schedule, schedule
from sfp_model.model.values import Values, compiled

if TYPE_CHECKING:
    from sfp_model.model.adding import Layout

__all__ = [
    "BREAKDOWNS", "EFFECTS", "FUNDING_MODES", "MEASURES", "PRICES", "TIMES", "Labels", "Measure", "Outcome", "Prices",
    "evaluate",
]  # fmt: skip

Measure = Literal["additional", "absorbed", "in_kind", "full"]
Prices = Literal["constant", "nominal", "price_effect", "exchange_effect", "interaction"]
Labels = tuple[tuple[str, ...], ...]
MEASURES: tuple[Measure, ...] = ("additional", "absorbed", "in_kind", "full")
FUNDING_MODES: tuple[Measure, ...] = ("additional", "absorbed", "in_kind")
EFFECTS: tuple[Prices, ...] = ("price_effect", "exchange_effect", "interaction")
PRICES: tuple[Prices, ...] = ("constant", *EFFECTS, "nominal")
TIMES = ("period", "month", "quarter", "year", "biennium", "total")
BREAKDOWNS = (
    "programme", "initiative", "action", "activity", "line", "category", "sector", "funding", "confidence",
    "resource", "escalation", "currency", "recurrence",
)  # fmt: skip
RECURRENCES = ("one_off", "recurrent")
_CELLS = 1_000_000  # largest intermediate array of timing weights
_KEPT = 64  # breakdowns of a plan whose entries are kept
_ONE_AT_A_TIME = Lock()


def _unique(columns: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the distinct rows in order and the place of each row among them."""
    if not len(columns):
        return columns, np.zeros(0, dtype=np.intp)
    code = np.ravel_multi_index(tuple(columns.T), tuple(columns.max(axis=0) + 1))
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    return columns[first], place.reshape(-1)


def _known(time: str, prices: str) -> None:
    if prices not in PRICES:
        raise UsageError(f"prices {prices!r} is none of {', '.join(PRICES)}")
    if time not in TIMES:
        raise UsageError(f"time {time!r} is none of {', '.join(TIMES)}")


@dataclass(frozen=True, eq=False)
class _Entries:
    """Lines that are added up, the share and the label of each; the same for all blocks of a plan."""

    rows: IntArray
    share: FloatArray
    place: IntArray
    labels: Labels
    layouts: dict[tuple[str, bool], Layout] = field(default_factory=dict)


_made: WeakKeyDictionary[Arrays, dict[tuple[bytes, tuple[str, ...]], _Entries]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a plan costs, per draw. The base estimate has one draw.

    Attributes
    ----------
    arrays, values : Arrays, Values
        What it was evaluated from.
    schedule : Schedule
        Start and end of actions.
    """

    arrays: Arrays
    values: Values
    schedule: Schedule
    _cache: dict[tuple[str, str], FloatArray] = field(default_factory=dict, repr=False)
    _prices: dict[tuple[Prices, int, int], FloatArray] = field(default_factory=dict, repr=False)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.values.draws

    @cached_property
    def line_unit(self) -> FloatArray:
        """Constant CHF of each line per unit of timing weight, (line, draw)."""
        result = line_units(self.arrays, self.values.array)
        result.flags.writeable = False
        return result

    @cached_property
    def event(self) -> Any:
        """``EventOutcome`` of all concepts, evaluated when it is read; ``None`` where the plan has no event."""
        if self.arrays.event is None:
            return None
        from sfp_model.model.event import evaluate_event

        return evaluate_event(self.arrays.event, self.values.array)

    def weights(self, time: str = "period", prices: Prices = "constant") -> FloatArray:
        """Return the timing weights of the groups, shape (group, time, draw).

        One-off groups sum to 1 over all periods in constant prices, recurring ones to the number of times;
        the derived group of the event holds its amounts. Nominal weights carry escalation and exchange rates; those
        of an effect (``EFFECTS``) carry what it adds to constant prices (``model.lines.effect_factor``).
        """
        _known(time, prices)
        if (time, prices) not in self._cache:
            groups, periods = np.arange(len(self.arrays.groups)), self.arrays.periods
            out = np.empty((len(groups), len(periods.labels(time)), self.draws))
            batch = max(1, _CELLS // (len(periods.edges) * self.draws))  # bounds the memory of an intermediate array
            for first in range(0, len(groups), batch):
                part = slice(first, first + batch)
                constant = prices == "constant"
                out[part] = self._constant(groups[part], time) if constant else self._priced(groups[part], time, prices)
            for group in np.flatnonzero(self.arrays.groups.columns.shape == DERIVED):
                out[group] = self._derived(int(group), prices, time)
            out.flags.writeable = False
            self._cache[time, prices] = out
        return self._cache[time, prices]

    def _constant(self, groups: IntArray, time: str) -> FloatArray:
        found = shares(self.arrays, groups, self.schedule, self.arrays.periods.edges_of(time))
        return found[:, 1:-1] if time == "month" else found

    def _priced(self, groups: IntArray, time: str, basis: Prices) -> FloatArray:
        arrays, periods = self.arrays, self.arrays.periods
        fine = shares(arrays, groups, self.schedule, periods.edges)
        for escalation, currency, members in arrays.groups.priced:
            at = (
                members[np.searchsorted(members, groups[0]) : np.searchsorted(members, groups[-1], "right")] - groups[0]
            )
            if len(at):
                fine[at] *= self._price(escalation, currency, basis)
        return periods.reduce(periods.collect(fine), time)

    def _price(self, escalation: int, currency: int, basis: Prices) -> FloatArray:
        """Return the factor on constant amounts of a class and a currency, (fine period, draw)."""
        key = (basis, escalation, currency)
        if key not in self._prices:
            self._prices[key] = effect_factor(self.arrays, self.values.array, escalation, currency, basis)
        return self._prices[key]

    def _derived(self, group: int, prices: Prices, time: str) -> FloatArray:
        """Return the amounts of the event's subsidy, (time, draw), from the few periods that have an edition."""
        periods, groups = self.arrays.periods, self.arrays.groups
        starts, column = periods.starts.copy(), periods.column_of(time)
        starts[0] = starts[1] - 1  # memo: prices of the year before the horizon
        out = np.zeros((len(periods.labels(time)), self.draws))
        for period, subsidy in self._subsidies:
            if prices != "constant":
                price = self._price(int(groups.escalation[group]), int(groups.currency[group]), prices)
                subsidy = subsidy * price[starts[period]]
            if column[period] >= 0:
                out[column[period]] += subsidy
        return out

    @cached_property
    def _subsidies(self) -> tuple[tuple[int, FloatArray], ...]:
        from sfp_model.model.event import own_subsidies

        # Hundreds of short calls, each of which gives the interpreter's lock away: two threads that do this at once
        # wait for each other's calls, one after the other they do not.
        with _ONE_AT_A_TIME:
            return own_subsidies(self.arrays.event, self.values.array, self.arrays.periods.count)

    @property
    def line_total(self) -> FloatArray:
        """Constant CHF of each line over all periods, memo and after included, shape (line, draw)."""
        result: FloatArray = self.line_unit * self._all_periods("constant")[self.arrays.lines.group]
        return result

    def _all_periods(self, prices: Prices) -> FloatArray:
        result: FloatArray = self.weights("total", prices)[:, 0, :]
        return result

    def amounts(
        self, by: Sequence[str] = (), time: str = "year", measure: Measure = "additional",
        prices: Prices = "constant",
    ) -> tuple[Labels, FloatArray]:  # fmt: skip
        """Return amounts in CHF, broken down.

        Parameters
        ----------
        by : sequence of str
            Any of ``BREAKDOWNS``; empty for one total.
        time : str
            ``period`` (memo, months, after), ``month`` (of the horizon only), ``quarter``, ``year`` and
            ``biennium`` (with memo and after), ``total`` (all periods).
        measure : str
            ``additional`` (cash), ``absorbed``, ``in_kind``, or ``full`` (their sum).
        prices : str
            ``constant`` (base year), ``nominal``, or what lies between the two: ``price_effect``,
            ``exchange_effect`` and their ``interaction``; constant + the three = nominal.

        Returns
        -------
        labels : tuple of tuple of str
            One entry per *by* for each row; rows without lines are left out.
        amounts : ndarray (label, time, draw)

        Raises
        ------
        UsageError
            For a name that does not exist; lists the choices.
        """
        if measure not in MEASURES:
            raise UsageError(f"measure {measure!r} is none of {', '.join(MEASURES)}")
        lines = self.arrays.lines
        chosen = np.ones(len(lines), bool)
        if measure != "full":
            chosen = lines.funding == self.arrays.names["funding"].index(measure)
        return self._sum(None, chosen, by, time, prices)

    def person_months(self, by: Sequence[str] = (), time: str = "year") -> tuple[Labels, FloatArray]:
        """Return person-months of all funding modes, broken down like ``amounts``."""
        lines = self.arrays.lines
        quantity = line_quantities(self.arrays, self.values.array)
        factor = np.divide(lines.person_months, lines.factor, out=np.zeros(len(lines)), where=lines.factor != 0)
        return self._sum(quantity * factor[:, None], lines.person_months > 0, by, time, "constant")

    def full_year(self, by: Sequence[str] = (), measure: Measure = "additional") -> tuple[Labels, FloatArray]:
        """Return what recurrent lines cost in a full year after the horizon, constant CHF, shape (label, draw)."""
        lines = self.arrays.lines
        chosen = lines.recurrent.copy()
        if measure != "full":
            chosen &= lines.funding == self.arrays.names["funding"].index(measure)
        labels, amounts = self._sum(self.line_unit * lines.per_year[:, None], chosen, by, None, "constant")
        return labels, amounts[:, 0, :]

    def _sum(
        self, unit: FloatArray | None, chosen: npt.NDArray[np.bool_], by: Sequence[str], time: str | None,
        prices: Prices,
    ) -> tuple[Labels, FloatArray]:  # fmt: skip
        """Add up ``unit · share · weight`` by label; by default the unit of lines; without *time* weights are 1."""
        entries = self._entries(chosen, tuple(by))
        size = len(entries.labels)
        if time is not None:
            _known(time, prices)
        if not size:
            columns = 1 if time is None else len(self.arrays.periods.labels(time))
            return ((),) if not by else (), np.zeros((0 if by else 1, columns, self.draws))
        if time is not None and prices not in EFFECTS and self.draws > FEW and compiled():
            out = self._compiled_sum(unit, entries, time, prices)
        else:
            weights = np.ones((len(self.arrays.groups), 1, 1)) if time is None else self.weights(time, prices)
            amount = (self.line_unit if unit is None else unit)[entries.rows] * entries.share[:, None]
            out = self._plain_sum(amount, self.arrays.lines.group[entries.rows], entries.place, size, weights)
        return entries.labels if by else ((),), out

    def _entries(self, chosen: npt.NDArray[np.bool_], by: tuple[str, ...]) -> _Entries:
        """Return what the chosen lines are added up to, made once for all blocks of a plan."""
        made = _made.setdefault(self.arrays, {})
        key = (chosen.tobytes(), by)
        if key not in made:
            if len(made) >= _KEPT:
                made.clear()
            rows, share, columns = self._keys(np.flatnonzero(chosen), by)
            keys, place = _unique(columns)
            names = [self._table(name) for name in by]
            labels = tuple(tuple(table[i] for table, i in zip(names, at, strict=False)) for at in keys)
            made[key] = _Entries(rows, share, place, labels)
        return made[key]

    def _plain_sum(
        self, amount: FloatArray, group: IntArray, place: IntArray, size: int, weights: FloatArray
    ) -> FloatArray:
        out = np.zeros((size, weights.shape[1], self.draws))
        if self.draws <= FEW:
            np.add.at(out, place, amount[:, None, :] * weights[group])
            return out
        pairs, where = _unique(np.stack([place, group], axis=1))  # so that no (line, time, draw) array exists
        sums = np.zeros((len(pairs), self.draws))
        np.add.at(sums, where, amount)
        for (label, g), total in zip(pairs, sums, strict=True):
            out[label] += total[None, :] * weights[g]
        return out

    def _compiled_sum(self, unit: FloatArray | None, entries: _Entries, time: str, prices: Prices) -> FloatArray:
        from sfp_model.model.adding import add_up, lay_out

        arrays, nominal = self.arrays, prices == "nominal"
        derived = np.zeros((len(arrays.periods.labels(time)), self.draws))
        for group in np.flatnonzero(arrays.groups.columns.shape == DERIVED):
            if group in arrays.lines.group[entries.rows]:
                derived = self._derived(int(group), prices, time)
        layout = entries.layouts.get((time, nominal))
        if layout is None:  # two threads may make it, and make the same
            layout = entries.layouts[time, nominal] = lay_out(
                arrays, entries.rows, entries.share, entries.place, len(entries.labels), time, nominal
            )
        return add_up(arrays, layout, self.values.array, self.schedule, unit, derived)

    def _table(self, name: str) -> tuple[str, ...]:
        if name not in BREAKDOWNS:
            raise UsageError(f"breakdown {name!r} is none of {', '.join(BREAKDOWNS)}")
        if name == "line":
            return self.arrays.lines.ids
        return RECURRENCES if name == "recurrence" else self.arrays.names[name]

    def _keys(
        self, rows: npt.NDArray[np.intp], by: Sequence[str]
    ) -> tuple[npt.NDArray[np.intp], FloatArray, npt.NDArray[np.intp]]:
        """Return line, share and label columns of each entry; by sector a line has several entries."""
        lines = self.arrays.lines
        share = np.ones(len(rows))
        sector = np.zeros(len(rows), dtype=np.intp)
        if "sector" in by:
            at, sector = np.nonzero(lines.sectors[rows])
            share = lines.sectors[rows][at, sector]
            rows = rows[at]
        columns: dict[str, Callable[[], Any]] = {
            "sector": lambda: sector,
            "line": lambda: rows,
            "recurrence": lambda: lines.recurrent[rows].astype(np.intp),
        }
        for name in by:
            self._table(name)
        picked = [columns[name]() if name in columns else getattr(lines, name)[rows] for name in by]
        if not picked:
            return rows, share, np.zeros((len(rows), 1), dtype=np.intp)
        return rows, share, np.stack(picked, axis=1)

    def to_xarray(self) -> Any:
        """Return an ``xarray.Dataset`` of amounts by line, year and draw, with units; loads xarray.

        Variables ``constant`` and ``nominal`` (line, year, draw) in CHF, ``person_months`` (line, year, draw);
        the breakdowns of the lines are coordinates along ``line``.
        """
        import xarray

        lines, names = self.arrays.lines, self.arrays.names
        years = self.arrays.periods.labels("year")
        per_line = lines.group
        constant = self.line_unit[:, None, :] * self.weights("year")[per_line]
        nominal = self.line_unit[:, None, :] * self.weights("year", "nominal")[per_line]
        labels, months = self.person_months(("line",))
        worked = np.zeros_like(constant)
        for (line,), row in zip(labels, months, strict=True):
            worked[lines.ids.index(line)] = row
        along = [name for name in BREAKDOWNS if name in names and name != "sector"]
        coordinates: dict[str, Any] = {name: ("line", [names[name][i] for i in getattr(lines, name)]) for name in along}
        dims = ("line", "year", "draw")
        data = xarray.Dataset(
            {"constant": (dims, constant), "nominal": (dims, nominal), "person_months": (dims, worked)},
            coords={"line": list(lines.ids), "year": list(years), **coordinates},
            attrs={"plan": self.arrays.digest},
        )
        data["constant"].attrs["units"] = data["nominal"].attrs["units"] = "CHF"
        data["person_months"].attrs["units"] = "person-month"
        return data


def evaluate(arrays: Arrays, values: Values) -> Outcome:
    """Evaluate a compiled plan for given values: base estimate and draws alike.

    Parameters
    ----------
    arrays : Arrays
    values : Values
        From ``base`` or ``draw``.

    Returns
    -------
    Outcome
    """
    placed = schedule(arrays.actions, values.array)
    for array in (placed.start, placed.stretch, placed.end):
        array.flags.writeable = False
    return Outcome(arrays, values, placed)
