"""Value of information and robustness on the real plan."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.report import sure_causes, sure_choices
from sfp_model.results import ResultSet, run
from sfp_model.results.compare_robust import robust_tables
from sfp_model.results.tables_information import NONE, PER_POINT
from tests.report.test_pages import SLIPS, open_tables


@cache
def stored(scenario: str) -> ResultSet:
    return run(load_plan(scenario=scenario))


@cache
def payoffs(scenario: str) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], list[float]] = {}
    for row in stored(scenario).table("robust.payoffs"):
        found.setdefault((row["question"], row["alternative"]), []).append(row["payoff_chf"])
    return {key: np.array(values) for key, values in found.items()}


def test_knowing_a_part_is_worth_no_more_than_knowing_everything() -> None:
    """EVPPI lies between 0 and EVPI within sampling error, for every amount for a point of impact."""
    rows = stored("baseline").table("event.information")
    assert [r["per_point_chf"] for r in rows if r["about"] == "everything"] == list(PER_POINT)
    for per_point in PER_POINT:
        whole, *parts = (r for r in rows if r["per_point_chf"] == per_point)
        assert whole["value_chf"] > 0
        for part in parts:
            assert -4 * part["se_chf"] - 1 <= part["value_chf"] <= whole["value_chf"] + 4 * whole["se_chf"]


def test_no_event_pays_nothing_and_the_taken_option_pays_the_need() -> None:
    """Payoffs are those of the model: 0 without an event; an option taken is the plan itself in every question."""
    found = payoffs("baseline")
    assert not found["concept", NONE].any()
    taken = {
        (r["question"], r["alternative"]) for r in stored("baseline").table("robust.payoffs") if r["taken"]
    }  # fmt: skip
    options = [found[key] for key in sorted(taken) if key[0] != "concept"]
    assert len(options) == 2
    assert np.array_equal(*options)
    assert (options[0] < 0).all()


def test_best_by_expectation_is_the_highest_mean() -> None:
    """The stored choice agrees with the payoffs, and regret is 0 for an alternative that is always best."""
    names = ("baseline", "within-existing-resources")
    choices = robust_tables([stored(name) for name in names])["compare.robust_choices"].rows()
    for question in ("concept", "a.1"):
        means = {
            key[1]: np.mean([payoffs(name)[key].mean() for name in names])
            for key in payoffs("baseline") if key[0] == question
        }  # fmt: skip
        row = next(r for r in choices if r["question"] == question and r["criterion"] == "expected")
        assert means[row["alternative"]] == pytest.approx(max(means.values()))
        assert row["scenarios"] == 2


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_words_on_causes_and_choices(scenario: str) -> None:
    """No slips, also where nothing varies."""
    t = open_tables("sure", scenario)
    texts = [sure_causes.moves_words(t), sure_causes.box_words(t), sure_choices.information_words(t),
             sure_causes.boxes_table(t).text]  # fmt: skip
    texts += [table(t).text for table in (sure_causes.tornado_table, sure_causes.groups_table,
                                          sure_causes.factors_table, sure_choices.information_table)]  # fmt: skip
    for text in texts:
        assert not SLIPS.search(" ".join(text.split())), text
