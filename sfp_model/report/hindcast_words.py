"""The hindcast on its page: observations against the forecast as it stood, audited finances as a scale check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfp_model.report.format import day, number, percent
from sfp_model.report.sentences import answer, count
from sfp_model.report.tables import SURE, Markdown, statement, text_table
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = ["finance_table", "finance_words", "hindcast_answer", "lesson_words", "prices_figure", "prices_table"]

_NAMES = {
    "swiss_cpi": "Swiss consumer prices",
    "chf_per_usd": "CHF for one US dollar",
    "chf_per_eur": "CHF for one euro",
}
_NOTHING = "No scenario of this plan knows observations of later date"
_OUT = 0.05  # below this share of a forecast, or above one less it, an observation is called far out


def _prices(tables: Tables, kind: str = "") -> pd.DataFrame:
    frame = tables["hindcast.prices"]
    return frame[frame["kind"] == kind] if kind else frame


def hindcast_answer(tables: Tables) -> Markdown:
    """Answer how the forecast fared."""
    changes = _prices(tables, "yearly change")
    if changes.empty:
        return answer("No scenario knows more than the baseline, so there is nothing to compare the forecast with.")
    above = [row for row in records(changes) if row.quantile >= 1]
    inside = [row for row in records(changes) if 0 < row.quantile < 1]
    fell = listing(f"{row.period} fell at quantile {number(row.quantile, 2)}" for row in inside)
    text = f"Prices: {fell}."
    if above:
        years = listing(f"{number(row.observed, 1)} per cent in {row.period}" for row in above)
        text = (
            f"Prices: in {_word(len(above))} of {count(len(changes), 'year')} consumer prices rose by **more than the "
            f"forecast held possible** ({years}); {fell}."
        )
    return answer(
        text,
        _exchange_words(_prices(tables, "yearly mean")),
        "These are a handful of numbers that move together: they can show that a range was too narrow, but **not that "
        "the "
        "ranges are right**, and no share of hits is claimed.",
    )


def _word(n: int) -> str:
    return count(n, "one").partition("\u00a0")[0] if n else "none"


def _exchange_words(rates: pd.DataFrame) -> str:
    """Say how far exchange rates had moved by the last year observed."""
    if rates.empty:
        return ""
    modelled = rates[rates["method"].str.startswith("as modelled")]
    last = modelled[modelled["period"] == modelled["period"].max()]
    moved = listing(
        f"{_NAMES[row.name].replace('CHF for one', 'the')} {percent(abs(row.deviation), 1)} "
        f"{'below' if row.deviation < 0 else 'above'} it"
        for row in records(last)
    )
    drawn = modelled[modelled["distribution"] != "point"]
    text = (
        f"Exchange rates: the plan expects the last month known. In {modelled['period'].max()} they stood apart from "
        f"it: {moved}."
    )
    if drawn.empty:
        return f"{text} The plan gives them no range."
    far = drawn[(drawn["quantile"] < _OUT) | (drawn["quantile"] > 1 - _OUT)]
    return (
        f"{text} Of {count(len(drawn), 'yearly mean')}, {_word(len(far))} "
        f"{'lies' if len(far) <= 1 else 'lie'} outside the middle {percent(1 - 2 * _OUT)} of the range that the plan "
        "gives them."
    )


def prices_table(tables: Tables) -> Markdown:
    """Return every observation with the forecast as it stood and the quantile at which it fell."""
    frame = _prices(tables).copy()
    if frame.empty:
        return text_table([{"period": "none", "observed": _NOTHING}], {"period": "Period", "observed": "Observation"})
    frame["group"] = frame["name"].map(_NAMES) + ", " + frame["kind"].str.replace("yearly mean", "mean of the year")
    change = frame["name"] == "swiss_cpi"
    for column in ("observed", "forecast_low", "forecast_mode", "forecast_high"):
        frame[column] = [number(v, 1 if c else 3) if v else "0" for v, c in zip(frame[column], change, strict=True)]
    frame["deviation"] = [
        f"{number(v, 1)} points" if c else percent(v, 1) for v, c in zip(frame["deviation"], change, strict=True)
    ]
    frame["quantile"] = [_quantile(value) for value in frame["quantile"]]
    frame["how"] = frame["method"].str.partition(":")[0] + ": " + frame["distribution"].str.partition(";")[0]
    columns = {"observed": "Observed", "forecast_low": "Low", "forecast_mode": "Mode", "forecast_high": "High",
               "deviation": "Observed less mode", "quantile": "Quantile", "how": "Forecast"}  # fmt: skip
    return statement(
        frame, stub="period", group="group", columns=columns, formats="text",
        spanners={"Forecast as it stood": ["forecast_low", "forecast_mode", "forecast_high"]},
        unit="Consumer prices in per cent a year; exchange rates in CHF",
        notes=["Low and high: minimum and maximum of consumer prices, P10 and P90 of exchange rates",
               "As modelled, an exchange rate moves around the last month known, the more the later; the yardstick is "
               "a random walk with the volatility of the ten years before",
               "Quantile: share of the forecast at or below the observation; none where the forecast is a single value",
               "The model draws one rate of price escalation for all years, so each year and the mean of several have "
               "the "
               "same distribution; the mean starts after the last year known, 2021 included"],
        source="Federal Statistical Office and press (prices), FRED monthly means (exchange rates), forecast of the "
               "baseline",
    )  # fmt: skip


def _quantile(value: Any) -> str:
    if value is None or value != value:
        return "none"
    if value <= 0:
        return "below all"
    return "above all" if value >= 1 else number(float(value), 2)


def prices_figure(tables: Tables) -> Figure:
    """Draw observed values over the range of the forecast, one panel per series."""
    import matplotlib.pyplot as plt

    from sfp_model.report.figures import COLOURS

    frame = _prices(tables)
    frame = frame[frame["kind"].isin(["yearly change", "yearly mean"]) & frame["method"].str.startswith("as modelled")]
    names = [name for name in _NAMES if name in set(frame["name"])]
    figure, axes = plt.subplots(1, max(len(names), 1), figsize=(7.6, 3.1), squeeze=False)
    if not names:
        axes[0][0].set_axis_off()
        axes[0][0].text(0.5, 0.5, _NOTHING, ha="center", va="center")
        return figure
    for axis, name in zip(axes[0], names, strict=True):
        part = frame[frame["name"] == name]
        years = part["period"].astype(int).to_numpy()
        axis.fill_between(
            years, part["forecast_low"], part["forecast_high"], color=COLOURS[4], alpha=0.4, label="Forecast"
        )
        axis.plot(
            years, part["forecast_mode"], color=COLOURS[0], linestyle="--", linewidth=1, label="Mode of the forecast"
        )
        axis.plot(years, part["observed"], "o-", color=COLOURS[5], markersize=5, label="Observed")
        axis.set_title(_NAMES[name] + (", % a year" if name == "swiss_cpi" else ""), fontsize=9)
        axis.set_xticks(years)
        axis.tick_params(labelsize=8)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8.5)
    return figure


def finance_table(tables: Tables) -> Markdown:
    """Return the audited series in CHF beside the plan that was assumed."""
    frame = tables["hindcast.finance"].copy()
    if frame.empty:
        return text_table([{"period": "none", "observed": _NOTHING}], {"period": "Period", "observed": "Observation"})
    frame["group"] = frame["kind"].map({"year": "Years", "four years": "Four-year plans"})
    frame["label"] = frame["period"].str.replace("-", "–") + ["" if known else " *" for known in frame["known"]]
    for column in ("revenue_chf", "assessed_chf", "voluntary_chf", "expense_chf", "plan_mode_chf"):
        frame[column] = frame[column].astype(float) / 1e6
    columns = {"revenue_chf": "Revenue", "assessed_chf": "of it assessed", "voluntary_chf": "of it voluntary",
               "expense_chf": "Expense", "plan_mode_chf": "Assumed plan", "plan_to_expense": "Plan over expense",
               "need_to_expense": "Additional need over expense"}  # fmt: skip
    formats = dict.fromkeys(columns, "decimal") | {"plan_to_expense": "percent", "need_to_expense": "text"}
    frame["need_to_expense"] = [percent(value, 1) for value in frame["need_to_expense"]]
    return statement(
        frame, stub="label", group="group", columns=columns, formats=formats, unit="CHF millions, nominal",
        notes=["Basis: audited statements of all sources (IPSAS), with extra-budgetary work, after-service health "
               "insurance and "
               "actuarial items; the financial plan is the regular budget. The two are not comparable line by line",
               "US dollars at the mean rate of the year, within about 2 per cent of the operational rates of the "
               "United Nations",
               "Assumed plan: a quarter of the assumed four-year plan, or all of it; additional need: that of the "
               "baseline, "
               "nominal, on an average year or all of it",
               "* not known when the plan was made",
               *_ranges(tables)],
        source="CEB financial statistics; assumed plan and need of the baseline",
    )  # fmt: skip


def _ranges(tables: Tables) -> list[str]:
    """Say where the range of the need and of the assumed plan is."""
    scenarios = tables["compare.scenarios"]
    if scenarios.empty:
        return []
    first = f"../{scenarios['scenario'].iloc[0]}"
    return [
        f"The need is the base estimate: its range is on the page [How sure are we?]({first}/{SURE}#sec-build-up), "
        f"that of the assumed plan on the page [Assumptions and provenance]({first}/assumptions.ipynb#sec-frame)"
    ]


def finance_words(tables: Tables) -> str:
    """Say whether the scale is right."""
    frame = tables["hindcast.finance"]
    if frame.empty:
        return "There is no audited series to compare with."
    fours = list(records(frame[frame["kind"] == "four years"]))
    later = frame[(frame["kind"] == "year") & ~frame["known"]]
    shares = [row.plan_to_expense for row in fours]
    return (
        f"The assumed four-year plan is {percent(min(shares))} to {percent(max(shares))} of the audited expense of "
        f"{count(len(fours), 'four-year period')}, as it should be if the audited statements also hold work outside "
        f"the regular "
        f"budget; the share has fallen, because expense grew and the assumed plan does not. The baseline's additional "
        f"need "
        f"would be {percent(later['need_to_expense'].min(), 1)} to {percent(later['need_to_expense'].max(), 1)} of "
        f"the expense "
        f"of a year. This says that the scale is right, and no more: the bases differ."
    )


def lesson_words(tables: Tables) -> Markdown:
    """Say what follows for the ranges."""
    changes = _prices(tables, "yearly change")
    means = _prices(tables, "mean yearly change")
    if changes.empty:
        return Markdown("Nothing follows, for nothing was observed.")
    last = records(means)[-1]
    parts = [
        f"**One rate for all years hides single years.** Over {last.period.replace('-', '–')} prices rose by "
        f"{number(last.observed, 1)} per cent a year, at quantile {number(last.quantile, 2)} of the forecast: dear, "
        f"but within "
        "it. Single years were outside. What falls early in the plan carries more of that risk than the model shows.",
        "**The ranges are left as they are.** They state what could be known on "
        f"{day(str(tables['compare.scenarios']['as_of'].min()))}. To widen them now, because of what came, would make "
        f"the "
        "baseline look wiser than it was. The scenario *Known today* shows what the difference is worth.",
    ]
    return Markdown("\n\n".join(parts))
