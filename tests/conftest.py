"""What tests of several parts use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def sfp(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run ``sfp`` in this process; return exit code, standard output and standard error."""
    from sfp_model import cli
    from tests.shared import run_once

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sfp_model.results.run", run_once)  # of one plan no command evaluates again

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["sfp", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return call
