"""A notebook that runs by hand reads what a build has kept, and makes the rest itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.report import open_tables
from sfp_model.results import run
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.store import keep
from sfp_model.results.table import Table

TINY = Path(__file__).parent.parent / "tiny"
READS = {"own": ["summary.scenario", "summary.initiatives"], "across": ["compare.initiatives"]}
KEPT = ("summary.scenario", "summary.initiatives")


def build(scenario: str) -> None:
    """Keep the results of a scenario as a build of the annex does, here of the tables that the notebooks need."""
    found = run(load_plan("params", "data", scenario), data=Path("data"))
    keep(lambda: found.digest, lambda: {n: Table.of(found.columns(n), found.table(n)) for n in KEPT}, Path("results"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny plan with two notebooks that declare tables, as working folder."""
    shutil.copytree(TINY, tmp_path, dirs_exist_ok=True)
    for name, reads in READS.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"metadata": {"sfp": {"reads": reads}}}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_kept_results_are_read_and_others_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tables from either; of kept scenarios nothing is evaluated, and nothing is written by reading."""
    made = {name: dict(open_tables("own", name)) for name in scenario_names(project / "params")}
    across = open_tables("across", "all")["compare.initiatives"]
    assert not (project / "results").exists()
    for name in made:
        build(name)
    kept = sorted(path.name for path in (project / "results").iterdir())
    assert len(kept) == len(made)

    monkeypatch.setattr(Evaluation, "of", lambda *_, **__: pytest.fail("evaluated again"))
    for name, tables in made.items():
        for table, frame in open_tables("own", name).items():
            assert frame.equals(tables[table])
    assert open_tables("across", "all")["compare.initiatives"].equals(across)
    assert sorted(path.name for path in (project / "results").iterdir()) == kept


def test_results_of_another_plan_are_not_taken(project: Path) -> None:
    """A changed parameter file is another plan."""
    build("baseline")
    before = open_tables("own")["summary.initiatives"]["additional_constant"].sum()
    rates = project / "params" / "rates.yml"
    rates.write_text(rates.read_text(encoding="utf-8").replace("mode: 100,", "mode: 110,"), encoding="utf-8")
    assert open_tables("own")["summary.initiatives"]["additional_constant"].sum() != before
