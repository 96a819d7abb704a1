"""The table of inputs: one row per uncertain number of the plan, in a fixed order, and its builder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.inputs.plan import Estimate, Value
from sfp_model.inputs.shapes import percentiles

__all__ = ["FloatArray", "InputBuilder", "InputTable", "Kind", "Mixture", "percentiles"]

FloatArray = npt.NDArray[np.float64]
Kind = Literal[
    "quantity",
    "rate",
    "overrun",
    "delay",
    "stretch",
    "escalation",
    "exchange",
    "event",
    "share",
    "risk",
    "gain",
    "demand",
]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A distribution in pieces: uniform between ``edges`` with ``shares``, then a capped Pareto tail.

    ``edges`` has one value more than ``shares``; what the shares leave of 1 is the tail, which starts at the
    last edge with survival exponent ``shape`` and piles up at ``cap``.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    shape: float
    cap: float


@dataclass(frozen=True, eq=False)
class InputTable:
    """Inputs of the model as read-only columns; row *i* belongs to ``ids[i]``.

    Attributes
    ----------
    ids : tuple of str
        Address of the value in the parameter files; the key of its random stream.
    kind : tuple of str
        quantity, rate, overrun, delay, stretch, escalation, exchange, event, share, risk or gain.
    low, mode, high : ndarray (input,)
        The estimate, in the unit of ``unit``.
    base : ndarray (input,)
        The value in the base estimate: the mode, but 1 for overrun and stretch, 0 for delay and whether a risk occurs.
    low_at, high_at : ndarray (input,)
        Probabilities at which low and high stand (0 and 1: minimum and maximum).
    distribution : tuple of str
        One of ``inputs.shapes.DISTRIBUTIONS`` or mixture; fixed where low = high.
    shape : tuple of tuple of float
        What else the distribution needs; see ``Estimate``.
    lower, upper : ndarray (input,)
        Bounds of the domain; values are cut there.
    varies : ndarray of bool (input,)
        False where the value is fixed; its quantile is not used.
    initiative, action, driver : tuple of str
        Names of the latent factors that the input shares (empty: none).
    mixtures : mapping of int to Mixture
        Rows whose distribution is a mixture.
    """

    ids: tuple[str, ...]
    kind: tuple[Kind, ...]
    unit: tuple[str, ...]
    low: FloatArray
    mode: FloatArray
    high: FloatArray
    base: FloatArray
    low_at: FloatArray
    high_at: FloatArray
    distribution: tuple[str, ...]
    shape: tuple[tuple[float, ...], ...]
    lower: FloatArray
    upper: FloatArray
    varies: npt.NDArray[np.bool_]
    initiative: tuple[str, ...]
    action: tuple[str, ...]
    driver: tuple[str, ...]
    mixtures: Mapping[int, Mixture]

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, key: str) -> int:
        """Return the row of the input with id *key*; ``UsageError`` if there is none."""
        try:
            return self.ids.index(key)
        except ValueError:
            raise UsageError(f"no input {key!r}; for example {', '.join(self.ids[:3])}") from None


@dataclass
class InputBuilder:
    """Collects inputs while a plan is compiled; ``freeze`` makes the table.

    Examples
    --------
    >>> from sfp_model.errors import Position
    >>> value = Value("rates/x", Estimate(1, 2, 4), "CHF", "estimate", "E", "", Position("rates.yml"))
    >>> builder = InputBuilder()
    >>> builder.add(value, "rate"), builder.add(value, "rate")
    (0, 0)
    >>> float(builder.freeze().base[0])
    2.0
    """

    _rows: dict[str, tuple[Estimate, Kind, str, str, str, str, float]] = field(default_factory=dict)
    _mixtures: dict[str, Mixture] = field(default_factory=dict)
    _index: dict[str, int] = field(default_factory=dict)

    def add(
        self, value: Value, kind: Kind = "event", *, initiative: str = "", action: str = "", driver: str = ""
    ) -> int:
        """Register *value* and return its row; a value that is already there keeps its first row.

        Parameters
        ----------
        value : Value
            Its ``path`` is the id.
        kind : str
            One of the kinds of ``InputTable``.
        initiative, action, driver : str
            Latent factors that the input shares; an input of a plan always shares the plan's factor,
            unless it names a driver.
        """
        return self.add_estimate(
            value.path, value.estimate, kind, unit=value.unit,
            initiative=initiative, action=action, driver=driver,
        )  # fmt: skip

    def add_estimate(
        self, key: str, estimate: Estimate, kind: Kind, *, unit: str = "", initiative: str = "",
        action: str = "", driver: str = "", base: float | None = None, mixture: Mixture | None = None,
    ) -> int:  # fmt: skip
        """Register an estimate under *key*, with a *base* value if that is not its mode; return its row."""
        if kind not in get_args(Kind):
            raise UsageError(f"kind {kind!r} of input {key!r} is none of {', '.join(get_args(Kind))}")
        if key not in self._rows:
            start = estimate.mode if base is None else base
            self._index[key] = len(self._rows)
            self._rows[key] = (estimate, kind, unit, initiative, action, driver, start)
            if mixture is not None:
                self._mixtures[key] = mixture
        return self._index[key]

    def freeze(self) -> InputTable:
        """Return the table of all inputs added so far."""
        rows = list(self._rows.values())
        ats = [percentiles(row[0].at) for row in rows]

        def column(values: list[float]) -> FloatArray:
            array = np.array(values, dtype=np.float64)
            array.flags.writeable = False
            return array

        ids = tuple(self._rows)
        varies = np.array(
            [not row[0].fixed or key in self._mixtures for key, row in self._rows.items()], dtype=np.bool_
        )
        varies.flags.writeable = False
        return InputTable(
            ids=ids,
            kind=tuple(row[1] for row in rows),
            unit=tuple(row[2] for row in rows),
            low=column([row[0].low for row in rows]),
            mode=column([row[0].mode for row in rows]),
            high=column([row[0].high for row in rows]),
            base=column([row[6] for row in rows]),
            low_at=column([at[0] for at in ats]),
            high_at=column([at[1] for at in ats]),
            distribution=tuple(
                "mixture" if key in self._mixtures else "fixed" if row[0].fixed else row[0].distribution
                for key, row in self._rows.items()
            ),
            shape=tuple(row[0].shape for row in rows),
            lower=column([min(row[0].lower, row[0].low) for row in rows]),
            upper=column([max(row[0].upper, row[0].high) for row in rows]),
            varies=varies,
            initiative=tuple(row[3] for row in rows),
            action=tuple(row[4] for row in rows),
            driver=tuple(row[5] for row in rows),
            mixtures={ids.index(key): mixture for key, mixture in self._mixtures.items()},
        )
