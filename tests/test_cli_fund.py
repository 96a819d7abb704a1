"""``sfp funding`` and ``sfp fit``: formats agree with the stored tables."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.shared import results

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("show", ["gap", "sources", "units", "classes"])
def test_funding_in_three_formats(sfp, show: str) -> None:
    """JSON and CSV are the stored table, unrounded; the table names what it is and that ceilings are illustrative."""
    stored = results().table(f"funding.{show}")
    code, out, err = sfp("funding", "--show", show, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["rows"] == stored
    code, out, _ = sfp("funding", "--show", show, "--format", "csv")
    read = list(csv.DictReader(io.StringIO(out)))
    assert len(read) == len(stored)
    number = next(k for k, v in stored[0].items() if isinstance(v, float) and v > 0)
    assert [float(row[number] or 0) for row in read] == [row[number] or 0 for row in stored]
    code, out, _ = sfp("funding", "--show", show)
    assert code == 0 and "illustrative" in out and "nominal" in out


def test_funding_where_nothing_is_needed(sfp) -> None:
    """A scenario without additional need has no gap and still reads well."""
    code, out, _ = sfp("funding", "--scenario", "within-existing-resources")
    assert code == 0 and "nan" not in out.lower()


def fitted(sfp, *arguments: str) -> dict:
    """Return the JSON answer of ``sfp fit``."""
    code, out, err = sfp("fit", "--step", "24", *arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def test_fit_keeps_the_ceilings_and_says_what_it_dropped(sfp) -> None:
    """What is kept needs no more than the ceilings; a required action is kept; formats agree."""
    arguments = ("--ceiling", "1200000/year", "--ceiling", "2024-2025=2100000", "--keep", "h.P1.1")
    years = fitted(sfp, *arguments, "--show", "years")
    assert years["ceilings"]["2024-2025"] == 2_100_000 and years["proven_optimal"]
    for row in years["rows"]:
        assert row["period"] == "all" or row["chosen_chf"] <= row["ceiling_chf"] + 0.005
        assert 0 <= row["share_within"] <= 1
    chosen = fitted(sfp, *arguments)["rows"]
    assert {row["action"]: row["kept"] for row in chosen}["h.P1.1"]
    assert any(not row["kept"] for row in chosen)
    total = next(row for row in years["rows"] if row["period"] == "all")
    assert sum(row["chosen_chf"] for row in chosen) + 1e-6 < total["chosen_chf"]  # the event's subsidy is no action's
    code, out, _ = sfp("fit", "--step", "24", *arguments)
    assert code == 0 and "illustrative" in out


def test_fit_says_the_smallest_relaxation_in_words(sfp) -> None:
    """A ceiling below what is not chosen cannot hold: the answer says by how much and in which year."""
    code, out, err = sfp("fit", "--step", "24", "--ceiling", "400000/year", "--show", "relaxation")
    assert code == 0, err
    words = " ".join(out.replace("\u00a0", " ").split())
    assert "smallest relaxation is CHF" in words and "in 2024" in words
    assert "brings programme management" in words


def test_a_ceiling_of_a_biennium_is_relaxed_for_the_biennium(sfp) -> None:
    """No single year is named, the ceiling stands beside the sum, and the plan as proposed is compared too."""
    arguments = ("--ceiling", "1000000/biennium", "--show", "relaxation")
    rows = fitted(sfp, *arguments)["rows"]
    assert {row["period"] for row in rows} == {"2024-2025", "2026-2027", "all"}
    assert {row["ceiling_chf"] for row in rows if row["period"] != "all"} == {1_000_000}
    sums = {row["case"]: row["extra_chf"] for row in rows if row["period"] == "all"}
    assert sums["as proposed"] >= sums["every action, at its best date"] - 0.01
    _, out, _ = sfp("fit", "--step", "24", *arguments)
    assert "in 2024-2025;" in " ".join(out.replace("\u00a0", " ").split())


def test_more_money_that_closes_nothing_moves_nothing(sfp) -> None:
    """Where everything fits there is one row for each sum, without moves between plans of equal value."""
    rows = fitted(sfp, "--ceiling", "20000000/year", "--show", "next")["rows"]
    assert len(rows) == 3 and not any(row["moved"] or row["added"] or row["placed_chf"] for row in rows)


def test_the_smallest_sum_buys_the_next_action(sfp) -> None:
    """It is placed to the last centime, sums below it buy nothing, and it stands in words under every answer."""
    rows = fitted(sfp, "--ceiling", "1300000/year", "--show", "next")["rows"]
    least = [row for row in rows if row["smallest"]]
    extra = least[0]["extra_chf"]
    assert least[0]["added"] and sum(row["placed_chf"] for row in least) == pytest.approx(extra, abs=0.02)
    for row in rows:
        assert (row["value"] > row["value_before"]) == (row["extra_chf"] >= extra)
    _, out, _ = sfp("fit", "--step", "24", "--ceiling", "1300000/year")
    words = " ".join(out.replace("\u00a0", " ").split())
    assert f"smallest sum that buys the next action is CHF {round(extra):,}".replace(",", " ") in words


def test_more_money_comes_after_the_relaxation(sfp) -> None:
    """Where the ceilings cannot hold, what is placed is the relaxation and at most the sum beyond it."""
    rows = fitted(sfp, "--ceiling", "300000/year", "--step", "24", "--show", "next")["rows"]
    assert rows[0]["relaxation_chf"] > 0
    for extra in {row["extra_chf"] for row in rows}:
        mine = [row for row in rows if row["extra_chf"] == extra]
        assert sum(row["placed_chf"] for row in mine) <= extra + mine[0]["relaxation_chf"] + 0.02


def test_a_ceiling_that_holds_no_action_says_why(sfp) -> None:
    """What is outside the choice fits, and the first action would bring programme management with it."""
    code, out, err = sfp("fit", "--step", "24", "--ceiling", "700000/year")
    assert code == 0, err
    words = " ".join(out.split())
    assert "No action that closes a gap is kept: the first brings programme management" in words
    assert "cannot hold" not in words


def test_shares_have_one_format(sfp) -> None:
    """Gaps closed are per cent with one decimal, whole or not."""
    _, out, _ = sfp("fit", "--step", "24", "--ceiling", "20000000/year", "--show", "gaps")
    assert "100.0%" in out and "16.7%" in out and "1.00" not in out


def test_an_option_that_is_not_the_scenarios_is_marked_or_ruled_out(sfp) -> None:
    """Separate reviews are B in the scenario; the cheaper A is taken and said to be a change, unless B is to stay."""
    _, out, _ = sfp("fit", "--step", "24", "--scenario", "separate-reviews")
    assert "changed from B" in " ".join(out.split())
    rows = fitted(sfp, "--scenario", "separate-reviews")["rows"]
    assert any(row["option_changed"] for row in rows)
    told = fitted(sfp, "--scenario", "separate-reviews", "--keep-options")
    assert told["keep_options"] and not any(row["option_changed"] for row in told["rows"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--ceiling", "much"), "is no ceiling; write 1000000/year"),
        (("--ceiling", "2031=5"), "2024 to 2027"),
        (("--weights", "GAP-Z=1"), "gaps are GAP-A"),
        (("--weights", "GAP-A=0"), "above 0"),
        (("--keep", "zz"), "actions are a.1"),
    ],
)
def test_fit_explains_what_it_cannot_read(sfp, arguments: tuple[str, ...], words: str) -> None:
    """Wrong usage has exit code 2 and says what to write."""
    code, _, err = sfp("fit", *arguments)
    assert code == 2 and words in err
