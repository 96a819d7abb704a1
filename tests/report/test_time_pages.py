"""What the page on time and work says and shows, in every scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest

from sfp_model.report import time_tables, time_words
from sfp_model.report.reads import declared_reads, notebook_path
from sfp_model.report.time_figures import schedule_figure, work_figure
from sfp_model.results import ResultSet
from tests.shared import results

SCENARIOS = ("baseline", "accelerated", "within-existing-resources")  # the annex runs the page in all of them
SLIPS = re.compile(r"\b(nan|None|NaT|n/a)\b|  |\.\.|CHF\u00a0–|\b(no|one) \w+s (is|are)\b")
WORDS = (
    time_words.time_answer, time_words.fixed_words, time_words.meeting_words, time_words.effect_words,
    time_words.work_words, time_words.overload_words, time_words.level_words, time_words.post_words,
    time_words.decision_words,
)  # fmt: skip
TABLES = (
    time_tables.programmes, time_tables.action_floats, time_tables.fixed_lines, time_tables.meetings,
    time_tables.effects, time_tables.peaks, time_tables.by_grade, time_tables.by_sector, time_tables.overload,
    time_tables.levelling, time_tables.moves, time_tables.posts,
)  # fmt: skip


class Declared(Mapping[str, pd.DataFrame]):
    """The tables that the notebook declares, made one by one: the page needs few of the scenario's tables."""

    def __init__(self, results: ResultSet) -> None:
        self._results = results
        self._names = tuple(read.partition("[")[0] for read in declared_reads(notebook_path("time")))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        return self._results.frame(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def facts(self) -> dict[str, str]:
        return {str(row["key"]): str(row["value"]) for row in self._results.table("summary.scenario")}


@cache
def tables(scenario: str) -> Any:
    return Declared(results(scenario))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_page_reads_well(scenario: str) -> None:
    """Sentences without slips, tables without empty numbers."""
    made = tables(scenario)
    for words in WORDS:
        text = str(words(made))
        assert text.strip()
        assert not any(SLIPS.search(line) for line in text.splitlines()), (words.__name__, text)
    for table in TABLES:
        text = str(table(made))
        assert not re.search(r"\b(nan|None|NaT)\b", text), table.__name__
        rule = [line for line in text.splitlines() if line.startswith("|:")]
        assert all("-" in cell for line in rule for cell in line.strip("|").split("|")), table.__name__


def test_nothing_absorbed_and_nothing_to_level_reads_well() -> None:
    """The page says so where there is nothing."""
    made = tables("baseline")
    empty = {name: frame.iloc[0:0] if name.startswith("staffing") else frame for name, frame in made.items()}

    class Empty(dict):  # type: ignore[type-arg]
        facts = made.facts

    nothing = Empty(empty)
    for words in (time_words.time_answer, time_words.level_words, time_words.post_words, time_words.work_words):
        assert "nan" not in str(words(nothing))  # type: ignore[arg-type]


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_figures(scenario: str) -> None:
    """Every action has a bar, every typed link an arrow, every quarter a column that holds its absorbed time."""
    import matplotlib

    matplotlib.use("Agg")
    made = tables(scenario)
    (axis,) = schedule_figure(made, start_year=2024).axes
    assert len(axis.get_yticklabels()) == len(made["schedule.actions"])
    arrows = [a for a in axis.texts if getattr(a, "arrow_patch", None) is not None]
    assert len(arrows) == made["schedule.links"]["typed"].sum()
    wide = time_tables.work_by_quarter(made)
    quarters = made["staffing.quarters"]
    inside = quarters[(quarters["funding"] == "absorbed") & quarters["period"].str.contains("-Q")]
    assert wide.to_numpy().sum() == pytest.approx(inside["person_months"].sum())
    (axis,) = work_figure(wide).axes
    assert len(axis.get_xticklabels()) == len(wide)


def test_the_gantt_shows_meetings_no_more_precisely_than_they_are_known() -> None:
    """A meeting of which only the quarter is known spans the quarter."""
    meetings = tables("baseline")["schedule.meetings"].set_index("meeting")
    assert meetings.at["council-24", "end"] - meetings.at["council-24", "start"] == 3
    assert meetings.at["wsis-20", "end"] - meetings.at["wsis-20", "start"] == 12
