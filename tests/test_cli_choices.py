"""The commands on causes and choices: formats agree with the stored tables."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from sfp_model.cli import causes
from tests.shared import results


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
    assert json.loads(out)["rows"] == [r for r in results().table(table) if r.get("prices") != "nominal"]
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
    code, out, _ = sfp("discover", "--ceiling", "2026-2027=3000000", "--above", "900000000", "--format", "json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert {(row["case"], row["threshold_chf"]) for row in rows} == {("ceiling 2026-2027", 3e6), ("subsidy", 9e8)}
    assert rows[-1]["title"] == "The subsidy to the event is above CHF\u00a0900\u00a0000\u00a0000"
    assert rows[-1]["words"] == "" and rows[0]["words"]
    code, _, err = sfp("discover", "--ceiling", "much")
    assert code == 2
    assert "'much' is no ceiling" in err


def test_counts_have_no_decimals_and_factors_their_r2(sfp, monkeypatch) -> None:
    """Groups print how many inputs they have; what the factors explain stands below them."""
    group = {"prices": "constant", "group": "h", "title": "h", "inputs": 8.0, "first": 0.5, "first_low": 0.4,
             "first_high": 0.6, "total": 0.5, "total_low": 0.4, "total_high": 0.6}  # fmt: skip
    factor = {"prices": "constant", "factor": "plan", "title": "plan", "coefficient": 0.8, "coefficient_low": 0.7,
              "coefficient_high": 0.9, "first_order": 0.6, "first_order_low": 0.5, "first_order_high": 0.7,
              "explained": 0.755}  # fmt: skip
    tables = {"sensitivity.groups": [group], "sensitivity.factors": [factor]}
    monkeypatch.setattr(causes, "results_of", lambda *_: (None, SimpleNamespace(table=tables.__getitem__)))
    out = sfp("sensitivity", "--show", "groups")[1]
    assert "8.000" not in out and " 8 " in out and "0.500" in out
    assert "76% of the variance of the ranks (R²)" in sfp("sensitivity", "--show", "factors")[1]


def test_robust_compares_the_named_scenarios(sfp) -> None:
    """Two scenarios, every criterion for every question."""
    code, out, _ = sfp("robust", "--scenarios", "baseline,within-existing-resources", "--format", "json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert {row["scenarios"] for row in rows} == {2.0}
    assert {row["question"] for row in rows} == {"concept", "a.1", "b.1"}
