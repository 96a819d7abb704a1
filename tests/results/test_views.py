"""Inside and outside view, reference classes with both caps, against closed forms and each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.change_risk import (
    tailed_classes,
    with_high_cap,
    with_overrun_tail,
    with_response,
    without_risks,
)
from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.inputs import Mixture
from sfp_model.model.marginals import mixture_quantile
from sfp_model.model.overrun import class_of
from sfp_model.results import run
from sfp_model.uncertainty.distributions import mixture_mean
from tests.model.plans import action, line, plan, resource, settings, value

TAIL = {
    "share_below_1": 0.60, "share_1_to_1_5": 0.22, "share_1_5_to_2": 0.074, "lower": 0.60, "tail_start": 2.0,
    "tail_shape": 1.3, "cap": 10.0, "high_cap": 100.0, "shift": 0.07,
}  # fmt: skip


def small(**more) -> Plan:
    """x.1 of a class with a tail, x.2 of one with an estimate; 10,000 and 4,000 in the base estimate."""
    classes = {f"overrun_classes.it.{key}": value(f"overrun_classes.it.{key}", number) for key, number in TAIL.items()}
    soft = value("overrun_classes.soft.factor", 1.1, 0.9, 1.6, at="min-max", distribution="pert")
    frame = settings()
    values = {**frame.values, **classes, "overrun_classes.soft.factor": soft}
    lines = [line("x.1.1/work", "work", 10, estimate={"low": 8, "high": 16, "at": "min-max"}),
             line("x.2.1/work", "work", 4, action="x.2")]  # fmt: skip
    actions = [action("x.1", 0, 6, overrun_class="it"), action("x.2", 6, 6)]
    return plan(lines, actions, [resource("work", 1000, "day")], settings=replace(frame, values=values), **more)


def rows(made: Plan, table: str, *keys: str):
    return {tuple(row[key] for key in keys): row for row in run(made).table(table)}


def test_closed_forms_of_the_evidence() -> None:
    """Mean 1.37, median 0.93, P80 1.45 with cap 10; mean 1.58 with cap 100; the shift moves the median to 1.0."""
    made = load_plan()
    (name,) = tailed_classes(made)
    found = {cap: class_of(with_overrun_tail(made, cap, 0.0), name) for cap in (10, 30, 100)}
    assert [round(mixture_mean(found[cap]), 2) for cap in (10, 30, 100)] == [1.37, 1.49, 1.58]
    middle, high = mixture_quantile(np.array([0.5, 0.8]), found[10])
    assert (round(float(middle), 2), round(float(high), 2)) == (0.93, 1.45)
    worse = class_of(with_high_cap(made), name)
    assert isinstance(worse, Mixture)
    assert worse.cap == 100
    assert worse.edges == pytest.approx((0.67, 1.07, 1.57, 2.0))
    assert float(mixture_quantile(np.array([0.5]), worse)[0]) == pytest.approx(1.0, abs=0.005)
    assert mixture_mean(worse) == pytest.approx(mixture_mean(found[100]) + 0.07 * (0.60 + 0.22) + 0.035 * 0.074)


def test_a_tail_is_an_edit_and_the_plan_stays_as_it_was() -> None:
    """Another digest, the same base estimate, and faults with the values."""
    made = small()
    worse = with_high_cap(made)
    assert worse.digest != made.digest
    assert made.settings.values["overrun_classes.it.cap"].estimate.mode == 10
    totals = [evaluate(compile(p), base(compile(p))).amounts((), "total")[1].sum() for p in (made, worse)]
    assert totals[0] == totals[1] == pytest.approx(14_000)
    with pytest.raises(UsageError, match="below the start of the tail"):
        with_overrun_tail(made, 1.5)
    with pytest.raises(UsageError, match="above the start of its tail"):
        with_overrun_tail(made, 10, 0.6)


def test_views_against_closed_forms() -> None:
    """Outside: 10,000 × mean of the mixture + 4,000 × mean of the PERT; inside: PERT (8, 10, 16), 1,000 a day."""
    found = rows(small(), "views", "level", "view")
    inside, outside, worse = (found["plan", view] for view in ("inside", "outside", "outside_cap"))
    assert inside["base_chf"] == outside["base_chf"] == pytest.approx(14_000)
    assert inside["mean_chf"] == pytest.approx(1000 * (8 + 4 * 10 + 16) / 6 + 4_000, abs=4 * inside["mean_se_chf"] + 1)
    soft = (0.9 + 4 * 1.1 + 1.6) / 6
    made = small()
    for row, edited in (
        (outside, made),
        (worse, with_high_cap(made)),
    ):
        expected = 10_000 * mixture_mean(class_of(edited, "it")) + 4_000 * soft
        assert row["mean_chf"] == pytest.approx(expected, abs=4 * row["mean_se_chf"])
        assert row["blocks"] >= 10
        assert row["draws"] == row["blocks"] * 1024
    assert 0 < outside["p80_se_chf"] < 0.01 * outside["p80_chf"]
    assert worse["cvar90_chf"] > outside["cvar90_chf"] > outside["p80_chf"] > outside["p50_chf"]
    for row in found.values():
        assert row["provision_chf"] == pytest.approx(row["p50_chf"] - row["base_chf"])
        assert row["contingency_chf"] == pytest.approx(row["p80_chf"] - row["p50_chf"])


def test_means_of_parts_add_up_and_percentiles_need_not() -> None:
    """Initiatives, programmes and the plan have one mean."""
    found = run(small()).table("views")
    for view in ("inside", "outside"):
        means = {level: sum(r["mean_chf"] for r in found if r["level"] == level and r["view"] == view)
                 for level in ("plan", "programme", "initiative", "action")}  # fmt: skip
        assert means["plan"] == pytest.approx(means["programme"]) == pytest.approx(means["initiative"])
        assert means["action"] == pytest.approx(means["plan"])


def test_classes_show_both_caps() -> None:
    """Simulated means agree with closed forms; the class without a tail has one row."""
    found = rows(small(), "overrun.classes", "class", "variant")
    assert set(found) == {("it", "as declared"), ("it", "high cap"), ("it", "all projects"), ("soft", "as declared")}
    for key, row in found.items():
        if key[1] == "all projects":
            assert row["simulated_mean"] is None
            continue
        assert row["simulated_mean"] == pytest.approx(row["mean"], abs=4 * row["simulated_se"] + 1e-4)
    assert found["it", "all projects"]["share_above_1"] == pytest.approx(0.40, abs=1e-3)
    assert found["it", "all projects"]["share_above_half"] == pytest.approx(0.18, abs=1e-3)
    shapes = [
        (found["it", name]["cap"], found["it", name]["shift"]) for name in ("as declared", "high cap", "all projects")
    ]
    assert shapes == [(10, 0.07), (100, 0.07), (10, 0)]
    assert found["soft", "as declared"]["additional_chf"] == pytest.approx(4_000)


def test_real_plan_agrees_with_its_other_tables() -> None:
    """Base estimates are those of the needs, less the subsidy; the mean of events is the register's expectation."""
    made = load_plan()
    results = run(made)
    found = {(row["level"], row["id"], row["view"]): row for row in results.table("views")}
    needs = sum(
        row["constant_chf"]
        for programme in made.programmes
        for row in results.table(f"{programme}.needs")
        if row["funding"] == "additional" and row["period"].isdigit() and row["line"] != "event/subsidy"
    )
    assert found["plan", "plan", "inside"]["base_chf"] == pytest.approx(needs, abs=0.005)
    for view in ("inside", "outside_cap"):
        mean = found["initiative", "g", view]["mean_chf"]
        parts = sum(
            r["mean_chf"] for k, r in found.items() if k[0] == "action" and k[2] == view and k[1].startswith("g.")
        )
        assert parts == pytest.approx(mean)
    expected = sum(row["expected_before_chf"] for row in results.table("risks"))
    for view in ("inside", "outside", "outside_cap"):
        row = found["plan", "plan", view]
        assert row["events_chf"] == pytest.approx(expected, rel=0.03)
        assert row["mean_chf"] > row["base_chf"]


def test_edits_of_risks_leave_the_file_alone() -> None:
    """Taking a response and leaving the register out are plans of their own."""
    made = load_plan()
    first = next(iter(made.risks))
    assert with_response(made, first).risks[first].response.taken
    assert not made.risks[first].response.taken
    assert with_response(made, first, False) is made
    assert not without_risks(made).risks
