"""The event model: identities, directions, bounds, editions, the fund and the tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.errors import UsageError
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.event import Case, compile_event, evaluate_event, tables
from sfp_model.model.event_checks import plausibility
from sfp_model.model.event_money import COST_IDS, REVENUE_IDS, draw_on_fund, opening_required
from tests.model import plans
from tests.model.event_example import compiled, outcome, small_plan

JOINT = 1  # position of the concept that holds an event
HELD = [1, 2]  # 2025 and 2026 on the axis from 2024 to 2027


def test_no_event_makes_no_difference() -> None:
    """Without an event nothing is earned, spent or gained."""
    found = outcome()
    assert not found.net[0].any()
    assert not found.money.cost_full[0].any()
    assert not found.criteria[:, 0].any()
    assert found.segments[:, 0].sum(axis=0) == pytest.approx(1500)


def test_lines_sum_to_totals_and_net_is_revenue_less_cost() -> None:
    """Cash lines add up to income and cash cost, and the net result is their difference, also with a host."""
    found = outcome((Case("joint", "physical", "host"),), income__host_cash=10000, income__voluntary=20000).money
    cash = [i for i, key in enumerate(REVENUE_IDS) if key != "host_in_kind"]
    assert found.revenue_lines[cash].sum(axis=0) == pytest.approx(found.revenue)
    paid = [i for i, key in enumerate(COST_IDS) if key not in ("staff_absorbed", "hall_in_kind")]
    assert found.cost_lines[paid].sum(axis=0) == pytest.approx(found.cost)
    assert found.cost_lines.sum(axis=0) == pytest.approx(found.cost_full)
    assert found.net == pytest.approx(found.revenue - found.cost)
    assert (found.revenue - found.earned)[:, HELD] == pytest.approx(30000)
    assert found.cost_lines[COST_IDS.index("voluntary_support")][:, HELD] == pytest.approx(1400)


def test_host_gives_the_halls_in_kind() -> None:
    """Halls that a host gives leave the cash cost and enter income and full cost alike."""
    paid, given = outcome((Case("joint", "physical", "geneva"),)), outcome((Case("joint", "physical", "host"),))
    hall = paid.money.cost_lines[COST_IDS.index("hall")]
    assert given.money.cost_in_kind == pytest.approx(hall)
    assert given.money.income_all - given.money.revenue == pytest.approx(hall)
    assert not given.money.cost_lines[COST_IDS.index("hall")].any()


def test_virtual_event_has_no_hall_and_no_exhibition() -> None:
    """A virtual event has remote participants only."""
    found = outcome((Case("joint", "virtual", "geneva"),))
    assert not found.demand.area.any()
    assert not found.demand.onsite.any()
    assert not found.money.cost_lines[COST_IDS.index("hall")].any()
    willing = 1.1 * (8 / 6) ** 0.5 * (0.2 + 0.5 * 0.9 + 0.3 * 0.95) * 1000
    assert found.demand.remote.sum() == pytest.approx(willing * (1 + 1.1 * 2 / 2.1))


@settings(max_examples=8, deadline=None)
@given(st.floats(0, 900), st.floats(1, 900))
def test_attendance_falls_as_the_fee_rises(fee: float, more: float) -> None:
    """A higher fee never brings more delegates; a free event keeps its demand."""
    low = outcome(fees__standard={"ict_large": fee}).demand.onsite[JOINT, HELD]
    high = outcome(fees__standard={"ict_large": fee + more}).demand.onsite[JOINT, HELD]
    free = outcome(fees__standard={}).demand.onsite[JOINT, HELD]
    assert (high < low).all()
    assert (low <= free).all()


def test_event_without_exhibition_keeps_visitors() -> None:
    """The cross-side effect is positive without exhibition and grows with it."""
    areas = {"exhibition__area_commercial": 0, "exhibition__area_sme": 0, "exhibition__area_ldc": 0}
    without, small = outcome(**areas), outcome()
    large = outcome(**{**areas, "exhibition__area_commercial": 5000})
    assert 0 < without.demand.onsite[JOINT, 1, 0] < small.demand.onsite[JOINT, 1, 0] < large.demand.onsite[JOINT, 1, 0]


def test_capacity_binds() -> None:
    """Delegates of the concept and of the joined event fit into the halls, and so does the exhibition."""
    found = outcome(
        places__capacity_delegates={"geneva": 1500, "host": 1500}, places__capacity_area={"geneva": 100, "host": 100}
    )
    assert found.demand.onsite[JOINT, HELD] == pytest.approx(1500 - 900)
    assert found.demand.area[:, JOINT, HELD].sum(axis=0) == pytest.approx(100)


def test_sponsorship_cap_binds() -> None:
    """Sponsors carry at most the stated share of the cash cost."""
    money = outcome(sponsorship__cap=0.1).money
    assert money.revenue_lines[REVENUE_IDS.index("sponsorship"), JOINT] == pytest.approx(0.1 * money.cost[JOINT])


def test_opening_fund_required_is_the_least_with_a_floor() -> None:
    """With it no edition needs a subsidy, with a franc less one does; a floor counts where there is a deficit."""
    assert opening_required(np.array([[[1.0], [-1.0]]]), np.array([0.5])).tolist() == [[0.5]]
    assert opening_required(np.array([[[1.0], [2.0]]]), np.array([0.5])).tolist() == [[0.0]]
    net = np.random.default_rng(1).normal(0, 100, (3, 4, 50))
    floor = np.full(50, 30.0)
    needed = opening_required(net, floor)
    for concept in range(3):
        enough, less = needed[concept], np.maximum(needed[concept] - 1, 0)
        assert draw_on_fund(net[[concept]], enough, floor)[1].sum() == pytest.approx(0, abs=1e-9)
        short = draw_on_fund(net[[concept]], less, floor)[1].sum(axis=(0, 1))
        assert (short[enough > 0] > 0).all()


def test_fund_is_drawn_before_the_budget_in_each_draw() -> None:
    """Subsidy is computed per draw: two draws that cancel out on average still need a subsidy in one."""
    net = np.array([[[100.0, -100.0]]])
    drawn, subsidy, balance = draw_on_fund(net, np.array([30.0, 30.0]), np.array([10.0, 10.0]))
    assert drawn.ravel().tolist() == [0, 20]
    assert subsidy.ravel().tolist() == [0, 80]
    assert balance.ravel().tolist() == [130, 10]


def test_subsidy_falls_in_the_month_of_the_edition() -> None:
    """The subsidy of the chosen concept enters the period of its edition: July 2025 is month 19 from January 2024."""
    found = outcome()
    periods = found.subsidy_by_period(50)
    assert periods.shape == (50, 1)
    assert np.flatnonzero(periods[:, 0]).tolist() == [19, 31]
    assert periods.sum() == pytest.approx(found.subsidy[JOINT].sum())
    assert found.absorbed_by_period(50).sum() == pytest.approx(230400 * 1.9)


def test_draws_are_independent_columns() -> None:
    """Evaluating many draws at once gives the same as one by one."""
    arrays, table = compiled(small_plan())
    generator = np.random.default_rng(0)
    values = table.base[:, None] * generator.uniform(0.9, 1.0, (len(table), 7))
    together = evaluate_event(arrays, values)
    for draw in range(7):
        alone = evaluate_event(arrays, values[:, draw : draw + 1])
        assert together.net[..., draw] == pytest.approx(alone.net[..., 0])
        assert together.criteria[..., draw] == pytest.approx(alone.criteria[..., 0])


def test_scores_are_linear_to_full_and_stay_there() -> None:
    """Twice the quantity of an edition as full scores 50, a tenth of it 100, a loss of it -100."""
    quantity = outcome().impact.quantity[:, JOINT, HELD].max(axis=1)[:, 0]
    criteria = outcome().arrays.criteria
    twice = outcome(impact__full=dict(zip(criteria, (2 * quantity).tolist(), strict=True))).impact
    expected = (50 * twice.quantity[:, JOINT, HELD, 0] / quantity[:, None]).mean(axis=1)
    assert twice.scores[:, JOINT, 0] == pytest.approx(expected)
    assert (expected > 40).all()
    tenth = outcome(impact__full=dict(zip(criteria, (0.1 * quantity).tolist(), strict=True))).impact
    assert tenth.scores[:, JOINT, 0] == pytest.approx(100)
    lost = outcome(demand__overlap=1, demand__loss_wsis=0.9, impact__full=dict.fromkeys(criteria, 1)).impact
    assert lost.scores[criteria.index("partnerships"), JOINT, 0] == pytest.approx(-100)


def test_sponsors_follow_visitors_and_format() -> None:
    """Packages go with (audience ÷ visitors supposed)^ψ up to the limit of their tier; few are taken up on line."""
    at = REVENUE_IDS.index("sponsorship")
    found = outcome(sponsorship__visitor_effect=0.8, sponsorship__cap=1)
    more = (found.demand.visitors[JOINT, HELD, 0] / 1000) ** 0.8
    expected = 0.5 * more * 200000 + 2 * 100000 + more * 50000  # gold stands at its limit of 2
    assert found.money.revenue_lines[at, JOINT, HELD, 0] == pytest.approx(expected)
    half = outcome(sponsorship__visitor_effect=0.8, sponsorship__cap=1, demand__attendance=500)
    assert (half.money.revenue_lines[at, JOINT, HELD] < found.money.revenue_lines[at, JOINT, HELD]).all()
    line = outcome((Case("joint", "virtual", "geneva"),), sponsorship__cap=1, sponsorship__visitor_effect=0).money
    assert line.revenue_lines[at, 0, HELD, 0] == pytest.approx(0.4 * (0.5 * 200000 + 3 * 100000 + 50000))


def test_event_on_line_costs_less() -> None:
    """Staff, marketing and rooms of an event on line cost the part that the format says; the whole costs less."""
    here, line = (outcome((Case("joint", form, "geneva"),)).money for form in ("hybrid", "virtual"))
    for key in ("staff_additional", "staff_absorbed", "marketing", "rooms"):
        at = COST_IDS.index(key)
        assert line.cost_lines[at, :, HELD] == pytest.approx(0.5 * here.cost_lines[at, :, HELD])
    assert (line.cost[:, HELD] < here.cost[:, HELD]).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 0.9))
def test_share_of_least_developed_countries_is_what_the_file_says(share: float) -> None:
    """The concept's own delegates divide by the share, whatever the mix; nobody else is gained or lost."""
    parts = {"governments_ldc": 0.9, "sme_developing": 0.2}
    changes = {
        "impact__ldc_share": parts, "demand__competition": {}, "fees__standard": {}, "cost__fellowships": 0,
        "exhibition__cross_side": 0,
    }  # fmt: skip
    found = outcome(demand__ldc_share=share, **changes)
    weight = np.array([[parts.get(name, 0.0)] for name in found.arrays.segments])
    odds = found.demand.ldc_odds[JOINT, 0]
    own = odds * weight / (1 + (odds - 1) * weight)
    assert (found.demand.own[:, JOINT, HELD, 0] * own).sum(axis=0) == pytest.approx(
        share * found.demand.onsite[JOINT, HELD, 0]
    )
    assert found.demand.onsite == pytest.approx(outcome(demand__ldc_share=0.3, **changes).demand.onsite)
    ldc = found.impact.ldc_delegates[JOINT, HELD, 0]
    everybody = found.demand.persons_own[JOINT, HELD, 0]
    assert ldc == pytest.approx(0.8 * share * everybody)  # none at the other events, an overlap of a fifth


