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
def sfp(sfp: Callable[..., tuple[int, str, str]]) -> Sfp:
    """Run ``sfp`` in this process; return standard output."""

    def call(*arguments: str) -> str:
        code, out, err = sfp(*arguments)
        assert code == 0, err
        return out

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


def test_options_show_years_the_plan_and_what_is_kept_on(sfp: Sfp) -> None:
    """The plan is the sum of its years; a deferral names what it keeps on, and editions that it overtakes."""
    rows = from_csv(sfp("decisions", "--decision", "MCK-FIN", "--format", "csv"))
    late = [row for row in rows if row["option"] == "defer"]
    inside = sum(float(row["delta_additional"]) for row in late if row["period"].isdigit())
    kept = sum(float(row["kept_on_constant"]) for row in late if row["period"] != "all")
    cells = next(line for line in sfp("decisions").splitlines() if "MCK-FIN" in line and "defer" in line).split("│")
    assert [cells[-3].strip(), cells[-2].strip()] == [f"({-inside / 1000:.0f})", f"{kept / 1000:.0f}"]
    told = sfp("decisions", "--decision", "DAL")
    assert "DAL: Whether" in told and "defer: editions of the event held before it is designed: 2025, 2026" in told


def test_implications_come_by_year(sfp: Sfp) -> None:
    """Each decision has its years and their sum; the row that no decision governs has a name."""
    table = sfp("decisions", "--show", "implications")
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
    assert [row[2] for row in cells if row[0] == "c.1"] == ["2024", "2025", "2026", "2027", "plan"]
    assert {row[0] for row in cells if not row[1]} == {"none"} and "none: Put to no decision" in table


def test_languages_are_compared_with_the_ceiling(sfp: Sfp) -> None:
    """The only ceiling found stands under the table, with the years that it is of."""
    told = sfp("decisions", "--show", "languages", "--prices", "nominal")
    assert "Only ceiling found: CHF 85.00 million for 4 years" in told.replace("\u00a0", " ") and "2016-19" in told


def test_tables_for_people_have_titles_and_rows_for_programs_have_ids(sfp: Sfp) -> None:
    """A table says what a programme and a category are called; CSV keeps the names of the parameter files."""
    arguments = ("needs", "--by", "programme,category")
    assert "Other staff costs" in (table := sfp(*arguments)) and "Regional presence" in table and "_" not in table
    assert any(row["category"] == "other_staff" for row in from_csv(sfp(*arguments, "--format", "csv")))
    assert "regional_presence" not in sfp("gains", "--level", "programme")


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
