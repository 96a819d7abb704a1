"""Editions: the axis 2024–2027, risk events, growth and learning, forecasts, the fund over time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.errors import UsageError
from sfp_model.model.event import Case, EventOutcome, Levers, evaluate_event
from sfp_model.model.event_demand import growth
from sfp_model.model.event_money import COST_IDS, OTHER, REVENUE_IDS, SITE, draw_on_fund, opening_required, steps
from tests.model.event_example import compiled, content, load, outcome, small_plan

JOINT = 1


def moved(levers: Levers, **changes: object) -> EventOutcome:
    arrays, table = compiled(small_plan(**changes))
    return evaluate_event(arrays, table.base[:, None], levers)


def line(found: EventOutcome, name: str) -> np.ndarray:
    money = found.money
    ids, lines = (COST_IDS, money.cost_lines) if name in COST_IDS else (REVENUE_IDS, money.revenue_lines)
    return np.asarray(lines[ids.index(name), JOINT, :, 0])


def test_axis_has_every_year_of_the_horizon() -> None:
    """Editions of 2025 and 2026 stand on an axis from 2024 to 2027; the other years are nil and change nothing."""
    found = outcome()
    assert found.arrays.years == (2024, 2025, 2026, 2027)
    assert found.arrays.held == (False, True, True, False)
    assert found.arrays.order == (0, 0, 1, 2)
    for amounts in (found.net, found.cost, found.money.cost_full, found.subsidy, found.demand.onsite):
        assert not amounts[:, [0, 3]].any()
    assert not found.criteria[:, :, [0, 3]].any()
    assert found.demand.persons[:, [0, 3]] == pytest.approx(1500)


def test_editions_before_the_horizon_stay_on_the_axis() -> None:
    """An edition of 2023 is in the memo period."""
    data = content()
    data["editions"]["years"] = [2023, 2025]
    event, _ = load(data)
    from dataclasses import replace

    arrays, table = compiled(replace(small_plan(), event=event))
    found = evaluate_event(arrays, table.base[:, None])
    assert found.arrays.years == (2023, 2024, 2025, 2026, 2027)
    assert found.subsidy_by_period(50)[0, 0] == pytest.approx(found.subsidy[JOINT, 0, 0])


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.9, 2), st.floats(1.01, 20), st.integers(0, 30))
def test_growth_keeps_its_sign_and_its_limit(rate: float, saturation: float, edition: int) -> None:
    """Growth starts at 1, moves with the sign of the rate and never passes saturation."""
    found = growth(np.array([rate]), np.array([saturation]), np.array([0.0, edition, edition + 1.0]))[:, 0]
    assert found[0] == pytest.approx(1)
    assert (found[2] - found[1]) * rate >= -1e-12
    assert 0 <= found[2] <= saturation * (1 + 1e-12)


def test_growth_without_saturation_is_compound() -> None:
    """With saturation far off growth is compound; at saturation 1 there is none."""
    far = growth(np.array([0.1]), np.array([1e12]), np.array([3.0]))
    assert far.item() == pytest.approx(1.1**3)
    assert growth(np.array([0.1]), np.array([1.0]), np.array([3.0])).item() == 1


def test_learning_follows_doublings() -> None:
    """Staff, marketing and platform of the second edition cost 1 − λ of the first; other lines do not learn."""
    found, still = outcome(), outcome(cost__learning=0)
    for name in ("staff_additional", "staff_absorbed", "marketing", "platform"):
        assert line(found, name)[2] == pytest.approx(0.9 * line(found, name)[1])
        assert line(found, name)[1] == pytest.approx(line(still, name)[1])
    assert line(found, "interpretation") == pytest.approx(line(still, "interpretation"))


def test_base_estimate_has_no_risk_event() -> None:
    """Even certain risk events stay out of the base estimate: they exist in draws only."""
    certain = outcome(risk__cancelled=1)
    assert certain.net == pytest.approx(outcome().net)
    assert not line(certain, "insurance_claims").any()


def test_risk_numbers_decide_per_edition_and_draw() -> None:
    """Below the first probability an edition is cancelled, up to the second on line, above as planned."""
    arrays, table = compiled(small_plan(risk__cancelled=0.2, risk__forced_virtual=0.3))
    values = np.repeat(table.base[:, None], 4, axis=1)
    values[arrays.risk_rows[1]] = [0.1, 0.4, 0.6, 1.0]
    found = evaluate_event(arrays, values)
    onsite, remote = found.demand.onsite[JOINT, 1], found.demand.remote[:, JOINT, 1].sum(axis=0)
    assert onsite[:2].tolist() == [0, 0]
    assert onsite[2] == onsite[3] > 0
    assert remote[0] == 0
    assert remote[1] == pytest.approx(remote[2] / 0.3)  # ratio 1 on line, 0.3 in a hybrid event
    plain = outcome()
    assert found.net[:, 2] == pytest.approx(np.repeat(plain.net[:, 2], 4, axis=1))
    assert found.net[..., 3] == pytest.approx(plain.net[..., 0])


def test_cancelled_edition() -> None:
    """No income but insurance; the sunk share of cash cost other than staff, staff in full, nobody reached."""
    plain, off = outcome(), moved(Levers(cancelled=(2025,)))
    for name in (*SITE, *OTHER):
        assert line(off, name)[1] == pytest.approx(0.6 * line(plain, name)[1])
    assert line(off, "staff_additional") == pytest.approx(line(plain, "staff_additional"))
    sunk = sum(line(off, name)[1] for name in (*SITE, *OTHER))
    assert line(off, "insurance_claims")[1] == pytest.approx(0.25 * sunk)
    assert off.revenue[JOINT, 1, 0] == pytest.approx(0.25 * sunk)
    assert off.criteria[:, JOINT, 1] == pytest.approx(0)
    assert off.net[JOINT, 2] == pytest.approx(plain.net[JOINT, 2])


def test_edition_forced_on_line() -> None:
    """Rooms and interpretation stay, halls are sunk, half of the sponsorship stays, exhibition and fees go."""
    plain, off = outcome(), moved(Levers(forced_virtual=(2025,)))
    for name in SITE:
        assert line(off, name)[1] == pytest.approx(0.6 * line(plain, name)[1])
    for name in OTHER:
        assert line(off, name) == pytest.approx(line(plain, name))
    for name in ("exhibition_commercial", "fees", "services"):
        assert line(off, name)[1] == 0
        assert line(off, name)[2] > 0
    wanted = 200000 + 150000 * (plain.demand.visitors[JOINT, 1, 0] / 1000) ** 0.8  # as engaged for an event on site
    assert line(off, "sponsorship")[1] == pytest.approx(0.5 * min(wanted, 0.47 * off.cost[JOINT, 1, 0]))
    assert line(off, "insurance_claims")[1] == pytest.approx(0.25 * sum(line(off, name)[1] for name in SITE))
    assert off.demand.remote[:, JOINT, 1].sum() == pytest.approx(plain.demand.remote[:, JOINT, 1].sum() / 0.3)


def test_virtual_event_cannot_be_forced_on_line() -> None:
    """Only what would be on site can be moved on line."""
    arrays, table = compiled(small_plan(), (Case("joint", "virtual", "geneva"),))
    values = table.base[:, None]
    moved_online = evaluate_event(arrays, values, Levers(forced_virtual=(2025,)))
    assert moved_online.net == pytest.approx(evaluate_event(arrays, values).net)


def test_lever_names_an_edition_that_exists() -> None:
    """An unknown year is refused."""
    with pytest.raises(UsageError, match="there is no edition of 2030"):
        moved(Levers(cancelled=(2030,)))


def test_realisation_applies_to_forecasts_only() -> None:
    """A host's forecast counts for less than half of itself; what rests on outcomes is not cut again."""

    def attendance(basis: str) -> float:
        data = content()
        data["concepts"]["joint"]["attendance_from"] = basis
        event, faults = load(data)
        assert not faults.errors
        from dataclasses import replace

        arrays, table = compiled(replace(small_plan(), event=event))
        return float(evaluate_event(arrays, table.base[:, None]).demand.interested[:, JOINT].sum())

    plain = attendance("outcomes")
    assert attendance("host") == pytest.approx(0.45 * plain)
    assert attendance("organiser") == pytest.approx(0.85 * plain)


