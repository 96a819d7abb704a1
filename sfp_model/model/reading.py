"""Which inputs amounts are made of: what need not be drawn for them, need not be known."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from sfp_model.model.arrays import Arrays, IntArray

__all__ = ["rows_read"]

_NO_ROWS = ("joined", "attendance_from")  # of an event: not rows of inputs
_IMPACT = ("impact.", "constraints.")  # of an event: not read by its money, but for
_BUT = "impact.ldc_share"

_known: WeakKeyDictionary[Arrays, dict[str, IntArray]] = WeakKeyDictionary()


def rows_read(arrays: Arrays, measure: str = "full") -> IntArray:
    """Return the rows of the inputs that ``Outcome.amounts`` of *measure* reads, in any breakdown, time and prices.

    Quantity, rate and overrun of the lines of its funding mode; when actions take place; prices and exchange rates;
    and, where the event's subsidy is among the lines, the event in the scenario's concept.

    Parameters
    ----------
    arrays : Arrays
    measure : str
        See ``Outcome.amounts``.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> from sfp_model.model import compile
    >>> arrays = compile(load_plan(None, None))
    >>> len(rows_read(arrays, "absorbed")) < len(rows_read(arrays)) < len(arrays.inputs)
    True
    """
    known = _known.setdefault(arrays, {})
    if measure not in known:
        rows = np.concatenate([np.ravel(part) for part in _parts(arrays, measure)])
        known[measure] = np.unique(rows[rows >= 0]).astype(np.intp)
        known[measure].flags.writeable = False
    return known[measure]


def _parts(arrays: Arrays, measure: str) -> Iterator[IntArray | list[int]]:
    lines, actions = arrays.lines, arrays.actions
    chosen = np.arange(len(lines))
    if measure != "full":
        chosen = np.flatnonzero(lines.funding == arrays.names["funding"].index(measure))
    yield lines.quantity[chosen]
    yield lines.rate[chosen]
    yield actions.overrun
    yield actions.delay
    yield actions.stretch
    yield [row for _, occurs, months in actions.risks for row in (occurs, months)]
    yield arrays.escalation_rows
    yield arrays.exchange_rows
    own = arrays.event.own if arrays.event is not None and arrays.subsidy_line in chosen else None
    if own is not None:
        yield from (row for name, row in own.rows.items()
                    if name not in _NO_ROWS and (not name.startswith(_IMPACT) or name == _BUT))  # fmt: skip
        yield own.risk_rows
        yield [row for row, _ in own.rates.values()]
