"""The command line: figures agree with each other, formats agree, exit codes are those documented."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfp_model.inputs import load_plan
from sfp_model.report.trace import contributions
from sfp_model.results import run
from sfp_model.results.breakdown import breakdown

ROOT = Path(__file__).parent.parent
SCENARIOS = [p.stem for p in sorted((ROOT / "params/scenarios").glob("*.yml"))]


def rows(sfp: Callable[..., tuple[int, str, str]], *arguments: str) -> list[dict[str, Any]]:
    """Return the rows of a JSON answer."""
    code, out, err = sfp(*arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)["rows"]


def test_every_breakdown_adds_up_to_the_same_total(sfp) -> None:
    """Initiative, category, sector, funding, year … are the same money."""
    totals = {}
    for by in (
        "programme",
        "initiative,category",
        "sector",
        "funding",
        "confidence,recurrence",
        "resource",
        "line",
        "month",
    ):
        found = rows(sfp, "needs", "--by", by, "--measure", "full")
        totals[by] = sum(row["chf"] for row in found if by != "month" or row["month"][:4].isdigit())
    assert all(total == pytest.approx(totals["programme"], abs=0.005) for total in totals.values()), totals


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_measures_add_up_in_every_scenario(sfp, scenario: str) -> None:
    """Additional, absorbed and in-kind are the full cost, in both price bases."""
    for prices in ("constant", "nominal"):
        part = {
            m: sum(
                r["chf"]
                for r in rows(sfp, "needs", "--by", "year", "--measure", m, "--prices", prices, "--scenario", scenario)
            )
            for m in ("additional", "absorbed", "in_kind", "full")
        }
        assert part["additional"] + part["absorbed"] + part["in_kind"] == pytest.approx(part["full"], abs=0.005)


def test_csv_and_json_hold_the_same_unrounded_figures(sfp) -> None:
    """Formats differ in form only."""
    arguments = ("needs", "--by", "initiative,year", "--scenario", "separate-reviews")
    listed = rows(sfp, *arguments)
    code, out, _ = sfp(*arguments, "--format", "csv")
    read = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(r["initiative"], r["year"], float(r["chf"])) for r in read] == [
        (r["initiative"], r["year"], r["chf"]) for r in listed
    ]


def test_trace_answers_for_every_cell_of_the_transformation_table(sfp) -> None:
    """The lines behind a cell add up to it, for both measures; the command prints the same."""
    plan = load_plan(ROOT / "params", ROOT / "data", "baseline")
    results = run(plan)
    for measure in ("additional", "absorbed"):
        cells = breakdown(plan, results, ["programme", "initiative", "year"], measure)
        cells = [cell for cell in cells if cell["programme"] == "transformation"]
        assert len(cells) > 20
        for cell in cells:
            lines = contributions(plan, results, {cell["initiative"]}, cell["year"], measure)
            assert sum(line["chf"] for line in lines) == pytest.approx(cell["chf"], abs=0.005)
            assert all(plan.lines[line["line"]].quantity.source for line in lines)
    cell = max(cells, key=lambda c: c["chf"])
    code, out, err = sfp("trace", cell["initiative"], "--year", cell["year"], "--measure", measure, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    assert found["total_chf"] == pytest.approx(cell["chf"], abs=0.005)
    assert found["lines"] and found["serves"] and all(v["source"] and v["confidence"] for v in found["values"])


def test_trace_of_an_item_of_the_source_shows_what_answers_it(sfp) -> None:
    """An alias shows the amounts of the action that it repeats; an item without cost says why."""
    found = {}
    for item in ("a.P1.1", "a.1", "GAP-A"):
        code, out, err = sfp("trace", item, "--format", "json")
        assert code == 0, err
        found[item] = json.loads(out)["total_chf"]
    assert found["a.P1.1"] == pytest.approx(found["a.1"]) and found["GAP-A"] > found["a.1"] > 0
    assert "licence" in sfp("trace", "chf_per_usd")[1]


def test_trace_says_where_the_p4_rate_comes_from(sfp) -> None:
    """Rate, unit, basis, source and place in the files."""
    code, out, _ = sfp("trace", "staff.geneva.P4")
    assert code == 0
    for word in ("218\u00a0000", "CHF/person-year", "params/rates.yml:", "basis:", "rests on:"):
        assert word in out


def test_unknown_names_are_wrong_usage_and_name_the_nearest(sfp) -> None:
    """Exit code 2, nothing on standard output."""
    for arguments, word in (
        (("trace", "staff.geneva.P44"), "staff.geneva.P4"),
        (("needs", "--by", "initiativ"), "initiative"),
        (("needs", "--scenario", "basline"), "baseline"),
        (("trace", "a", "--year", "2031"), "2027"),
        (("needs", "--measure", "cash"), "additional"),
    ):
        code, out, err = sfp(*arguments)
        assert (code, out) == (2, ""), (arguments, out)
        assert word in err


def test_faults_of_the_input_end_with_one_and_leave_nothing(sfp, tmp_path: Path) -> None:
    """Every fault with file, line and column on standard error; exit code 1."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    file = tmp_path / "params/transformation/a.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("unit: person-month", "unit: person-monht", 1).replace("P4", "P44", 1), encoding="utf-8"
    )
    code, out, err = sfp("needs", "--params", str(tmp_path / "params"), "--data", str(ROOT / "data"))
    assert (code, out) == (1, "")
    assert "a.yml:" in err and "person-month" in err and "staff.geneva.P4" in err and "2 faults" in err


def test_validate_names_every_scenario(sfp) -> None:
    """A clean check says so for each scenario."""
    code, out, _ = sfp("validate")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == ["baseline", *[s for s in SCENARIOS if s != "baseline"]]


def test_event_none_is_the_reference(sfp) -> None:
    """The concept none has nil in all money columns."""
    none = [row for row in rows(sfp, "event", "results") if row["concept"] == "none"]
    assert none and all(row["net_chf"] == row["revenue_chf"] == row["cost_chf"] == 0 for row in none)


def test_trace_answers_for_every_label_of_a_breakdown(sfp) -> None:
    """What a breakdown names, the derived subsidy and the categories included, is traced to the same amount."""
    for by in ("programme", "action", "category", "sector", "resource", "line", "activity"):
        for row in rows(sfp, "needs", "--by", by)[-3:]:
            code, out, err = sfp("trace", row[by], "--format", "json")
            assert code == 0, err
            assert json.loads(out)["total_chf"] == pytest.approx(row["chf"], abs=0.005), row


def test_an_empty_answer_keeps_its_csv_header(sfp) -> None:
    """A scenario without additional money gives a header and no row."""
    arguments = ("--scenario", "within-existing-resources", "--format", "csv")
    assert sfp("needs", "--by", "initiative,year", *arguments)[1] == "initiative,year,chf\n"
