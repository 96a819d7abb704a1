"""Needs by any breakdown, added up from the stored tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.inputs.plan import Plan
from sfp_model.model.timing import Periods
from sfp_model.results.store import ResultSet

__all__ = ["AMOUNTS", "KEYS", "breakdown", "in_words", "periods"]

KEYS = (
    "programme", "initiative", "action", "activity", "line", "resource", "category", "sector", "funding", "confidence",
    "recurrence", "year", "biennium", "month",
)  # fmt: skip
AMOUNTS = ("constant_chf", "price_effect_chf", "exchange_effect_chf", "interaction_chf", "nominal_chf")
_MEASURES = ("additional", "absorbed", "in_kind", "full")


def periods(plan: Plan, time: str) -> tuple[str, ...]:
    """Return the names of the years, biennia or months in order, with memo and after where they exist."""
    return Periods.of(plan.settings.horizon_start, plan.settings.horizon_years).labels(time)


def in_words(plan: Plan, key: str, name: str) -> str:
    """Return what a name on *key* is called in a table for people: its title, after the id where people use the id.

    Names on other keys, and names that have no title, stay as they are.
    """
    if key in ("category", "sector"):
        titles = plan.settings.categories if key == "category" else plan.settings.sectors
        return str(titles.get(name, name))
    found = {"programme": plan.programmes, "initiative": plan.initiatives, "resource": plan.resources}.get(key, {})
    item: Any = found.get(name)
    if item is None:
        return name
    return f"{name} {item.title}" if key == "initiative" else str(item.title)


def breakdown(
    plan: Plan, results: ResultSet, by: Sequence[str], measure: str = "additional", prices: str = "constant"
) -> list[dict[str, Any]]:
    """Return amounts by the keys asked for, in CHF, in the order of the plan.

    Years and biennia come with the memo and the after column; without a time key amounts are sums inside the
    horizon. Everything but months is added up from the ``needs`` tables; months are from the same evaluation.

    Parameters
    ----------
    plan : Plan
    results : ResultSet
        Of that plan.
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
    if "month" in by:
        return _months(plan, by, measure, prices)
    rows = [row for programme in plan.programmes for row in results.table(f"{programme}.needs")]
    time = next((key for key in by if key in ("year", "biennium")), None)
    pairs = dict(zip(periods(plan, "year"), _biennia(plan), strict=True))
    named = _amounts(prices)
    sums: dict[tuple[str, ...], list[float]] = {}
    for row in rows:
        if measure not in ("full", row["funding"]) or (time is None and not row["period"].isdigit()):
            continue
        when = {"year": row["period"], "biennium": pairs[row["period"]]}
        key = tuple(when[name] if name in when else row[name] for name in by)
        found = sums.setdefault(key, [0.0] * len(named))
        for i, column in enumerate(named.values()):
            found[i] += row[column]
    order = _order(plan, rows, by)
    keys = sorted(sums, key=lambda key: [order[name].get(part, 0) for name, part in zip(by, key, strict=True)])
    return [{**dict(zip(by, key, strict=True)), **dict(zip(named, sums[key], strict=True))} for key in keys]


def _amounts(prices: str) -> dict[str, str]:
    """Return the amounts of a row and the columns of the needs tables that they come from."""
    return {name: name for name in AMOUNTS} if prices == "effects" else {"chf": f"{prices}_chf"}


def _check(by: Sequence[str], measure: str, prices: str) -> None:
    for name in by:
        if name not in KEYS:
            raise UsageError(f"breakdown {name!r} is none of {', '.join(KEYS)}")
    if sum(name in ("year", "biennium", "month") for name in by) > 1:
        raise UsageError("at most one of year, biennium and month can be asked for at a time")
    if measure not in _MEASURES:
        raise UsageError(f"measure {measure!r} is none of {', '.join(_MEASURES)}")
    if prices not in ("constant", "nominal", "effects"):
        raise UsageError(f"prices {prices!r} is none of constant, nominal, effects")


def _biennia(plan: Plan) -> list[str]:
    """Return the biennium of each year label."""
    years, pairs = periods(plan, "year"), periods(plan, "biennium")
    inner = [pairs[1 + i // 2] for i in range(len(years) - 2)]
    return [years[0], *inner, years[-1]]


def _order(plan: Plan, rows: Sequence[dict[str, Any]], by: Sequence[str]) -> dict[str, dict[str, int]]:
    fixed: dict[str, Sequence[str]] = {
        "year": periods(plan, "year"), "biennium": periods(plan, "biennium"), "sector": tuple(plan.settings.sectors),
        "category": tuple(plan.settings.categories), "funding": _MEASURES,
        "confidence": ("R", "R2", "M-H", "M-M", "M-L", "E"),
    }  # fmt: skip
    return {
        name: {part: i for i, part in enumerate(fixed.get(name) or dict.fromkeys(row[name] for row in rows))}
        for name in by
    }


def _months(plan: Plan, by: Sequence[str], measure: Any, prices: Any) -> list[dict[str, Any]]:
    from sfp_model.results.evaluation import Evaluation

    outcome = Evaluation.of(plan).outcome
    names = [name for name in by if name != "month"]
    named: dict[str, Any] = {name: column.removesuffix("_chf") for name, column in _amounts(prices).items()}
    found = [outcome.amounts(names, "month", measure, basis) for basis in named.values()]
    rows = []
    for i, label in enumerate(found[0][0]):
        for m, month in enumerate(periods(plan, "month")):
            chf = {name: float(amounts[i, m, 0]) for name, (_, amounts) in zip(named, found, strict=True)}
            if any(chf.values()):
                parts = {**dict(zip(names, label, strict=True)), "month": month}
                rows.append({**{name: parts[name] for name in by}, **chf})
    return rows
