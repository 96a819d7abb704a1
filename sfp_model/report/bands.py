"""The ranges that stand below amounts and behind sentences: P10 and P90 from the stored table of ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import number, percent
from sfp_model.report.sentences import money, more_or_less
from sfp_model.report.tables import SURE, Cells, Span
from sfp_model.report.views import records

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVENT", "Bands", "Cells", "Differences", "Key", "Span", "between", "differences", "standing"]

Key = tuple[str, str, str, str]  # breakdown, programme, initiative, part


class Bands:
    """P10 and P90 of one funding mode on one measure (``constant``, ``nominal``, ``months``).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        With ``simulation.ranges``.
    funding, measure : str
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], funding: str = "additional", measure: str = "constant"
    ) -> None:
        frame = tables["simulation.ranges"]
        runs = frame.loc[frame["breakdown"] == "programmes", "part"].unique()
        self._runs = {frozenset(run.split("|")): str(run) for run in runs}
        frame = frame[(frame["funding"] == funding) & (frame["measure"] == measure)]
        self._rows: dict[Key, dict[str, Any]] = {}
        for row in records(frame):
            key = (row.breakdown, row.programme, row.initiative, row.part)
            self._rows.setdefault(key, {})[row.period] = row

    def get(
        self, breakdown: str, programme: str = "", initiative: str = "", part: str = "", *, period: str = "all"
    ) -> Any:
        """Return the stored row of an amount, or ``None`` where it is nil in every draw."""
        return self._rows.get((breakdown, programme, initiative, part), {}).get(period)

    def whole(self, programmes: Sequence[str] = ()) -> Key | None:
        """Return what the sum of some programmes (all without) is called; ``None`` where it is not stored."""
        mine = frozenset(programmes)
        if len(mine) == 1:
            return ("programme", programmes[0], "", "")
        if not mine or mine == frozenset().union(*self._runs):
            return ("total", "", "", "")
        return ("programmes", "", "", self._runs[mine]) if mine in self._runs else None

    def cells(self, rows: Sequence[Key | None], columns: Sequence[str]) -> Cells:
        """Return the range of each cell of a table with years across, for ``tables.statement``.

        Parameters
        ----------
        rows : sequence of key or None
            What each row is; ``None`` for a row without ranges.
        columns : sequence of str
            Headings: years, biennia (``2024–25``), the whole horizon (``2024–2027``), before and after.
        """
        found: Cells = {}
        for i, key in enumerate(rows):
            stored = self._rows.get(key, {}) if key is not None else {}
            for column in columns:
                row = stored.get(_period(column))
                if row is not None:
                    found[i, column] = Span(row.p10, row.p90, row.base)
        return found


class Differences:
    """Ranges of what another answer, a later one, another start or pace changes.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        With ``simulation.differences``.
    question : str
        option, deferral, deferred, pace or paced; see ``results.tables_differences``.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], question: str) -> None:
        frame = tables["simulation.differences"]
        self._rows: dict[tuple[Any, ...], Any] = {}
        for row in records(frame[frame["question"] == question]):
            place = (row.months, row.stretch) if row.months == row.months else ()
            key = (row.decision, row.option) if question == "option" else (row.decision,) if row.decision else ()
            self._rows[(*key, *(x for x in place if x == x), row.funding, row.measure, row.period)] = row

    def get(self, *key: Any, funding: str = "additional", measure: str = "constant", period: str = "all") -> Any:
        """Return the row of a difference, ``None`` where there is none in any draw.

        *key* is decision and option, decision and months, or months and stretch.
        """
        return self._rows.get((*key, funding, measure, _period(period)))

    def pair(
        self, *key: Any, funding: str = "additional", measure: str = "constant", period: str = "all"
    ) -> Span | None:
        """Return P10 and P90 of a difference."""
        row = self.get(*key, funding=funding, measure=measure, period=period)
        return None if row is None else Span(row.p10_chf, row.p90_chf, row.base_chf)


def _period(column: str) -> str:
    """Return the stored name of the period that a heading names."""
    start, dash, end = column.partition("–")
    if not dash:
        return column
    return "all" if len(end) == len(start) else f"{start}-{end}"


def between(row: Any, *, work: bool = False) -> str:
    """Return the range of a stored row in brackets, for prose; nothing where it has none.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> between(Row(p10=1e6, p90=2e6)).replace("\\u00a0", " ")
    ' (P10–P90: CHF 1.00 million to CHF 2.00 million)'
    >>> between(None), between(Row(p10=5.0, p90=5.0))
    ('', '')
    """
    if row is None:
        return ""
    if hasattr(row, "p10_chf"):
        return f" (P10–P90: {differences(row.p10_chf, row.p90_chf)})"
    if work:
        low, high = number(row.p10), number(row.p90)
        return f" (P10–P90: {low} to {high})" if low != high else ""
    low, high = money(row.p10), money(row.p90)
    return f" (P10–P90: {low} to {high})" if low != high else ""


def difference(amount: float) -> str:
    """Return a difference for prose, with its direction.

    Examples
    --------
    >>> difference(2e6).replace("\\u00a0", " "), difference(-3000).replace("\\u00a0", " "), difference(0)
    ('CHF 2.00 million more', 'CHF 3 000 less', 'nothing')
    """
    return more_or_less(amount) if abs(amount) >= 50 else "nothing"


def differences(low: float, high: float) -> str:
    """Return two differences for prose, with their direction said once where it is the same.

    Examples
    --------
    >>> differences(2e6, 3e6).replace("\\u00a0", " "), differences(-9000, -3000).replace("\\u00a0", " ")
    ('CHF 2.00 million to CHF 3.00 million more', 'CHF 9 000 to CHF 3 000 less')
    >>> differences(-3000, 2000).replace("\\u00a0", " "), differences(0, 2000).replace("\\u00a0", " ")
    ('CHF 3 000 less to CHF 2 000 more', 'nothing to CHF 2 000 more')
    """
    first, second = difference(low), difference(high)
    same = min(abs(low), abs(high)) >= 50 and (low > 0) == (high > 0)
    return f"{first.rpartition(' ')[0] if same else first} to {second}"


EVENT = f"Base estimate; ranges of every concept: [How sure are we?]({SURE}#sec-event)"


def standing(tables: Mapping[str, pd.DataFrame], what: str = "Base estimate") -> str:
    """Return the note of a table whose amounts rest on the base estimate: its percentile, and where its range is.

    The percentile is that of the plan's additional need, or of absorbed time where there is none; on a page about
    some programmes, that of the first of them.
    """
    link = f"[How sure are we?]({SURE}#sec-build-up)"
    for funding, words in (("additional", "additional need"), ("absorbed", "absorbed time")):
        frame = tables["simulation.ranges"]
        frame = frame[(frame["funding"] == funding) & (frame["measure"] == "constant") & (frame["period"] == "all")]
        frame = frame[frame["breakdown"].isin(["total", "programme"])]
        for row in records(frame):
            if row.p90 > 50:
                whose = words if row.breakdown == "total" else f"{words} of the programme"
                return (
                    f"{what}: {_share(row.base_at)} of the draws of the {whose} "
                    f"{'lies' if row.base_at == 0 else 'lie'} at or below it. Its range: {link}"
                )
    return f"{what}: nil in every draw. See {link}"


def _share(share: float) -> str:
    return "none" if share == 0 else percent(share, 1 if share < 0.095 else 0)
