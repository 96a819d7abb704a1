"""A build does what changed and nothing else; a failed one leaves the last good site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from sfp_model.annex import execute
from sfp_model.annex.build import BuildReport, build, prepare_only
from sfp_model.annex.kernel import Run
from sfp_model.errors import AnnexError, UsageError
from tests.annex.pipeline_project import tiny_model, tiny_project

PACKAGE = Path(execute.__file__).parents[2]


def make(root: Path, **options: object) -> BuildReport:
    return build(root=root, renderer="embedded", quiet=True, model=tiny_model(), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    """The tiny project, built once for the baseline; the tests below go on from there, in order."""
    root = tiny_project(tmp_path_factory.mktemp("annex"))
    return root, make(root, scenarios=["baseline"])


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(execute, "run_many", refuse)


def test_cold_build_publishes_every_page(built: tuple[Path, BuildReport]) -> None:
    root, report = built
    assert report.changed and sorted(report.executed) == ["first (baseline)", "side (all scenarios)"]
    assert set(report.why.values()) == {"not run before"}
    site = root / "_site"
    for page in (
        "index",
        "annex/baseline/first",
        "annex/compare/side",
        "annex/baseline/downloads",
        "annex/about/build",
    ):
        assert (site / f"{page}.html").is_file(), page
    for name in ("needs.csv", "facts.csv", "annex-baseline.xlsx", "annex-baseline.pdf"):
        assert (site / "annex/downloads/baseline" / name).stat().st_size, name
    assert report.first_page == site / "index.html"
    assert report.durations["kernel start"] > 0


def test_notebooks_get_their_declared_tables_and_nothing_else(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    page = nbformat.read(root / "annex/baseline/first.ipynb", as_version=4)
    assert page.cells[-1].outputs[0].text == "baseline ['_index.json', 'needs.csv']\n"
    across = nbformat.read(root / "annex/compare/side.ipynb", as_version=4)
    assert across.cells[-1].outputs[0].text == "all ['_index.json', 'compare.needs.csv']\n"


def test_page_links_to_itself_in_the_other_scenarios(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    page = nbformat.read(root / "annex/baseline/first.ipynb", as_version=4)
    assert page.cells[0].cell_type == "raw" and page.cells[2].source == "Some text."
    assert "**Baseline** · [Side by side](../compare/side.ipynb)" in page.cells[1].source


def test_manifest_states_what_was_built_from_what(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    facts = json.loads((root / "_site/manifest.json").read_text(encoding="utf-8"))
    assert facts["scenarios"][0]["seed"] == 0 and len(facts["scenarios"][0]["digest"]) == 64
    assert {"notebook": "first", "scenario": "baseline", "why": "not run before"}.items() <= facts["executed"][
        0
    ].items()
    assert facts["commit"] is None
    assert facts["durations"]["site"] > 0
    shown = (root / "_site/annex/about/build.html").read_text(encoding="utf-8")
    assert facts["scenarios"][0]["digest"][:16] in shown and facts["versions"]["python"] in shown


def test_no_change_does_nothing_and_imports_nothing_heavy(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    make(root, scenarios=["baseline"])  # where a source of the package was saved since the first build
    os.utime(root / "params/baseline.json")  # another time, the same content
    script = """
