"""The store: whole or not at all, reused under its digest, and read back bit for bit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.change import with_choice, without_event
from sfp_model.results import compare, golden, run, store
from sfp_model.results.table import Table, columns
from tests.results.test_tables import small


def test_a_stored_result_reads_back_the_same(tmp_path: Path) -> None:
    """CSV keeps every digit, boolean and empty number."""
    kept, fresh = run(small(), tmp_path), run(small())
    assert kept.names == fresh.names
    for name in kept.names:
        assert kept.table(name) == fresh.table(name)
        assert kept.hash(name) == fresh.hash(name)


def test_a_complete_result_is_not_evaluated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run reads the folder."""
    first = run(small(), tmp_path)
    monkeypatch.setattr("sfp_model.results.evaluation.Evaluation.of", lambda *a, **k: pytest.fail("evaluated again"))
    assert run(small(), tmp_path).folder == first.folder


def test_another_plan_is_another_folder(tmp_path: Path) -> None:
    """The digest of the plan is part of the key."""
    assert run(small(), tmp_path).folder != run(replace(small(), digest="1" * 64), tmp_path).folder


def test_an_interrupted_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If writing stops half way, no folder carries the digest, and the next run is complete."""
    whole = store._write

    def stop(place: Path, digest: str, tables: dict[str, Table]) -> None:
        whole(place, digest, dict(list(tables.items())[:3]))
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_write", stop)
    with pytest.raises(KeyboardInterrupt):
        run(small(), tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(store, "_write", whole)
    assert (run(small(), tmp_path).folder / store.INDEX).is_file()


def test_an_incomplete_folder_is_replaced(tmp_path: Path) -> None:
    """A folder without its index is not trusted."""
    first = run(small(), tmp_path).folder
    (first / store.INDEX).unlink()
    (first / "decisions.csv").write_text("broken", encoding="utf-8")
    again = run(small(), tmp_path)
    assert again.table("decisions")[0]["decision"] == "q"


def test_results_in_memory_have_a_folder_when_asked() -> None:
    """Without a store the tables can still be handed over as files."""
    results = run(small())
    assert (results.folder / "transformation.needs.csv").is_file()


def test_frames_have_types() -> None:
    """Numbers are floats, booleans booleans, text text."""
    frame = run(small()).frame("decisions")
    assert frame["chosen"].dtype == bool
    assert frame["delta_additional"].dtype == float
    assert run(small()).frame("not_done").shape == (0, 6)


def test_unknown_tables_and_columns_are_refused() -> None:
    """The error names what there is."""
    with pytest.raises(UsageError, match="tables are"):
        run(small()).table("needs")
    with pytest.raises(UsageError, match="not declared"):
        Table.of(columns("a"), [{"b": 1}])


def test_scenarios_side_by_side(tmp_path: Path) -> None:
    """One row per scenario with the same totals as its own tables; kept beside the results."""
    other = replace(small(), digest="1" * 64, scenario=replace(small().scenario, name="other"))
    results = [run(small(), tmp_path), run(other, tmp_path)]
    across = compare(results)
    assert across.folder.parent == tmp_path
    rows = across.table("compare.scenarios")
    assert [row["scenario"] for row in rows] == ["baseline", "other"]
    assert rows[0]["additional_constant"] == pytest.approx(46_000)
    assert rows[0]["additional_2024"] == pytest.approx(10_000)
    assert rows[0]["additional_full_year"] == pytest.approx(12_000)
    assert len(across.table("compare.initiatives")) == 2 * len(results[0].table("summary.initiatives"))
    with pytest.raises(UsageError, match="nothing to compare"):
        compare([])


def test_golden_results_tell_differences_in_chf(tmp_path: Path) -> None:
    """A changed total is told with old, new and difference; the file reads back the same."""
    made = golden.make(run(small()))
    golden.write(tmp_path / "a.json", made)
    assert golden.difference(golden.read(tmp_path / "a.json"), made) == []
    made["totals"]["transformation"]["additional"]["constant"]["2024"] += 100.0
    (told,) = golden.difference(golden.read(tmp_path / "a.json"), made)
    assert told == "totals transformation additional constant 2024: 10,000.00 → 10,100.00 CHF (+100.00)"


def test_another_choice_is_another_result(tmp_path: Path) -> None:
    """A plan with another option chosen, or without its event, never reads the results of the first."""
    other = with_choice(small(), "q", "B")
    digests = {run(made, tmp_path).digest for made in (small(), other, without_event(small()))}
    assert len(digests) == 3
    assert with_choice(small(), "q", "A").digest == small().digest


def test_results_do_not_depend_on_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files seen from two folders have one digest; a line that moves has another, for tables show it."""
    for name in ("params", "data"):
        shutil.copytree(Path(__file__).parents[1] / "tiny" / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    here = run(load_plan("params", "data"))
    monkeypatch.chdir(tmp_path / "data")
    there = run(load_plan("../params", "."))
    assert here.digest == there.digest
    path = tmp_path / "params/rates.yml"
    path.write_text("# a line more\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(load_plan("../params", ".")).digest != here.digest
