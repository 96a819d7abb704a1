"""Risk events: absent from the base estimate, drawn with their probability, adding up in every draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sfp_model.errors import UsageError
from sfp_model.inputs.change_risk import with_response, without_risks
from sfp_model.inputs.plan import Decision, Option, Plan
from sfp_model.inputs.risk import Effect, Response, Risk
from sfp_model.model import base, compile, draw, evaluate, reconcile
from sfp_model.model.risks import base_need
from sfp_model.results import run
from sfp_model.uncertainty import quantiles
from tests.model.plans import HERE, Recurrence, action, line, plan, resource, settings, value


def risk(key: str = "late", p: float = 0.3, cost: float = 600.0, delay: float = 3.0, **more) -> Risk:
    """A risk of fixed size on x.1 whose response halves the probability for CHF 50."""
    unit, actions, taken = more.pop("unit", "CHF"), more.pop("actions", ("x.1",)), more.pop("taken", False)
    before = Effect(
        value(f"risks.{key}.before.probability", p, unit="probability"),
        value(f"risks.{key}.before.cost", cost, unit=unit, **more) if cost else None,
        value(f"risks.{key}.before.delay", delay, unit="month") if delay else None,
    )
    after = replace(before, probability=value(f"risks.{key}.after.probability", p / 2, unit="probability"))
    response = Response("Talk before", value(f"risks.{key}.response.cost", 50.0), taken, after)
    return Risk(key, "Event", "Owner", actions, (), "contractual", "flat", before, response, HERE)


def small(*risks: Risk, also=(), **more) -> Plan:
    """x.1 costs 10,000 in months 0–6, x.2 waits for it and costs 4,000; management runs 100 a month."""
    lines = [
        line("x.1.1/work", "work", 10),
        line("x.2.1/work", "work", 4, action="x.2"),
        line("x.3.1/month", "month", 1, action="x.3", recurs=Recurrence(0, "month", 12)),
        *also,
    ]
    cards = [resource("work", 1000, "day"), resource("month", 100, "month")]
    actions = [action("x.1", 0, 6), action("x.2", 6, 6, after=("x.1",)), action("x.3", 0, 12, phase="plan")]
    return plan(lines, actions, cards, risks={r.id: r for r in risks}, **more)


def forced(made: Plan, occurs: float = 1.0):
    """Evaluate with every event occurring (or not) and every other input at its base."""
    arrays = compile(made)
    array = arrays.inputs.base[:, None].copy()
    for row, key in enumerate(arrays.inputs.ids):
        if key.endswith("#occurs"):
            array[row] = occurs
    return evaluate(arrays, replace(base(arrays), array=array))


def test_base_estimate_knows_no_event() -> None:
    """The register changes no amount of the base estimate."""
    for made in (small(), small(risk()), small(risk(p=1.0))):
        outcome = evaluate(compile(made), base(compile(made)))
        assert outcome.amounts((), "total")[1].sum() == pytest.approx(15_200)


def test_an_event_costs_delays_and_lengthens_management() -> None:
    """CHF 600, and three months later: management of the programme costs three months more."""
    outcome = forced(small(risk()))
    assert outcome.amounts((), "total")[1].sum() == pytest.approx(15_200 + 600 + 300)
    assert outcome.schedule.start[:, 0].tolist() == [3, 9, 0]
    assert outcome.amounts(("initiative", "activity"), "total")[0][-1] == ("x", "x.risks")
    assert reconcile(outcome) == []


def test_delays_of_two_events_add_up_and_costs_split_over_actions() -> None:
    """Two events on x.1 delay it by five months; a cost in CHF falls in equal parts on two actions."""
    outcome = forced(small(risk(), risk("two", delay=2.0, actions=("x.1", "x.2"))))
    assert outcome.schedule.start[0, 0] == 5
    parts = dict(zip(*outcome.amounts(("resource",), "total"), strict=True))
    assert [parts[f"risks/two@{a}",].item() for a in ("x.1", "x.2")] == [300, 300]


def test_share_of_an_action_is_its_base_need() -> None:
    """A tenth of an action that needs 10,000 is 1,000; recurring need counts its months."""
    made = small(risk(cost=0.1, unit="share", actions=("x.1", "x.2"), delay=0))
    assert base_need(made) == pytest.approx({"x.1": 10_000, "x.2": 4_000, "x.3": 1_200})
    assert forced(made).amounts((), "total")[1].sum() == pytest.approx(15_200 + 1_400)


def test_base_need_equals_the_evaluation() -> None:
    """Shares rest on what the model itself needs per action, all periods."""
    made = small(risk(cost=0.1, unit="share"))
    outcome = evaluate(compile(made), base(compile(made)))
    amounts = dict(zip(*outcome.amounts(("action",), "total"), strict=True))
    for key, need in base_need(made).items():
        assert amounts[key,].item() == pytest.approx(need)


def test_no_overrun_applies_to_an_event() -> None:
    """In the outside view the class doubles the lines of the action, not the event."""
    classes = {"overrun_classes.soft.factor": value("overrun_classes.soft.factor", 2.0, 2.0, 2.0001, at="min-max")}
    frame = settings()
    made = small(risk(p=0.5, delay=0), settings=replace(frame, values={**frame.values, **classes}))
    arrays = compile(made)
    outcome = evaluate(arrays, draw(arrays, quantiles(arrays, 0, 0), "outside"))
    totals = outcome.amounts((), "total")[1][0, 0]
    happened = outcome.values.array[arrays.inputs.row("risks.late#occurs")] == 1
    assert happened.mean() == pytest.approx(0.5, abs=1e-3)
    assert totals[~happened] == pytest.approx(30_400, abs=2)
    assert totals[happened] == pytest.approx(31_000, abs=2)


@hypothesis_settings(max_examples=12, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(1, 1e6), st.floats(0, 24), st.integers(0, 3))
def test_draws_reconcile_and_have_the_probability(p: float, cost: float, delay: float, seed: int) -> None:
    """Every draw adds up; the share of draws with the event is p to one draw of the Latin hypercube."""
    arrays = compile(small(risk(p=p, cost=cost, delay=delay)))
    outcome = evaluate(arrays, draw(arrays, quantiles(arrays, seed, 0)))
    occurs = outcome.values.array[arrays.inputs.row("risks.late#occurs")]
    assert set(np.unique(occurs)) <= {0.0, 1.0}
    assert abs(occurs.mean() - p) <= 2 / occurs.size
    found = outcome.amounts(("resource",), "total")
    assert dict(zip(*found, strict=True))["risks/late@x.1",].mean() == pytest.approx(occurs.mean() * cost)
    few = replace(outcome.values, array=np.ascontiguousarray(outcome.values.array[:, :40]))
    assert reconcile(evaluate(arrays, few)) == []


def test_a_risk_changes_nobody_elses_draws() -> None:
    """With and without the register, and with the response taken, shared inputs have the same draws."""
    one, two = compile(small(risk())), compile(small(risk(), risk("other", 0.5)))
    taken = compile(with_response(small(risk()), "late"))
    key = "risks.late#occurs"
    q = [quantiles(a, 7, 3)[a.inputs.row(key)] for a in (one, two, taken)]
    assert (q[0] == q[1]).all()
    assert (q[0] == q[2]).all()


def test_a_response_taken_is_part_of_the_plan() -> None:
    """Its cost is certain and in the base estimate; the event becomes less likely."""
    made = with_response(small(risk()), "late")
    assert made.digest != small(risk()).digest
    outcome = evaluate(compile(made), base(compile(made)))
    assert outcome.amounts((), "total")[1].sum() == pytest.approx(15_250)
    assert reconcile(outcome) == []
    (row,) = run(made).table("risks")
    assert (row["taken"], row["response_chf"]) == (True, 50)
    needs = {r["line"]: r["constant_chf"] for r in run(made).table("transformation.needs")}
    assert needs["risks/late@x.1.response"] == pytest.approx(50)
    with pytest.raises(UsageError, match="risks are late"):
        with_response(made, "never")


def test_table_shows_probability_times_effect() -> None:
    """0.3 × 600 before, 0.15 × 600 after, 50 for the response; three months of management if it occurs."""
    (row,) = run(small(risk())).table("risks")
    assert row["expected_before_chf"] == pytest.approx(180)
    assert row["expected_after_chf"] == pytest.approx(90)
    assert row["delay_cost_before_chf"] == row["delay_cost_after_chf"] == pytest.approx(300)
    assert row["net_benefit_chf"] == pytest.approx(0.3 * 900 - 0.15 * 900 - 50)
    assert row["expected_delay_before"] == pytest.approx(0.9)
    assert row["delay_adds_chf"] == pytest.approx(300)
    assert row["delay_after_horizon_chf"] == 0
    assert row["in_plan"] is True


def test_delay_past_the_horizon_is_no_saving() -> None:
    """Four years later all work stands after the horizon; management runs five times as long, a fifth of it after."""
    (row,) = run(small(risk(delay=48.0))).table("risks")
    assert row["delay_after_horizon_chf"] == pytest.approx(14_000 + 1_200)
    assert row["delay_adds_chf"] == pytest.approx(-14_000 - 1_200 + 4_800)
    assert row["delay_cost_before_chf"] == pytest.approx(4_800)


def test_the_cost_of_a_delay_does_not_depend_on_whether_the_response_is_taken() -> None:
    """A response that shortens three months to one saves two months of management; the choice moves no benefit."""
    late = risk()
    after = replace(late.response.after, delay=value("risks.late.after.delay", 1.0, unit="month"))
    late = replace(late, response=replace(late.response, after=after))
    rows = [run(made).table("risks")[0] for made in (small(late), with_response(small(late), "late"))]
    for row in rows:
        assert (row["delay_cost_before_chf"], row["delay_cost_after_chf"]) == pytest.approx((300, 100))
        assert row["net_benefit_chf"] == pytest.approx(0.3 * 900 - 0.15 * 700 - 50)
    assert [row["delay_adds_chf"] for row in rows] == pytest.approx([300, 100])


def test_what_recurs_for_a_shorter_time_is_no_benefit() -> None:
    """An upkeep until the horizon that begins later lowers the need, and the delay is then said to cost nothing."""
    upkeep = line("x.2.1/month", "month", 5, action="x.2", recurs=Recurrence(0, "month", None))
    (row,) = run(small(risk(actions=("x.2",), cost=0, delay=2.0), also=[upkeep])).table("risks")
    assert row["delay_adds_chf"] == pytest.approx(200 - 1_000)
    assert row["delay_cost_before_chf"] == 0


def test_without_additional_money_the_cost_is_unfunded() -> None:
    """The scenario compiles no line of the register, and the table says so; delays stay."""
    made = small(risk(), settings=settings(funding_modes=("absorbed", "in_kind")))
    assert not any(key.startswith("risks/") for key in compile(made).lines.ids)
    assert forced(made).schedule.start[0, 0] == 3
    assert run(made).table("risks")[0]["in_plan"] is False
    assert compile(without_risks(made)).actions.risks == ()


def test_an_option_that_defers_adds_to_the_delay() -> None:
    """Delay of the option and of the event add up."""
    options = {"defer": Option("defer", "", (), 24.0)}
    decision = Decision("q", "When", options, "defer", ("x.1",), HERE)
    assert forced(small(risk(), decisions={"q": decision})).schedule.start[0, 0] == 27
