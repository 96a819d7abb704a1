"""Install Quarto's package into this environment: ``python -m sfp_model.annex.get_quarto``.

The package on the package index only carries a downloader; the program itself comes from Quarto's releases. Where
that download cannot be reached, this says so and what to do instead.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from sfp_model.annex.render import OLDEST, choose, find_quarto
from sfp_model.errors import UsageError

REQUIREMENT = f"quarto-cli>={OLDEST[0]}.{OLDEST[1]}"
ELSEWHERE = (
    "Other ways: `conda env create -f environment.yml` (conda-forge carries the program), or the installer from "
    "quarto.org. Without Quarto, `make annex` uses the embedded renderer."
)


def main() -> int:
    """Install Quarto unless it works already; return 0 if it works afterwards."""
    try:
        print(f"{choose('quarto')} is there already: {find_quarto()}")
        return 0
    except UsageError:
        pass
    if shutil.which("git") is None:
        print("note: some versions of the package need git to install", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", REQUIREMENT]
    try:
        done = subprocess.run(command, check=False, timeout=1800)
    except subprocess.TimeoutExpired:
        print(
            f"Quarto could not be installed: the download took longer than half an hour.\n{ELSEWHERE}", file=sys.stderr
        )
        return 1
    if done.returncode:
        print(f"Quarto could not be installed: its download cannot be reached from here.\n{ELSEWHERE}", file=sys.stderr)
        return 1
    try:
        print(f"{choose('quarto')} is ready: {find_quarto()}")
    except UsageError as error:
        folder = Path(sys.executable).parent
        print(f"The package is installed in {folder}, but: {error}\n{ELSEWHERE}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
