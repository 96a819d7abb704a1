"""The commands on causes and choices: formats agree with the stored tables."""

from __future__ import annotations

import json

import pytest

from sfp_model.inputs import load_plan
from sfp_model.results import run


@pytest.mark.parametrize(
    ("arguments", "table", "words"),
    [
        (("sensitivity",), "sensitivity.tornado", "swing"),
        (("discover",), "discovery.boxes", "coverage"),
        (("voi",), "event.information", "everything"),
    ],
)
def test_json_is_the_stored_table(sfp, arguments: tuple[str, ...], table: str, words: str) -> None:
    """JSON rows are those of the table; the table for people has its words."""
    code, out, _ = sfp(*arguments, "--format", "json")
    assert code == 0
    assert json.loads(out)["rows"] == [r for r in run(load_plan()).table(table) if r.get("prices") != "nominal"]
    code, out, _ = sfp(*arguments)
    assert code == 0
    assert words in out


def test_sensitivity_of_the_nominal_need(sfp) -> None:
    """In nominal prices the drivers of prices are among the rows."""
    code, out, _ = sfp("sensitivity", "--prices", "nominal", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found["prices"] == "nominal"
    assert {"staff", "prices", "USD"} <= {row["input"] for row in found["rows"]}


def test_discover_takes_thresholds(sfp) -> None:
    """What is asked for is looked for and nothing else; the threshold stands in the rows."""
    code, out, _ = sfp("discover", "--ceiling", "2026-2027=3000000", "--format", "json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert {(row["case"], row["threshold_chf"]) for row in rows} == {("ceiling 2026-2027", 3e6)}
    code, out, _ = sfp("discover", "--above", "900000000")
    assert code == 0
    assert "nothing tells such draws apart" in " ".join(out.split())
    code, _, err = sfp("discover", "--ceiling", "much")
    assert code == 2
    assert "'much' is no ceiling" in err


def test_counts_have_no_decimals(sfp) -> None:
    """Groups print how many inputs they have; R² stands below the factors."""
    out = sfp("sensitivity", "--show", "groups")[1]
    assert "8.000" not in out and "132" in out
    assert "R²" in sfp("sensitivity", "--show", "factors")[1]


def test_robust_compares_the_named_scenarios(sfp) -> None:
    """Two scenarios, every criterion for every question."""
    code, out, _ = sfp("robust", "--scenarios", "baseline,within-existing-resources", "--format", "json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert {row["scenarios"] for row in rows} == {2.0}
    assert {row["question"] for row in rows} == {"concept", "a.1", "b.1"}
