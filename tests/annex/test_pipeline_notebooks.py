"""What a notebook declares is checked before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfp_model.annex import reads
from sfp_model.annex.execute import prepare
from sfp_model.annex.notebooks import check_tables, discover
from sfp_model.errors import AnnexError, InputError
from tests.annex.pipeline_project import PARAMETERS, code, front, text, write_notebook, write_results

GOOD = {"title": "Page", "order": 1, "scope": "scenario", "reads": ["needs"]}


def faults(folder: Path, sfp: dict[str, Any] | None, cells: list[dict[str, Any]] | None = None) -> str:
    write_notebook(folder / "page.ipynb", sfp, [front("Page"), PARAMETERS, code("1")] if cells is None else cells)
    with pytest.raises(InputError) as raised:
        discover(folder)
    return str(raised.value)


def test_notebooks_come_in_the_declared_order(tmp_path: Path) -> None:
    cells = [PARAMETERS, code("1")]
    write_notebook(tmp_path / "a.ipynb", GOOD | {"order": 2}, cells)
    write_notebook(tmp_path / "b.ipynb", GOOD | {"order": 1, "scope": "across"}, cells)
    found = discover(tmp_path)
    assert [n.name for n in found] == ["b", "a"]
    assert [n.across for n in found] == [True, False]


@pytest.mark.parametrize(
    ("sfp", "message"),
    [
        (None, "declares title, order, scope and reads"),
        (GOOD | {"raeds": ["needs"]}, "did you mean 'reads'"),
        (GOOD | {"scope": "world"}, "'world' is neither 'scenario' nor 'across'"),
        (GOOD | {"reads": []}, "at least one table"),
        (GOOD | {"reads": ["needs", "needs"]}, "named twice: needs"),
        (GOOD | {"order": "first"}, "a number is needed"),
        (GOOD | {"title": " "}, "a text is needed"),
    ],
)
def test_faulty_metadata_is_named(tmp_path: Path, sfp: dict[str, Any] | None, message: str) -> None:
    said = faults(tmp_path, sfp)
    assert message in said
    assert "page.ipynb" in said


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('scenaro = "baseline"\nreads_digest = ""', "unknown parameter 'scenaro'; did you mean 'scenario'"),
        ('scenario = "baseline"', "the parameter 'reads_digest' is missing"),
        ("scenario =", "not Python"),
    ],
)
def test_parameters_are_exactly_those_that_the_pipeline_sets(tmp_path: Path, source: str, message: str) -> None:
    assert message in faults(tmp_path, GOOD, [code(source, tags=["parameters"]), code("1")])


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    said = faults(tmp_path, GOOD | {"order": None, "scope": None}, [code("1"), code(" ")])
    assert said.count("page.ipynb:1:1") == 4
    assert "one cell tagged 'parameters' is needed, 0 found" in said
    assert "cell 2: the code cell is empty" in said


def test_declared_tables_must_exist(tmp_path: Path) -> None:
    write_notebook(tmp_path / "page.ipynb", GOOD | {"reads": ["need"]}, [PARAMETERS])
    with pytest.raises(InputError, match=r"there is no table 'need'; did you mean 'needs'"):
        check_tables(discover(tmp_path), ["needs"], [])


def test_prepared_notebook_is_always_the_same_text(tmp_path: Path) -> None:
    import nbformat

    path = write_notebook(tmp_path / "page.ipynb", GOOD, [front("P"), text("t"), PARAMETERS, code("print(scenario)")])
    parameters = {"scenario": "faster", "reads_digest": "abc"}
    once, again = (nbformat.writes(prepare(path, parameters)) for _ in range(2))
    assert once == again
    assert 'scenario = "faster"' in nbformat.reads(once, as_version=4).cells[3].source


def test_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "page.ipynb", GOOD, [PARAMETERS])
    with pytest.raises(AnnexError, match=r"unknown parameter 'scenari'"):
        prepare(path, {"scenari": "faster"})


def test_digest_covers_declared_tables_only(tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks" / "page.ipynb", GOOD, [PARAMETERS])
    notebook = discover(tmp_path / "notebooks")[0]
    first = write_results(tmp_path / "1", {"needs": "line,chf\nx,1\n", "facts": "key,value\nf,1\n"})
    other_fact = write_results(tmp_path / "2", {"needs": "line,chf\nx,1\n", "facts": "key,value\nf,2\n"})
    other_need = write_results(tmp_path / "3", {"needs": "line,chf\nx,2\n", "facts": "key,value\nf,1\n"})
    same, fact, need = (reads.reads_of(notebook, r, "report", "lock") for r in (first, other_fact, other_need))
    assert same.digest == fact.digest != need.digest
    assert reads.reads_of(notebook, first, "report", "other lock").digest != same.digest
    assert reads.reads_of(notebook, first, "other report", "lock").digest != same.digest
    folder = reads.lay_out(same, first, tmp_path / "reads")
    assert sorted(f.name for f in folder.iterdir()) == ["_index.json", "needs.csv"]