def test_unity_is_judged_in_each_draw() -> None:
    """A draw below the least unity breaks the constraint; no event never does."""
    arrays, table = compiled(small_plan())
    values = np.repeat(table.base[:, None], 4, axis=1)
    values[arrays.rows["constraints.unity"][JOINT]] = [0.29, 0.3, 0.5, 0.9]
    united = evaluate_event(arrays, values).impact.united
    assert united[JOINT].tolist() == [False, True, True, True]
    assert united.all(axis=1).tolist() == [True, False]


def test_invalid_case_is_refused() -> None:
    """A combination that is not listed is refused by name."""
    with pytest.raises(UsageError, match="joint, virtual, host is not a valid combination"):
        compiled(small_plan(), (Case("joint", "virtual", "host"),))


def test_plan_without_event_compiles_to_none() -> None:
    """A plan may have no event."""
    plan = plans.plan([])
    assert compile_event(plan, None) is None  # type: ignore[arg-type]


def test_tables_have_the_columns_and_totals() -> None:
    """The tables agree with the outcome, and with each other."""
    plan = small_plan()
    arrays, table = compiled(plan)
    found = evaluate_event(arrays, table.base[:, None])
    rows = tables(plan, arrays, found)
    assert set(rows) == {"event.results", "event.lines", "event.segments", "event.impact", "event.checks"}
    total = next(r for r in rows["event.results"] if r["concept"] == "joint" and r["edition"] == "total")
    assert total["subsidy_chf"] == pytest.approx(found.subsidy[JOINT].sum())
    assert total["cost_per_ldc_chf"] == pytest.approx(total["cost_full_chf"] / total["diff_ldc_delegates"])  # type: ignore[operator]
    years = [r for r in rows["event.results"] if r["concept"] == "joint" and r["edition"] != "total"]
    assert [(r["edition"], r["held"]) for r in years] == [
        ("2024", False), ("2025", True), ("2026", True), ("2027", False),
    ]  # fmt: skip
    assert all(r["net_chf"] == r["onsite"] == r["diff_delegates"] == 0 for r in years if not r["held"])
    for column in ("net_chf", "subsidy_chf", "diff_ldc_delegates", "onsite", "exhibition_m2"):
        assert sum(r[column] for r in years) == pytest.approx(total[column])  # type: ignore[misc]
    assert total["chosen"] is True
    lines = [r for r in rows["event.lines"] if r["edition"] == "2025" and r["kind"] == "cost" and r["mode"] == "cash"]
    assert sum(r["amount_chf"] for r in lines) == pytest.approx(found.cost[JOINT, 1, 0])  # type: ignore[misc]
    assert all(r["basis"] and r["source"] for r in rows["event.lines"])
    none = next(r for r in rows["event.results"] if r["concept"] == "none")
    assert none["ratio_earned_direct"] == ""
    assert none["diff_delegates"] == 0
    assert isinstance(plan.event, EventPlan)
    assert plausibility(plan.event, arrays, found) == ()


