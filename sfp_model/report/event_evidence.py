"""The flagship event against the real world: past forecasts, plausibility bands, cost of what is reached, payback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sfp_model.report.bands import EVENT
from sfp_model.report.event_tables import concepts
from sfp_model.report.format import number, percent
from sfp_model.report.sentences import answer, count, letters, money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import listing, records, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "checks_table", "evidence_answer", "hindcast_table", "meaning_words", "misses_words", "reached_table",
    "reached_words",
]  # fmt: skip

_FAR = 0.01  # an outcome below this quantile, or above 1 less it, was not foreseen


def _forecasts(tables: Tables) -> pd.DataFrame:
    rows = tables["event.hindcast"]
    return rows[rows["quantile"].notna()]


def _missed(tables: Tables) -> pd.DataFrame:
    rows = _forecasts(tables)
    return rows[(rows["quantile"] < _FAR) | (rows["quantile"] > 1 - _FAR)]


def evidence_answer(tables: Tables) -> Markdown:
    """Answer how far the event's figures agree with what happened and with published figures."""
    seen, missed, checks = _forecasts(tables), _missed(tables), tables["event.checks"]
    if seen.empty:
        first = "No past outcome is at hand to set the parameters of the event against."
    else:
        above, new = int((missed["quantile"] > 0.5).sum()), int((~missed["in_sample"]).sum())
        first = (
            "**As orders of magnitude.** The parameters give a forecast for "
            f"{count(len(seen), 'past outcome')}. {count(len(missed), 'outcome').capitalize()} fell outside nearly all "
            f"of the forecast ({letters(above)} above, {letters(len(missed) - above)} below); {letters(new)} of them "
            f"{'was' if new == 1 else 'were'} not used to set a parameter."
        )
    outside = checks[~checks["inside"]]
    held = int(checks["inside"].sum())
    second = (
        f"{letters(held).capitalize()} of {count(len(checks), 'check')} against published figures "
        f"{'holds' if held == 1 else 'hold'}"
    )
    measures = [_outside(tables, str(what), part) for what, part in outside.groupby("measure", sort=False)]
    second += f". Outside their bands are {'; '.join(measures)}." if measures else "."
    return answer(first, second)


def _outside(tables: Tables, what: str, rows: pd.DataFrame) -> str:
    """Return a measure with its values outside the band, concept by concept."""
    values = [
        f"{_amount(row.value, row.unit)}" + (f" (*{_names(tables)[row.concept]}*)" if row.concept else "")
        for row in records(rows)
    ]
    return f"the {what}: {listing(values)}"


def _names(tables: Tables) -> pd.Series:
    return concepts(tables).set_index("concept")["name"]


def _amount(value: float, unit: str) -> str:
    if unit == "CHF":
        return money(value)
    if unit == "share":
        return percent(value, 0 if abs(value) >= 0.1 else 1)
    if unit == "CHF/m2":
        return f"CHF\u00a0{number(value)} per m²"
    return f"CHF\u00a0{number(value)}" if unit.startswith("CHF/") else number(value, 1)


def hindcast_table(tables: Tables) -> Markdown:
    """Return outcomes with the forecast that the parameters give, and where the outcome fell in it."""
    rows = []
    for _, row in tables["event.hindcast"].iterrows():
        known = row["forecast_from"] != "none"
        spread = " – ".join(number(row[level]) for level in ("p10", "p50", "p90")) if known else "–"
        rows.append(
            {
                "event": row["event"], "outcome": number(row["outcome"]),
                "forecast": f"{_origin(row)}: {_kept(row['forecast'])}" if known else "none was found",
                "range": spread, "quantile": f"{row['quantile']:.2f}" if known else "–",
                "sample": ("yes" if row["in_sample"] else "no") if known else "–", "code": row["confidence"],
            }
        )  # fmt: skip
    heads = {"event": "Event", "outcome": "Outcome", "forecast": "Forecast from", "range": "P10 – P50 – P90",
             "quantile": "Quantile of the outcome", "sample": "In-sample", "code": "Code"}  # fmt: skip
    return text_table(rows, heads, widths=(24, 10, 22, 30, 10, 8, 6), right=("outcome", "range", "quantile"))


def _origin(row: pd.Series) -> str:
    return {"host": "a host", "organiser": "the organiser"}.get(row["forecast_from"], row["forecast_from"])


def _kept(text: str) -> str:
    """Return *text* with the thousands of its numbers kept together.

    >>> _kept("9 000 to 11 000 in 2015").replace("\u00a0", "_")
    '9_000 to 11_000 in 2015'
    """
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", text)


def misses_words(tables: Tables) -> Markdown:
    """Discuss each outcome that was not foreseen, in the words of the record."""
    lines = [
        f"* **{row['event']}**, {number(row['outcome'])} against {_origin(row)} ({_kept(row['forecast'])}). "
        f"{_kept(row['note'])}."
        for _, row in _missed(tables).iterrows()
    ]
    return Markdown("\n".join(lines) if lines else "No outcome fell outside its forecast.")


def checks_table(tables: Tables) -> Markdown:
    """Return every measured value with its band."""
    names = _names(tables)
    rows = [
        {
            "measure": f"{names[row.concept]}: {row.measure}" if row.concept else _capital(row.measure),
            "value": "at most 10⁻⁹" if row.check == "fixed_point" and row.inside else _amount(row.value, row.unit),
            "band": "at most 10⁻⁹" if row.check == "fixed_point"
            else f"at most {_amount(row.high, row.unit)}" if row.low == 0
            else f"{_amount(row.low, row.unit)} to {_amount(row.high, row.unit)}",
            "inside": "inside" if row.inside else "**outside**", "basis": row.basis,
        }
        for row in tables["event.checks"].itertuples()
    ]  # fmt: skip
    heads = {
        "measure": "What is measured",
        "value": "Value",
        "band": "Band",
        "inside": "Verdict",
        "basis": "Where it comes from",
    }
    return text_table(rows, heads, widths=(28, 14, 22, 8, 34), right=("value",))


