"""Quarto is taken when it works; it may warn, fail or hang without harm. A small program stands in for it."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import pytest
import yaml

from sfp_model.annex import assemble, pre_render, render
from sfp_model.annex.accept import without_images
from sfp_model.errors import AnnexError, UsageError

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in for Quarto is a script with a shebang")


def stand_in(folder: Path, version: str = "1.9.20", body: str = "") -> Path:
    program = folder / "quarto"
    head = f"#!{sys.executable}\nimport os, subprocess, sys, time\n"
    answer = f"if '--version' in sys.argv: sys.exit(print('{version}'))\n"
    program.write_text(head + answer + textwrap.dedent(body), encoding="utf-8")
    program.chmod(0o755)
    return program


@posix
@pytest.mark.parametrize(
    ("version", "name", "why"),
    [("1.9.20", "quarto", "found at"), ("1.8.1", "embedded", "1.9 or later is needed"), ("", "embedded", "is version")],
)
def test_quarto_is_taken_where_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, name: str, why: str
) -> None:
    program = stand_in(tmp_path, version)
    monkeypatch.setattr(render, "find_quarto", lambda: str(program))
    chosen = render.choose("auto")
    assert (chosen.name, why in chosen.why) == (name, True)


def test_without_quarto_the_embedded_renderer_is_taken_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "find_quarto", lambda: None)
    assert "no quarto" in render.choose("auto").why
    with pytest.raises(UsageError, match="no quarto on the path"):
        render.choose("quarto")
    with pytest.raises(UsageError, match="there are: auto, quarto, embedded"):
        render.choose("pandoc")


@posix
def test_quarto_runs_guarded_and_its_words_come_back(tmp_path: Path) -> None:
    program = stand_in(tmp_path, body="print(sys.argv[1:], os.environ['SFP_ANNEX_PREPARED'], os.getcwd())")
    said = render.run_quarto(str(program), ["--to", "html"], tmp_path, timeout=60)
    assert said.strip() == f"['render', '--to', 'html'] 1 {tmp_path}"


@posix
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("WARN: Unable to resolve crossref @tbl-x", 0),
        ("[WARNING] Citeproc: citation nobody not found", 0),
        ("warning: unknown font family: foo", 0),
        ("[typst]: Compiling index.typ to index.pdf...warning: unknown font family: foo", 0),
        ("WARNING (main.lua:9500) Unable to parse table from raw html block: skipping.", 0),
        ("WARN: Unable to resolve link target: annex/x.ipynb", 0),
        ("all fine", 3),
    ],
)
def test_a_warning_of_quarto_fails_the_build(tmp_path: Path, line: str, code: int) -> None:
    program = stand_in(tmp_path, body=f"print({line!r})\nsys.exit({code})")
    with pytest.raises(AnnexError) as raised:
        render.run_quarto(str(program), [], tmp_path, timeout=60)
    assert line in str(raised.value)


@posix
def test_what_quarto_says_of_its_work_is_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["[ 1/50] index.qmd", "  warning: false", "[typst]: Compiling index.typ to index.pdf...DONE"]
    monkeypatch.setenv("QUARTO_PROFILE", "pdf")  # of the caller's shell
    body = f"print(*{lines!r}, os.environ.get('QUARTO_PROFILE'), sep='\\n')"
    said = render.run_quarto(str(stand_in(tmp_path, body=body)), [], tmp_path, timeout=60)
    assert said.splitlines() == [*lines, "None"]


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


def test_chapters_of_a_pdf_share_no_label_and_keep_their_references() -> None:
    new = nbformat.v4
    shown = new.new_output(
        "execute_result", {"text/markdown": "See @fig-need.\n\n: C {#tbl-later .x}", "text/plain": ""}
    )
    event = notebook(
        new.new_markdown_cell(
            "## Need {#sec-need}\n\nAs @Tbl-need, [-@sec-need] and @fig-other say; [here](#tbl-need), "
            "[there](../compare/side.ipynb#sec-need), [all](side.ipynb), [file](../downloads/a.csv), "
            "[web](https://example.org), [row](side.ipynb#row-a.1) by @vose2008."
        ),
        new.new_code_cell('#| label: tbl-need\n#| tbl-cap: "Unlike @fig-need"\nshow("@tbl-need")', outputs=[shown]),
        new.new_code_cell("#| label: fig-need\nplot()"),
    )
    side = notebook(new.new_markdown_cell("## Need {#sec-need}"))
    labels = {"event": assemble.labels_of(event), "side": assemble.labels_of(side)}
    assert labels["event"] == {"sec-need", "tbl-need", "tbl-later", "fig-need"}
    chapter = assemble.for_print(event, "event", "faster", labels)
    assert chapter.cells[0].source == (
        "## Need {#sec-event-need}\n\nAs @Tbl-event-need, [-@sec-event-need] and @fig-other say; "
        "[here](#tbl-event-need), [there](#sec-side-need), all, file, [web](https://example.org), row by @vose2008."
    )
    options = '#| label: tbl-event-need\n#| tbl-cap: "Unlike @fig-event-need"\nshow("@tbl-need")'
    assert chapter.cells[1].source == options
    assert chapter.cells[1].outputs[0].data["text/markdown"] == "See @fig-event-need.\n\n: C {#tbl-event-later .x}"
    assert not assemble.labels_of(chapter) & assemble.labels_of(assemble.for_print(side, "side", "faster", labels))
    assert "sec-event-need" not in event.cells[0].source


def test_profile_of_the_pdf_makes_nothing_but_the_pdf() -> None:
    """``format`` as a word takes the place of that in ``_quarto.yml``; the index is there before ``_annex.yml`` is."""
    root = Path(__file__).parents[2]
    profile = yaml.safe_load((root / "_quarto-pdf.yml").read_text(encoding="utf-8"))
    assert profile["format"] == "typst"
    assert profile["book"] == {"output-file": "annex", "chapters": ["index.qmd"]}


@posix
def test_hanging_quarto_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    body = f"""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open({str(mark)!r}, "w").write(str(child.pid))
        time.sleep(60)
    """
    program = stand_in(tmp_path, body=body)
    begin = time.monotonic()
    with pytest.raises(AnnexError, match="took longer than 2 s and was ended"):
        render.run_quarto(str(program), [], tmp_path, timeout=2)
    assert time.monotonic() - begin < 30
    status = Path(f"/proc/{mark.read_text(encoding='utf-8')}/stat")
    for _ in range(50):
        if not status.exists() or status.read_text(encoding="utf-8").split()[2] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child of the stand-in is still running")


@posix
def test_pdf_of_quarto_is_fetched_from_its_folder(tmp_path: Path) -> None:
    body = """
        folder = sys.argv[sys.argv.index("--output-dir") + 1]
        os.makedirs(folder + "/annex/downloads")
        for name in ("/Annex.pdf", "/annex/downloads/old.pdf"):
            open(folder + name, "w").write(os.environ["SFP_PDF_SCENARIO"])
    """
    quarto = render.Renderer("quarto", "1.9", "", str(stand_in(tmp_path, body=body)))
    out = tmp_path / "kept.pdf"
    render.render_pdf(quarto, tmp_path, "faster", ["annex/faster/first.ipynb"], ("T", "S"), "", out)
    assert out.read_text(encoding="utf-8") == "faster"
    assert not (tmp_path / "_pdf-faster").exists()


@posix
def test_site_of_quarto_may_lie_outside_the_project(tmp_path: Path) -> None:
    body = """
        folder = sys.argv[sys.argv.index("--output-dir") + 1]
        os.makedirs(folder)
        page = '<html lang="en"><title>T</title><h1>T</h1></html>'
        open(folder + "/index.html", "w").write(page + "<!-- " + folder + " -->")
    """
    quarto = render.Renderer("quarto", "1.9", "", str(stand_in(tmp_path, body=body)))
    root, out = tmp_path / "project", tmp_path / "elsewhere"
    root.mkdir()
    for folder, inside in ((out, "_site.quarto"), (root / "_site.building", "_site.building")):
        render.render_site(quarto, root, folder, tmp_path, pages=1, also=[])
        assert inside in (folder / "index.html").read_text(encoding="utf-8")
    assert [p.name for p in root.iterdir()] == ["_site.building"]


def test_pre_render_leaves_renders_of_the_pipeline_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(render.GUARD, "1")
    monkeypatch.chdir(tmp_path)
    assert pre_render.main() == 0
    assert list(tmp_path.iterdir()) == []


def test_pre_render_says_what_to_do_without_an_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(render.GUARD, raising=False)
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pre_render, "find_spec", lambda name: None)
    monkeypatch.setattr(pre_render, "environment_python", lambda root: None)
    assert pre_render.main() == 1
    assert "run `make annex` once" in capsys.readouterr().err


def test_accepted_outputs_hold_no_images_and_no_times() -> None:
    new = nbformat.v4
    figure = new.new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}, metadata={"a": 1})
    both = new.new_output("display_data", {"image/png": "x", "text/markdown": "kept"}, metadata={"image/png": {"w": 1}})
    cell = new.new_code_cell("1", outputs=[figure, both], metadata={"execution": {"iopub.status.busy": "now"}})
    node = new.new_notebook(cells=[cell], metadata={"language_info": {"name": "python", "version": "3.11.7"}})
    cleaned = without_images(node)
    assert [dict(o.data) for o in cleaned.cells[0].outputs] == [{"text/markdown": "kept"}]
    assert cleaned.cells[0].outputs[0].metadata == {}
    assert cleaned.cells[0].metadata == {}
    assert cleaned.metadata["language_info"] == {"name": "python"}
