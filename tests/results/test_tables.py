"""Tables of a small plan whose numbers can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.change import with_choice
from sfp_model.inputs.plan import CatalogueItem, Plan
from sfp_model.results import run
from sfp_model.results.breakdown import breakdown, periods
from tests.model.plans import (
    HERE,
    Decision,
    Option,
    Recurrence,
    Timing,
    action,
    line,
    plan,
    resource,
    settings,
)  # fmt: skip


def small() -> Plan:
    """Two actions, a decision between A and B with a line of its own, and one activity without cost."""
    cards = [resource("work", 1000, "day"), resource("staff", 120_000, "person-year", category="staff")]
    lines = [
        line("x.1.1/work", "work", 10, estimate={"low": 5, "high": 20}, sectors={"GS": 0.25, "BR": 0.75}),
        line("x.1.1/work.b", "work", 4, options=("B",)),
        line("x.1.1/staff", "staff", 3, factor=1 / 12, funding="absorbed"),
        line("x.2.1/work", "work", 1, action="x.2", recurs=Recurrence(6)),
        line("x.3.1/staff", "staff", 1, action="x.3", factor=1 / 12, funding="absorbed",
             timing=Timing("uniform", absolute=(-12, -6))),
    ]  # fmt: skip
    options = {"A": Option("A", "As it is", ("OPT-A",)), "B": Option("B", "Another way", ("OPT-B",), 0.0, "a mandate")}
    items = [
        CatalogueItem("TH", "theme", "A theme", "主题", "page 1", links={"gap": ("GAP",)}, no_cost="Finding"),
        CatalogueItem("GAP", "gap", "A gap", "差距", "page 1", links={"action": ("x.1",)}, no_cost="Finding"),
        CatalogueItem("x.1", "action", "Action one", "行动", "page 2"),
        CatalogueItem("x.3.1", "sub_action", "Before the horizon", "行动", "page 2"),
        CatalogueItem("x.4.1", "sub_action", "Free", "行动", "page 2"),
        CatalogueItem("HEAD", "report", "Head", "报告", "page 1", no_cost="Context"),
    ]
    made = plan(
        lines,
        [action("x.1", 0, 6), action("x.2", 6, 6, after=("x.1",)), action("x.3", 0, 6), action("x.4", 0, 6)],
        cards,
        decisions={"q": Decision("q", "How", options, "A", ("x.1",), HERE)},
        catalogue={item.id: item for item in items},
    )
    activities = {
        key: replace(activity, without_additional="not_done" if key == "x.2.1" else "carried",
                     without_additional_reason="needs money")
        for key, activity in made.activities.items()
    }  # fmt: skip
    return replace(made, activities=activities)


@pytest.fixture(scope="module")
def results():
    return run(small())


def by_key(rows, *keys):
    return {tuple(row[key] for key in keys): row for row in rows}


def test_needs_hold_active_lines_by_sector_and_period(results) -> None:
    """10 days split 1 : 3 between sectors; the line of option B is absent."""
    rows = by_key(results.table("transformation.needs"), "line", "sector", "period")
    assert rows["x.1.1/work", "BR", "2024"]["constant_chf"] == pytest.approx(7500)
    assert rows["x.1.1/staff", "GS", "2024"]["person_months"] == pytest.approx(3)
    assert rows["x.3.1/staff", "GS", "before 2024"]["constant_chf"] == pytest.approx(10_000)
    assert not any(key[0] == "x.1.1/work.b" for key in rows)


def test_lines_also_show_what_is_not_needed(results) -> None:
    """The line of option B stands there with what it would cost, not active."""
    rows = by_key(results.table("transformation.lines"), "line")
    assert rows["x.1.1/work.b",]["active"] is False
    assert rows["x.1.1/work.b",]["base_chf"] == pytest.approx(4000)
    assert rows["x.2.1/work",]["full_year_chf"] == pytest.approx(12_000)
    assert rows["x.1.1/work",]["quantity_high"] == 20


def test_summary_equals_needs(results) -> None:
    """Sums by initiative and period are the same from either table."""
    needs = results.table("transformation.needs")
    for row in results.table("summary.initiatives"):
        for funding in ("additional", "absorbed", "in_kind"):
            parts = [n for n in needs if n["period"] == row["period"] and n["funding"] == funding]
            assert row[f"{funding}_constant"] == pytest.approx(sum(n["constant_chf"] for n in parts))
            assert row[f"{funding}_nominal"] == pytest.approx(sum(n["nominal_chf"] for n in parts))


def test_months_add_up_to_the_horizon(results) -> None:
    """Months of the horizon hold what the years hold."""
    months = sum(row["additional_constant"] for row in results.table("summary.months"))
    years = sum(r["additional_constant"] for r in results.table("summary.initiatives") if r["period"].isdigit())
    assert months == pytest.approx(years)


def test_everything_reconciles(results) -> None:
    """No check leaves a difference."""
    rows = results.table("summary.reconciliation")
    assert len(rows) > 100
    assert max(row["difference_chf"] for row in rows) == 0


def test_decisions_compare_options(results) -> None:
    """Option B costs 4,000 more; the chosen option differs by nothing from itself."""
    rows = by_key(results.table("decisions"), "option", "period")
    assert rows["B", "all"]["delta_additional"] == pytest.approx(4000)
    assert rows["B", "2024"]["additional_constant"] == pytest.approx(14_000)
    assert rows["A", "all"]["delta_additional"] == 0
    assert rows["A", "all"]["chosen"] is True


def test_deferral_counts_actions_that_wait() -> None:
    """Deferred by 24 months, the governed action keeps its cost; what recurs after it runs 24 months less."""
    made = small()
    options = {"adopt": Option("adopt", "", ()), "defer": Option("defer", "", (), 24.0)}
    made = replace(made, decisions={"q": replace(made.decisions["q"], options=options, chosen="adopt")})
    rows = by_key(run(made).table("decisions"), "option", "period")
    assert rows["defer", "all"]["additional_constant"] == pytest.approx(rows["adopt", "all"]["additional_constant"])
    assert rows["defer", "all"]["delta_additional"] == pytest.approx(-24_000)


def test_with_choice_names_what_exists() -> None:
    """An unknown decision or option is refused with the choices."""
    assert with_choice(small(), "q", "B").decisions["q"].chosen == "B"
    with pytest.raises(UsageError, match="decisions are q"):
        with_choice(small(), "r", "B")
    with pytest.raises(UsageError, match="it has A, B"):
        with_choice(small(), "q", "C")


def test_trace_follows_links_and_says_why_nothing_is_costed(results) -> None:
    """A theme leads through its gap to the action; statuses tell cost, memo, no cost and context apart."""
    rows = by_key(results.table("trace"), "item")
    assert rows["TH",]["activities"] == "x.1.1"
    assert rows["TH",]["status"] == "context"
    assert rows["TH",]["additional_constant"] == pytest.approx(10_000)
    assert rows["x.1",]["status"] == "costed"
    assert rows["x.1",]["decisions"] == "q"
    assert rows["x.3.1",]["status"] == "before_2024"
    assert (rows["x.4.1",]["status"], rows["x.4.1",]["reason"]) == ("no_cost", "no cost")
    assert (rows["HEAD",]["status"], rows["HEAD",]["reason"]) == ("context", "Context")


def test_without_new_money_some_work_is_not_done() -> None:
    """Only absorbed time is left; the activity that needs money is told with what it would have cost."""
    made = replace(small(), settings=settings(funding_modes=("absorbed", "in_kind")))
    results = run(made)
    assert sum(row["additional_constant"] for row in results.table("summary.initiatives")) == 0
    (row,) = results.table("not_done")
    assert (row["activity"], row["level"], row["reason"]) == ("x.2.1", "not_done", "needs money")
    assert row["additional_dropped_chf"] == pytest.approx(36_000)


def test_breakdown_equals_the_tables(results) -> None:
    """The command line's breakdown is a sum over needs, with months from the same evaluation."""
    made = small()
    years = by_key(breakdown(made, results, ["initiative", "year"]), "initiative", "year")
    assert years["x", "2024"]["chf"] == pytest.approx(10_000)
    assert years["x", "2025"]["chf"] == pytest.approx(12_000)
    assert sum(row["chf"] for row in breakdown(made, results, ["month"])) == pytest.approx(46_000)
    assert breakdown(made, results, ["biennium"], "full")[0]["biennium"] == "before 2024"
    assert sum(row["chf"] for row in breakdown(made, results, ["sector"])) == pytest.approx(46_000)
    assert periods(made, "biennium")[1] == "2024-2025"
    for how in ((["grade"],), (["year", "month"],), (["year"], "need"), (["year"], "full", "real")):
        with pytest.raises(UsageError):
            breakdown(made, results, *how)


