"""From constant to nominal prices: price effect, exchange effect and their interaction as lines of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfp_model.report.bands import Bands, Cells, Key
from sfp_model.report.format import percent
from sfp_model.report.needs_tables import of_programmes
from sfp_model.report.sentences import money
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import horizon, in_years, memo_columns, programme_needs, records, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["effects_by_initiative", "effects_by_year", "effects_words"]

_STEPS = {
    "constant_chf": "Constant prices",
    "price_effect_chf": "Price effect",
    "exchange_effect_chf": "Exchange effect",
    "interaction_chf": "Interaction of the two",
    "nominal_chf": "Nominal prices",
}
_NOTES = (
    "Price effect: rise of prices since the base year at base-year exchange rates. Exchange effect: exchange rates "
    "against the base year at base-year prices. Interaction: the exchange rate on the rise of prices. "
    "Constant + the three = nominal, in the base estimate as in every draw; ranges stand at the two price bases",
)


def _additional(tables: Tables, programmes: Sequence[str]) -> pd.DataFrame:
    names = of_programmes(tables, programmes)
    needs = programme_needs(tables, *names["programme"].unique())
    return needs[needs["funding"] == "additional"]


def effects_by_year(tables: Tables, programmes: Sequence[str] = ()) -> Markdown:
    """Return additional need from constant to nominal by programme and year, with biennial sub-totals."""
    import pandas as pd

    needs = _additional(tables, programmes)
    periods = list(dict.fromkeys(tables["summary.initiatives"]["period"]))
    wanted = list(dict.fromkeys(of_programmes(tables, programmes)["programme"]))
    parts = []
    names: list[tuple[str, Key]] = []
    for programme in (*wanted, "") if len(wanted) > 1 else wanted:
        name = ("programme", programme, "", "") if programme else ("total", "", "", "")
        names += [(column, name) for column in _STEPS]
        mine = needs[needs["programme"] == programme] if programme else needs
        nil = pd.DataFrame({"period": periods, **dict.fromkeys(_STEPS, 0.0)})  # a scenario may have no need at all
        mine = pd.concat([nil, mine[["period", *_STEPS]]], ignore_index=True)
        steps = [
            in_years(mine.assign(step=words), "step", column, total="", keep=True) for column, words in _STEPS.items()
        ]
        parts.append(pd.concat(steps, ignore_index=True).assign(group=wording(programme) if programme else "Together"))
    table = pd.concat(parts, ignore_index=True)
    outside = [c for c in memo_columns(needs) if c in table.columns]
    table[outside] = table[outside].fillna(0.0)
    inner = [c for c in table.columns if c not in ("step", "group", *outside)]
    nominal = [i for i, step in enumerate(table["step"]) if step == _STEPS["nominal_chf"]]
    return statement(
        table, stub="step", group="group" if len(wanted) > 1 else None, totals=nominal, notes=_NOTES,
        columns={c: c for c in (*inner, *outside)}, unit=f"CHF thousands; base year {tables.facts()['base_year']}",
        spanners={"Memo, outside the plan": outside} if outside else None,
        source="Resource lines, from the parameter files", ranges=_ranges(tables, names, [*inner, *outside]),
    )  # fmt: skip


def _ranges(tables: Tables, names: Sequence[tuple[str, Key]], columns: Sequence[str]) -> Cells:
    """Return the ranges of the rows in constant and in nominal prices."""
    found: Cells = {}
    for prices in ("constant", "nominal"):
        rows = [name if step == f"{prices}_chf" else None for step, name in names]
        found.update(Bands(tables, "additional", prices).cells(rows, columns))
    return found


def effects_by_initiative(tables: Tables, programmes: Sequence[str]) -> Markdown:
    """Return additional need inside the horizon from constant to nominal, one row per initiative."""
    names = of_programmes(tables, programmes)[["initiative", "label", "programme"]].drop_duplicates()
    sums = horizon(_additional(tables, programmes)).groupby("initiative")[list(_STEPS)].sum()
    table = names.join(sums, on="initiative").fillna(0.0).reset_index(drop=True)
    keys: list[Key] = [("initiative", row.programme, row.initiative, "") for row in records(table)]
    ranges: Cells = {}
    for prices in ("constant", "nominal"):
        bands = Bands(tables, "additional", prices)
        found = bands.cells([*keys, bands.whole(list(names["programme"].unique()))], ["all"])
        ranges |= {(i, f"{prices}_chf"): pair for (i, _), pair in found.items()}
    table.loc[len(table)] = {"initiative": "", "label": "Total", **table[list(_STEPS)].sum().to_dict()}
    return statement(
        table, stub="label", columns=_STEPS, totals=[len(table) - 1], notes=_NOTES, ranges=ranges,
        unit=f"CHF thousands, sums of the plan's years; base year {tables.facts()['base_year']}",
        source="Resource lines, from the parameter files",
    )  # fmt: skip


def effects_words(tables: Tables, programmes: Sequence[str] = ()) -> str:
    """Say what lies between the two price bases, and in which currency the plan is paid."""
    inside = horizon(_additional(tables, programmes))
    total = {column: float(inside[column].sum()) for column in _STEPS}
    if total["constant_chf"] < 50:
        return "There is no additional need in this scenario, so prices and exchange rates change nothing."
    base = tables.facts()["base_year"]
    price, exchange = total["price_effect_chf"], total["exchange_effect_chf"]
    foreign = inside[inside["exchange_effect_chf"].abs() > 0]
    text = (
        f"From constant prices of {base} to nominal prices, the additional need goes from "
        f"{money(total['constant_chf'])} to {money(total['nominal_chf'])}: prices "
        f"{'add' if price >= 0 else 'take off'} {money(abs(price))} ({percent(abs(price) / total['constant_chf'], 1)})"
    )
    if foreign.empty:
        return f"{text}. Every line is in Swiss francs, so exchange rates change nothing."
    share = percent(float(foreign["constant_chf"].sum()) / total["constant_chf"], 1)
    text += f", and exchange rates {'add' if exchange >= 0 else 'take off'} {money(abs(exchange))}"
    priced = f"{share} of the additional need is priced in another currency than the franc"
    if abs(exchange) < 0.1 * abs(price):
        return f"{text}. The exchange effect is small because only {priced}."
    return f"{text}; {priced}."
