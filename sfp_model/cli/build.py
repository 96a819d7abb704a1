"""Commands that build: annex, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sfp_model.cli.common import Data, Params, app

__all__ = ["annex", "doctor"]


@app.command()
def annex(
    params: Params = None,
    data: Data = None,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the site.")] = Path("_site"),
    renderer: Annotated[str, typer.Option(help="auto, quarto or embedded.")] = "auto",
) -> None:
    """Build the annex: evaluate all scenarios, execute what changed, render, swap in."""
    from sfp_model.annex.build import build

    report = build(params, data, output, renderer=renderer)
    print(report.message)


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks for building the annex, and what to do about it."""
    from sfp_model.annex.doctor import examine

    rows, healthy = examine()
    for row in rows:
        print(row)
    raise typer.Exit(0 if healthy else 1)