def test_deferral_counts_longer_programme_management() -> None:
    """What runs as long as the programme costs more when a governed action is deferred."""
    made = small()
    manage = line("x.5.1/work", "work", 1, action="x.5", recurs=Recurrence(0, "month", 12))
    options = {"adopt": Option("adopt", "", ()), "defer": Option("defer", "", (), 24.0)}
    made = plan(
        [*made.lines.values(), manage],
        [*made.actions.values(), action("x.5", 0, 12, phase="plan")],
        list(made.resources.values()),
        decisions={"q": replace(made.decisions["q"], options=options, chosen="adopt", governs=("x.4",))},
    )
    rows = by_key(run(made).table("decisions"), "option", "period")
    assert rows["defer", "all"]["additional_constant"] == 0
    assert rows["defer", "all"]["delta_additional"] == pytest.approx(18_000)  # ends in month 30, not in month 12


def test_every_table_that_a_module_offers_is_registered() -> None:
    """The names that the registry lists without importing the modules are those that the modules make."""
    from sfp_model.results import tables, tables_ceiling, tables_regional, tables_time, tables_tradeoff, tables_views
    from sfp_model.results.evaluation import Evaluation

    evaluation = Evaluation.of(load_plan())
    known = set(tables.all_tables(evaluation))
    offered = (
        tables_ceiling.CEILING_COLUMNS, tables_regional.TABLES, tables_time.time_tables(evaluation),
        tables_tradeoff.TRADEOFF, tables_views.NAMES,
    )  # fmt: skip
    for names in offered:
        assert set(names) <= known
