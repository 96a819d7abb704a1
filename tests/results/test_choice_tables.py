"""Value of information and robustness on the real plan."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.report import sure_causes, sure_choices
from sfp_model.report.reads import Tables
from sfp_model.results.compare_robust import robust_tables
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_information import EVERYTHING, NONE, PARTS, PER_POINT, TOGETHER, _Choice
from sfp_model.results.tables_tradeoff import analysis_of
from tests.report.test_pages import SLIPS
from tests.shared import results as stored

READS = (
    "sensitivity.tornado",
    "sensitivity.groups",
    "sensitivity.factors",
    "discovery.boxes",
    "event.information",
    "event.fund",
)


@cache
def payoffs(scenario: str) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], list[float]] = {}
    for row in stored(scenario).table("robust.payoffs"):
        found.setdefault((row["question"], row["alternative"]), []).append(row["payoff_chf"])
    return {key: np.array(values) for key, values in found.items()}


def test_knowing_a_part_is_worth_no_more_than_knowing_everything() -> None:
    """EVPPI of each part lies between 0 and that of all parts, which lies below EVPI, within sampling error."""
    rows = stored("baseline").table("event.information")
    assert [r["per_point_chf"] for r in rows if r["about"] == EVERYTHING] == list(PER_POINT)
    for per_point in PER_POINT:
        whole, *parts, together = (r for r in rows if r["per_point_chf"] == per_point)
        assert together["about"] == TOGETHER
        assert whole["value_chf"] > 0
        assert together["value_chf"] <= whole["value_chf"] + 4 * whole["se_chf"]
        for part in parts:
            assert -4 * part["se_chf"] - 1 <= part["value_chf"] <= together["value_chf"] + 4 * together["se_chf"]


def test_what_the_choice_pays_is_what_the_draws_of_the_event_say() -> None:
    """The expected payoff is the mean net result of ``event.fund`` plus the price of mean impact: one set of draws."""
    fund = {row["concept"]: row for row in stored("baseline").table("event.fund")}
    impact = {
        row["concept"]: row["impact_mean"]
        for row in stored("baseline").table("event.frontier")
        if row["own"] and row["kind"] == "combination"
    }
    found = [row for row in stored("baseline").table("event.information") if row["choice"] != NONE]
    assert found
    for row in found:
        wanted = fund[row["choice"]]["net_mean_chf"] + row["per_point_chf"] * impact[row["choice"]]
        assert row["expected_chf"] == pytest.approx(wanted, abs=0.005)
        assert row["draws"] == fund[row["choice"]]["draws"]


def test_only_inputs_of_what_is_compared_are_known() -> None:
    """Each known input moves the payoff of one of the two best alternatives by itself."""
    analysis = analysis_of(Evaluation.of(load_plan()))
    assert analysis is not None
    choice = _Choice(analysis)
    for best in (("telecom_style", NONE), ("telecom_style", "with_both")):
        for prefixes in PARTS.values():
            for row in choice.telling(prefixes, 20_000.0, best):
                moved = [choice.moved[name][:, :, choice.rows.index(row)] for name in best if name != NONE]
                assert any(np.ptp(m, axis=1).any() for m in moved)
                key = choice.study.inputs.ids[row].rsplit(".", 1)[-1]
                assert key not in set(choice.study.concepts) - set(best)


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


def test_scores_have_standard_errors_from_ten_blocks() -> None:
    """Ten independent blocks in every scenario; the error of the mean score is that of the blocks' means."""
    found = robust_tables([stored("baseline")])
    assert {row["blocks"] for row in found["compare.robust_choices"].rows()} == {10}
    for row in found["compare.robust"].rows():
        if row["criterion"] == "expected" and row["question"] == "a.1":
            own = payoffs("baseline")["a.1", row["alternative"]].reshape(10, -1).mean(axis=1)
            assert row["score"] == pytest.approx(own.mean())
            assert row["se"] == pytest.approx(own.std(ddof=1) / np.sqrt(10))


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
    assert all(r["alternative"] != NONE for r in choices if r["criterion"] == "satisficing")


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_words_on_causes_and_choices(scenario: str) -> None:
    """No slips, also where nothing varies."""
    t = Tables(stored(scenario).laid_out(READS), READS, "sure")
    texts = [sure_causes.moves_words(t), sure_causes.box_words(t), sure_choices.information_words(t),
             sure_causes.boxes_table(t).text]  # fmt: skip
    texts += [table(t).text for table in (sure_causes.tornado_table, sure_causes.groups_table,
                                          sure_causes.factors_table, sure_choices.information_table)]  # fmt: skip
    for text in texts:
        assert not SLIPS.search(" ".join(text.split())), text
