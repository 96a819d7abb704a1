"""Take changed notebook outputs and golden results on purpose: ``python -m sfp_model.annex.accept``.

Re-executes the committed notebooks with their default parameters (the baseline), keeps their outputs without
images, rewrites the golden file beside each scenario, and prints what changed, in CHF.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sfp_model.annex.execute import default_workers, run_many
from sfp_model.annex.kernel import Settings, kernel_environment
from sfp_model.annex.notebooks import discover
from sfp_model.annex.progress import Progress
from sfp_model.annex.project import Project
from sfp_model.annex.quick import import_nbformat
from sfp_model.errors import AnnexError, SfpError

__all__ = ["accept_golden", "accept_notebooks", "main", "without_images"]

Say = Callable[[str], None]


def without_images(node: Any) -> Any:
    """Take images and what changes from run to run out of an executed notebook, in place, and return it.

    Parameters
    ----------
    node : nbformat.NotebookNode
        Outputs that hold nothing but an image and its text stand-in are removed.
    """
    for cell in node.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        kept = []
        for output in cell.outputs:
            data = output.get("data", {})
            images = [kind for kind in data if kind.startswith("image/")]
            for kind in images:
                del data[kind]
            if images and set(data) <= {"text/plain"}:
                continue
            if "metadata" in output:
                output.metadata = {k: v for k, v in output.metadata.items() if not k.startswith("image/")}
            kept.append(output)
        cell.outputs = kept
    node.metadata.pop("widgets", None)
    node.metadata["language_info"] = {"name": "python"}
    return node


def accept_notebooks(folder: Path, *, workers: int | None = None, say: Say = lambda _: None) -> list[str]:
    """Re-execute the notebooks in *folder* in place; return the names of those whose text changed.

    Raises
    ------
    AnnexError
        A notebook fails; nothing is written then.
    """
    nbformat = import_nbformat()

    found = {n.label: n for n in discover(folder)}
    texts = {}
    for label, notebook in found.items():
        node = nbformat.read(notebook.path, as_version=4)
        for cell in node.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        texts[label] = nbformat.writes(node)
    settings = Settings(str(folder.resolve()), kernel_environment(None))
    accepted: dict[str, str] = {}
    for label, result in run_many(texts, settings, workers or default_workers()):
        if result.error:
            cell_number = (result.cell or 0) + 1
            raise AnnexError(f"{label}, cell {cell_number}: {result.error} (no notebook was changed)")
        accepted[label] = nbformat.writes(without_images(nbformat.reads(result.text, as_version=4))) + "\n"
        say(f"  [{len(accepted)}/{len(texts)}] {label}: {result.total:.1f} s")
    changed = [n for n, text in accepted.items() if found[n].path.read_text(encoding="utf-8") != text]
    for label in changed:
        found[label].path.write_text(accepted[label], encoding="utf-8")
    return changed


def accept_golden(params: Path, data: Path) -> list[str]:
    """Rewrite the golden file of every scenario; return the differences as lines, in CHF."""
    from sfp_model.inputs import load_plan, scenario_names
    from sfp_model.results import golden, run

    lines = []
    for name in scenario_names(params):
        path = params / "scenarios" / f"{name}.golden.json"
        new = golden.make(run(load_plan(params, data, name), data=data))
        old = golden.read(path) if path.is_file() else {}
        lines += [f"{name}: {line}" for line in golden.difference(old, new)]
        golden.write(path, new)
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Accept everything; return 0, or 1 with the faults on standard error."""
    if arguments if arguments is not None else sys.argv[1:]:
        print("python -m sfp_model.annex.accept takes no arguments", file=sys.stderr)
        return 2
    progress = Progress()
    try:
        project = Project.of(None, None, None)
        lines = accept_golden(project.params, project.data)
        print("\n".join(lines) if lines else "golden results: no difference")
        changed = accept_notebooks(project.root / "notebooks", say=progress.say)
        print("\n".join(f"changed: {name}" for name in changed) if changed else "notebooks: no difference")
    except SfpError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
