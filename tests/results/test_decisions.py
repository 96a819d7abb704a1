"""Implications, deferral and tail: worked by hand on a small plan, and in balance in every scenario of the real one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.change import with_choice
from sfp_model.inputs.plan import Plan
from sfp_model.results import ResultSet, run
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_deferral import PARTS
from tests.model.plans import (
    HERE,
    Decision,
    Escalation,
    Option,
    Recurrence,
    action,
    line,
    plan,
    resource,
    settings,
    value,
)  # fmt: skip

MONEY = ("additional_constant", "additional_nominal", "absorbed_constant", "absorbed_nominal")


def small() -> Plan:
    """CHF 12,000 of work in the first year, CHF 1,000 a month after it, CHF 500 a month of management; 2 per cent."""
    cards = [
        resource("work", 1000, "day", escalation="grows"),
        resource("words", 100, "page-language", escalation="grows", languages="translation"),
        resource("post", 120_000, "person-year", escalation="grows", grade="P3", station="geneva", post="temporary"),
    ]
    lines = [
        line("x.1.1/work", "work", 12, sectors={"GS": 0.5, "BR": 0.5}),
        line("x.1.1/words", "words", 20, body="council"),
        line("x.2.1/work", "work", 1, action="x.2", recurs=Recurrence(0)),
        line("x.2.1/post", "post", 6, action="x.2", factor=1 / 12),
        line("x.3.1/work", "work", 0.5, action="x.3", recurs=Recurrence(0, "month", 24)),
    ]
    actions = [action("x.1", 0, 12), action("x.2", 12, 12, after=("x.1",)), action("x.3", 0, 24, phase="plan")]
    options = {"adopt": Option("adopt", "Now", ()), "defer": Option("defer", "Later", (), 24.0, "the same work")}
    grows = Escalation("grows", "Grows", value("escalation.grows.rate", 2, unit="percent/year"), None)
    frame = settings(bodies={"council": "Council"}, phases={"P1": (0.0, 12.0), "P2": (12.0, 18.0)})
    return plan(
        lines, actions, cards, settings=frame, escalations={"grows": grows},
        decisions={"q": Decision("q", "Whether", options, "adopt", ("x.1",), HERE)},
    )  # fmt: skip


def parts(results: ResultSet, months: int, column: str = "additional_constant") -> dict[str, dict[str, float]]:
    """Return amounts of a deferral by part and period, nil left out."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in results.table("decisions.deferral"):
        if row["months"] == months and row[column]:
            found[row["part"]][row["period"]] = row[column]
    return found


def test_a_delay_saves_nothing_by_hand() -> None:
    """Work moves a year on; what recurs loses 12 of 36 months, which come at the other end; management takes 6,000."""
    found = parts(run(small()), 12)
    assert found["one_off"] == pytest.approx({"2024": -14_000, "2025": 14_000 - 60_000, "2026": 60_000})
    assert found["recurrent"] == pytest.approx({"2025": -12_000})
    assert found["kept_on"] == pytest.approx({"after 2027": 12_000})
    assert found["management"] == pytest.approx({"2026": 6_000})


def test_waiting_costs_the_rise_of_prices() -> None:
    """A year later the same work is 2 per cent dearer: 14,000 at prices of 2024 and 60,000 at prices of 2025."""
    found = parts(run(small()), 12, "additional_nominal")
    work = 14_000 * 1.02**3 + 60_000 * 1.02**4
    assert sum(found["one_off"].values()) == pytest.approx(0.02 * work)
    moved = sum(sum(found[part].values()) for part in ("recurrent", "kept_on"))
    assert moved == pytest.approx(12_000 * (1.02**7 - 1.02**4))  # months of 2025 are now those of 2028
    assert sum(found["management"].values()) == pytest.approx(6_000 * 1.02**5, rel=1e-3)


def test_implications_by_hand() -> None:
    """Translation for Council is additional and one-off; what no decision governs stands in a row of its own."""
    results = run(small())
    rows = {(row["decision"], row["period"]): row for row in results.table("implications")}
    mine = rows["q", "2024"]
    assert mine["requirement_constant"] == mine["additional_constant"] == pytest.approx(14_000)
    assert mine["languages_constant"] == mine["bodies_constant"] == pytest.approx(2_000)
    assert rows["", "2025"]["temporary_months"] == pytest.approx(6)
    assert rows["", "2026"]["recurrent_constant"] == pytest.approx(12_000)
    (post,) = [row for row in results.table("implications.posts") if row["period"] == "2025"]
    assert (post["post"], post["grade"], post["person_months"]) == ("temporary", "P3", pytest.approx(6))


def test_tail_by_hand() -> None:
    """Phases end with month 18, so 2026 is the first full year; one line goes on with an end that nobody set."""
    results = run(small())
    (year,) = results.table("recurrent.year")
    assert (year["last_month"], year["year"]) == ("2025-06", "2026")
    assert year["additional_recurrent"] == year["full_year_additional"] == pytest.approx(12_000)
    (left,) = results.table("recurrent.tail")
    assert (left["line"], left["begins"], left["ends"]) == ("x.2.1/work", "2025-01", "open")
    assert left["next_year_nominal"] == pytest.approx(12_000 * 1.02**7)


