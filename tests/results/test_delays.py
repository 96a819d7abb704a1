"""A delay is no saving, and the event does not wait: what the tables of options, starts and paces say of both."""

from __future__ import annotations

import pytest

from sfp_model.inputs import load_plan
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_decisions import decisions
from sfp_model.results.tables_deferral import deferral
from sfp_model.results.tables_schedule import effects, peaks
from sfp_model.results.time_view import TimeView


@pytest.fixture(scope="module")
def view() -> TimeView:
    """Return the baseline."""
    return TimeView(Evaluation.of(load_plan()))


def test_a_deferral_is_kept_on_as_the_table_of_deferral_says(view: TimeView) -> None:
    """An option that defers by 24 months and waiting for 24 months keep the same months on, in both price bases."""
    late = list(deferral(view.evaluation))
    for option in decisions(view.evaluation):
        if option["option"] != "defer" or option["period"] != "all":
            assert option["option"] == "defer" or option["kept_on_constant"] == 0
            continue
        for prices in ("constant", "nominal"):
            waits = sum(
                row[f"additional_{prices}"]
                for row in late
                if (row["decision"], row["months"], row["part"]) == (option["decision"], option["delay"], "kept_on")
            )
            assert option[f"kept_on_{prices}"] == pytest.approx(waits, abs=0.01)


def test_a_later_start_saves_nothing(view: TimeView) -> None:
    """At the pace of the scenario, what a later start seems to save is what keeping on takes, and falls after."""
    rows = list(peaks(view))
    same = [row for row in rows if row["stretch"] == 1]
    assert len(same) == 4 and same[-1]["kept_on"] > 100_000
    for row in same:
        assert row["delta_additional"] + row["kept_on"] == pytest.approx(0, abs=0.01)
    kept: dict[tuple[int, float], float] = {}
    for row in effects(view):
        key = (row["start_shift"], row["stretch"])
        kept[key] = kept.get(key, 0.0) + row["kept_on"]
        assert row["period"].startswith("after") or row["kept_on"] <= 0.01
    assert [kept[row["start_shift"], row["stretch"]] for row in rows] == pytest.approx([r["kept_on"] for r in rows])


def test_editions_before_their_design_are_named(view: TimeView) -> None:
    """The design ends in March 2025 and the first edition is in July: a quarter later is in time."""
    early = {(r["start_shift"], r["stretch"]): r["early_editions"] for r in effects(view)}
    assert [early[shift, 1.0] for shift in (0, 3, 6, 12)] == ["", "", "2025", "2025"]
    options = {(r["decision"], r["option"]): r["early_editions"] for r in decisions(view.evaluation)}
    assert {key: found for key, found in options.items() if found} == {("DAL", "defer"): "2025;2026"}
    late = {(r["decision"], r["months"]): r["early_editions"] for r in deferral(view.evaluation)}
    assert {key: found for key, found in late.items() if found} == {("DAL", 12): "2025", ("DAL", 24): "2025;2026"}
