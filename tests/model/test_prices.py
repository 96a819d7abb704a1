"""Price indices and exchange rates against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sfp_model.model.prices import (
    Calendar,
    class_index,
    currency_ratio,
    escalation_multiplier,
    exchange_multiplier,
    price_year_factor,
)
from tests.model.plans import Currency, Escalation, Series, plan, settings, value

PLAN = plan([])
CALENDAR = Calendar.of(PLAN)


def escalation(rate: float, series: str | None = None) -> Escalation:
    return Escalation("k", "K", value("escalation.k.rate", rate, unit="percent/year"), series)


def test_base_year_mean_is_one() -> None:
    """The index of every class averages to 1 in the base year."""
    index = class_index(escalation(3.0), None, CALENDAR, PLAN)
    assert index[CALENDAR.year(2021)].mean() == pytest.approx(1)


def test_assumed_rate_compounds_yearly() -> None:
    """Without a series the annual means grow at the assumed rate, forwards and backwards."""
    index = class_index(escalation(3.0), None, CALENDAR, PLAN)
    assert index[CALENDAR.year(2024)].mean() == pytest.approx(1.03**3)
    assert price_year_factor(index, CALENDAR, 2019) == pytest.approx(1.03**2)


def test_observations_after_as_of_are_not_used() -> None:
    """A year that is not complete at as_of does not move the index."""
    early = Series("s", "", "%", "x", {"2019": 1.0, "2020": 2.0})
    late = replace(early, values={**early.values, "2021": 50.0, "2022": 50.0})
    first = class_index(escalation(1.0, "s"), early, CALENDAR, PLAN)
    assert np.array_equal(first, class_index(escalation(1.0, "s"), late, CALENDAR, PLAN))


def test_annual_changes_link_mid_years() -> None:
    """Mid-2019 to mid-2020 grows by the observed change; later growth is the assumed rate."""
    series = Series("s", "", "% per year", "x", {"2019": 1.0, "2020": 2.0})
    index = class_index(escalation(1.0, "s"), series, CALENDAR, PLAN)
    june, july = CALENDAR.year(2020).start + 5, CALENDAR.year(2020).start + 6
    mid_2020 = np.sqrt(index[june] * index[july])  # the half months at both sides of mid-year grow differently
    mid_2019 = np.sqrt(index[june - 12] * index[july - 12])
    assert mid_2020 / mid_2019 == pytest.approx(1.02, rel=5e-4)
    assert index[july + 12] / index[july] == pytest.approx(1.01)


def test_a_gap_in_annual_changes_is_refused() -> None:
    """A chain of changes with a missing year has no meaning."""
    series = Series("s", "", "%", "x", {"2018": 1.0, "2020": 2.0})
    with pytest.raises(Exception, match="gap before 2020"):
        class_index(escalation(1.0, "s"), series, CALENDAR, PLAN)


def test_currency_holds_last_observation() -> None:
    """Without a forecast the nominal rate stays at the last month known at as_of."""
    series = Series("fx", "", "CHF/USD", "x", {"2021-06": 0.90, "2021-08": 0.92, "2021-09": 0.5})
    usd = Currency("USD", value("currencies.USD", 0.91), "fx", None)
    ratio = currency_ratio(usd, series, CALENDAR, PLAN)
    assert ratio[CALENDAR.year(2025)] == pytest.approx(np.full(12, 0.92 / 0.91))
    assert ratio[CALENDAR.year(2021).start + 6] == pytest.approx(0.91 / 0.91)  # July, between the two


def test_currency_forecast_applies_after_the_last_observation() -> None:
    """A forecast factor multiplies the base-year rate."""
    series = Series("fx", "", "CHF/USD", "x", {"2021-08": 0.92})
    usd = Currency("USD", value("currencies.USD", 0.91), "fx", value("currencies.USD.forecast", 0.95))
    ratio = currency_ratio(usd, series, CALENDAR, PLAN)
    assert ratio[CALENDAR.year(2024)] == pytest.approx(np.full(12, 0.95))


def test_later_as_of_knows_more() -> None:
    """known-today reads what the baseline must not."""
    later = replace(PLAN, settings=settings(as_of="2026-11-01"))
    series = Series("fx", "", "CHF/USD", "x", {"2021-08": 0.92, "2025-12": 0.80})
    usd = Currency("USD", value("currencies.USD", 0.92), "fx", None)
    assert currency_ratio(usd, series, CALENDAR, later)[CALENDAR.year(2027)] == pytest.approx(np.full(12, 0.8 / 0.92))


def test_multiplier_is_one_before_as_of() -> None:
    """Draws of escalation differ after as_of only, and compound."""
    found = escalation_multiplier(np.array([2.0, 4.0]), 2.0, np.array([-3.0, 0.0, 2.0]))
    assert found[:2].tolist() == [[1, 1], [1, 1]]
    assert found[2] == pytest.approx([1, (1.04 / 1.02) ** 2])


def test_exchange_rate_spreads_like_a_random_walk() -> None:
    """The rate of a year is lognormal with the variance that the walk has by then; nothing moves before as_of."""
    from scipy.stats import norm

    c = 8.0 * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    log = np.log(exchange_multiplier(c, np.array([-1.0, 0.0, 1.0, 4.0])))
    assert (log[:2] == 0).all()
    assert log[2:].std(axis=1) == pytest.approx([0.08, 0.16], rel=1e-3)
    assert np.median(log[2:], axis=1) == pytest.approx([0, 0], abs=1e-12)
