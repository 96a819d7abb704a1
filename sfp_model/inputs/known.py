"""What a run knows: observations whose period is over, sources that were published, and what a series counts."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["is_after", "is_change", "known_at", "was_known"]


def known_at(period: str, as_of: str) -> bool:
    """Whether the observation of *period* (year or month) is complete by *as_of*.

    Examples
    --------
    >>> known_at("2020", "2021-08-31"), known_at("2021", "2021-08-31"), known_at("2021-08", "2021-08-31")
    (True, False, True)
    >>> known_at("2020-02", "2020-02-28"), known_at("2020", "2020-12-31")
    (False, True)
    """
    year, month = int(period[:4]), int(period[5:7] or 12)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last.isoformat() <= as_of


def is_after(day: str, as_of: str) -> bool:
    """Whether *day* (ISO; may be a year or a month) begins after *as_of*.

    Examples
    --------
    >>> is_after("2021", "2021-08-31"), is_after("2021-09", "2021-08-31")
    (False, True)
    """
    first = {4: f"{day}-01-01", 7: f"{day}-01"}.get(len(day), day)
    return first > as_of


def was_known(date: str, observed: str, as_of: str) -> bool:
    """Whether a source of *date*, in which periods up to *observed* are read (empty: not said), tells what was known.

    What came out later may report what was observed before: then the end of its observations decides.

    Examples
    --------
    >>> was_known("2020", "", "2021-08-31"), was_known("2026", "", "2021-08-31")
    (True, False)
    >>> was_known("2026", "2020", "2021-08-31"), was_known("2026", "2021", "2021-08-31")
    (True, False)
    """
    if not is_after(date, as_of):
        return True
    return observed <= as_of if len(observed) > 7 else bool(observed) and known_at(observed, as_of)


def is_change(unit: str) -> bool:
    """Whether values in *unit* are changes in per cent (else they are levels).

    Examples
    --------
    >>> is_change("percent change on the year before"), is_change("CHF/USD")
    (True, False)
    """
    return unit.lower().startswith(("%", "percent", "per cent"))
