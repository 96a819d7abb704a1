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
