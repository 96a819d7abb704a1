"""Payback of the second phase of the design, the hindcast of attendance, and plausibility, in every scenario."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sfp_model.decisions.event_hindcast import hindcast, used_for
from sfp_model.errors import InputError
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.hindcast import HINDCAST, Forecast, Observation, load_hindcast
from sfp_model.model.event_checks import event_warnings
from tests.shared import results

SCENARIOS = scenario_names(None)
DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_payback_agrees_with_results_and_needs(scenario: str) -> None:
    """Net results are those of event.results, the second phase the programme's one-off needs beside the subsidy."""
    found = results(scenario)
    rows = found.table("event.payback")
    by_edition = {(r["concept"], r["edition"]): r["net_chf"] for r in found.table("event.results")}
    recurrent = {r["line"] for r in found.table("flagship_event.lines") if r["recurrence"] == "recurrent"}
    phase = sum(
        r["constant_chf"]
        for r in found.table("flagship_event.needs")
        if r["funding"] == "additional" and r["line"] != "event/subsidy" and r["line"] not in recurrent
    )
    assert {r["concept"] for r in rows} == {c for c, _ in by_edition} - {"none"}
    for row in rows:
        assert row["net_chf"] == pytest.approx(by_edition[row["concept"], row["edition"]])
        assert row["second_phase_chf"] == pytest.approx(phase, abs=0.01)
    for concept in {r["concept"] for r in rows}:
        mine = [r for r in rows if r["concept"] == concept]
        total = -mine[0]["second_phase_chf"]
        for row in mine:
            total += row["net_chf"]
            assert row["cumulative_chf"] == pytest.approx(total)
        first = next((r["edition"] for r in mine if r["cumulative_chf"] >= 0), "none")
        assert {r["payback"] for r in mine} == {first}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_hindcast_has_a_quantile_for_each_forecast(scenario: str) -> None:
    """Where there is a forecast there is a quantile in order with its percentiles, else there is none."""
    rows = results(scenario).table("event.hindcast")
    assert {"2003", "2006", "2009", "2015", "2018", "2019", "2023", "2024", "2025"} == {r["edition"] for r in rows}
    for row in rows:
        if row["forecast_from"] == "none":
            assert row["quantile"] is row["p50"] is None
            continue
        assert row["p10"] <= row["p50"] <= row["p90"]
        for level, name in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
            assert (row["quantile"] > level) == (row["outcome"] > row[name]), row
    hosts = [r for r in rows if r["forecast_from"] == "host"]
    assert all(r["in_sample"] for r in hosts)
    joint = [r for r in rows if r["forecast_from"] == "the event model"]
    # The baseline rests on no count after 2019; only the scenario known-today knows the joint week of 2024.
    assert [r["in_sample"] for r in joint] == [scenario == "known-today", scenario == "known-today", False]


def test_quantile_of_a_forecast_of_a_host_in_closed_form() -> None:
    """With the rate triangular (0.35, 0.45, 0.80), F(0.5) = 1 − 0.3²/(0.45 · 0.35)."""
    plan = load_plan(None, None)
    from sfp_model.model import compile

    forecast = Forecast("host", 1000, 1000, 0, "", ("telecomasia",))
    seen = Observation("Test", 2009, 500, forecast, ("no-such-source",), "E", "")
    found = next(hindcast(plan, compile(plan), [seen]))
    assert found.quantile == pytest.approx(
        1 - 0.3**2 / (0.45 * 0.35), abs=0.02
    )  # one block, coupled through the factor of the plan
    assert found.p50 == pytest.approx(1000 * (0.8 - np.sqrt(0.5 * 0.45 * 0.35)), rel=0.01)
    assert not found.in_sample


def test_sources_of_a_forecast() -> None:
    """In-sample follows the sources of the parameters that a forecast uses, those of other concepts left out."""
    event = load_plan(None, None).event
    assert isinstance(event, EventPlan)
    model = used_for(event, Forecast("model", 0, 0, 0, "onsite", ()), "with_both")
    assert "aiforgood-2019-press" in model
    assert not {"joint-week-2024", "biztechafrica-2018", "telecomasia"} & model
    known = load_plan(None, None, scenario="known-today").event
    assert isinstance(known, EventPlan)
    persons = Forecast("model", 0, 0, 0, "persons", ())
    assert "joint-week-2024" not in used_for(event, persons, "with_both")
    assert "joint-week-2024" in used_for(known, persons, "with_both")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("outcome: 83000", "outcome: -1"), "-1 is not above 0"),
        (("{from: host, low: 40000,", "{from: guess, low: 40000,"), "guess"),
        (("year: 2003, ", ""), "a forecast from before needs year"),
        (("low: 9000, high: 11000", "low: 9000, high: 8000"), "8000 is below low 9000"),
        (("sources: [sanews-2018]", "sources: [sanews]"), "did you mean sanews-2018"),
    ],
)
def test_faults_of_the_file_have_their_line(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    """A fault of the observations is told with file and line."""
    text = (DATA / HINDCAST).read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / HINDCAST).write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_hindcast(tmp_path, load_plan(None, None).sources)
    assert expected in str(raised.value)
    assert f"{HINDCAST}:" in str(raised.value)


def test_a_folder_without_observations_has_no_hindcast(tmp_path: Path) -> None:
    """Another agency's data need no hindcast."""
    assert load_hindcast(tmp_path, ()) == ()


def test_bands_that_the_base_estimate_leaves_are_warnings() -> None:
    """The Telecom-style edition lies below both bands of the evidence; three concepts have more support for a delegate
    than the dearest case found, two of them earn less than the band of margins."""
    told = event_warnings(load_plan(None, None))
    assert Counter(fault.path.removeprefix("event.checks.") for fault in told) == {
        "telecom_revenue": 1, "telecom_cost": 1, "margin": 2, "public_support": 3,
    }  # fmt: skip
    assert all(fault.level == "warning" and fault.position.line > 1 for fault in told)
    outside = {r["check"] for r in results("baseline").table("event.checks") if not r["inside"]}
    assert outside == {"telecom_revenue", "telecom_cost", "margin", "public_support"}
