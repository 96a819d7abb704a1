"""The program equals docs/methods/worked-example.md: every number of its tables, amounts to the centime."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.model.evaluate import EFFECTS
from sfp_model.model.prices import Calendar, class_index
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_funding import gap, sources, units

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "methods" / "worked-example.md"
CENTIME = 0.005 + 1e-9


def number(cell: str) -> float:
    text = re.sub(r"[\s\u00a0]", "", cell)
    return 0.0 if text == "–" else float(text.replace("−", "-"))


@cache
def tables() -> dict[str, list[dict[str, list[float]]]]:
    """Return the tables of the page by heading: label of a row to its numbers."""
    found: dict[str, list[dict[str, list[float]]]] = {}
    heading, open_ = "", False
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        if text.startswith("## "):
            heading = text[3:]
        if not text.startswith("|"):
            open_ = False
            continue
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if not open_:
            found.setdefault(heading, []).append({})
            open_ = True
        elif not set(cells[0]) <= {"-"}:
            found[heading][-1][cells[0].strip("`")] = [number(cell) for cell in cells[1:]]
    return found


@cache
def evaluation(scenario: str = "baseline") -> Evaluation:
    return Evaluation.of(load_plan(HERE / "params", HERE / "data", scenario))


def by_line(scenario: str = "baseline", prices: str = "constant") -> dict[str, np.ndarray]:
    """Return amounts of each line in the years of the horizon and after it; nothing falls before."""
    made = evaluation(scenario)
    rows = getattr(made, prices)
    assert not rows[:, 0].any()
    return {facts.line: row[1:] for facts, row in zip(made.facts, rows, strict=True)}


def need(scenario: str = "baseline", prices: str = "constant") -> np.ndarray:
    funding = {facts.line: facts.funding for facts in evaluation(scenario).facts}
    lines = by_line(scenario, prices)
    result: np.ndarray = sum(row for line, row in lines.items() if funding[line] == "additional")  # type: ignore[assignment]
    return result


def test_quantities() -> None:
    """Quantity, conversion, rate, base-year price and constant amount of each line, those of option B as well."""
    (page,) = tables()["Quantities and base-year prices"]
    plan = evaluation("separate").plan
    arrays = evaluation("separate").arrays.lines
    constant = by_line("separate")
    assert set(page) == set(constant)
    for line, (quantity, in_rate_units, typed, base, amount) in page.items():
        at, card = arrays.ids.index(line), plan.resources[plan.lines[line].resource]
        assert plan.lines[line].quantity.estimate.mode == quantity
        assert quantity * arrays.factor[at] == pytest.approx(in_rate_units)
        assert card.rate.estimate.mode == typed
        assert typed * arrays.price[at] == pytest.approx(base, abs=CENTIME)
        unit = float(evaluation("separate").outcome.line_unit[at, 0])
        assert unit == pytest.approx(amount, abs=CENTIME)


@pytest.mark.parametrize(("heading", "prices"), [("Phasing", "constant"), ("Nominal prices", "nominal")])
def test_lines_by_year(heading: str, prices: str) -> None:
    """Each line in each year, and additional need, which leaves the absorbed time out."""
    (page,) = tables()[heading]
    total = page["additional need"]
    lines = by_line(prices=prices)
    assert set(page) - {"additional need"} == set(lines)
    for line, row in lines.items():
        assert row == pytest.approx(page[line], abs=CENTIME), line
    assert need(prices=prices) == pytest.approx(total, abs=CENTIME)


def test_escalation() -> None:
    """The index of everything else over years and half-years."""
    (page,) = tables()["Escalation"]
    plan = evaluation().plan
    calendar = Calendar.of(plan)
    index = class_index(plan.escalations["prices"], None, calendar, plan)
    for period, (expected,) in page.items():
        year, _, half = period.partition(", ")
        months = index[calendar.year(int(year))]
        part = {"": months, "first half": months[:6], "second half": months[6:]}[half]
        assert part.mean() == pytest.approx(expected, abs=5e-7), period


def test_exchange() -> None:
    """The missions: constant, price effect, exchange effect, interaction, nominal."""
    (page,) = tables()["Exchange"]
    outcome = evaluation().outcome
    at = evaluation().arrays.lines.ids.index("a.1.1/travel")
    for column, prices in enumerate(("constant", *EFFECTS, "nominal")):
        labels, amounts = outcome.amounts(("line",), "year", "additional", prices)  # type: ignore[arg-type]
        row = amounts[labels.index((evaluation().arrays.lines.ids[at],)), 1:, 0]
        assert row[:2] == pytest.approx([page["2024"][column], page["2025"][column]], abs=CENTIME), prices
        assert not row[2:].any()


def test_options() -> None:
    """Option B against option A."""
    (page,) = tables()["Options"]
    for prices, expected in page.items():
        assert need("separate", prices) - need("baseline", prices) == pytest.approx(expected, abs=CENTIME)


def test_delay() -> None:
    """What is deferred moves, stays visible after the horizon, and costs the same once, in constant prices."""
    lines, difference = tables()["Delay"]
    late = by_line("late", "nominal")
    for line, expected in lines.items():
        assert late[line] == pytest.approx(expected, abs=CENTIME), line
    for prices, expected in difference.items():
        assert need("late", prices) - need("baseline", prices) == pytest.approx(expected, abs=CENTIME)
    for scenario in ("baseline", "late"):
        assert by_line(scenario)["a.2.1/consultant"].sum() == pytest.approx(18_360)
        assert evaluation(scenario).outcome.full_year()[1][0, 0] == pytest.approx(5_000)


def test_funding() -> None:
    """Need, illustrative ceiling, regular budget, sources in order, support cost and gap, by year and by biennium."""
    (page,) = tables()["Funding"]
    gaps = {row["period"]: row for row in gap(evaluation()) if row["ceiling"] == "centre"}
    drawn = {(row["source"], row["period"]): row for row in sources(evaluation())}
    for label, (additional, ceiling, regular, surplus, voluntary, support, left) in page.items():
        period = label.replace("–", "-")
        row = gaps[period]
        assert row["additional_chf"] == pytest.approx(additional, abs=CENTIME)
        assert row["ceiling_chf"] == pytest.approx(ceiling)
        assert row["regular_chf"] == pytest.approx(regular, abs=CENTIME)
        assert row["gap_chf"] == pytest.approx(left, abs=CENTIME)
        assert drawn["surplus", period]["drawn_chf"] == pytest.approx(surplus, abs=CENTIME)
        assert drawn["voluntary", period]["drawn_chf"] == pytest.approx(voluntary, abs=CENTIME)
        assert drawn["voluntary", period]["support_cost_chf"] == pytest.approx(support, abs=CENTIME)


def test_contributory_units() -> None:
    """The annual amounts in contributory units."""
    (page,) = tables()["Contributory units"]
    rows = {row["period"]: row for row in units(evaluation()) if row["measure"] == "additional need"}
    assert set(page) == set(rows)
    for period, (amount, expected) in page.items():
        assert rows[period]["amount_chf"] == pytest.approx(amount, abs=CENTIME)
        assert rows[period]["units"] == pytest.approx(expected, abs=5e-7)


def test_no_table_is_left_out() -> None:
    """Every table of the page is read by a test."""
    amounts = {"Phasing", "Nominal prices", "Options", "Delay", "Funding", "Contributory units"}
    read = {"Quantities and base-year prices", "Escalation", "Exchange"} | amounts
    assert set(tables()) == read
    assert sum(len(found) for found in tables().values()) == len(read) + 1
