"""The command about decisions: options, programme budget implications, languages, and what waiting costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Prices, Scenario, app, results_of, write
from sfp_model.errors import UsageError

__all__ = ["decisions"]

Rows = list[dict[str, Any]]


class Show(StrEnum):
    """What is shown of the decisions."""

    options = "options"
    deferral = "deferral"
    implications = "implications"
    posts = "posts"
    languages = "languages"


_TABLES = {
    Show.options: ("decisions", "Additional need of each option against the option taken"),
    Show.deferral: ("decisions.deferral", "What deciding later takes more (additional need)"),
    Show.implications: ("implications", "Programme budget implications of the options taken"),
    Show.posts: ("implications.posts", "Work of people by decision, person-months"),
    Show.languages: ("implications.languages", "Languages and bodies of Member States, additional need"),
}
_NOTES = {
    Show.options: "One decision is changed at a time; differences of several changes need not add. A delay is not a "
    "saving. Kept on: the months that recurrent work loses by it, to be paid after the plan's years so that it runs as "
    "long as under the option taken; it is in no other column.",
    Show.deferral: "Kept on: what recurs, running as many months as without the delay; it falls after the plan. "
    "Waiting: all columns together; above 0, waiting costs more than deciding now.",
    Show.implications: "Years and columns without an amount are left out. Requirement = absorbable + in kind + "
    "additional; absorbed time is never added to cash. pm: person-months; over: absorbed above the released share of "
    "the time of staff.",
    Show.posts: "Existing posts give absorbed time; new and temporary posts are asked for. None: put to no decision.",
    Show.languages: "Rows without a body are languages that fall on none. Decision none: what no decision governs.",
}


@app.command()
def decisions(
    decision: Annotated[str, typer.Option("--decision", metavar="ID", help="Only this one, e.g. a.1.")] = "",
    show: Annotated[Show, typer.Option("--show", help="What is shown.")] = Show.options,
    prices: Annotated[Prices, typer.Option(help="Price basis of the table.")] = Prices.constant,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """What Member States are asked, and what each answer takes: options, implications, deferral.

    The table is a summary; CSV and JSON hold every row of the stored table, by year, in constant and nominal prices.
    """
    plan, results = results_of(params, data, scenario)
    if decision and decision not in plan.decisions:
        raise UsageError(f"no decision {decision!r}; decisions are {', '.join(plan.decisions)}")
    name, title = _TABLES[show]
    rows = [row for row in results.table(name) if not decision or row["decision"] == decision]
    about = {"show": show.value, "base_year": plan.settings.base_year, "unit": "CHF"}
    if how is not Format.table:
        write(rows, how, scenario, title, about=about, header=[column.name for column in results.columns(name)])
        return
    shown = [row | {"decision": row["decision"] or "none"} for row in _SUMMARIES[show](rows, prices.value)]
    of = f"CHF thousands, {prices.value} prices" + f" of {plan.settings.base_year}" * (prices is Prices.constant)
    numbers = [] if show is Show.posts or not shown else [k for k, v in shown[0].items() if isinstance(v, float)]
    write(
        shown, how, scenario, title, of=of * (show is not Show.posts), about=about,
        money=[k for k in numbers if not k.endswith(("months", " pm"))], note=_NOTES[show],
    )  # fmt: skip
    if show in (Show.options, Show.implications):
        _questions(rows)
    elif show is Show.languages:
        _ceiling(results.table("implications.ceiling"), prices.value)


def _questions(rows: Rows) -> None:
    """Write the question of each decision, what its options presuppose, and editions of the event that it overtakes."""
    asked: dict[str, Rows] = {}
    for row in rows:
        if all(row["option"] != other["option"] for other in asked.setdefault(row["decision"], [])):
            asked[row["decision"]].append(row)
    for decision, options in asked.items():
        print(f"{decision or 'none'}: {options[0]['title']}")
        for row in options if "presupposes" in options[0] else ():
            if row["presupposes"]:
                print(f"  {row['option']} presupposes: {row['presupposes']}")
            if row["early_editions"]:
                years = row["early_editions"].replace(";", ", ")
                print(f"  {row['option']}: editions of the event held before it is designed: {years}")


def _ceiling(rows: Rows, prices: str) -> None:
    """Compare the need for languages with the ceiling that was found; what bodies need besides is not in it."""
    from sfp_model.report.format import chf_words, percent

    found = {row["key"]: row for row in rows}
    value = found[f"languages_{prices}"]["value"]
    if value < 0.5:
        print("No additional need for interpretation or translation in this scenario.")
    else:
        print(
            f"Interpretation and translation in the whole plan: {chf_words(value)} of additional need, {prices} prices."
        )
    if "ceiling" not in found:
        print("No ceiling for languages is known.")
        return
    ceiling = found["ceiling"]
    years = ceiling["unit"].removeprefix("CHF/").replace("-", " ")
    print(f"Only ceiling found: {chf_words(ceiling['value'])} for {years}. {ceiling['note']}.")
    if "share" in found and value >= 0.5:
        print(f"The need of this plan is {percent(found['share']['value'], 2)} of it ({found['share']['note']}).")


def _sums(rows: Rows, keys: Sequence[str], amounts: Callable[[dict[str, Any]], dict[str, float]]) -> Rows:
    """Add rows up by *keys*; *amounts* says what each row adds to which column."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[k] for k in keys)
        entry = found.setdefault(key, dict(zip(keys, key, strict=True)))
        for column, value in amounts(row).items():
            entry[column] = entry.get(column, 0.0) + value
    columns = dict.fromkeys(column for entry in found.values() for column in entry)
    return [{column: entry.get(column, 0.0) for column in columns} for entry in found.values()]


