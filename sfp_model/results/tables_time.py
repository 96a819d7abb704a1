"""Names of the tables of schedule and staffing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial

from sfp_model.results import tables_schedule as s
from sfp_model.results import tables_staffing as w
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Column, Row, Table
from sfp_model.results.time_view import STEP, TimeView

__all__ = ["time_tables"]

_TABLES: dict[str, tuple[tuple[Column, ...], Callable[[TimeView], Iterable[Row]]]] = {
    "schedule.actions": (s.ACTIONS, s.actions),
    "schedule.links": (s.LINKS, s.links),
    "schedule.programmes": (s.PROGRAMMES, s.programmes),
    "schedule.meetings": (s.MEETINGS, s.meetings),
    "schedule.fixed": (s.FIXED, s.fixed),
    "schedule.effects": (s.EFFECTS, s.effects),
    "schedule.peaks": (s.PEAKS, s.peaks),
    "staffing.quarters": (w.QUARTERS, w.quarters),
    "staffing.capacity": (w.CAPACITY, w.capacity),
    "staffing.overload": (w.OVERLOAD, w.overload),
    "staffing.levelling": (w.LEVELLING, w.levelling),
    "staffing.moves": (w.MOVES, w.moves),
    "staffing.cases": (w.CASES, w.cases),
    "staffing.posts": (w.POSTS, w.posts),
}


def time_tables(evaluation: Evaluation, step: int = STEP) -> Mapping[str, Callable[[], Table]]:
    """Return the recipes of the tables of schedule and staffing by name; they share one view of the evaluation.

    Levelling moves actions in steps of *step* months.
    """
    view = cache(partial(TimeView, evaluation, step))

    def made(wanted: tuple[Column, ...], rows: Callable[[TimeView], Iterable[Row]]) -> Table:
        return Table.of(wanted, rows(view()))

    return {name: partial(made, wanted, rows) for name, (wanted, rows) in _TABLES.items()}
