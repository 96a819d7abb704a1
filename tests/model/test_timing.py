"""Profiles: closed forms, and sums that hold for every delay and stretch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfp_model.model.timing import PROFILES, Periods, cumulative, one_off, recurring

PERIODS = Periods.of(2024, 4)
months = st.floats(-200, 200)


@given(st.sampled_from(PROFILES), months, st.floats(0, 300))
def test_one_off_shares_sum_to_one(profile: str, begin: float, duration: float) -> None:
    """Memo, months and after hold everything, wherever the line falls."""
    shares = PERIODS.collect(one_off(profile, np.array([begin]), np.array([duration]), PERIODS.edges))
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    assert (shares >= 0).all()


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_run_from_zero_to_one(profile: str) -> None:
    """Φ(0) = 0, Φ(1) = 1, and Φ does not fall."""
    phi = cumulative(profile, np.linspace(-0.5, 1.5, 201))
    assert phi[0] == 0
    assert phi[-1] == 1
    assert (np.diff(phi) >= 0).all()


def test_a_shift_past_the_horizon_is_kept() -> None:
    """What leaves the horizon stands in the last period."""
    shares = PERIODS.collect(one_off("uniform", np.array([45.0]), np.array([6.0]), PERIODS.edges))
    assert shares[-1] == pytest.approx([0.5])
    assert shares[46:49].ravel() == pytest.approx([1 / 6] * 3)


def test_an_instant_falls_into_the_month_that_it_opens() -> None:
    """A line of no duration at month 3 belongs to the fourth month."""
    shares = PERIODS.collect(one_off("bell", np.array([3.0]), np.array([0.0]), PERIODS.edges))
    assert shares[4] == pytest.approx([1.0])


@given(months, months)
def test_recurring_months_add_up(begin: float, end: float) -> None:
    """Months of a recurring line add up to its length."""
    found = recurring(np.array([begin]), np.array([end]), PERIODS.edges).sum()
    assert found == pytest.approx(max(end - begin, 0), abs=1e-9)


def test_labels_and_reduction() -> None:
    """Years and biennia cover the same money; a horizon of three years has a short biennium."""
    amounts = np.arange(50.0)[:, None]
    for time in ("year", "biennium", "total"):
        reduced = PERIODS.reduce(amounts, time)
        assert reduced.sum() == amounts.sum()
        assert len(reduced) == len(PERIODS.labels(time))
    for time in ("period", "month", "quarter", "year", "biennium", "total"):
        column, reduced = PERIODS.column_of(time), PERIODS.reduce(amounts, time)
        assert [amounts[column == at].sum() for at in range(len(reduced))] == reduced[:, 0].tolist()
    assert PERIODS.labels("biennium") == ("before 2024", "2024-2025", "2026-2027", "after 2027")
    assert Periods.of(2024, 3).labels("biennium") == ("before 2024", "2024-2025", "2026", "after 2026")
    assert PERIODS.fine_years[0] == 2018
    assert PERIODS.fine_years[6] == 2024
