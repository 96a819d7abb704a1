"""The command about contingency: formats agree with the stored tables."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.shared import results


def test_contingency_in_three_formats(sfp) -> None:
    """JSON and CSV hold the stored allocation, unrounded; the table has plan and diversification."""
    stored = results().table("simulation.contingency")
    code, out, _ = sfp("contingency", "--cells", "--format", "json")
    assert code == 0
    assert json.loads(out)["rows"] == stored
    lines = list(csv.DictReader(io.StringIO(sfp("contingency", "--format", "csv")[1])))
    short = [row for row in stored if row["level"] != "cell"]
    assert [float(x["contingency_chf"]) for x in lines] == pytest.approx([x["contingency_chf"] for x in short])
    text = sfp("contingency")[1]
    assert "diversification" in text
    assert "CHF thousands" in text


@pytest.mark.parametrize("show", ["build-up", "joint", "absorbed"])
def test_other_tables_print(sfp, show: str) -> None:
    """Each table has a row for the whole plan and no empty heading, also where all is nil."""
    code, out, _ = sfp("contingency", "--show", show, "--scenario", "within-existing-resources")
    assert code == 0
    about = json.loads(
        sfp("contingency", "--show", show, "--scenario", "within-existing-resources", "--format", "json")[1]
    )
    assert "prices" not in about  # of the rows, or none
    assert {"build-up": "P80", "joint": "Every year keeps", "absorbed": "peak quarter"}[show] in out
