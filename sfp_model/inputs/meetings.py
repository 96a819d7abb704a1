"""Meetings of the governing bodies, which a schedule must meet: ``data/meetings.yml``."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from sfp_model.errors import Position
from sfp_model.inputs.plan import Confidence

__all__ = ["WHEN", "Meeting", "period_of"]

WHEN = (
    r"^[0-9]{4}("
    r"-Q[1-4]|"
    r"-(0[1-9]|1[0-2])|"
    r"-(0[1-9]|1[0-2])-[0-3][0-9]/[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]"
    r")?$"
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session of a governing body.

    ``when`` is what is known of its date: two days (``2022-09-26/2022-10-14``), a month, a quarter or a year.
    ``start`` and ``end`` are the months that this covers, from January of the first year of the horizon.
    """

    id: str
    title: str
    body: str
    when: str
    start: float
    end: float
    source: str
    confidence: Confidence
    basis: str
    rests_on: tuple[str, ...]
    position: Position

    @property
    def precision(self) -> str:
        """How precisely the date is known: day, month, quarter or year."""
        if "/" in self.when:
            return "day"
        return {4: "year", 7: "quarter" if "Q" in self.when else "month"}[len(self.when)]


def period_of(when: str, first_year: int) -> tuple[float, float]:
    """Return start and end of *when* in months after January of *first_year*, end excluded.

    Days count as parts of their month. ``ValueError`` where the calendar has no such day or it runs backwards.

    Examples
    --------
    >>> period_of("2024-Q2", 2024), period_of("2025", 2024), period_of("2023-11", 2024)
    ((3.0, 6.0), (12.0, 24.0), (-2.0, -1.0))
    >>> period_of("2024-06-16/2024-06-30", 2024)
    (5.5, 6.0)
    """
    year = 12.0 * (int(when[:4]) - first_year)
    if "/" in when:
        first, last = when.split("/")
        span = _day(first, first_year, 1), _day(last, first_year, 0)
        if span[1] <= span[0]:
            raise ValueError(f"{last} is before {first}")
        return span
    if len(when) == 4:
        return year, year + 12.0
    if found := re.search(r"Q(\d)", when):
        start = year + 3.0 * (int(found[1]) - 1)
        return start, start + 3.0
    start = year + int(when[5:7]) - 1
    return start, start + 1.0


def _day(day: str, first_year: int, before: int) -> float:
    year, month, number = (int(part) for part in day.split("-"))
    length = monthrange(year, month)[1]
    if not 1 <= number <= length:
        raise ValueError(f"there is no day {day}")
    return 12.0 * (year - first_year) + month - 1 + (number - before) / length
