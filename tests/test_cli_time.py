"""``sfp schedule`` and ``sfp staffing``: formats agree with the stored tables and with the tables of needs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfp_model.cli.time import KEYS, work_by
from sfp_model.inputs import scenario_names
from sfp_model.report.format import thousands
from tests.shared import results as stored

ROOT = Path(__file__).parent.parent
Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("command", "show"),
    [("schedule", show) for show in ("actions", "programmes", "links", "meetings", "fixed", "effects", "peaks")]
    + [("staffing", show) for show in ("capacity", "overload", "levelling", "moves", "cases", "posts")],
)
def test_three_formats(sfp: Run, command: str, show: str) -> None:
    """JSON and CSV are the stored table, unrounded; the table says what it is."""
    rows: list[dict[str, Any]] = stored("accelerated").table(f"{command}.{show}")
    arguments = (command, "--show", show, "--scenario", "accelerated", "--format")
    code, out, err = sfp(*arguments, "json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["scenario"], found["show"]) == ("accelerated", show)
    assert found["rows"] == rows
    _, out, _ = sfp(*arguments, "csv" if show in ("links", "moves") else "table")
    if show in ("links", "moves"):
        assert len(list(csv.DictReader(io.StringIO(out)))) == len(rows)
    else:
        assert "scenario accelerated" in " ".join(out.split())


def test_work_adds_up_to_the_needs(sfp: Run) -> None:
    """Person-months by year are those of the tables of needs; consultants stand in days."""
    _, out, _ = sfp("staffing", "--by", "year", "--format", "json")
    by_year = {row["year"]: row for row in json.loads(out)["rows"]}
    programmes = ("transformation", "regional_presence", "workplace", "flagship_event")
    needs = [row for p in programmes for row in stored("baseline").table(f"{p}.needs")]
    for year, row in by_year.items():
        assert row["person_months"] == pytest.approx(sum(n["person_months"] for n in needs if n["period"] == year))
    _, out, _ = sfp("staffing", "--by", "kind", "--format", "csv")
    kinds = {row["kind"]: row for row in csv.DictReader(io.StringIO(out))}
    assert float(kinds["consultant"]["days"]) > 0
    assert float(kinds["consultant"]["person_months"]) == 0


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_breakdown_of_work_adds_up(scenario: str) -> None:
    """Person-months by any key, and by any key and year, are those of the tables of needs; the memo stays apart."""
    results = stored(scenario)
    programmes = [name.removesuffix(".needs") for name in results.names if name.endswith(".needs")]
    needs = [row for p in programmes for row in results.table(f"{p}.needs")]
    inside = sum(row["person_months"] for row in needs if row["period"].isdigit())
    work = results.table("staffing.quarters")
    for key in KEYS:
        whole = inside if key not in ("year", "quarter") else sum(row["person_months"] for row in needs)
        assert sum(row["person_months"] for row in work_by(work, [key])) == pytest.approx(whole, abs=1e-6), key
        if key in ("year", "quarter"):
            continue
        rows = work_by(work, [key, "year"])
        for year in {row["period"] for row in needs}:
            part = sum(row["person_months"] for row in rows if row["year"] == year)
            assert part == pytest.approx(sum(n["person_months"] for n in needs if n["period"] == year), abs=1e-6)


def test_totals_count_the_years_of_the_plan(sfp: Run) -> None:
    """What lies before the plan stands beside the total, with and without years."""
    _, by_year, _ = sfp("needs", "--measure", "absorbed", "--by", "funding,year")
    _, by_part, _ = sfp("needs", "--measure", "absorbed", "--by", "initiative")
    total = sum(
        row["chf"]
        for row in json.loads(sfp("needs", "--measure", "absorbed", "--by", "sector", "--format", "json")[1])["rows"]
    )
    shown = thousands(total)
    assert next(line for line in by_year.splitlines() if "Total" in line).rstrip("│ ").endswith(shown)
    assert next(line for line in by_part.splitlines() if "Total" in line).rstrip("│ ").endswith(shown)
    assert "not counted: before 2024" in by_part
    by_month = sfp("needs", "--measure", "absorbed", "--by", "month")[1]
    assert "before 2024 and after 2027 are not counted" in " ".join(by_month.split())


def test_grades_stand_from_the_top(sfp: Run) -> None:
    """Directors, professionals, general service, then mixes."""
    rows = json.loads(sfp("staffing", "--by", "grade", "--format", "json")[1])["rows"]
    grades = [row["grade"] for row in rows if row["grade"]]
    assert grades == ["D2", "D1", "P5", "P4", "P3", "P2", "G6", "G5", "mix"]


def test_tables_by_quarter_and_levelling_by_months(sfp: Run) -> None:
    """Quarters stand across; levelling by whole quarters needs no more posts than by half years."""
    _, out, _ = sfp("staffing", "--by", "sector,quarter")
    assert "GS" in out and "Q1" in out
    posts = {}
    for step in ("3", "6"):
        scenario = ("--scenario", "accelerated", "--format", "json")
        _, out, _ = sfp("staffing", "--show", "levelling", "--step", step, *scenario)
        rows = json.loads(out)["rows"]
        posts[step] = sum(row["posts"] for row in rows if row["case"] == "levelled")
    assert posts["3"] <= posts["6"]


def test_an_unknown_breakdown_lists_the_choices(sfp: Run) -> None:
    """A slip in ``--by`` is wrong usage."""
    code, _, err = sfp("staffing", "--by", "colour")
    assert code == 2
    assert "is none of programme, action" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("schedule",), "a.2 Synergies across the Sectors"),
        (("staffing", "--show", "moves"), "Transformation plan"),
        (("staffing", "--by", "sector,station,year"), "Telecommunication Development Bureau │ Regions"),
        (("needs", "--by", "action,year"), "b.2 Agile teams for cross-cutting topics"),
    ],
)
def test_tables_for_people_name_things_by_their_titles(sfp: Run, arguments: tuple[str, ...], words: str) -> None:
    """Keys stand in CSV and JSON; a table shows what they are called."""
    code, out, err = sfp(*arguments)
    assert code == 0, err
    assert words in " ".join(out.split())
    assert words not in sfp(*arguments, "--format", "csv")[1]
