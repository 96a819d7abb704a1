"""What the plan needs of its event: the chosen concept's subsidy, without the other concepts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.event import EventArrays, evaluate_event, own_subsidies
from sfp_model.uncertainty.streams import sample


def subsidy_by_period(event: EventArrays, values: np.ndarray, periods: int) -> np.ndarray:
    """Return the subsidy of the own concept, (period, draw)."""
    out = np.zeros((periods, values.shape[1]))
    for period, subsidy in own_subsidies(event, values, periods):
        out[period] += subsidy
    return out


@pytest.mark.parametrize("scenario", ["baseline", "known-today"])
def test_the_own_concept_alone_gives_its_subsidy(scenario: str) -> None:
    """The subsidy of the chosen concept by itself is that of an evaluation of all, draw by draw."""
    arrays = compile(load_plan(None, None, scenario=scenario))
    periods = arrays.periods.count
    for values in (sample(arrays, 0, 0, size=256).array, base(arrays).array):
        for chosen in range(len(arrays.event.cases)):
            event = replace(arrays.event, chosen=chosen)
            every = evaluate_event(event, values).subsidy_by_period(periods)
            np.testing.assert_allclose(subsidy_by_period(event, values, periods), every, rtol=1e-12, atol=1e-6)


def test_editions_between_which_none_is_held() -> None:
    """An edition that is not held pays nothing and leaves the fund as it is."""
    arrays = compile(load_plan(None, None))
    event = replace(arrays.event, held=(True, False, False, True))
    values = sample(arrays, 0, 0, size=256).array
    every = evaluate_event(event, values).subsidy_by_period(arrays.periods.count)
    found = subsidy_by_period(event, values, arrays.periods.count)
    np.testing.assert_allclose(found, every, rtol=1e-12, atol=1e-6)
    assert (found.sum(axis=1) > 0).sum() == 2
    none = replace(arrays.event, held=(False,) * 4)
    assert not subsidy_by_period(none, values, arrays.periods.count).any()


def test_the_event_is_evaluated_when_it_is_read() -> None:
    """Amounts of the plan do not need all concepts; who reads the event gets them, and the same subsidy."""
    arrays = compile(load_plan(None, None))
    outcome = evaluate(arrays, base(arrays))
    amounts = outcome.amounts(("line",), "period")
    assert "event" not in outcome.__dict__
    line = [label[0] for label in amounts[0]].index(arrays.lines.ids[arrays.subsidy_line])
    every = outcome.event.subsidy_by_period(arrays.periods.count)
    np.testing.assert_allclose(amounts[1][line], every, rtol=1e-12, atol=1e-6)
