"""Levers of the event: each equals the same change in the file, alone or as one number per draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sfp_model.errors import UsageError
from sfp_model.model.event import EventOutcome, Levers, evaluate_event
from sfp_model.model.event_levers import LEVERS
from sfp_model.model.event_money import COST_IDS
from tests.model.event_example import NUMBERS, compiled, outcome, small_plan

JOINT, HELD = 1, [1, 2]
SETTINGS: dict[str, tuple[float, Any]] = {  # lever → its value, and the same said in the file
    "attendance": (1.2, 1200),
    "fee": (0.5, 0.5),
    "price": (1.1, {key: 1.1 * price for key, price in NUMBERS["exhibition.price"].items()}),
    "subsidised": (0.25, 0.25),
    "fellowships": (35, 35),
    "sponsorship_cap": (0.2, 0.2),
    "days": (3, 3),
    "digital_price": (30, 30),
    "host_cash": (7000, 7000),
    "opening_fund": (90000, 90000),
}


def by(levers: Levers, draws: int = 1, **changes: Any) -> EventOutcome:
    arrays, table = compiled(small_plan(**changes))
    return evaluate_event(arrays, np.repeat(table.base[:, None], draws, axis=1), levers)


@pytest.mark.parametrize("lever", SETTINGS)
def test_lever_equals_the_same_change_in_the_file(lever: str) -> None:
    """What a lever does is what the parameter would do, and it does something where it can."""
    value, written = SETTINGS[lever]
    moved = by(Levers(**{lever: value}))
    changed = outcome(**{LEVERS[lever][0].replace(".", "__"): written})
    assert moved.money.cost_lines == pytest.approx(changed.money.cost_lines)
    assert moved.money.revenue_lines == pytest.approx(changed.money.revenue_lines)
    assert moved.subsidy == pytest.approx(changed.subsidy)
    if lever != "host_cash":  # Geneva has no host
        assert moved.subsidy[JOINT].sum() != pytest.approx(outcome().subsidy[JOINT].sum())


def test_every_lever_but_the_area_is_compared_with_the_file() -> None:
    """No lever goes untested."""
    assert set(SETTINGS) | {"area"} == set(LEVERS)


def test_area_offered_binds_like_the_halls() -> None:
    """Where less area is offered than wanted, all tiers are cut alike; where more is offered nothing changes."""
    small = by(Levers(area=100.0))
    assert small.demand.area[:, JOINT, HELD].sum(axis=0) == pytest.approx(100)
    halls = outcome(places__capacity_area={"geneva": 100, "host": 100})
    assert small.demand.area == pytest.approx(halls.demand.area)
    assert by(Levers(area=1e6)).net == pytest.approx(outcome().net)


def test_a_sweep_is_one_evaluation() -> None:
    """One lever setting per draw gives what the settings give one by one."""
    fees, days = np.array([0.0, 0.5, 2.0]), np.array([1.0, 2.0, 4.0])
    swept = by(Levers(fee=fees, days=days), draws=3)
    for draw, (fee, day) in enumerate(zip(fees, days, strict=True)):
        alone = by(Levers(fee=float(fee), days=float(day)))
        assert swept.net[..., draw] == pytest.approx(alone.net[..., 0])
        assert swept.impact.scores[..., draw] == pytest.approx(alone.impact.scores[..., 0])


def test_stands_that_are_not_subsidised_pay_the_commercial_price() -> None:
    """Without subsidised stands the SME and LDC tiers pay CHF 600, shrink accordingly and bring their own stands."""
    found = by(Levers(subsidised=0.0))
    wanted = 300 * np.exp(-0.2), 100 * np.exp(-(600 - 250) / 250), 100 * np.exp(-(600 - 120) / 120)
    area = found.demand.area[:, JOINT, 1, 0]
    assert area / area.sum() == pytest.approx(np.array(wanted) / sum(wanted))
    assert found.money.revenue_lines[1, JOINT, 1] == pytest.approx(area[1] * 600)
    assert not found.money.cost_lines[COST_IDS.index("stands")].any()


def test_fee_of_one_segment() -> None:
    """The fee of one segment moves its own delegates only, up to what fewer visitors mean for exhibitors."""
    found = by(Levers(fee_by_segment={"ict_large": 0.0})).demand
    assert not found.fee[4].any()
    assert found.fee[6, JOINT] == pytest.approx(100)
    with pytest.raises(UsageError, match="no segment 'ict'"):
        by(Levers(fee_by_segment={"ict": 0.5}))


def test_conflict_takes_a_share_for_each_event() -> None:
    """Two more ITU events in the month take 1 − 0.95² of those interested; fewer bring more."""
    found = by(Levers(conflict=2)).demand.interested / by(Levers()).demand.interested.clip(1e-9)
    assert found[0, JOINT] == pytest.approx(0.95**2)
    assert (by(Levers(conflict=-1)).demand.onsite[JOINT, HELD] > by(Levers()).demand.onsite[JOINT, HELD]).all()


@pytest.mark.parametrize(
    "wrong", [{"fee": -1.0}, {"subsidised": 1.2}, {"days": float("nan")}, {"area": np.zeros((2, 2))}]
)
def test_lever_out_of_its_range_is_refused(wrong: dict[str, Any]) -> None:
    """A lever that no edition can have is refused by name."""
    with pytest.raises(UsageError, match=f"lever {next(iter(wrong))} must be"):
        Levers(**wrong)
