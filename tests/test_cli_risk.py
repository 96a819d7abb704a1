"""The commands about risks: formats agree with the stored table."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.results import run
from tests.shared import results


def test_risks_in_three_formats(sfp) -> None:
    """CSV and JSON hold the stored table, unrounded; the table shows thousands."""
    stored = results().table("risks")
    code, out, _ = sfp("risks", "--format", "json")
    assert code == 0
    answer = json.loads(out)
    assert answer["rows"] == stored
    assert answer["unit"] == "CHF"
    lines = list(csv.DictReader(io.StringIO(sfp("risks", "--format", "csv")[1])))
    assert [float(x["expected_before_chf"]) for x in lines] == [x["expected_before_chf"] for x in stored]
    text = sfp("risks")[1]
    assert "response cost" in text
    assert "probability after" in text
    assert "escrow" in text
    assert "reviews-not-agreed" in text


def test_views_and_classes_show_what_is_stored(sfp) -> None:
    """Both views by action, with the cap alone and with the shift; the plan stands beside every level."""
    found = results()
    answer = json.loads(sfp("risks", "--show", "views", "--level", "all", "--format", "json")[1])
    assert answer["rows"] == found.table("views")
    lines = list(
        csv.DictReader(io.StringIO(sfp("risks", "--show", "views", "--level", "action", "--format", "csv")[1]))
    )
    assert {line["level"] for line in lines} == {"plan", "action"}
    assert {line["view"] for line in lines} == {"inside", "outside", "outside_cap"}
    assert "mean of worst" in sfp("risks", "--show", "views")[1]
    assert json.loads(sfp("risks", "--show", "classes", "--format", "json")[1])["rows"] == found.table(
        "overrun.classes"
    )
    assert "high cap" in sfp("risks", "--show", "classes")[1]
    assert "net benefit" in sfp("risks", "--show", "responses")[1]


@pytest.mark.parametrize("scenario", scenario_names())
def test_register_of_every_scenario_is_complete(scenario: str) -> None:
    """Eight to twelve risks, each with owner, response, estimate code and catalogue item; nothing in the base."""
    plan = load_plan(scenario=scenario)
    assert 8 <= len(plan.risks) <= 12
    for risk in plan.risks.values():
        assert risk.owner
        assert risk.response.title
        assert all(item in plan.catalogue for item in risk.serves)
        assert all(value.confidence == "E" and value.basis for value in risk.values())
    rows = run(plan).table("transformation.needs")
    assert not any(str(row["line"]).startswith("risks/") for row in rows)


def test_gains_show_what_is_stored(sfp) -> None:
    """Break-even by level; amounts and net present value only where gains are claimed."""
    stored = results().table("gains.break_even")
    answer = json.loads(sfp("gains", "--level", "all", "--format", "json")[1])
    assert answer["rows"] == stored
    lines = list(csv.DictReader(io.StringIO(sfp("gains", "--level", "programme", "--format", "csv")[1])))
    assert {line["level"] for line in lines} == {"programme"}
    text = " ".join(sfp("gains")[1].split())
    assert "all process hours" in text
    assert "20 per cent of working time (E)" in text
    assert "nothing to show" in sfp("gains", "--show", "npv")[1]
    assert sfp("gains", "--show", "npv", "--format", "csv")[1].startswith("level,id,")
    amounts = json.loads(sfp("gains", "--show", "amounts", "--scenario", "gains-estimate", "--format", "json")[1])
    assert sum(row["cashable_nominal"] for row in amounts["rows"]) > 0
