"""Commands about the files: validate, schema, scenarios."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from sfp_model.cli.common import Data, Format, How, Params, app, plan_of
from sfp_model.errors import Fault, InputError, Position

__all__ = ["scenarios", "schema", "validate"]


@app.command()
def validate(params: Params = None, data: Data = None) -> None:
    """Check all parameter files in all scenarios; every fault is reported at once.

    Results of the flagship event outside their plausibility bands are warnings, and so are correlations that cannot
    hold together, with what is used in their place.
    """
    from sfp_model.inputs import load_plan, scenario_names
    from sfp_model.model.event_checks import event_warnings
    from sfp_model.uncertainty.repairs import repair_warnings

    faults, warnings, counts = {}, {}, {}
    told: dict[tuple[Position, str], Fault] = {}
    for name in scenario_names(params):
        try:
            plan = load_plan(params, data, name)
        except InputError as error:
            faults.update(dict.fromkeys(error.faults))
        else:
            warnings.update(dict.fromkeys(plan.warnings))
            for warning in (
                *repair_warnings(plan),
                *event_warnings(plan),
            ):  # one for each place: amounts differ between scenarios
                told.setdefault((warning.position, warning.path), warning)
            counts[name] = f"{len(plan.activities)} activities, {len(plan.lines)} resource lines"
    for warning in sorted([*warnings, *told.values()]):
        logging.getLogger("sfp").warning("%s", warning)
    if faults:
        raise InputError(faults)
    for name, count in counts.items():
        print(f"{name}: {count}, no faults")


@app.command()
def schema(
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Folder to write into.")] = None,
) -> None:
    """Write the JSON Schemas with which an editor completes and checks parameter files."""
    import json

    from sfp_model.inputs import schemas

    folder = output or Path("docs/schema")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in schemas().items():
        target = folder / f"{name}.schema.json"
        target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(target)


@app.command()
def scenarios(params: Params = None, data: Data = None, how: How = Format.table) -> None:
    """List the scenarios with title, author and what they change."""
    from sfp_model.inputs import scenario_names
    from sfp_model.report.console import emit

    rows = []
    for name in scenario_names(params):
        info = plan_of(params, data, name).scenario
        changes = [f"{k} = {v}" for k, v in info.changes.items()]
        rows.append(
            {
                "scenario": name,
                "title": info.title,
                "author": info.author,
                "extends": info.extends or "",
                "changes": "; ".join(changes) or "nothing",
                "rationale": info.rationale,
            }
        )
    emit(rows, how.value, about={}, title="Scenarios")
