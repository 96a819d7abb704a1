"""The real plan: every scenario reconciles, its tables agree with each other, and its golden file is current."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.model import compile, draw, evaluate, reconcile
from sfp_model.results import ResultSet, golden
from tests.shared import results as stored

ROOT = Path(__file__).parents[2]
PARAMS, DATA = ROOT / "params", ROOT / "data"
SCENARIOS = scenario_names(PARAMS)
PROGRAMMES = ("transformation", "regional_presence", "workplace", "flagship_event")


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> tuple[str, ResultSet]:
    return request.param, stored(request.param)


def test_parts_add_up(scenario: tuple[str, ResultSet]) -> None:
    """All checks of the base estimate hold, and needs by sector add up to the summary."""
    _, results = scenario
    assert max(row["difference_chf"] for row in results.table("summary.reconciliation")) == 0
    for programme in PROGRAMMES:
        for prices in ("constant", "nominal"):
            needs = sum(row[f"{prices}_chf"] for row in results.table(f"{programme}.needs"))
            whole = sum(
                row[f"{funding}_{prices}"]
                for row in results.table("summary.initiatives")
                if row["programme"] == programme
                for funding in ("additional", "absorbed", "in_kind")
            )
            assert needs == pytest.approx(whole, abs=0.01)


def test_every_item_of_the_source_is_answered_for(scenario: tuple[str, ResultSet]) -> None:
    """Each item is costed, in the memo column, without cost for a reason, or context."""
    _, results = scenario
    for row in results.table("trace"):
        assert row["status"] in ("costed", "no_cost", "context", "before_2024"), row
        assert row["status"] == "costed" or row["reason"], row


def test_golden_file_is_current(scenario: tuple[str, ResultSet]) -> None:
    """Totals are those beside the scenario; what changed on purpose is accepted by ``make accept``."""
    name, results = scenario
    path = PARAMS / "scenarios" / f"{name}.golden.json"
    assert path.is_file(), f"{path.name} is missing; make accept writes it"
    told = golden.difference(golden.read(path), golden.make(results))
    assert told == [], "golden results differ; if on purpose: make accept\n" + "\n".join(told)


@pytest.mark.parametrize("scenario", scenario_names())
def test_draws_reconcile(scenario: str) -> None:
    """Every draw of every scenario adds up in every cut and both price bases."""
    arrays = compile(load_plan(PARAMS, DATA, scenario))
    quantiles = np.random.default_rng(3).uniform(0.001, 0.999, (len(arrays.inputs), 8))
    assert reconcile(evaluate(arrays, draw(arrays, quantiles))) == []
