"""The command line ``sfp``: results on standard output, everything else on standard error.

Exit codes: 0 fine, 1 faults in the input (or a build that failed), 2 wrong usage.
"""

from __future__ import annotations

import gc
import logging
import os
import sys

from sfp_model.cli import (  # each registers its commands
    build,
    causes,
    choices,
    decisions,
    event,
    files,
    fit,
    funding,
    needs,
    risks,
    simulation,
    sure,
    time,
)
from sfp_model.cli.common import app
from sfp_model.errors import AnnexError, InputError, UsageError

__all__ = [
    "app", "build", "causes", "choices", "decisions", "event", "files", "fit", "funding", "main", "needs", "risks",
    "simulation", "sure", "time",
]  # fmt: skip


def main() -> None:
    """Run the command line and turn errors into messages and exit codes."""
    gc.set_threshold(100_000)  # starting up makes many objects and drops few: scanning them finds nothing
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads every package's metadata
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except InputError as error:
        print(error, file=sys.stderr)
        count = len(error.faults)
        print(f"{count} fault{'s' if count > 1 else ''}; nothing was changed", file=sys.stderr)
        sys.exit(1)
    except AnnexError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except UsageError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