import json, sys
from pathlib import Path
from sfp_model.annex.build import build
report = build(root=Path(sys.argv[1]), renderer="embedded", scenarios=["baseline"])
print(json.dumps([report.changed, report.lines()[0], sorted({m.partition(".")[0] for m in sys.modules})]))
"""
    command = [sys.executable, "-c", script, str(root)]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=True)
    changed, line, modules = json.loads(done.stdout)
    assert not changed and line.startswith("nothing has changed since the last build")
    heavy = {"numpy", "pandas", "xarray", "scipy", "matplotlib", "papermill", "nbformat", "nbclient", "jupyter_cache"}
    heavy |= {"pydantic", "yaml", "rich", "pypandoc", "typst", "sqlalchemy", "great_tables", "IPython"}
    assert not heavy & set(modules)
    assert done.stderr == ""


def test_one_value_runs_only_notebooks_whose_tables_changed(built: tuple[Path, BuildReport], no_kernels: None) -> None:
    root, _ = built
    (root / "params/baseline.json").write_text(json.dumps({"need": 1, "fact": "other"}), encoding="utf-8")
    report = make(root, scenarios=["baseline"])  # no notebook declares the table that changed
    assert report.changed and report.executed == () and report.cached == 2


def test_changed_table_is_given_as_the_reason(built: tuple[Path, BuildReport], monkeypatch: pytest.MonkeyPatch) -> None:
    root, _ = built
    (root / "params/baseline.json").write_text(json.dumps({"need": 5, "fact": "other"}), encoding="utf-8")
    before = (root / "_site/manifest.json").read_bytes()

    def fail(texts: dict[str, str], *_: object) -> object:
        for key, text in texts.items():
            node = nbformat.reads(text, as_version=4)
            failed = next(i for i, c in enumerate(node.cells) if c.cell_type == "code" and "print" in c.source)
            yield key, Run(nbformat.writes(node), cell=failed, error="ValueError: no such line")
            return

    monkeypatch.setattr(execute, "run_many", fail)
    with pytest.raises(AnnexError) as raised:
        make(root, scenarios=["baseline"])
    assert "notebooks/first.ipynb, scenario baseline, cell 4: ValueError: no such line" in str(raised.value)
    saved = nbformat.read(root / "annex-failed/baseline/first.ipynb", as_version=4)
    assert saved.cells[0].source.startswith("# This notebook failed")
    assert (root / "_site/manifest.json").read_bytes() == before  # the last good site is still there


def test_a_wrong_page_fails_the_build_and_leaves_the_last_site(
    built: tuple[Path, BuildReport], no_kernels: None
) -> None:
    root, _ = built
    (root / "params/baseline.json").write_text(json.dumps({"need": 1, "fact": "other"}), encoding="utf-8")
    index = root / "index.qmd"
    good = index.read_text(encoding="utf-8")
    before = (root / "_site/index.html").read_bytes()
    index.write_text(good + "\n[nowhere](annex/baseline/nothing.ipynb)\n", encoding="utf-8")
    with pytest.raises(AnnexError, match="nothing"):
        make(root, scenarios=["baseline"])
    assert (root / "_site/index.html").read_bytes() == before
    assert not (root / "_site.building").exists()
    index.write_text(good, encoding="utf-8")


def test_another_scenario_runs_its_own_notebooks(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    path = root / "notebooks/side.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("More text.", "Other text."), encoding="utf-8")

    seen: list[str] = []

    def fake(texts: dict[str, str], *_: object) -> object:
        for key, text in texts.items():
            node = nbformat.reads(text, as_version=4)
            for count, cell in enumerate((c for c in node.cells if c.cell_type == "code"), 1):
                cell.execution_count = count
            seen.append(node.cells[-1].source)
            yield key, Run(nbformat.writes(node))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "run_many", fake)
        report = make(root)  # both scenarios
    assert sorted(report.executed) == ["first (faster)", "side (all scenarios)"]
    assert report.why["side (all scenarios)"] == "changed: compare.needs"
    page = nbformat.read(root / "annex/baseline/first.ipynb", as_version=4)
    assert "**Baseline** · [Faster](../faster/first.ipynb)" in page.cells[1].source
    across = nbformat.read(root / "annex/compare/side.ipynb", as_version=4)
    assert across.cells[2].source == "Other text."
    assert "[Baseline](../baseline/first.ipynb)" in across.cells[1].source


def test_preparing_for_quarto_alone_is_done_once(built: tuple[Path, BuildReport], no_kernels: None) -> None:
    root, _ = built
    assert not prepare_only(root=root, quiet=True, model=tiny_model())  # the build above prepared everything
    assert prepare_only(root=root, pdf_scenario="faster", quiet=True, model=tiny_model())
    assert "&" not in (root / "_annex.yml").read_text(encoding="utf-8")  # no YAML aliases
    described = (root / "_annex.yml").read_text(encoding="utf-8")
    assert (
        "chapters:\n  - index.qmd\n  - annex-print/faster/first.ipynb\n  - annex-print/faster/side.ipynb" in described
    )
    chapter = nbformat.read(root / "annex-print/faster/first.ipynb", as_version=4)
    assert not any("scenario-links" in cell.source for cell in chapter.cells)
    assert not prepare_only(root=root, pdf_scenario="faster", quiet=True, model=tiny_model())
    (root / "annex/faster/first_files").mkdir()  # Quarto leaves files beside the notebooks; they are no reason
    (root / "annex/faster/first_files/figure.svg").write_text("<svg/>", encoding="utf-8")
    assert not prepare_only(root=root, pdf_scenario="faster", quiet=True, model=tiny_model())
    (root / "annex/faster/first.ipynb").unlink()
    assert prepare_only(root=root, quiet=True, model=tiny_model())
    assert (root / "annex/faster/first.ipynb").is_file()


def test_one_page_rendered_anew_leaves_all_others_alone(
    built: tuple[Path, BuildReport], no_kernels: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``quarto preview`` watches these files; writing them again would make it render the whole site again."""
    root, _ = built

    def stamps() -> dict[str, int]:
        folders = (root / "annex", root / "annex-print")
        found = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
        return {str(p): p.stat().st_mtime_ns for p in [*found, root / "_annex.yml"]}

    prepare_only(root=root, quiet=True, model=tiny_model())
    before = stamps()
    index = root / "index.qmd"
    good = index.read_text(encoding="utf-8")
    index.write_text(good + "\nMore.\n", encoding="utf-8")
    monkeypatch.setenv("QUARTO_PROJECT_OUTPUT_DIR", "_site")  # and not QUARTO_PROJECT_RENDER_ALL
    assert prepare_only(root=root, quiet=True, model=tiny_model())
    assert stamps() == before
    index.write_text(good, encoding="utf-8")


def test_removed_scenario_leaves_the_site(built: tuple[Path, BuildReport], no_kernels: None) -> None:
    root, _ = built
    make(root, scenarios=["baseline"])
    assert not (root / "_site/annex/faster").exists() and not (root / "annex/faster").exists()


def test_what_cannot_be_is_refused(built: tuple[Path, BuildReport]) -> None:
    root, _ = built
    with pytest.raises(UsageError, match=r"there is no scenario 'slower'; there are: baseline, faster"):
        make(root, scenarios=["slower"])
    for folder in (root, root / "params", root.parent, root / "notebooks" / "site"):
        with pytest.raises(UsageError, match="cannot be written"):
            make(root, output=folder)
    (root / "other").mkdir()
    (root / "other" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other files"):
        make(root, output=root / "other")