def _options(rows: Rows, prices: str) -> Rows:
    column = "delta_nominal" if prices == "nominal" else "delta_additional"

    def amounts(row: dict[str, Any]) -> dict[str, float]:
        if row["period"] == "all":
            return {"kept on": row[f"kept_on_{prices}"]}
        inside = row[column] if row["period"].isdigit() else 0.0
        return {row["period"]: row[column], "plan": inside}

    last = ("plan", "kept on")
    made = _sums(rows, ("decision", "option", "option_title", "chosen"), amounts)
    nil = {k for k in (made[0] if made else {}) if k.startswith(("before", "after")) and not any(r[k] for r in made)}
    return [{k: v for k, v in row.items() if k not in {*last, *nil}} | {k: row[k] for k in last} for row in made]


def _deferral(rows: Rows, prices: str) -> Rows:
    def amounts(row: dict[str, Any]) -> dict[str, float]:
        value = row[f"additional_{prices}"]
        kept, managed = row["part"] == "kept_on", row["part"] == "management"
        when = "kept on" if kept else "plan" if row["period"].isdigit() else row["period"]
        return {when: value, "waiting": value, "of it management": value * managed}

    made = _sums(rows, ("decision", "months"), amounts)
    last = ("kept on", "waiting", "of it management")
    return [
        {k: v for k, v in row.items() if k not in last} | {k: row[k] for k in last} | {"months": f"{row['months']:g}"}
        for row in made
    ]


def _implications(rows: Rows, prices: str) -> Rows:
    money = ("requirement", "absorbable", "in_kind", "additional", "one_off", "recurrent", "languages", "bodies")
    months = ("absorbed", "over", "new", "temporary")

    def amounts(row: dict[str, Any]) -> dict[str, float]:
        return {name: row[f"{name}_{prices}"] for name in money} | {
            f"{name} pm": row[f"{name}_months"] for name in months
        }

    wanted = [row for row in rows if row["period"].isdigit()]
    years, whole = (_sums(part, ("decision", "option", "year"), amounts) for part in (
        [row | {"year": row["period"]} for row in wanted], [row | {"year": "plan"} for row in wanted]))  # fmt: skip
    found = []
    for total in whole:
        mine = [row for row in years if row["decision"] == total["decision"]]
        found += [row for row in mine if any(isinstance(v, float) and v for v in row.values())] + [total]
    nil = {k for k in ("in_kind", "over pm", "new pm", "temporary pm") if not any(row[k] for row in whole)}
    return [{k: v for k, v in row.items() if k not in nil} for row in found]


def _posts(rows: Rows, prices: str) -> Rows:
    def amounts(row: dict[str, Any]) -> dict[str, float]:
        return {"plan" if row["period"].isdigit() else row["period"]: row["person_months"]}

    return _sums(rows, ("decision", "post", "grade", "station"), amounts)


def _languages(rows: Rows, prices: str) -> Rows:
    def amounts(row: dict[str, Any]) -> dict[str, float]:
        return {"plan" if row["period"].isdigit() else row["period"]: row[f"{prices}_chf"]}

    new = [row for row in rows if row["funding"] == "additional"]
    return _sums(new, ("decision", "body_title", "languages"), amounts)


_SUMMARIES: dict[Show, Callable[[Rows, str], Rows]] = {
    Show.options: _options,
    Show.deferral: _deferral,
    Show.implications: _implications,
    Show.posts: _posts,
    Show.languages: _languages,
}
