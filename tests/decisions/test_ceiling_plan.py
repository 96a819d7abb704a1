"""From a plan to its ceiling problem and back: costs are the model's, in every option and at every start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sfp_model.decisions.ceiling import best
from sfp_model.decisions.ceiling_plan import as_plan, gap_values, joint_feasibility, problem_of, windows
from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.change import only_actions, with_choice
from sfp_model.inputs.plan import CatalogueItem, Decision, Option, Plan, Recurrence
from sfp_model.model import base, compile, evaluate
from tests.decisions.ceilings import everything
from tests.model import plans


def small(costs: list[float], lengths: list[float], after: list[bool], rises: float = 0.0, b_only: float = 0.0) -> Plan:
    """Return a plan of a few actions, programme management, one decision with options A and B, and two gaps."""
    keys = [f"x.{i}" for i in range(len(costs))]
    actions = [
        plans.action(key, 3.0 * (i % 2), lengths[i], after=(keys[i - 1],) if i and after[i] else ())
        for i, key in enumerate(keys)
    ]
    actions.append(plans.action("pm", 0, 12, phase="plan"))
    lines = [plans.line(f"{key}.1/work", "work", cost, action=key) for key, cost in zip(keys, costs, strict=True)]
    lines.append(plans.line("pm.1/work", "work", 2, action="pm", recurs=Recurrence(0.0, "month", 6.0)))
    lines.append(plans.line(f"{keys[0]}.1/b", "work", 5 + b_only, action=keys[0], options=("B",)))
    lines.append(plans.line(f"{keys[-1]}.1/kept", "work", 1, action=keys[-1], recurs=Recurrence(0.0, "year")))
    decision = Decision(
        "D", "Which?", {"A": Option("A", "A", ()), "B": Option("B", "B", ())}, "A", (keys[0],), plans.HERE
    )
    items = {
        "GAP-1": CatalogueItem("GAP-1", "gap", "One", "", "", links={"initiative": ("I-1", "I-2")}),
        "GAP-2": CatalogueItem("GAP-2", "gap", "Two", "", "", links={"initiative": ("I-2",)}),
        "I-1": CatalogueItem("I-1", "initiative", "First", "", "", links={"action": tuple(keys[:2])}),
        "I-2": CatalogueItem("I-2", "initiative", "Second", "", "", links={"action": tuple(keys[1:])}),
    }
    flat = plans.plan([plans.line("none.1/none", "work", 0, action=keys[0])]).escalations["flat"]
    rising = replace(flat, rate=plans.value("escalation.flat.rate", rises, unit="percent/year"))
    return plans.plan(lines, actions, decisions={"D": decision}, catalogue=items, escalations={"flat": rising})


def nominal(plan: Plan) -> np.ndarray:
    """Return the additional need by year of the horizon, nominal CHF."""
    arrays = compile(plan)
    result: np.ndarray = evaluate(arrays, base(arrays)).amounts((), "year", "additional", "nominal")[1][0, 1:-1, 0]
    return result


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 14), st.booleans()), min_size=2, max_size=5),
    st.integers(0, 60), st.sampled_from([0.0, 2.0]),
)  # fmt: skip
@example(parts=[(0, 8, False), (0, 1, False)], ceiling=1, rises=0.0)  # ends before the first action is as long
@settings(max_examples=200, deadline=None)
def test_a_choice_is_a_plan_that_costs_what_it_says(parts, ceiling: int, rises: float) -> None:
    """The best plan by trying everything; evaluated as a plan it needs the same and keeps the ceilings."""
    costs, lengths, after = (
        [float(p) if j < 2 else p for p in column] for j, column in enumerate(zip(*parts, strict=True))
    )
    plan = small(costs, lengths, after, rises)
    problem = problem_of(plan, windows(plan, ceiling * 1000.0), step=12)
    found = best(problem)
    tried = everything(problem)
    fits = tried.within(problem)
    assert (found is None) == (not fits.any())
    if found is not None:
        assert found.value == pytest.approx((tried.closed[fits].mean(axis=1)).max(), abs=1e-6)
        made = as_plan(plan, problem, found)
        assert nominal(made) == pytest.approx(found.need, abs=0.005)
        assert (nominal(made) <= ceiling * 1000.0 + 0.005).all()


def test_cost_of_the_plan_as_it_is() -> None:
    """Every action at its own start is the scenario: the same need by year, programme management included."""
    plan = load_plan()
    problem = problem_of(plan, windows(plan, 1e9))
    found = best(problem)
    assert found is not None
    assert all(candidate.delay == 0 for candidate in found.chosen)
    assert found.value == pytest.approx(1)
    assert found.need == pytest.approx(nominal(plan), abs=0.005)


@pytest.mark.parametrize(("scenario", "deferred"), [("baseline", ""), ("stretched", ""), ("baseline", "MCK-FIN")])
def test_a_choice_costs_what_it_says_wherever_the_plan_starts(scenario: str, deferred: str) -> None:
    """Also if the whole plan starts later, or if the decision that governs its management is put off."""
    plan = load_plan(scenario=scenario)
    plan = with_choice(plan, deferred, "defer") if deferred else plan
    problem = problem_of(plan, windows(plan, 1_460_000.0))
    found = best(problem)
    assert found is not None and 0 < found.value < 1
    assert nominal(as_plan(plan, problem, found)) == pytest.approx(found.need, abs=0.005)


def test_options_that_only_defer_are_start_dates() -> None:
    """A decision with other lines under B has two options to choose from, one that defers has none."""
    plan = load_plan()
    problem = problem_of(plan, windows(plan, 1e9), step=24)
    by_action: dict[str, set[str]] = {}
    for candidate in problem.candidates:
        by_action.setdefault(problem.actions[candidate.action], set()).add(candidate.option)
    assert by_action["a.1"] == {"A", "B"} and by_action["a.2"] == {""}


def test_options_of_the_scenario_can_be_kept() -> None:
    """No candidate has another option, and what is kept costs what the scenario's option costs."""
    plan = with_choice(load_plan(), "a.1", "B")
    kept, free = (problem_of(plan, windows(plan, 1e9), step=24, keep_options=keep) for keep in (True, False))
    assert {candidate.option for candidate in kept.candidates} == {""}
    found, other = best(kept), best(free)
    assert found is not None and other is not None
    assert found.need == pytest.approx(nominal(plan), abs=0.005)
    assert found.need.sum() > other.need.sum()  # the cheaper option is open there
    assert as_plan(plan, kept, found).decisions["a.1"].chosen == "B"


