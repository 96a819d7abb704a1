"""Visitors and exhibitors in balance: against independent solvers, from the bound on the contraction, at the limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, root

from sfp_model.model.event_balance import ITERATIONS, balance, cross_side
from sfp_model.model.event_checks import TOLERANCE, contraction_bound
from tests.inputs.test_event import own
from tests.model.event_example import outcome

JOINT = 1


def solved(willing: float, wanted: float, theta: float, phi: float, room: float = 1e9, space: float = 1e9):  # type: ignore[no-untyped-def]
    def shaped(x: float, dimensions: int) -> np.ndarray:
        return np.full((1,) * dimensions, float(x))

    return balance(
        shaped(willing, 3), shaped(10, 3), shaped(room, 3), (shaped(500, 2), np.array([500.0]), np.array([theta])),
        shaped(wanted, 2), shaped(space, 2), (shaped(1000, 2), np.array([800.0]), np.array([phi])),
    )  # fmt: skip


positive = st.floats(0, 20000)


@settings(max_examples=40, deadline=None)
@given(positive, positive, st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 20000), st.floats(0, 20000))
def test_balance_equals_brentq(
    willing: float, wanted: float, theta: float, phi: float, room: float, space: float
) -> None:
    """The visitors found are the root of V − min(room, willing · X(A(V)) + fellows), also where a limit binds."""

    def area(v: float) -> float:
        return min(space, wanted * ((1 + v / 800) / (1 + 1000 / 800)) ** phi)

    def gap(v: float) -> float:
        return v - min(room, willing * ((1 + area(v) / 500) / 2) ** theta + 10)

    expected = brentq(gap, -1e-9, 1e7, xtol=1e-12, rtol=1e-14)
    found = solved(willing, wanted, theta, phi, room, space)
    assert found.visitors.item() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert found.area.item() == pytest.approx(area(expected), rel=1e-5, abs=1e-6)


def test_example_equals_a_solver_of_both_equations() -> None:
    """The example's visitors and area solve both equations together, to the precision of the computer."""
    demand = outcome().demand
    willing = demand.willing[:, JOINT, 0].sum()

    def gaps(x: np.ndarray) -> list[float]:
        visitors, area = x
        return [
            visitors - willing * ((1 + area / 500) / 2) ** 0.5 - 10,
            area - (300 * np.exp(-0.2) + 200) * ((1 + visitors / 800) / 2.25) ** 0.4,
        ]

    expected = root(gaps, [900.0, 300.0], tol=1e-13).x
    found = [demand.visitors[JOINT, 1, 0], demand.area_planned[JOINT, 1, 0]]
    assert found == pytest.approx(expected.tolist(), rel=1e-9)
    assert demand.residual < TOLERANCE


@settings(max_examples=30, deadline=None)
@given(positive, positive, st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_residual_keeps_within_the_bound(willing: float, wanted: float, theta: float, phi: float) -> None:
    """In logarithms a round contracts by at most θ φ, so the last change is at most the first, that many times."""
    found = solved(willing, wanted, theta, phi)
    first = np.log((willing * 1e3 + 10) / 10) + 10  # more than the first change of ln V can be
    assert found.residual <= np.expm1(min(first * (theta * phi) ** (ITERATIONS - 1), 50.0)) + 1e-12


def test_own_parameters_contract_and_reach_the_balance() -> None:
    """The project's exponents are far from the bound of 1."""
    assert 0 < contraction_bound(own()) <= 0.25


def test_cross_side_is_one_at_its_reference_and_positive_without_exhibitors() -> None:
    """The form allows an event without exhibition."""
    one = np.array([1.0])
    assert cross_side(500 * one, 500 * one, 300 * one, 0.4 * one) == pytest.approx(1)
    assert 0 < cross_side(0 * one, 500 * one, 300 * one, 0.4 * one)[0] < 1


def test_limits_of_the_halls_are_kept() -> None:
    """Neither visitors nor area exceed what there is."""
    found = solved(5000, 5000, 0.5, 0.4, room=700, space=300)
    assert found.visitors.item() == 700
    assert found.area.item() == 300