def test_steps_round_up() -> None:
    """Halls and posts are let whole; what is left of a rounding error does not open another one."""
    amounts = np.array([0.0, 0.1, 100.0, 100 + 1e-8, 101.0])
    assert steps(amounts, np.array(100.0)).tolist() == [0, 100, 100, 100, 200]


nets = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(nets, st.floats(0, 1e5))
def test_opening_fund_required_is_the_least_that_needs_no_subsidy(amounts: list[float], floor: float) -> None:
    """With it no edition needs a subsidy; with less one does."""
    net, least = np.array(amounts)[None, :, None], np.array([floor])
    required = opening_required(net, least)[0]
    assert draw_on_fund(net, required, least)[1].sum() == pytest.approx(0, abs=1e-6)
    if required[0] > 0:
        less = np.maximum(required - np.maximum(1.0, 1e-6 * required), 0.0)
        assert draw_on_fund(net, less, least)[1].sum() > 0


def test_subscriptions_fall_with_their_price() -> None:
    """A subscription at no price earns nothing; remote participants answer as delegates do to the fee."""
    assert not line(outcome(income__digital_price=0), "subscriptions").any()
    cheap, dear = (line(outcome(income__digital_price=price), "subscriptions")[1] for price in (100, 200))
    assert dear / cheap == pytest.approx(2 * np.exp(-0.6 * 100 / 500))