def test_the_option_of_the_scenario_stays_where_none_is_cheaper() -> None:
    """Without additional need both options cost nothing: nothing is changed without a reason."""
    plan = load_plan(scenario="within-existing-resources")
    found = best(problem_of(plan, windows(plan, 1e9), step=24))
    assert found is not None and not any(candidate.changed for candidate in found.chosen)
    dearer = with_choice(load_plan(), "a.1", "B")
    found = best(problem_of(dearer, windows(dearer, 1e9), step=24))
    assert found is not None and [c.option for c in found.chosen if c.changed] == ["A"]


def test_programme_management_grows_with_the_span() -> None:
    """A later last action makes programme management dearer, by the model."""
    plan = load_plan()
    (span,) = problem_of(plan, windows(plan, 1e9)).spans
    totals = [sum(cost) for _, cost in sorted(span.cost.items())]
    assert totals == sorted(totals) and totals[-1] > totals[0] > 0


def test_values_of_gaps() -> None:
    """Two initiatives share a gap, their actions share each part; an action may serve both."""
    gaps, values = gap_values(small([1, 1, 1], [6, 6, 6], [False] * 3))
    assert gaps == ("GAP-1", "GAP-2")
    assert values[:3].tolist() == [[0.25, 0.0], [0.5, 0.5], [0.25, 0.5]] and not values[3].any()


def test_nobody_waits_for_what_is_not_kept() -> None:
    """Without its predecessor an action starts at its own time, and management ends with the last that is kept."""
    plan = small([1, 1, 1], [6, 20, 6], [False, True, True])
    arrays = compile(only_actions(plan, ["x.2", "pm"]))
    placed = evaluate(arrays, base(arrays)).schedule
    assert placed.start[:, 0].tolist() == [0, 0] and placed.end[:, 0].tolist() == [6, 6]
    assert "pm" not in only_actions(plan, ["pm"]).actions


def test_joint_feasibility_is_no_more_than_that_of_each_year() -> None:
    """All ceilings at once hold at most as often as the one that holds least often; certain ones always."""
    plan = small([10, 10], [6, 6], [False, False])
    ceilings = windows(plan, 20_000)
    shares = joint_feasibility(plan, ceilings)
    assert shares["all"] <= min(v for k, v in shares.items() if k != "all") + 1e-12
    assert joint_feasibility(plan, windows(plan, 1e9))["all"] == 1


def test_slips_are_told() -> None:
    """Unknown actions, unknown programmes and a step of nothing are refused with what there is."""
    plan = small([1, 1], [6, 6], [False, False])
    for wrong, words in (
        ({"keep": ["y"]}, "actions are"),
        ({"programme": "y"}, "programmes are"),
        ({"step": 0}, "step"),
    ):
        with pytest.raises(UsageError, match=words):
            problem_of(plan, (), **wrong)