@pytest.fixture(scope="module", params=scenario_names())
def scenario(request: pytest.FixtureRequest) -> tuple[Plan, ResultSet]:
    made = load_plan(scenario=request.param)
    return made, run(made)


def sums(rows: list[dict[str, Any]], keys: tuple[str, ...], column: str) -> dict[tuple[Any, ...], float]:
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in rows:
        found[tuple(row[key] for key in keys)] += row[column]
    return found


def test_no_decision_is_cheaper_for_being_late(scenario: tuple[Plan, ResultSet]) -> None:
    """At equal length of service the work costs the same in constant prices and, with rising prices, no less.

    What is known today has a franc that rose: there a line in dollars may be cheaper for being late.
    """
    made, results = scenario
    rows = results.table("decisions.deferral")
    assert {row["decision"] for row in rows} == set(made.decisions) and {row["part"] for row in rows} == set(PARTS)
    work = [row for row in rows if row["part"] != "management"]
    for column in ("additional_constant", "absorbed_constant"):
        for key, amount in sums(work, ("decision", "months"), column).items():
            assert amount == pytest.approx(0, abs=0.005), (key, column)
    for column in MONEY if made.scenario.name != "known-today" else MONEY[::2]:
        assert all(amount > -0.005 for amount in sums(rows, ("decision", "months"), column).values())


def test_a_biennium_later_is_the_option_to_defer(scenario: tuple[Plan, ResultSet]) -> None:
    """Shifting the governed actions by 24 months does what the option *defer* does, by year."""
    _, results = scenario
    later = [r for r in results.table("decisions.deferral") if r["months"] == 24 and r["part"] != "kept_on"]
    names = {"additional_constant": "delta_additional", "absorbed_constant": "delta_absorbed"}
    for ours, theirs in {**names, "additional_nominal": "delta_nominal"}.items():
        found = sums(later, ("decision", "period"), ours)
        for row in results.table("decisions"):
            if row["option"] == "defer" and row["period"] != "all":
                assert found[row["decision"], row["period"]] == pytest.approx(row[theirs], abs=0.005), row


def test_differences_are_those_of_the_whole_plan() -> None:
    """What a decision cannot move is left out of the comparison without changing it."""
    made = load_plan()
    rows = run(made).table("decisions")
    here = Evaluation.of(replace(made, event=None))
    for key, option in (("b.1", "B"), ("a.2", "defer"), ("MCK-FIN", "defer"), ("PWC-1.4", "defer")):
        other = Evaluation.of(with_choice(replace(made, event=None), key, option))
        for p, period in enumerate(here.periods):
            (row,) = (r for r in rows if (r["decision"], r["option"], r["period"]) == (key, option, period))
            for prices, column in (("constant", "delta_additional"), ("nominal", "delta_nominal")):
                totals = [e.outcome.amounts((), "year", "additional", prices)[1][0, p, 0] for e in (other, here)]
                assert totals[0] - totals[1] == pytest.approx(row[column], abs=0.005)


def test_implications_add_up_to_the_needs(scenario: tuple[Plan, ResultSet]) -> None:
    """Per year and funding mode the decisions and the rest are the plan, and the parts of a decision are its whole."""
    _, results = scenario
    rows, whole = results.table("implications"), results.table("summary.initiatives")
    for basis in ("constant", "nominal"):
        for ours, theirs in {"additional": "additional", "absorbable": "absorbed", "in_kind": "in_kind"}.items():
            found = sums(rows, ("period",), f"{ours}_{basis}")
            for key, amount in sums(whole, ("period",), f"{theirs}_{basis}").items():
                assert found[key] == pytest.approx(amount, abs=0.005)
        for row in rows:
            modes = sum(row[f"{mode}_{basis}"] for mode in ("additional", "absorbable", "in_kind"))
            assert row[f"requirement_{basis}"] == pytest.approx(modes, abs=0.005)
            kinds = row[f"one_off_{basis}"] + row[f"recurrent_{basis}"]
            assert row[f"additional_{basis}"] == pytest.approx(kinds, abs=0.005)
    months = sum(row["person_months"] for row in results.table("implications.posts") if row["funding"] == "absorbed")
    assert sum(row["absorbed_months"] for row in rows) == pytest.approx(months)
    spoken = [row for row in results.table("implications.languages") if row["funding"] == "additional"]
    lines = [row for row in spoken if row["languages"]]
    for rows_of, column in ((lines, "languages_constant"), ([r for r in spoken if r["body"]], "bodies_constant")):
        assert sum(row["constant_chf"] for row in rows_of) == pytest.approx(sum(row[column] for row in rows))


def test_the_tail_is_what_recurs(scenario: tuple[Plan, ResultSet]) -> None:
    """The lines of the tail add up to the cost of a full year, and to what stands after the horizon."""
    _, results = scenario
    lines, years = results.table("recurrent.tail"), results.table("summary.recurrent")
    for funding in ("additional", "absorbed"):
        found = sum(row["full_year_constant"] for row in lines if row["funding"] == funding)
        assert found == pytest.approx(sum(row[f"full_year_{funding}"] for row in years))
        left = sum(row["after_constant"] for row in lines if row["funding"] == funding)
        after = [row for row in results.table("summary.initiatives") if row["period"].startswith("after")]
        assert left == pytest.approx(sum(row[f"{funding}_constant"] for row in after), abs=0.05)