def _capital(measure: str) -> str:
    """Return a measure with a capital, and the mix of delegates that it is of in brackets.

    >>> _capital("delegates from least developed countries, mix digital4good")
    'Delegates from least developed countries (mix Digital4good)'
    """
    words = re.sub(r", mix (\w+)$", lambda m: f" (mix {wording(m[1])})", measure)
    return words[:1].upper() + words[1:]


def reached_table(tables: Tables) -> Markdown:
    """Return what a further LDC delegate and a further SME cost by concept, the subsidy in units, fund and payback."""
    rows = concepts(tables)
    paid = tables["event.payback"].drop_duplicates("concept").set_index("concept")
    rows = rows.assign(
        payback=[paid.at[c, "payback"] for c in rows["concept"]],
        phase=[paid.at[c, "second_phase_chf"] for c in rows["concept"]],
        per_ldc=[_each(x) for x in rows["cost_per_ldc_chf"]], per_sme=[_each(x) for x in rows["cost_per_sme_chf"]],
    )  # fmt: skip
    columns = {
        "cost_full_chf": "Full cost", "per_ldc": "for each further LDC delegate, CHF",
        "per_sme": "for each further SME, CHF", "subsidy_units": "Subsidy, contributory units",
        "opening_required_chf": "Opening fund required", "phase": "Second phase", "payback": "Paid back by",
    }  # fmt: skip
    formats = {"cost_full_chf": "thousands", "opening_required_chf": "thousands", "phase": "thousands",
               "subsidy_units": "decimal", "per_ldc": "text", "per_sme": "text", "payback": "text"}  # fmt: skip
    return statement(
        rows, stub="concept_title", columns=columns, formats=formats,
        unit=f"CHF thousands unless said, constant prices of {tables.facts()['base_year']}, all editions",
        notes=["Full cost: cash, staff already paid and halls in kind. LDC delegates, on site and remote, and SMEs are "
               "those whom the concept adds; – where it adds none",
               "Subsidy in contributory units of one year, summed over the editions",
               "Opening fund required: least balance of the exhibition fund with which no edition needs a subsidy; the "
               "balance itself was not found",
               "Second phase: one-off additional need of the second phase of the design", EVENT],
        source="event model, made from params/event.yml and the rate card",
    )  # fmt: skip


def _each(amount: float | None) -> str:
    return "–" if amount is None or amount != amount else number(round(float(amount), -2))


def reached_words(tables: Tables) -> str:
    """Say which concept reaches LDC delegates and SMEs at least cost, and whether one pays the second phase back."""
    rows = concepts(tables)
    names = rows.set_index("concept")["name"]
    words = []
    for column, whom in (("cost_per_ldc_chf", "a further LDC delegate"), ("cost_per_sme_chf", "a further SME")):
        found = rows[rows[column].notna()]
        if len(found):
            best = found.loc[found[column].idxmin()]
            words.append(f"{whom} costs least with *{best['concept_title']}* (CHF\u00a0{_each(best[column])})")
    paid = tables["event.payback"].drop_duplicates("concept")
    back = paid[paid["payback"] != "none"]
    phase = money(float(paid["second_phase_chf"].iloc[0])) if len(paid) else "nil"
    need = "it takes no additional need here" if phase == "nil" else f"{phase} of additional need"
    first = listing(words)[:1].upper() + listing(words)[1:] + "." if words else "No concept adds LDC delegates or SMEs."
    if len(back):
        done = listing([f"*{names[r.concept]}* by {r.payback}" for r in back.itertuples()])
        return f"{first} The second phase of the design ({phase}) is paid back with {done}."
    return f"{first} **No concept pays the second phase of the design back** inside the horizon ({need})."


def _order_words(tables: Tables) -> str:
    """Say how often the concept with least expected subsidy is the cheapest: what the errors do to the order."""
    fund = tables["event.fund"]
    fund = fund[fund["admitted"]]
    if fund.empty:
        return ""
    least = fund.sort_values("subsidy_mean_chf", kind="stable").iloc[0]
    return (
        f"With all of them drawn, *{least['title']}* needs the least subsidy in the mean and is the "
        f"cheapest concept in {percent(least['least_subsidy'])} of the draws."
    )


def meaning_words(tables: Tables) -> Markdown:
    """Draw together what the comparison means for the decision."""
    missed = _missed(tables)
    points = [
        "Levels of attendance, revenue and subsidy are orders of magnitude, and so are the distances between the "
        "concepts: each has inputs of its own for attendance, sponsors and exhibition, so that an error in one of them "
        f"moves that concept alone. {_order_words(tables)}",
        "A host's forecast is not a plan figure: a concept that is planned from one says so in the parameter file and "
        "is cut by the realisation rate.",
        "No result of a past ITU event was found. The one check that would settle most, the accounts of ITU Telecom "
        "World, is inside ITU.",
    ]
    up = missed[(missed["quantile"] > 0.5) & (missed["forecast_from"] == "the event model")]
    if len(up):
        points.insert(
            1,
            f"{'; '.join(up['event'])}: more came than the parameters of this scenario hold possible. A decision "
            "should not rest on its level of attendance of a joint event.",
        )
    return Markdown("\n".join(f"* {point}" for point in points))
