"""Only the inputs that a series reads are drawn: nothing else changes, and who reads another one notices."""

from __future__ import annotations

import numpy as np
import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.model import compile
from sfp_model.model.evaluate import MEASURES
from sfp_model.model.reading import rows_read
from sfp_model.uncertainty import SAMPLERS, run_block, simulate, summarise
from sfp_model.uncertainty.streams import sample
from sfp_model.uncertainty.work import Series


@pytest.fixture(scope="module")
def arrays():
    return compile(load_plan(None, None))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("view", ["inside", "outside"])
def test_amounts_are_the_same_bits(arrays, measure: str, view: str) -> None:
    """Amounts from the inputs that they read are those from all inputs, in constant and nominal prices."""
    rows = rows_read(arrays, measure)
    assert len(rows) < len(arrays.inputs)
    every = run_block(arrays, 3, 0, view=view, size=256)
    some = run_block(arrays, 3, 0, view=view, size=256, rows=rows)
    for prices in ("constant", "nominal"):
        wanted = every.amounts(("initiative",), "year", measure, prices)
        found = some.amounts(("initiative",), "year", measure, prices)
        assert found[0] == wanted[0]
        assert np.array_equal(found[1], wanted[1])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_is_not_drawn_is_not_a_number(arrays, sampler: str, monkeypatch) -> None:
    """Inputs that are read have their draws, fixed ones their value, others start with nan; also not compiled."""
    rows = rows_read(arrays, "additional")
    every = sample(arrays, 3, 1, sampler, size=64).array
    some = sample(arrays, 3, 1, sampler, size=64, rows=rows).array
    unread = np.isnan(some[:, 0])
    assert unread.sum() > 100
    assert not unread[rows].any()
    assert np.array_equal(some[~unread], every[~unread])
    assert np.isnan(run_block(arrays, 3, 1, sampler, size=64, rows=rows).amounts((), measure="absorbed")[1]).any()
    monkeypatch.setenv("SFP_KERNELS", "numpy")
    plain = sample(arrays, 3, 1, sampler, size=64, rows=rows).array
    assert np.array_equal(np.isnan(plain[:, 0]), unread)


def test_a_series_says_what_it_reads(arrays) -> None:
    """A simulation of a series draws what the series reads; any other measure gets all inputs."""
    series = Series(("initiative",), "year", totals=True)
    found = next(simulate(arrays, 3, 1, measure=series, size=64))
    assert np.array_equal(found, next(simulate(arrays, 3, 1, measure=lambda outcome: series(outcome), size=64)))
    assert not np.isnan(next(simulate(arrays, 3, 1, size=64)).values.array).any()


def test_a_summary_refuses_what_was_not_drawn(arrays) -> None:
    """A series that names fewer inputs than it reads does not get a number."""

    class Wrong(Series):
        def reads(self, arrays):
            return rows_read(arrays, "additional")

    with pytest.raises(UsageError, match="reads an input that it does not name"):
        summarise(simulate(arrays, 3, 10, measure=Wrong((), "year", "absorbed"), size=64))
