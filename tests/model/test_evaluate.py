"""A plan small enough to be worked out by hand, through compile and evaluate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, draw, evaluate, reconcile
from sfp_model.model.evaluate import BREAKDOWNS
from tests.model.plans import (
    HERE,
    Currency,
    Decision,
    Escalation,
    Option,
    Recurrence,
    Series,
    Timing,
    action,
    line,
    plan,
    resource,
    settings,
    value,
)  # fmt: skip

SPREAD = {"low": 5, "high": 20, "at": "P10-P90"}


def outcome(made: Plan):
    arrays = compile(made)
    return evaluate(arrays, base(arrays))


def years(made: Plan, **how):
    return outcome(made).amounts(**how)[1][0, :, 0]


def rich() -> Plan:
    """Two actions, three funding modes, sectors, a recurrence, a memo line, foreign currency and escalation."""
    cards = [
        resource("work", 1000, "day", currency="USD", price_year=2020, escalation="up"),
        resource("staff", 120_000, "person-year", category="staff"),
    ]
    lines = [
        line("x.1.1/work", "work", 10, estimate=SPREAD, sectors={"GS": 0.25, "BR": 0.75}),
        line("x.1.1/staff", "staff", 3, factor=1 / 12, funding="absorbed", timing=Timing("front", 1, 3)),
        line("x.2.1/work", "work", 2, action="x.2", recurs=Recurrence(6)),
        line("x.2.1/work.memo", "work", 1, action="x.2", timing=Timing("uniform", absolute=(-12, -6))),
        line(
            "x.2.1/staff", "staff", 1, action="x.2", factor=1 / 12, funding="in_kind", recurs=Recurrence(0, "month", 4)
        ),
    ]
    up = Escalation("up", "Up", value("escalation.up.rate", 10, 5, 12, unit="percent/year", at="min-max"), None)
    flat = Escalation("flat", "Flat", value("escalation.flat.rate", 0), None)
    usd = Currency("USD", value("currencies.USD.base", 0.9), "fx", None)
    return plan(
        lines, [action("x.1", 0, 6), action("x.2", 6, 6, after=("x.1",))], cards,
        escalations={"up": up, "flat": flat}, currencies={"USD": usd},
        series={"fx": Series("fx", "", "CHF/USD", "s", {"2021-08": 0.99})},
    )  # fmt: skip


def test_one_line_by_hand() -> None:
    """10 days at CHF 1,000, evenly over the first six months."""
    found = outcome(plan([line("x.1.1/work", "work", 10)]))
    assert found.amounts(time="year")[1][0, :, 0].tolist() == [0, 10_000, 0, 0, 0, 0]
    assert found.amounts(time="month")[1][0, :7, 0] == pytest.approx([10_000 / 6] * 6 + [0])


def test_price_year_exchange_and_escalation() -> None:
    """A USD rate of 2020 goes to 2021 by the index, to CHF at the base rate; nominal adds index and rate."""
    found = outcome(rich())
    labels, amounts = found.amounts(("line",), "total")
    totals = {label[0]: row[0, 0] for label, row in zip(labels, amounts, strict=True)}
    assert totals["x.1.1/work"] == pytest.approx(10 * 1000 * 1.1 * 0.9)
    _, nominal = found.amounts(("line",), "total", prices="nominal")
    half_year = 1.1 ** (3 - 0.25)  # mean of the first half of 2024 against the mean of 2021, on the log scale
    assert nominal[0, 0, 0] == pytest.approx(10 * 1000 * 1.1 * half_year * 0.99, rel=1e-3)


def test_recurrence_runs_to_the_horizon() -> None:
    """Two days a month from month 12 (start 6 + 6): 36 months; a full year is 24 days."""
    found = outcome(rich())
    labels, amounts = found.amounts(("line",), "year")
    row = amounts[labels.index(("x.2.1/work",)), :, 0]
    assert row == pytest.approx(np.array([0, 0, 12, 12, 12, 0]) * 2 * 990)
    assert found.full_year()[1][0, 0] == pytest.approx(24 * 990)


def test_memo_column_does_not_move_with_the_plan() -> None:
    """A line in fixed months before the horizon stays in the memo column when the plan starts later."""
    later = replace(rich(), settings=settings(start=6.0))
    labels, amounts = outcome(later).amounts(("line",), "year")
    assert amounts[labels.index(("x.2.1/work.memo",)), 0, 0] == pytest.approx(990)


def test_person_months_and_funding() -> None:
    """Three absorbed person-months, four in kind; neither is additional need."""
    found = outcome(rich())
    labels, months = found.person_months(("funding",), "total")
    assert {label[0]: row[0, 0] for label, row in zip(labels, months, strict=True)} == {
        "absorbed": pytest.approx(3), "in_kind": pytest.approx(4),
    }  # fmt: skip
    assert found.amounts(measure="absorbed", time="total")[1][0, 0, 0] == pytest.approx(30_000)


def test_sectors_share_a_line() -> None:
    """Shares of a line by sector add up to the line."""
    labels, amounts = outcome(rich()).amounts(("line", "sector"), "total")
    parts = {label: row[0, 0] for label, row in zip(labels, amounts, strict=True)}
    assert parts["x.1.1/work", "BR"] == pytest.approx(3 * parts["x.1.1/work", "GS"])


def test_deferral_moves_an_action_and_keeps_its_cost() -> None:
    """Deferred by 46 months, four sixths of a six-month action fall after the horizon."""
    options = {"adopt": Option("adopt", "", ()), "defer": Option("defer", "", (), 46.0)}
    decision = Decision("q", "", options, "defer", ("x.1",), HERE)
    found = years(plan([line("x.1.1/work", "work", 6)], decisions={"q": decision}))
    assert found == pytest.approx([0, 0, 0, 0, 2000, 4000])


def test_only_lines_of_the_chosen_option_count() -> None:
    """A line of option B is active under B only."""
    options = {"A": Option("A", "", ()), "B": Option("B", "", ())}
    made = plan([line("x.1.1/work", "work", 1, options=("B",))])
    for chosen, total in (("A", 0), ("B", 1000)):
        decision = Decision("q", "", options, chosen, ("x.1",), HERE)
        assert years(replace(made, decisions={"q": decision}), time="total")[0] == pytest.approx(total)


def test_successors_wait() -> None:
    """An action starts when its predecessors have ended."""
    made = plan(
        [line("x.2.1/work", "work", 1, action="x.2")],
        [action("x.1", 0, 13), action("x.2", 6, 6, after=("x.1",))],
    )
    assert years(made).tolist() == [0, 0, 1000, 0, 0, 0]


def test_nothing_is_lost_by_reconciliation() -> None:
    """Base and draws reconcile in every cut and both price bases."""
    arrays = compile(rich())
    quantiles = np.random.default_rng(1).random((len(arrays.inputs), 50))
    assert reconcile(evaluate(arrays, base(arrays))) == []
    assert reconcile(evaluate(arrays, draw(arrays, quantiles))) == []


def test_a_mismatch_is_found() -> None:
    """A line whose sector shares do not add up to 1 is reported with its amounts."""
    made = plan([line("x.1.1/work", "work", 10, sectors={"GS": 0.5})])
    found = reconcile(outcome(made))
    assert {row.check for row in found} == {"sector = total"}
    assert found[0].difference == pytest.approx(-5000)


def test_views_exclude_each_other() -> None:
    """Overrun is 1 in the base and the inside view; the outside view holds quantities at the mode."""
    classes = {"overrun_classes.soft.factor": value("overrun_classes.soft.factor", 1.1, 0.9, 1.6, at="min-max")}
    frame = settings()
    frame = replace(frame, values={**frame.values, **classes})
    arrays = compile(plan([line("x.1.1/work", "work", 10, estimate=SPREAD)], settings=frame))
    overrun, quantity = arrays.inputs.row("x.1#overrun"), arrays.inputs.row("x.1.1/work#quantity")
    assert base(arrays).array[overrun, 0] == 1
    quantiles = np.full((len(arrays.inputs), 3), 0.9)
    inside, outside = draw(arrays, quantiles), draw(arrays, quantiles, "outside")
    assert inside.array[overrun].tolist() == [1, 1, 1]
    assert inside.array[quantity] == pytest.approx([20, 20, 20])
    assert (outside.array[overrun] > 1.1).all()
    assert outside.array[quantity].tolist() == [10, 10, 10]


def test_stretch_keeps_totals() -> None:
    """A stretched action costs the same one-off money, later."""
    classes = {"overrun_classes.duration.factor": value("overrun_classes.duration.factor", 1.2, 1, 2, at="min-max")}
    frame = replace(settings(), values={**settings().values, **classes})
    arrays = compile(plan([line("x.1.1/work", "work", 10)], [action("x.1", 0, 40)], settings=frame))
    stretched = evaluate(arrays, draw(arrays, np.full((len(arrays.inputs), 1), 0.9)))
    total = stretched.amounts(time="year")[1][0, :, 0]
    assert total.sum() == pytest.approx(10_000)
    assert total[-1] > 0


def test_an_action_that_spans_the_plan_stretches_with_it() -> None:
    """Programme management ends with the last action of its programme, and recurs as long."""
    classes = {"overrun_classes.duration.factor": value("overrun_classes.duration.factor", 2, 2, 2.0001, at="min-max")}
    frame = replace(settings(), values={**settings().values, **classes})
    made = plan(
        [line("x.2.1/work", "work", 1, action="x.2", recurs=Recurrence(0, "month", 12))],
        [action("x.1", 0, 12), action("x.2", 0, 12, phase="plan")], settings=frame,
    )  # fmt: skip
    arrays = compile(made)
    assert evaluate(arrays, base(arrays)).line_total[0, 0] == pytest.approx(12_000)
    longer = evaluate(arrays, draw(arrays, np.full((len(arrays.inputs), 1), 0.5)))
    assert longer.line_total[0, 0] == pytest.approx(24_000, rel=1e-3)


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_every_breakdown_has_labels(by: str) -> None:
    """Each breakdown adds up to the total."""
    found = outcome(rich())
    _, parts = found.amounts((by,), "total", "full")
    assert parts.sum() == pytest.approx(found.line_total.sum())


def test_unknown_names_list_the_choices() -> None:
    """A breakdown, measure, time or price basis that does not exist names those that do."""
    found = outcome(rich())
    for how in ({"by": ("grade",)}, {"measure": "need"}, {"time": "week"}, {"prices": "real"}):
        with pytest.raises(UsageError, match="is none of"):
            found.amounts(**how)


def test_labelled_data_carry_units() -> None:
    """The xarray view has the same total and names its unit."""
    found = outcome(rich())
    data = found.to_xarray()
    assert float(data["constant"].sum()) == pytest.approx(float(found.line_total.sum()))
    assert data["constant"].attrs["units"] == "CHF"


def test_arrays_are_read_only() -> None:
    """Nobody can change a compiled plan."""
    arrays = compile(rich())
    with pytest.raises(ValueError, match="read-only"):
        arrays.lines.factor[0] = 2


def test_programme_management_runs_until_a_deferred_action_ends() -> None:
    """An action deferred by 24 months keeps the programme open: 12 months of management become 36."""
    options = {"adopt": Option("adopt", "", ()), "defer": Option("defer", "", (), 24.0)}
    made = plan(
        [line("x.3.1/work", "work", 1, action="x.3", recurs=Recurrence(0, "month", 12))],
        [action("x.1", 0, 12), action("x.2", 0, 12), action("x.3", 0, 12, phase="plan")],
    )
    for chosen, months in (("adopt", 12), ("defer", 36)):
        decision = Decision("q", "", options, chosen, ("x.2",), HERE)
        assert outcome(replace(made, decisions={"q": decision})).line_total[0, 0] == pytest.approx(1000 * months)


def test_deferred_programme_management_is_as_long_as_what_is_deferred_with_it() -> None:
    """Where the decision defers management too, it starts later and ends with the last action."""
    options = {"defer": Option("defer", "", (), 24.0)}
    made = plan(
        [line("x.2.1/work", "work", 1, action="x.2", recurs=Recurrence(0, "month", 12))],
        [action("x.1", 0, 12), action("x.2", 0, 12, phase="plan")],
        decisions={"q": Decision("q", "", options, "defer", ("x.1", "x.2"), HERE)},
    )
    assert years(made) == pytest.approx([0, 0, 0, 12_000, 0, 0])


def test_two_ways_to_the_same_span_cost_the_same_management() -> None:
    """Deferring one action, or its decision with management in it, leaves the others managed from their first month."""
    options = {"defer": Option("defer", "", (), 24.0)}
    made = plan(
        [line("x.3.1/work", "work", 1, action="x.3", recurs=Recurrence(0, "month", 12))],
        [action("x.1", 0, 12), action("x.2", 0, 12), action("x.3", 0, 12, phase="plan")],
    )
    for governed in (("x.2",), ("x.2", "x.3")):
        decision = Decision("q", "", options, "defer", governed, HERE)
        assert outcome(replace(made, decisions={"q": decision})).line_total[0, 0] == pytest.approx(1000 * 36)


def test_lags_move_successors_and_do_not_stretch_with_a_draw() -> None:
    """A successor starts the lag after the end of its predecessor, or before it where the lag is negative."""
    after = action("x.2", 0, 3, after=("x.1",), lags=(2.0,))
    arrays = compile(plan([line("x.1.1/work", "work", 1)], [action("x.1", 0, 6), after]))
    assert evaluate(arrays, base(arrays)).schedule.start[1, 0] == 8
    early = compile(plan([line("x.1.1/work", "work", 1)], [action("x.1", 0, 6), replace(after, lags=(-2.0,))]))
    assert evaluate(early, base(early)).schedule.start[1, 0] == 4
