"""Shapes in which the pages show the results: years across with biennial sub-totals, totals, shares, words.

Every function takes a result table and rearranges it; nothing is modelled here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "biennial",
    "horizon",
    "in_years",
    "listing",
    "memo_columns",
    "programme_needs",
    "records",
    "shares",
    "wording",
    "years_of",
]


def wording(key: str) -> str:
    """Return a key of the parameter files (programme, category, funding mode) as words.

    Examples
    --------
    >>> wording("regional_presence")
    'Regional presence'
    """
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def records(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a table as named tuples, of any type as far as a type checker is concerned."""
    return list(frame.itertuples())


def programme_needs(tables: Mapping[str, pd.DataFrame], *programmes: str) -> pd.DataFrame:
    """Return the resource lines by sector and period of several programmes in one table."""
    import pandas as pd

    parts = [tables[f"{programme}.needs"] for programme in programmes]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def years_of(frame: pd.DataFrame) -> list[str]:
    """Return the years of the horizon that occur in ``frame["period"]``, in order."""
    return sorted({p for p in frame["period"] if p.isdigit()})


def horizon(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows inside the horizon (neither memo column nor after the horizon)."""
    return frame[frame["period"].str.isdigit()]


def memo_columns(frame: pd.DataFrame) -> list[str]:
    """Return the periods outside the horizon that occur: before it, after it."""
    return sorted({p for p in frame["period"] if not p.isdigit()}, key=lambda p: not p.startswith("before"))


def in_years(
    frame: pd.DataFrame,
    index: Sequence[str] | str,
    value: str,
    *,
    total: str = "Total",
    memo: bool = True,
    keep: bool = False,
    periods: Iterable[str] = (),
) -> pd.DataFrame:
    """Put years across: one row per *index*, columns years, biennial sub-totals, horizon total, memo periods.

    Parameters
    ----------
    frame : pandas.DataFrame
        With a column ``period`` and the amounts in *value* (CHF).
    index : str or sequence of str
        Columns that name a row, kept in the order of first appearance.
    total : str
        Label of the total row in the first index column; empty for none.
    memo : bool
        Whether to append the periods before and after the horizon.
    keep : bool
        Whether to keep rows without any amount.
    periods : iterable of str
        Periods to show also where *frame* has no row for them.

    Returns
    -------
    pandas.DataFrame
        Amounts in CHF, unrounded; rows without any amount are left out unless *keep*.
    """
    import pandas as pd

    keys = [index] if isinstance(index, str) else list(index)
    shown = pd.DataFrame({"period": list(dict.fromkeys([*periods, *frame["period"]]))})
    years = years_of(shown)
    order = frame[keys].drop_duplicates()
    wide = frame.groupby([*keys, "period"], sort=False)[value].sum().unstack("period")
    wide = wide.reindex(columns=shown["period"]).fillna(0.0).astype(float)
    wide = wide.reindex(pd.MultiIndex.from_frame(order) if len(keys) > 1 else pd.Index(order[keys[0]], name=keys[0]))
    table = biennial(wide, years)
    for period in memo_columns(shown) if memo else ():
        if abs(wide[period]).sum():
            table[period] = wide[period]
    table = (table if keep else table[(table != 0).any(axis=1)]).reset_index()
    if total:
        last = {**dict.fromkeys(keys, ""), keys[0]: total, **table.drop(columns=keys).sum().to_dict()}
        table.loc[len(table)] = last
    return table


def biennial(wide: pd.DataFrame, years: Sequence[str]) -> pd.DataFrame:
    """Insert a sub-total after every second year and a total of all years."""
    import pandas as pd

    columns = {}
    for i in range(0, len(years), 2):
        pair = list(years[i : i + 2])
        columns.update({year: wide[year] for year in pair})
        columns[f"{pair[0]}–{pair[-1][-2:]}"] = wide[pair].sum(axis=1)
    columns[f"{years[0]}–{years[-1]}"] = wide[list(years)].sum(axis=1)
    return pd.DataFrame(columns)


def shares(amounts: pd.Series[float]) -> pd.Series[float]:
    """Return each amount as a share of the sum (0 where the sum is nil)."""
    whole = amounts.sum()
    return amounts / whole if whole else amounts * 0.0


def listing(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a"]), listing([])
    ('a, b and c', 'a', 'none')
    """
    items = list(words)
    if not items:
        return "none"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
