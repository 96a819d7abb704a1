"""The commands about prices and decisions: the same amounts in every form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sfp_model import cli

ROOT = Path(__file__).parent.parent
Sfp = Callable[..., str]


@pytest.fixture
def sfp(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sfp:
    """Run ``sfp`` in this process; return standard output."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["sfp", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        assert stop.value.code in (0, None), captured.err
        return captured.out

    return call


def from_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_effects_lead_from_one_price_basis_to_the_other(sfp: Sfp) -> None:
    """CSV and JSON hold the same five amounts; the table shows them under words."""
    arguments = ("needs", "--by", "programme,year", "--prices", "effects")
    rows = from_csv(sfp(*arguments, "--format", "csv"))
    told = json.loads(sfp(*arguments, "--format", "json"))
    assert told["prices"] == "effects"
    assert [{k: str(v) for k, v in row.items()} for row in told["rows"]] == rows
    for row in rows:
        steps = sum(float(row[f"{n}_chf"]) for n in ("constant", "price_effect", "exchange_effect", "interaction"))
        assert steps == pytest.approx(float(row["nominal_chf"]), abs=0.005)
    table = sfp(*arguments)
    assert "exchange effect" in table and "constant and nominal prices" in table and "chf" not in table


def test_no_need_leaves_the_heading(sfp: Sfp) -> None:
    """A scenario without additional need writes the heading alone."""
    arguments = ("needs", "--by", "year", "--prices", "effects", "--scenario", "within-existing-resources")
    assert sfp(*arguments, "--format", "csv").startswith("year,constant_chf,price_effect_chf")


@pytest.mark.parametrize("show", ["options", "deferral", "implications", "posts", "languages"])
def test_decisions_in_every_form(sfp: Sfp, show: str) -> None:
    """CSV and JSON hold the rows of the stored table; the table is a summary of them with a note."""
    arguments = ("decisions", "--show", show, "--decision", "b.1", "--scenario", "separate-reviews")
    rows = from_csv(sfp(*arguments, "--format", "csv"))
    told = json.loads(sfp(*arguments, "--format", "json"))
    assert told["show"] == show and len(told["rows"]) == len(rows) > 0
    assert {row["decision"] for row in rows} == {"b.1"}
    table = sfp(*arguments)
    assert "separate-reviews" in table and "b.1" in table and "_" not in table


def test_table_of_deferral_is_the_sum_of_its_rows(sfp: Sfp) -> None:
    """Waiting is everything that a later decision takes more, and its management a part of it."""
    rows = from_csv(sfp("decisions", "--show", "deferral", "--decision", "b.1", "--format", "csv"))
    whole = sum(float(row["additional_nominal"]) for row in rows if row["months"].startswith("12"))
    managed = sum(
        float(row["additional_nominal"])
        for row in rows
        if row["months"].startswith("12") and row["part"] == "management"
    )
    table = sfp("decisions", "--show", "deferral", "--decision", "b.1", "--prices", "nominal")
    cells = next(line for line in table.splitlines() if " 12 " in line).split("│")
    assert [cells[-3].strip(), cells[-2].strip()] == [f"{whole / 1000:.0f}", f"{managed / 1000:.0f}"]


def test_options_say_what_they_presuppose(sfp: Sfp) -> None:
    """One decision comes with the conditions of its options."""
    assert "B presupposes: Member States instruct the secretariat" in sfp("decisions", "--decision", "a.1")


def test_a_decision_that_does_not_exist_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names those that exist."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.argv", ["sfp", "decisions", "--decision", "z.9"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "decisions are a.1" in capsys.readouterr().err
