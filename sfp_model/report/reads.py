"""The tables that a notebook may read: those that it declares in its metadata, and nothing else."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sfp_model.errors import UsageError
from sfp_model.results.part import Part

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.results import ResultSet

__all__ = ["Tables", "declared_reads", "notebook_path", "open_tables"]


class Tables(Mapping[str, "pd.DataFrame"]):
    """Declared result tables of one scenario as data frames, read when first asked for.

    Parameters
    ----------
    folder : pathlib.Path
        A results folder with one CSV file per table and ``_index.json``.
    declared : tuple of str
        The tables that may be read, or parts of them: ``table[column=pattern|pattern]``.
    notebook : str
        Named in the error for an undeclared table.
    """

    def __init__(self, folder: Path, declared: tuple[str, ...], notebook: str) -> None:
        self._folder, self._notebook = folder, notebook
        self._parts = {part.table: part for part in map(Part.parse, declared)}
        self._index = json.loads((folder / "_index.json").read_text(encoding="utf-8"))["tables"]
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._parts:
            raise UsageError(
                f"{self._notebook}.ipynb reads the table {name!r} without declaring it; add it to "
                f'"sfp": {{"reads": […]}} in the metadata of the notebook (declared: {", ".join(self._parts)})'
            )
        if name not in self._frames:
            import pandas as pd

            columns = self._index[name]["columns"]
            kinds = {c["name"]: {"number": "float64", "boolean": "bool", "text": "str"}[c["type"]] for c in columns}
            text = (self._folder / f"{name}.csv").read_text(encoding="utf-8")
            self._frames[name] = pd.read_csv(
                io.StringIO(self._parts[name].of_csv(text)),
                dtype=kinds,
                keep_default_na=False,
                na_values={n: [""] for n, k in kinds.items() if k == "float64"},
            )
        return self._frames[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def facts(self, name: str = "summary.scenario") -> dict[str, str]:
        """Return a key–value table, by default the description of the scenario, as a dictionary."""
        frame = self[name]
        return dict(zip(frame["key"], frame["value"].astype(str), strict=True))


def notebook_path(name: str) -> Path:
    """Return the path of the notebook *name*: in the checkout that one stands in, else in the package."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        for candidate in (folder / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb"):
            if candidate.is_file():
                return candidate
    package = Path(__file__).parent.parent
    for candidate in (
        package.parent / "notebooks" / f"{name}.ipynb",
        package / "example/notebooks" / f"{name}.ipynb",
    ):
        if candidate.is_file():
            return candidate
    raise UsageError(f"there is no notebook {name}.ipynb in notebooks/")


def declared_reads(notebook: Path) -> tuple[str, ...]:
    """Return the tables that a notebook declares under ``sfp.reads`` in its metadata."""
    metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    reads = metadata.get("sfp", {}).get("reads")
    if not reads:
        raise UsageError(f'{notebook.name} declares no tables; add "sfp": {{"reads": […]}} to its metadata')
    return tuple(reads)


def _results(params: Path, data: Path, scenario: str) -> ResultSet:
    """Return the results of a scenario: those kept beside the parameters, else in memory."""
    from sfp_model.inputs import load_plan
    from sfp_model.results import run
    from sfp_model.results.store import is_kept

    plan, store = load_plan(params, data, scenario), params.parent / "results"
    return run(plan, store if is_kept(plan, store, data) else None, data)


def open_tables(notebook: str, scenario: str = "baseline", reads_digest: str = "") -> Tables:
    """Open the tables that a notebook declares.

    Parameters
    ----------
    notebook : str
        Name of the notebook without its ending.
    scenario : str
        Name of the scenario; ``"all"`` for a notebook across scenarios.
    reads_digest : str
        Set by the annex pipeline, which has laid out the declared tables under this digest. Empty when the
        notebook runs by hand: then the tables are read from the results that a build of the annex has kept for the same
        parameters and model, and made anew where there are none.

    Returns
    -------
    Tables
        Mapping from table name to :class:`pandas.DataFrame`.

    Raises
    ------
    UsageError
        The notebook declares nothing, or reads what it does not declare.
    """
    declared = declared_reads(notebook_path(notebook))
    if reads_digest:
        return Tables(Path(os.environ["SFP_READS"]) / reads_digest, declared, notebook)
    from sfp_model.inputs import default_folders, scenario_names
    from sfp_model.results import compare

    params, data = default_folders()
    if scenario != "all":
        results = _results(params, data, scenario)
    else:  # in memory: only the tables that are declared are made, from kept ones where there are any
        parts = [_results(params, data, name) for name in scenario_names(params)]
        results = compare([replace(part, stored=None) for part in parts])
    return Tables(results.laid_out(Part.parse(name).table for name in declared), declared, notebook)
