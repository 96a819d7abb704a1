"""The command that draws: formats agree, the total adds up for means, precision and dependence are reported."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.test_cli import rows

QUICK = ("--draws", "40960")


def test_simulate(sfp) -> None:
    """Means add up to the total, percentiles are in order and not below the errors stated; csv holds the same rows."""
    found = rows(sfp, "simulate", "--by", "programme", *QUICK)
    total = found[-1]
    assert total["programme"] == "total"
    assert sum(row["mean_chf"] for row in found[:-1]) == pytest.approx(total["mean_chf"])
    assert total["p10_chf"] < total["p50_chf"] < total["p80_chf"] < total["p90_chf"]
    assert 0 < total["se_p80_chf"] < 0.01 * total["p80_chf"]
    code, out, _ = sfp("simulate", *QUICK, "--format", "csv", "--executor", "here")
    assert code == 0
    other = list(csv.DictReader(io.StringIO(out)))
    assert [float(row["p80_chf"]) for row in other] == [row["p80_chf"] for row in found]


def test_simulate_until_precise(sfp) -> None:
    """Blocks are added until P80 of the total is known well enough; the table says how many and how exact."""
    code, out, _ = sfp("simulate", "--by", "", "--until", "0.01", "--format", "json", "--sampler", "sobol")
    answer = json.loads(out)
    assert code == 0
    assert answer["blocks"] >= 10
    assert answer["rows"][0]["se_p80_chf"] <= 0.01 * answer["rows"][0]["p80_chf"]


def test_simulate_at_correlations(sfp) -> None:
    """P80 rises with the correlation; the plan's own stands beside, with the correlations that follow from it."""
    code, out, _ = sfp("simulate", "--rho", "0,0.5")
    assert code == 0
    assert "lines of one initiative 0.30" in " ".join(out.split())
    found = rows(sfp, "simulate", "--rho", "0,0.5")
    assert [row["dependence"] for row in found] == [
        "as in the plan", "0 between costs and durations", "0.5 between costs and durations",
    ]  # fmt: skip
    assert found[1]["contingency_chf"] < found[0]["contingency_chf"] < found[2]["contingency_chf"]


def test_simulate_refuses(sfp) -> None:
    """What cannot be is wrong usage and says what is possible."""
    for arguments, words in (
        (("--time", "week"), "none of year, biennium, total"),
        (("--rho", "2"), "between 0 and 1"),
        (("--executor", "dask"), "needs the address"),
        (("--by", "colour"), "none of programme"),
    ):
        code, _, err = sfp("simulate", *arguments)
        assert code == 2
        assert words in err


def test_sweep(sfp, tmp_path) -> None:
    """Each combination is a file; a second run reads them and prints the same."""
    arguments = ("sweep", str(tmp_path), "--set", "dependence.plan=0,0.3", "--format", "json")
    found = rows(sfp, *arguments)
    assert [row["dependence.plan"] for row in found] == [0, 0.3]
    assert found[0]["p80_chf"] < found[1]["p80_chf"]
    assert len(list(tmp_path.glob("*.parquet"))) == 2
    assert rows(sfp, *arguments) == found
    code, _, err = sfp("sweep", str(tmp_path), "--set", "dependence.plan=much")
    assert code == 2
    assert "--set dependence.plan= 'much': give numbers with commas" in err
    code, _, err = sfp("simulate", "--rho", "some")
    assert code == 2
    assert "--rho 'some': give numbers" in err