def test_subsidy_follows_the_class_and_category_of_the_event() -> None:
    """Nominal prices of the subsidy grow with the class that the event file names, whatever classes there are."""
    made = small_plan(fund__opening=0)
    fast = plans.Escalation("fast", "Fast", plans.value("escalation.fast.rate", 10, unit="percent/year"), None)
    still = made.escalations["flat"]
    assert isinstance(made.event, EventPlan)
    event = replace(made.event, escalation="fast", category="staff")
    made = replace(made, event=event, escalations={"flat": still, "fast": fast, "prices": replace(still, id="prices")})
    arrays = compile(made)
    found = evaluate(arrays, base(arrays))
    (labels, constant), (_, nominal) = (found.amounts(("category",), prices=p) for p in ("constant", "nominal"))
    assert labels == (("staff",),)
    growth = nominal[0, 2:4, 0] / constant[0, 2:4, 0]
    assert growth == pytest.approx(1.1 ** (np.array([4.0, 5.0]) + 1 / 24), rel=2e-3)
    assert not arrays.event.rows["demand.attendance"].flags.writeable


def test_prices_of_a_year_far_off_are_brought_to_the_base_year() -> None:
    """The price calendar reaches to the price year of the event."""
    made = small_plan()
    assert isinstance(made.event, EventPlan)
    for year in (1950, 2090):
        arrays = compile(replace(made, event=replace(made.event, price_year=year)))
        assert arrays.event.scale["cost.marketing"] == pytest.approx(1)
