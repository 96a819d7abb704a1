"""The tables in the layout of the budget end with the additional need of the plan, in scenarios that differ most."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from sfp_model.report import cross_tables, implication_tables, price_tables
from sfp_model.report.format import thousands
from sfp_model.report.reads import Tables
from tests.shared import open_tables

SCENARIOS = ("baseline", "known-today", "within-existing-resources")  # each draws its ranges, which costs time
TRANSFORMATION = ("transformation",)


def last_total(text: str) -> list[str]:
    """Return the cells of the last row that is printed as a total."""
    row = text[text.rindex('<tr class="total">') :]
    return re.findall(r"<td[^>]*>([^<]*)<", row[: row.index("</tr>")])


def plan(tables: Tables, programmes: tuple[str, ...] = (), prices: str = "constant") -> list[str]:
    """Return years, biennial sub-totals and the sum of the horizon as they are printed."""
    frame: pd.DataFrame = tables["summary.initiatives"]
    frame = frame[frame["programme"].isin(programmes)] if programmes else frame
    years = frame[frame["period"].str.isdigit()].groupby("period")[f"additional_{prices}"].sum()
    a, b, c, d = years
    return [thousands(round(x, 6)) for x in (a, b, a + b, c, d, c + d, a + b + c + d)]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_cuts_end_with_the_plan(scenario: str) -> None:
    """By Sector, recurrence, category, decision and price effect, years and biennia are those of the plan."""
    tables = open_tables("overview", scenario)
    wanted = plan(tables)
    size = len(wanted)
    for table in (cross_tables.by_sector(tables), cross_tables.recurrence_by_year(tables)):
        assert last_total(table.text)[:size] == wanted
    assert last_total(price_tables.effects_by_year(tables).text)[:size] == plan(tables, prices="nominal")
    own = open_tables("transformation", scenario)
    crossed = cross_tables.initiative_by_category(own, TRANSFORMATION)
    assert last_total(crossed.text)[:size] == plan(tables, TRANSFORMATION)
    decided = open_tables("decisions", scenario)
    for prices in ("constant", "nominal"):
        by_year = implication_tables.implications_by_year(decided, prices)
        assert last_total(by_year.text)[:size] == plan(tables, prices=prices)
