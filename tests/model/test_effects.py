"""From constant to nominal prices: effects worked out by hand, and the identity in every draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, draw, evaluate, reconcile
from sfp_model.model.evaluate import EFFECTS
from tests.model.plans import Currency, Escalation, Timing, line, plan, resource, value


def dollars(rate: float, growth: float, forecast: float) -> Plan:
    """One line of 10 days at USD 1,000 in 2024, one in francs; prices grow by *growth* per cent a year."""
    cards = [
        resource("abroad", 1000, "day", currency="USD", escalation="grows"),
        resource("home", 1000, "day", escalation="grows"),
    ]
    year = Timing("uniform", absolute=(0, 12))
    made = plan(
        [line("x.1.1/abroad", "abroad", 10, timing=year), line("x.1.1/home", "home", 5, timing=year)], None, cards
    )
    grows = Escalation("grows", "Grows", value("escalation.grows.rate", growth, growth - 1, growth + 1), None)
    movement = value("currencies.USD.movement", 0, -10, 10, distribution="normal", lower=-100)
    usd = Currency(
        "USD", value("currencies.USD.base", rate), None, value("currencies.USD.forecast", forecast), movement
    )
    return replace(made, escalations={"grows": grows}, currencies={"USD": usd})


def test_effects_by_hand() -> None:
    """CHF 9,000 at 0.9; prices up by 2 per cent in three years to 2024, the dollar at 1.1 times its rate."""
    outcome = evaluate(arrays := compile(dollars(0.9, 2.0, 1.1)), base(arrays))
    found = {
        basis: outcome.amounts(("line",), "total", "additional", basis)[1][:, 0, 0]
        for basis in ("constant", *EFFECTS, "nominal")
    }
    growth = 1.02**3 - 1
    assert found["constant"] == pytest.approx([9_000, 5_000])
    assert found["price_effect"] == pytest.approx([9_000 * growth, 5_000 * growth])
    assert found["exchange_effect"] == pytest.approx([900, 0])
    assert found["interaction"] == pytest.approx([900 * growth, 0])
    assert found["nominal"] == pytest.approx([9_900 * (1 + growth), 5_000 * (1 + growth)])


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 2), st.floats(-3, 8), st.floats(0.6, 1.9), st.integers(0, 2**32 - 1))
def test_effects_add_up_in_every_draw(rate: float, growth: float, forecast: float, seed: int) -> None:
    """Whatever prices and rates are drawn, constant and the three effects are nominal, and nothing else differs."""
    arrays = compile(dollars(rate, growth, forecast))
    quantiles = np.random.default_rng(seed).uniform(0.01, 0.99, (len(arrays.inputs), 5))
    outcome = evaluate(arrays, draw(arrays, quantiles))
    assert reconcile(outcome) == []
    home = outcome.amounts(("line",), "year", "additional", "exchange_effect")
    assert np.abs(home[1][1]).max() < 1e-9
    assert np.abs(home[1][0]).max() > 0


def test_a_drawn_exchange_rate_moves_only_nominal_amounts_of_its_currency() -> None:
    """Both paths give constant · price · exp(c √t/100) in every draw; constant amounts and francs stay as they are."""
    arrays = compile(dollars(0.9, 2.0, 1.1))
    row = arrays.inputs.row("currencies.USD.movement")
    quantiles = np.full((len(arrays.inputs), 40), 0.5)
    quantiles[row] = np.linspace(0.02, 0.98, 40)
    outcome = evaluate(arrays, values := draw(arrays, quantiles))
    years = (12 * 3 + 6 - 8) / 12  # from the end of August 2021 to the middle of 2024
    expected = np.exp(values.array[row] / 100 * np.sqrt(years))
    constant, nominal = (outcome.amounts(("line",), "total", "additional", p)[1][:, 0] for p in ("constant", "nominal"))
    assert np.ptp(constant, axis=1).max() < 1e-9 and np.ptp(nominal[1]) < 1e-9
    assert nominal[0] / nominal[0, 0] == pytest.approx(expected / expected[0], rel=1e-12)
    plain = (outcome.line_unit[:, None] * outcome.weights("total", "nominal")[arrays.lines.group])[:, 0]
    assert plain == pytest.approx(nominal, rel=1e-12)
