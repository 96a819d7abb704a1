"""The command that draws: formats agree, the total adds up for means, precision and dependence are reported."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from tests.test_cli import rows

QUICK = ("--draws", "40960")


def test_simulate(sfp) -> None:
    """Means add up to the total, percentiles are in order and not below the errors stated; csv holds the same rows."""
    every = rows(sfp, "simulate", "--by", "programme", *QUICK)
    found = [row for row in every if row["time"] == "2024-2027"]
    assert found == every[: len(found)]
    assert {row["time"] for row in every[len(found) :]} == {"after 2027"}
    total = found[-1]
    assert total["programme"] == "total"
    assert sum(row["mean_chf"] for row in found[:-1]) == pytest.approx(total["mean_chf"])
    assert total["p10_chf"] < total["p50_chf"] < total["p80_chf"] < total["p90_chf"]
    for what in ("mean", "p10", "p50", "p80", "p90"):
        assert 0 < total[f"se_{what}_chf"] < 0.01 * total[f"{what}_chf"]
    code, out, _ = sfp("simulate", *QUICK, "--format", "csv", "--executor", "here")
    assert code == 0
    other = list(csv.DictReader(io.StringIO(out)))
    assert [float(row["p80_chf"]) for row in other] == [row["p80_chf"] for row in every]


def test_simulate_agrees_with_contingency_to_the_centime(sfp) -> None:
    """The horizon's row of sfp simulate is the build-up of sfp contingency: same draws, same percentiles and errors."""
    drawn = next(row for row in rows(sfp, "simulate", "--by", "") if row["time"] == "2024-2027")
    found = rows(sfp, "contingency", "--show", "build-up")
    stored = next(r for r in found if (r["breakdown"], r["period"], r["prices"]) == ("total", "all", "constant"))
    names = {"mean": "expected", "p10": "p10", "p50": "p50", "p80": "p80", "p90": "p90", "base": "base"}
    for mine, theirs in names.items():
        assert drawn[f"{mine}_chf"] == pytest.approx(stored[f"{theirs}_chf"], abs=0.01)
        if mine != "base":
            assert drawn[f"se_{mine}_chf"] == pytest.approx(stored[f"se_{theirs}_chf"], abs=0.01)
    yearly = rows(sfp, "simulate", "--by", "", "--time", "year")
    assert yearly[-1]["time"] == "2024-2027"
    assert yearly[-1]["p80_chf"] == pytest.approx(drawn["p80_chf"], abs=0.01)
    assert sum(r["mean_chf"] for r in yearly if r["time"].isdigit()) == pytest.approx(drawn["mean_chf"], abs=0.01)


def test_simulate_until_precise(sfp, monkeypatch, caplog) -> None:
    """Blocks are added until P80 of the total is known well enough; the table says how many and how exact."""
    code, out, _ = sfp("simulate", "--by", "", "--until", "0.01", "--format", "json", "--sampler", "sobol")
    answer = json.loads(out)
    assert code == 0
    assert answer["blocks"] >= 10
    assert 0 < answer["rows"][0]["se_p80_chf"] <= 0.01 * answer["rows"][0]["p80_chf"]
    assert answer["reached"]
    monkeypatch.setattr("sfp_model.cli.simulation._check_reachable", lambda *_: None)
    monkeypatch.setattr("sfp_model.results.simulation.MOST", 10)
    code, out, _ = sfp("simulate", "--by", "", "--until", "1e-9", "--format", "json")
    assert code == 0
    assert not json.loads(out)["reached"]
    assert "Not reached: P80 of the total is known to" in json.loads(out)["note"]
    assert "not known to the share asked for" in caplog.text


def test_simulate_refuses_a_precision_out_of_reach(sfp) -> None:
    """The pilot says how many blocks it would take and what can be had; that is then not refused."""
    for arguments in ((), ("--rho", "0.5")):
        code, out, err = sfp("simulate", "--by", "", "--until", "1e-9", "--format", "json", *arguments)
        words = " ".join(err.split()).replace("\u00a0", " ")
        assert code == 2 and not out
        found = re.search(r"would take about ([\d ]+) blocks of 4 096 draws; 10 000 are the limit", words)
        assert float(found[1].replace(" ", "")) > 1e9
    best = re.search(r"ask for (\S+) or more", words)[1]
    code, out, _ = sfp("simulate", "--by", "", "--until", str(2 * float(best)), "--format", "json")
    assert code == 0 and json.loads(out)["reached"]


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
    every = rows(sfp, *arguments)
    found = [row for row in every if row["time"] == "2024-2027"]
    assert [row["dependence.plan"] for row in found] == [0, 0.3]
    assert found[0]["p80_chf"] < found[1]["p80_chf"]
    assert len(list(tmp_path.glob("*.parquet"))) == 2
    assert rows(sfp, *arguments) == every
    code, _, err = sfp("sweep", str(tmp_path), "--set", "dependence.plan=much")
    assert code == 2
    assert "--set dependence.plan= 'much': give numbers with commas" in err
    code, _, err = sfp("simulate", "--rho", "some")
    assert code == 2
    assert "--rho 'some': give numbers" in err
