"""Needs by any breakdown, added up from the stored tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.errors import UsageError
from sfp_model.results.needs_view import (
    AMOUNTS,
    LABELS,
    MEASURES,
    NeedsView,
    in_words,
    needs_view,
    periods,
    view_columns,
)

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Plan
    from sfp_model.results.store import ResultSet

__all__ = ["AMOUNTS", "KEYS", "added_up", "breakdown", "in_words", "periods"]

TIMES = ("year", "biennium", "month")
KEYS = (*LABELS, *TIMES)


def breakdown(
    plan: Plan, results: ResultSet, by: Sequence[str], measure: str = "additional", prices: str = "constant"
) -> list[dict[str, Any]]:
    """Return amounts of a plan by the keys asked for; see ``added_up``.

    Parameters
    ----------
    plan : Plan
    results : ResultSet
        Of that plan.
    by, measure, prices
    """
    _check(by, measure, prices)
    return added_up(needs_view(plan, results, months="month" in by), by, measure, prices)


def added_up(
    view: NeedsView, by: Sequence[str], measure: str = "additional", prices: str = "constant"
) -> list[dict[str, Any]]:
    """Return amounts by the keys asked for, in CHF, in the order of the plan.

    Years and biennia come with the memo and the after column; without a time key amounts are sums inside the
    horizon. Rows that add up from the ``needs`` tables are left out where there is nothing to add.

    Parameters
    ----------
    view : NeedsView
        By month if *by* holds month.
    by : sequence of str
        Any of ``KEYS``, at most one of year, biennium, month.
    measure : str
        additional, absorbed, in_kind or full.
    prices : str
        constant, nominal, or effects: both, and what lies between them.

    Returns
    -------
    list of dict
        The keys and ``chf``; for effects the keys and ``AMOUNTS``, of which the first four add up to the last.

    Raises
    ------
    UsageError
        For a key that does not exist or does not fit; names the choices.
    """
    _check(by, measure, prices)
    place = {name: at for at, name in enumerate(view_columns())}
    period, mode = place["period"], place["funding"]
    time = next((key for key in by if key in TIMES), None)
    named = _amounts(prices)
    amounts = [place[column] for column in named.values()]
    labels = [place["period"] if key in TIMES else place[key] for key in by]
    paired = by.index("biennium") if time == "biennium" else -1
    sums: dict[tuple[str, ...], list[float]] = {}
    for row in view.rows:
        if measure not in ("full", row[mode]) or (time is None and not row[period].isdigit()):
            continue
        key = [row[at] for at in labels]
        if paired >= 0:
            key[paired] = view.biennium[key[paired]]
        found = sums.setdefault(tuple(key), [0.0] * len(amounts))
        for i, at in enumerate(amounts):
            found[i] += row[at]
    order = _order(view, by, labels)
    keys = sorted(sums, key=lambda key: [order[name].get(part, 0) for name, part in zip(by, key, strict=True)])
    return [{**dict(zip(by, key, strict=True)), **dict(zip(named, sums[key], strict=True))} for key in keys]


def _amounts(prices: str) -> dict[str, str]:
    """Return the amounts of a row and the columns of the needs tables that they come from."""
    return {name: name for name in AMOUNTS} if prices == "effects" else {"chf": f"{prices}_chf"}


def _check(by: Sequence[str], measure: str, prices: str) -> None:
    for name in by:
        if name not in KEYS:
            raise UsageError(f"breakdown {name!r} is none of {', '.join(KEYS)}")
    if sum(name in TIMES for name in by) > 1:
        raise UsageError("at most one of year, biennium and month can be asked for at a time")
    if measure not in MEASURES:
        raise UsageError(f"measure {measure!r} is none of {', '.join(MEASURES)}")
    if prices not in ("constant", "nominal", "effects"):
        raise UsageError(f"prices {prices!r} is none of constant, nominal, effects")


def _order(view: NeedsView, by: Sequence[str], labels: Sequence[int]) -> dict[str, dict[str, int]]:
    """Return the place of each name on each key: its order, or where it first stands in the plan."""
    names = {
        name: view.order[name] if name in view.order else dict.fromkeys(row[at] for row in view.rows)
        for name, at in zip(by, labels, strict=True)
    }
    return {name: {part: i for i, part in enumerate(found)} for name, found in names.items()}
