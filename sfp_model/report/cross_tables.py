"""The tables of the annex in the layout of the budget: by expense category, by sector, one-off and recurrent.

Years across with biennial sub-totals; what lies outside the plan stands in memo columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfp_model.report.bands import Bands, Key
from sfp_model.report.needs_tables import of_programmes, price_basis
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import in_years, memo_columns, programme_needs, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["by_sector", "initiative_by_category", "recurrence_by_year"]

_TOGETHER = "Together"


def _chosen(tables: Tables, programmes: Sequence[str], funding: str) -> pd.DataFrame:
    names = of_programmes(tables, programmes)
    needs = programme_needs(tables, *names["programme"].unique())
    return needs[needs["funding"] == funding]


def _titled(tables: Tables, kind: str) -> dict[str, str]:
    """Return the titles of expense categories or sectors in their order."""
    head = f"{kind}."
    return {k.removeprefix(head): v for k, v in tables.facts().items() if k.startswith(head)}


def _blocks(
    tables: Tables, needs: pd.DataFrame, groups: dict[str, str], group: str, titles: dict[str, str], column: str,
    prices: str, funding: str,
) -> Markdown:  # fmt: skip
    """Print one block per group with a row per part that occurs in it, the sum of the block, and all blocks together.

    A block of one row needs no sum, and some programmes of the plan are not put together.
    """
    import pandas as pd

    periods = list(dict.fromkeys(tables["summary.initiatives"]["period"]))
    value = f"{prices}_chf"
    nil = pd.DataFrame({"period": periods, value: 0.0})
    by_title = {title: part for part, title in titles.items()}
    parts: list[pd.DataFrame] = []
    totals: list[int] = []
    names: list[Key | None] = []
    shown, bands = list(needs["programme"].unique()), Bands(tables, funding, prices)
    whole = bands.whole(shown)
    together = [("", _TOGETHER)] if whole and whole[0] != "programmes" else []
    programmes = dict(zip(needs[group], needs["programme"], strict=True))
    for key, label in (*groups.items(), *together):
        mine = needs[needs[group] == key] if key else needs
        rows = []
        for part, title in titles.items():
            found = mine.loc[mine[column] == part, ["period", value]]
            if len(found):
                rows.append(pd.concat([nil, found]).assign(part=title))
        if len(rows) != 1 or not key:
            rows.append(pd.concat([nil, mine[["period", value]]]).assign(part="Total"))
        for frame in rows:
            parts.append(in_years(frame, "part", value, total="", keep=True).assign(group=label))
            names.append(
                _key(group, key, programmes.get(key, ""), shown, column, by_title.get(frame["part"].iloc[0], ""))
            )
            if frame["part"].iloc[0] == "Total":
                totals.append(len(parts) - 1)
    table = pd.concat(parts, ignore_index=True)
    outside = [c for c in memo_columns(needs) if c in table.columns]
    table[outside] = table[outside].fillna(0.0)
    inner = [c for c in table.columns if c not in ("part", "group", *outside)]
    return statement(
        table, stub="part", group="group", totals=totals, columns={c: c for c in (*inner, *outside)},
        unit=price_basis(tables.facts(), prices),
        spanners={"Memo, outside the plan": outside} if outside else None,
        source="Resource lines, from the parameter files",
        ranges=bands.cells(names, [*inner, *outside]),
    )  # fmt: skip


def _key(group: str, key: str, programme: str, shown: Sequence[str], column: str, part: str) -> Key:
    """Return what a row is among the stored ranges; without *key* it is a row of all blocks together."""
    if not key:
        alone = shown[0] if len(shown) == 1 else ""
        return (f"programme_{column}" if alone and part else "programme" if alone else column if part else "total",
                alone, "", part)  # fmt: skip
    return (f"{group}_{column}" if part else group, programme, key if group == "initiative" else "", part)


def initiative_by_category(
    tables: Tables, programmes: Sequence[str], funding: str = "additional", prices: str = "constant"
) -> Markdown:
    """Return an amount of one funding mode by initiative, expense category and year."""
    names = of_programmes(tables, programmes).drop_duplicates("initiative")
    needs = _chosen(tables, programmes, funding)
    used = set(needs["initiative"])
    groups = {k: label for k, label in zip(names["initiative"], names["label"], strict=True) if k in used}
    return _blocks(tables, needs, groups, "initiative", _titled(tables, "category"), "category", prices, funding)


def by_sector(
    tables: Tables, programmes: Sequence[str] = (), funding: str = "additional", prices: str = "constant"
) -> Markdown:
    """Return an amount of one funding mode by programme, Sector and year."""
    names = of_programmes(tables, programmes)["programme"].unique()
    needs = _chosen(tables, programmes, funding)
    groups = {name: wording(name) for name in names if name in set(needs["programme"])}
    return _blocks(tables, needs, groups, "programme", _titled(tables, "sector"), "sector", prices, funding)


def recurrence_by_year(
    tables: Tables, programmes: Sequence[str] = (), funding: str = "additional", prices: str = "constant"
) -> Markdown:
    """Return one-off against recurrent parts of one funding mode by programme and year."""
    names = of_programmes(tables, programmes)["programme"].unique()
    needs = _chosen(tables, programmes, funding)
    groups = {name: wording(name) for name in names if name in set(needs["programme"])}
    titles = {"one_off": "One-off", "recurrent": "Recurrent"}
    return _blocks(tables, needs, groups, "programme", titles, "recurrence", prices, funding)
