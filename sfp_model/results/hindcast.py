"""Hindcast: where observations after the date of the forecast fell in the forecast distribution, and scale checks.

The forecasting scenario is the one that knows least (earliest ``as_of``), the observing one knows most; what the second
knows and the first does not is compared with what the first assumed. Both are read from stored tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sfp_model.model.inputs import percentiles
from sfp_model.model.marginals import bounds, fit, pert_shape, quantile
from sfp_model.results.store import ResultSet
from sfp_model.results.table import Row, Table, columns

__all__ = ["FINANCE", "PRICES", "cdf", "hindcast_tables", "volatility"]

PRICES = columns(
    "kind name title period observed:- unit forecast_mode:- forecast_low:- forecast_high:- deviation:- quantile:- "
    "method "
    "distribution known_until source"
)
FINANCE = columns(
    "period kind known:bool chf_per_usd:- revenue_chf:CHF assessed_chf:CHF voluntary_chf:CHF expense_chf:CHF "
    "plan_low_chf:CHF plan_mode_chf:CHF plan_high_chf:CHF plan_to_expense:- need_chf:CHF need_to_expense:- source"
)
_CPI, _FINANCES = "swiss_cpi", ("revenue", "assessed", "voluntary", "expense")
_MONTHS = 120  # of the past that a volatility is taken from

Rows = list[dict[str, Any]]


def cdf(distribution: str, low: float, mode: float, high: float, at: str, x: float) -> float:
    """Return the probability of values up to *x* under an estimate.

    Examples
    --------
    >>> cdf("triangular", -0.5, 0.5, 2.0, "min-max", 0.5), cdf("triangular", -0.5, 0.5, 2.0, "min-max", 2.8)
    (0.4, 1.0)
    """
    if low == high:
        return float(x >= mode)
    if distribution == "normal":
        margin = fit("normal", low, mode, high, *percentiles(at))
        return 0.5 * math.erfc((margin.location - x) / margin.scale / math.sqrt(2))
    a, b = bounds(distribution, low, mode, high, *percentiles(at))
    if x <= a or x >= b:
        return float(x >= b)
    if distribution == "uniform":
        return (x - a) / (b - a)
    if distribution == "triangular":
        if x <= mode:
            return (x - a) ** 2 / ((b - a) * (mode - a))
        return 1 - (b - x) ** 2 / ((b - a) * (b - mode))
    from scipy.special import betainc

    return float(betainc(*pert_shape(a, mode, b), (x - a) / (b - a)))


def volatility(levels: Sequence[float]) -> float:
    """Return the yearly standard deviation of the logarithm of a random walk from monthly levels.

    Standard deviation of monthly log changes times √12. Monthly means smooth what lies between, so it is a lower mark.

    Examples
    --------
    >>> volatility([1.0, 1.1, 1.0, 1.1, 1.0]) > 0.3
    True
    """
    return float(np.diff(np.log(levels)).std(ddof=1) * math.sqrt(12))


def hindcast_tables(results: Sequence[ResultSet]) -> dict[str, Table]:
    """Return ``hindcast.prices`` and ``hindcast.finance``; without rows where no scenario knows more than another."""
    made = {"hindcast.prices": Table.of(PRICES, ()), "hindcast.finance": Table.of(FINANCE, ())}
    facts = [{row["key"]: row["value"] for row in result.table("summary.scenario")} for result in results]
    dates = [str(fact["as_of"]) for fact in facts]
    first, last = dates.index(min(dates)), dates.index(max(dates))
    if dates[first] == dates[last]:
        return made
    ex_ante, ex_post = results[first], results[last]
    prices = [*_inflation(ex_ante, ex_post, dates[first]), *_exchange(ex_ante, ex_post, dates[first])]
    return {
        "hindcast.prices": Table.of(PRICES, prices),
        "hindcast.finance": Table.of(FINANCE, _finance(ex_ante, ex_post)),
    }


def _series(result: ResultSet) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in result.table("observations"):
        found.setdefault(str(row["series"]), {})[str(row["period"])] = float(row["value"])
    return found


def _about(result: ResultSet) -> dict[str, dict[str, Any]]:
    return {str(row["series"]): row for row in result.table("observations")}


def _parameters(result: ResultSet) -> dict[str, dict[str, Any]]:
    return {str(row["path"]): row for row in result.table("parameters")}


def _estimate(row: Mapping[str, Any]) -> tuple[str, float, float, float, str]:
    fixed = row["distribution"] == "fixed"
    shape = "pert" if fixed else str(row["distribution"])
    return shape, row["low"], row["mode"], row["high"], "min-max" if fixed else str(row["at"])


def _years_after(known: Mapping[str, float], later: Mapping[str, float], as_of: str) -> list[str]:
    """Return the years after the year of *as_of* of which every period was observed by the later date."""
    counts: dict[str, int] = {}
    for period in later:
        counts[period[:4]] = counts.get(period[:4], 0) + 1
    annual = all(len(period) == 4 for period in later)
    return [y for y, n in sorted(counts.items()) if y > as_of[:4] and (annual or n == 12) and y not in known]


def _inflation(ex_ante: ResultSet, ex_post: ResultSet, as_of: str) -> Iterator[Row]:
    """Yield the yearly change of consumer prices, and the mean change since the last year known.

    The model draws one rate for all years, so each year, and the mean of several, has the distribution of the rate.
    """
    known, later = _series(ex_ante).get(_CPI, {}), _series(ex_post).get(_CPI, {})
    drivers = [row for row in ex_ante.table("parameters") if str(row["path"]).startswith("escalation.prices.rate")]
    if not later or not drivers:
        return
    shape = _estimate(drivers[0])
    about, until = _about(ex_post)[_CPI], max(known, default="")
    head = {
        "name": _CPI, "title": about["title"], "unit": "percent/year", "forecast_low": shape[1],
        "forecast_mode": shape[2], "forecast_high": shape[3], "method": "as modelled: one yearly rate of price "
            "escalation",
        "distribution": f"{shape[0]}, {shape[4]}", "known_until": until, "source": about["source"],
    }  # fmt: skip
    for year in _years_after(known, later, as_of):
        value = later[year]
        yield {**head, "kind": "yearly change", "period": year, "observed": value, "deviation": value - shape[2],
               "quantile": cdf(*shape, value)}  # fmt: skip
    for year in _years_after(known, later, as_of):
        years = [y for y in sorted(later) if until < y <= year]
        mean = 100 * (math.prod(1 + later[y] / 100 for y in years) ** (1 / len(years)) - 1)
        yield {**head, "kind": "mean yearly change", "period": f"{years[0]}-{year}", "observed": mean,
               "deviation": mean - shape[2], "quantile": cdf(*shape, mean)}  # fmt: skip


def _exchange(ex_ante: ResultSet, ex_post: ResultSet, as_of: str) -> Iterator[Row]:
    """Yield the yearly mean of each exchange rate against the forecast of the model, and against a random walk.

    As modelled, the logarithm of a rate against the rate expected is the currency's movement times √t, t years from
    the date of knowledge to the middle of the year; a currency without a movement is a point without quantile. The
    yardstick beside it is a random walk without drift from the last month with the volatility of the ten years before:
    ``ln(mean of the year ÷ last) ~ N(0, σ² (t + 1/3))``, t years from the last month to the start of the year (the
    variance of the mean of a random walk over a year).
    """
    parameters, before, after = _parameters(ex_ante), _series(ex_ante), _series(ex_post)
    about = _about(ex_post)
    for code in ("USD", "EUR"):
        name = f"chf_per_{code.lower()}"
        known, later = before.get(name, {}), after.get(name, {})
        if len(known) < _MONTHS or not later:
            continue
        last = max(known)
        level = known[last]
        factor, movement = (parameters.get(f"currencies.{code}.{key}") for key in ("forecast", "movement"))
        expected = level if factor is None else parameters[f"currencies.{code}.base"]["mode"] * factor["mode"]
        sigma = volatility([known[period] for period in sorted(known)[-_MONTHS - 1 :]])
        head = {"name": name, "title": about[name]["title"], "unit": f"CHF/{code}", "known_until": last,
                "source": about[name]["source"], "kind": "yearly mean"}  # fmt: skip
        for year in _years_after(known, later, as_of):
            observed = float(np.mean([value for period, value in later.items() if period[:4] == year]))
            passed = int(year) + 0.5 - int(as_of[:4]) - int(as_of[5:7]) / 12  # as_of is the end of a month
            yield {**head, "period": year, "observed": observed, **_as_modelled(movement, expected, observed, passed)}
            start = int(year) - int(last[:4]) - (int(last[5:7]) - 0.5) / 12
            spread = sigma * math.sqrt(start + 1 / 3)
            z = math.log(observed / level) / spread
            yield {
                **head, "period": year, "observed": observed, "forecast_mode": level,
                "forecast_low": level * math.exp(-1.2815515655446004 * spread),
                "forecast_high": level * math.exp(1.2815515655446004 * spread), "deviation": observed / level - 1,
                "quantile": 0.5 * math.erfc(-z / math.sqrt(2)), "method": "yardstick: random walk from the last month "
                    "known",
                "distribution": f"lognormal, {100 * sigma:.1f} per cent a year; low and high at P10 and P90",
            }  # fmt: skip


def _as_modelled(movement: Mapping[str, Any] | None, level: float, observed: float, years: float) -> dict[str, Any]:
    """Return the rate of a year as the model draws it, P10 to P90, and where the observation falls in it."""
    found = {"forecast_mode": level, "deviation": observed / level - 1}
    if movement is None or movement["low"] == movement["high"]:
        method, text = "as modelled: held at the last month known", "point"
        return {**found, "forecast_low": level, "forecast_high": level, "quantile": None, "method": method,
                "distribution": text}  # fmt: skip
    kind, low, mode, high, at = _estimate(movement)
    ends = quantile(np.array([0.1, 0.9]), kind, low, mode, high, *percentiles(at)) / 100 * math.sqrt(years)
    moved = 100 * math.log(observed / level) / math.sqrt(years)
    return {
        **found, "forecast_low": level * math.exp(ends[0]), "forecast_high": level * math.exp(ends[1]),
        "quantile": cdf(kind, low, mode, high, at, moved), "method": "as modelled: the currency's movement around the "
            "last month known, grown with the root of time",
        "distribution": f"{kind} on the log scale; low and high at P10 and P90",
    }  # fmt: skip


def _finance(ex_ante: ResultSet, ex_post: ResultSet) -> Iterator[Row]:
    """Yield the audited series in CHF by year and four-year plan beside the assumed plan and the additional need."""
    series, known = _series(ex_post), _series(ex_ante)
    if any(f"itu_{key}_usd" not in series for key in _FINANCES) or "chf_per_usd" not in series:
        return
    need = [row["additional_nominal"] for row in ex_ante.table("summary.initiatives") if str(row["period"]).isdigit()]
    plan = _parameters(ex_ante).get("funding.four_year_plan")
    rates: dict[str, list[float]] = {}
    for period, value in series["chf_per_usd"].items():
        rates.setdefault(period[:4], []).append(value)
    years = [y for y in sorted(series["itu_expense_usd"]) if len(rates.get(y, ())) == 12]
    amounts = {
        y: {key: series[f"itu_{key}_usd"].get(y, math.nan) * float(np.mean(rates[y])) for key in _FINANCES}
        for y in years
    }
    spans = [(y, [y]) for y in years]
    spans += [(f"{a}-{int(a) + 3}", [str(int(a) + i) for i in range(4)]) for a in years if int(a) % 4 == 0]
    for period, members in spans:
        if any(y not in amounts for y in members):
            continue
        part = len(members) / 4
        sums = {f"{key}_chf": sum(amounts[y][key] for y in members) for key in _FINANCES}
        bands = {f"plan_{key}_chf": plan[key] * part for key in ("low", "mode", "high")} if plan else {}
        needed = sum(need) * part
        yield {
            "period": period, "kind": "year" if len(members) == 1 else "four years",
            "known": all(y in known.get("itu_expense_usd", {}) for y in members),
            "chf_per_usd": float(np.mean([np.mean(rates[y]) for y in members])), **sums, **bands,
            "plan_to_expense": bands["plan_mode_chf"] / sums["expense_chf"] if bands else None,
            "need_chf": needed, "need_to_expense": needed / sums["expense_chf"],
            "source": _about(ex_post)["itu_expense_usd"]["source"],
        }  # fmt: skip
