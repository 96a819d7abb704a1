"""Hindcast: quantiles against scipy and brute force; later observations nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sfp_model.inputs import scenario_names
from sfp_model.inputs.known import known_at
from sfp_model.results import ResultSet, compare
from sfp_model.results.hindcast import cdf, volatility
from tests.shared import results

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pair() -> tuple[ResultSet, ResultSet]:
    """The scenario that forecasts and the one that knows more."""
    return results("baseline"), results("known-today")


@pytest.fixture(scope="module")
def across(pair) -> ResultSet:
    return compare(list(pair))


def test_cdf_against_scipy() -> None:
    """Triangular, PERT and uniform, also at percentiles; a fixed value is a step."""
    stats = pytest.importorskip("scipy.stats")
    x = 0.9
    assert cdf("triangular", -0.5, 0.5, 2.0, "min-max", x) == pytest.approx(stats.triang(0.4, -0.5, 2.5).cdf(x))
    assert cdf("uniform", 0, 0, 4, "min-max", x) == pytest.approx(x / 4)
    beta = stats.beta(1 + 4 * 1 / 2.5, 1 + 4 * 1.5 / 2.5, -0.5, 2.5)
    assert cdf("pert", -0.5, 0.5, 2.0, "min-max", x) == pytest.approx(beta.cdf(x))
    for kind in ("pert", "triangular", "uniform"):
        assert cdf(kind, 1.0, 2.0, 4.0, "P10-P90", 4.0) == pytest.approx(0.9)
        assert cdf(kind, 1.0, 2.0, 4.0, "P10-P90", 1.0) == pytest.approx(0.1)
    assert (cdf("pert", 1, 1, 1, "min-max", 0.9), cdf("pert", 1, 1, 1, "min-max", 1.0)) == (0.0, 1.0)


def test_volatility_of_a_walk_with_a_known_step() -> None:
    """A large simulated walk of 8 per cent a year."""
    steps = np.random.default_rng(1).normal(0, 0.08 / 12**0.5, 20_000)
    assert volatility(np.exp(np.cumsum(steps)).tolist()) == pytest.approx(0.08, rel=0.02)


def test_every_observation_after_the_forecast_has_its_quantile(across) -> None:
    """2022 to 2025: four years of prices, dollar and euro, by the published values."""
    found = across.table("hindcast.prices")
    changes = {row["period"]: row for row in found if row["kind"] == "yearly change"}
    assert {year: row["observed"] for year, row in changes.items()} == {
        "2022": 2.8, "2023": 2.1, "2024": 1.1, "2025": 0.2,
    }  # fmt: skip
    assert [changes[year]["quantile"] for year in ("2022", "2023")] == [1.0, 1.0]
    assert changes["2024"]["quantile"] == pytest.approx(1 - 0.9**2 / (2.5 * 1.5))
    rates = {(row["name"], row["period"]): row for row in found if row["method"].startswith("yardstick")}
    assert len(rates) == 8
    assert rates["chf_per_usd", "2023"]["observed"] == pytest.approx(0.8984, abs=1e-4)
    assert rates["chf_per_eur", "2025"]["observed"] == pytest.approx(0.939, abs=0.003)
    assert all(0 < row["quantile"] < 1 for row in rates.values())
    assert all(row["known_until"] <= "2021-08" for row in found)


def test_variance_of_the_yardstick_by_brute_force(across) -> None:
    """The mean of a year of a random walk that starts t years after the last month has variance σ² (t + 1/3)."""
    (row,) = [
        r for r in across.table("hindcast.prices")
        if r["method"].startswith("yardstick") and (r["name"], r["period"]) == ("chf_per_usd", "2024")
    ]  # fmt: skip
    sigma = float(str(row["distribution"]).split()[1]) / 100
    rng, steps = np.random.default_rng(2), 240
    start = 2024 - (2021 + 7.5 / 12)
    before = rng.normal(0, sigma * start**0.5, 4000)
    walk = before[:, None] + np.cumsum(rng.normal(0, sigma / steps**0.5, (4000, steps)), axis=1)
    spread = np.log(row["forecast_high"] / row["forecast_mode"]) / 1.2815515655446004
    assert walk.mean(axis=1).std() == pytest.approx(spread, rel=0.04)


def test_finances_are_those_of_the_audited_series(across) -> None:
    """CHF of 2019 and 2023 as published in dollars times the mean rate; four years add up."""
    found = {row["period"]: row for row in across.table("hindcast.finance")}
    assert found["2019"]["expense_chf"] / 1e6 == pytest.approx(249.3, abs=0.2)
    assert found["2023"]["revenue_chf"] / 1e6 == pytest.approx(207.6, abs=0.2)
    assert found["2019"]["known"] is True
    assert found["2022"]["known"] is False
    years = sum(found[str(year)]["expense_chf"] for year in range(2016, 2020))
    assert found["2016-2019"]["expense_chf"] == pytest.approx(years)
    assert found["2016-2019"]["plan_mode_chf"] == 652_000_000


def test_later_observations_are_read_nowhere_else(pair) -> None:
    """Only known-today holds them; only the hindcasts of prices and of the event read tables made from them."""
    for name in scenario_names():
        rows = results(name).table("observations")
        late = [row for row in rows if not known_at(str(row["period"]), "2021-08-31")]
        assert bool(late) == (name == "known-today")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        reads = json.loads(path.read_text(encoding="utf-8"))["metadata"]["sfp"]["reads"]
        later = {read.partition("[")[0] for read in reads if "hindcast" in read or read.startswith("observations")}
        assert later <= {"hindcast": later, "event-evidence": {"event.hindcast"}}.get(path.stem, set()), path.stem
    code = sorted((ROOT / "sfp_model").rglob("*.py"))
    used = {path.name for path in code if "load_hindcast" in path.read_text("utf-8")}
    assert used == {"hindcast.py", "tables_event_past.py"}


def test_without_later_knowledge_there_is_nothing_to_show(pair) -> None:
    """One scenario, or two that know the same, leave the tables empty."""
    alone = compare([pair[0]])
    assert alone.table("hindcast.prices") == alone.table("hindcast.finance") == []
