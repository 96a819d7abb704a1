"""How it is computed: the answer of the methods page, one line worked through, and the checks that parts add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.bands import standing
from sfp_model.report.format import NIL, chf, day, number
from sfp_model.report.sentences import answer, count, money
from sfp_model.report.tables import Markdown, statement

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["checks_table", "checks_words", "example", "frame_words", "methods_answer"]


def methods_answer(tables: Tables) -> Markdown:
    """Answer how an amount comes about, and whether the parts add up."""
    facts = tables.facts()
    checks = tables["summary.reconciliation"]
    worst = checks["difference_chf"].abs().max()
    summary = tables["summary.initiatives"]
    inside = summary[summary["period"].str.isdigit()]
    held = "every one holds" if worst <= 0.005 else f"the largest difference is {chf(worst, 2)}"
    return answer(
        "Every amount is **a quantity times a rate, placed in time**; nominal amounts add escalation and exchange "
        "rates. The "
        f"annex shows the base estimate: each input at its most likely value, which gives an additional need of "
        f"{money(inside['additional_constant'].sum())} in constant prices of {facts['base_year']} "
        f"({money(inside['additional_nominal'].sum())} nominal) and, as a memo item, absorbed time of "
        f"{money(inside['absorbed_constant'].sum())}.",
        f"{count(len(checks), 'check')} compare the amounts with each other by every level, cut and period; {held}. "
        "What the "
        "inside view, the outside view and events from outside mean for the total stands on the page "
        "[Risks and gains](risks.ipynb).",
    )


def example(tables: Tables) -> Markdown:
    """Work one line through: the largest one-off line of the scenario whose whole amount is one product."""
    lines = tables["transformation.lines"]
    lines = lines[lines["active"] & (lines["recurrence"] == "one_off") & (lines["unit"] != "CHF")]
    lines = lines.assign(product=lines["quantity_mode"] * lines["factor"] * lines["rate_mode"])
    lines = lines[(lines["product"] - lines["base_chf"]).abs() < 1]
    if (lines["funding"] == "additional").any():
        lines = lines[lines["funding"] == "additional"]
    if lines.empty:
        return Markdown("No line of this scenario is a single product.")
    line = lines.loc[lines["base_chf"].idxmax()]
    card = tables["rates"].set_index("resource").loc[line["resource"]]
    year = tables.facts()["base_year"]
    per = line["rate_unit"].partition("/")[2].replace("lump", "lump sum")
    unit = line["unit"].replace("lump", "lump sum")
    convert = _conversion(line["factor"], unit, per)
    mode = {"additional": "additional need", "absorbed": "absorbed time"}.get(line["funding"], "contribution in kind")
    return Markdown(
        f"**One line worked through.** `{line['line']}`, "
        f"{line['resource_title'][:1].lower()}{line['resource_title'][1:]}: "
        f"{_quantity(line['quantity_mode'])} {_plural(unit, line['quantity_mode'])}{convert}, times "
        f"{chf(line['rate_mode'], _digits(line['rate_mode']))} "
        f"of {year} per {per}, is **{chf(line['base_chf'])}** of {mode}. The rate was typed as "
        f"{card['currency']}\u00a0"
        f"{_quantity(card['rate_mode'])} at prices of {int(card['price_year'])}. Basis of the quantity: "
        f"{line['basis']} "
        f"(`{line['file']}`, line {int(line['file_line'])})."
    )


def _conversion(factor: float, unit: str, per: str) -> str:
    """Write the conversion into the unit of the rate with whole numbers where it is one.

    >>> _conversion(1 / 215, "person-day", "person-year"), _conversion(1, "day", "day")
    (' ÷ 215 person-days in a person-year', '')
    """
    if factor == 1:
        return ""
    if factor < 1:
        return f" ÷ {_quantity(round(1 / factor, 6))} {_plural(unit, 1 / factor)} in a {per}"
    return f" × {_quantity(round(factor, 6))} {_plural(per, factor)} in a {unit}"


def _plural(unit: str, value: float) -> str:
    return unit if value <= 1 else f"{unit}s"


def _digits(value: float) -> int:
    return 0 if abs(value) >= 20 else 2


def _quantity(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 2)


def frame_words(tables: Tables) -> str:
    """State the frame in which the scenario was computed."""
    facts = tables.facts()
    return (
        f"This scenario: plan start {day(facts['start'])}, horizon {facts['horizon'].replace('-', '–')}, base year "
        f"{facts['base_year']}, knowledge as of {day(facts['as_of'])}, seed {facts['seed']} (not used by the base "
        f"estimate)."
    )


def _checks(tables: Tables) -> pd.DataFrame:
    checks = tables["summary.reconciliation"]
    names = checks["check"].str.extract(r"^(?P<name>.*?) \((?P<measure>[^,]*), (?P<prices>[^)]*)\)$")
    return checks.join(names)


def checks_table(tables: Tables) -> Markdown:
    """Return each check with the amounts compared and the largest difference over measures and price bases."""
    import pandas as pd

    checks, rows = _checks(tables), []
    for name, part in checks.groupby("name", sort=False):
        amounts = part[part["prices"] == "constant"].set_index("measure")["left_chf"]
        rows.append(
            {"label": name, "n": len(part), "difference": part["difference_chf"].abs().max(),
             **{measure: amounts.get(measure) for measure in ("additional", "absorbed", "full")}}
        )  # fmt: skip
    table = pd.DataFrame(rows).astype(dict.fromkeys(("additional", "absorbed", "full", "difference"), float))
    columns = {"n": "Comparisons", "additional": "Additional need", "absorbed": "Absorbed time", "full": "Full cost",
               "difference": "Largest difference, CHF"}  # fmt: skip
    formats = {"n": "number", "difference": "rate"}
    return statement(
        table, stub="label", columns=columns, formats={c: formats.get(c, "thousands") for c in columns},
        spanners={"Amount compared, CHF thousands, constant prices": ["additional", "absorbed", "full"]},
        unit=f"Amounts in CHF thousands, constant prices of {tables.facts()['base_year']}, with the columns before and "
             "after the horizon except in the check of months; differences in full CHF",
        notes=["Comparisons: additional, absorbed, in kind and full, each in constant and nominal prices",
               f"{NIL} means no difference at all", standing(tables, "The checks compare the base estimate")],
        source="reconciliation of this scenario",
    )  # fmt: skip


def checks_words(tables: Tables) -> str:
    """Say how many checks were made and with what result."""
    checks = tables["summary.reconciliation"]
    wrong = int((checks["difference_chf"].abs() > 0.005).sum())
    result = (
        "none shows a difference"
        if not wrong
        else f"{count(wrong, 'check shows', 'checks show')} a difference, see the table"
    )
    return f"Of {count(len(checks), 'check')}, {result} (tolerance CHF 0.005)."
