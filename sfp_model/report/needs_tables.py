"""The tables that the pages on overview, transformation and regions share: needs by year, lines, options, time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.report.anchors import activity_link
from sfp_model.report.bands import Bands, Cells, Key, Span, standing
from sfp_model.report.format import number, thousands, unit_words
from sfp_model.report.sentences import CODES
from sfp_model.report.tables import Markdown, spread, statement, text_table
from sfp_model.report.views import horizon, in_years, memo_columns, programme_needs, records, shares, wording, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "NOT_STORED",
    "absorbed_months",
    "by_category",
    "by_initiative",
    "by_programme",
    "codes",
    "largest_lines",
    "of_programmes",
    "price_basis",
    "quantity_range",
    "recurrence",
    "schedule_rows",
    "time_in_source",
    "year_frame",
]  # fmt: skip

_SOURCE = "{}, from the parameter files"
NOT_STORED: Key = ("", "", "", "")
_MODES = {"additional": "additional need", "absorbed": "absorbed time", "in_kind": "contribution in kind"}


def price_basis(facts: Mapping[str, str], prices: str = "constant") -> str:
    """Return unit and price basis as printed under a table of amounts."""
    if prices == "nominal":
        return "CHF thousands, nominal"
    return f"CHF thousands, constant prices of {facts['base_year']}"


def of_programmes(tables: Tables, programmes: Sequence[str] = ()) -> pd.DataFrame:
    """Return ``summary.initiatives`` of some programmes (all without), with labels for programme and initiative."""
    frame = tables["summary.initiatives"]
    if programmes:
        frame = frame[frame["programme"].isin(programmes)]
    return frame.assign(
        label=frame["initiative"] + " " + frame["title"], programme_label=frame["programme"].map(wording)
    )


def _years(
    frame: pd.DataFrame, keys: Sequence[str], value: str, *, unit: str, source: str, formats: str = "thousands",
    notes: Sequence[str] = (), periods: Sequence[str] = (), links: Mapping[str, str] | None = None,
    bands: Bands | None = None, names: Mapping[tuple[str, ...], Key] | None = None,
) -> Markdown:  # fmt: skip
    """Print years across with sub-totals; the last of *keys* labels rows, one before it groups them.

    *names* says what a row is among the *bands*; its last entry is the total row.
    """
    table = in_years(frame, keys, value, keep=True, periods=periods)
    stub, group = keys[-1], keys[0] if len(keys) > 1 else None
    last = len(table) - 1
    if group:
        table.loc[last, [group, stub]] = ["Together", "Total"]
    columns = {c: str(c) for c in table.columns if c not in keys}
    outside = [c for c in memo_columns(frame) if c in columns]
    ranges: Cells = {}
    if bands is not None and names:
        rows = [names.get(tuple(row)) for row in table[list(keys)].to_numpy()[:-1].tolist()]
        ranges = bands.cells([*rows, list(names.values())[-1]], list(columns))
    return statement(
        table, stub=stub, group=group, columns=columns, formats=formats, unit=unit, totals=[last], notes=notes,
        spanners={"Memo, outside the plan": outside} if outside else None, source=_SOURCE.format(source),
        links=links, ranges=ranges,
    )  # fmt: skip


def _named(tables: Tables, bands: Bands, programmes: Sequence[str], keys: Sequence[str]) -> dict[tuple[str, ...], Key]:
    """Return what rows by programme or initiative are among the bands, the whole last."""
    frame = of_programmes(tables, programmes).drop_duplicates("initiative")
    names: dict[tuple[str, ...], Key] = {}
    for row in records(frame):
        key = (
            ("initiative", row.programme, row.initiative, "")
            if "label" in keys
            else ("programme", row.programme, "", "")
        )
        names[tuple(str(getattr(row, k)) for k in keys)] = key
    whole = bands.whole(list(dict.fromkeys(frame["programme"])))
    return names | ({("",): whole} if whole else {("",): NOT_STORED})


def by_programme(
    tables: Tables, value: str, *, prices: str = "constant", links: Mapping[str, str] | None = None
) -> Markdown:
    """Return amounts by programme and year; *value* is a column of ``summary.initiatives`` without its prices."""
    unit, keys, bands = price_basis(tables.facts(), prices), ["programme_label"], Bands(tables, value, prices)
    return _years(of_programmes(tables), keys, f"{value}_{prices}", unit=unit,
                  source="Summary by initiative and year", links=links, bands=bands,
                  names=_named(tables, bands, (), keys))  # fmt: skip


def by_initiative(
    tables: Tables,
    programmes: Sequence[str],
    value: str = "additional",
    *,
    prices: str = "constant",
    links: Mapping[str, str] | None = None,
) -> Markdown:
    """Return amounts by initiative and year, grouped by programme where there are several; *links* by label."""
    keys = ["programme_label", "label"] if len(programmes) > 1 else ["label"]
    bands = Bands(tables, value, prices)
    return _years(of_programmes(tables, programmes), keys, f"{value}_{prices}",
                  unit=price_basis(tables.facts(), prices), source="Summary by initiative and year",
                  links=links, bands=bands, names=_named(tables, bands, programmes, keys))  # fmt: skip


def absorbed_months(tables: Tables, programmes: Sequence[str], keys: Sequence[str] = ("label",)) -> Markdown:
    """Return absorbed time in person-months by initiative (or programme) and year."""
    frame = of_programmes(tables, programmes)
    notes = ["A memo item, never added to the additional need"]
    bands = Bands(tables, "absorbed", "months")
    return _years(frame, list(keys), "person_months", unit="Person-months", formats="decimal", notes=notes,
                  source="Summary by initiative and year", bands=bands,
                  names=_named(tables, bands, programmes, keys))  # fmt: skip


def by_category(tables: Tables, programmes: Sequence[str], funding: str = "additional") -> Markdown:
    """Return an amount of one funding mode by expense category and year; by programme where there are some of all."""
    facts, needs = tables.facts(), programme_needs(tables, *programmes)
    titles = {c: facts.get(f"category.{c}", wording(c)) for c in needs["category"].unique()}
    order = [c.removeprefix("category.") for c in facts if c.startswith("category.")]
    every = list(dict.fromkeys(tables["summary.initiatives"]["programme"]))
    bands = Bands(tables, funding)
    whole = bands.whole(programmes)
    apart = len(programmes) > 1 and whole != ("total", "", "", "")
    chosen = needs[needs["funding"] == funding]
    chosen = chosen.assign(label=chosen["category"].map(titles), programme_label=chosen["programme"].map(wording))
    rank = {k: i for i, k in enumerate(order)}
    chosen = chosen.assign(rank=chosen["category"].map(rank), place=chosen["programme"].map(every.index))
    chosen = chosen.sort_values(["place", "rank"] if apart else ["rank"], kind="stable")
    periods = list(dict.fromkeys(tables["summary.initiatives"]["period"]))
    keys = ["programme_label", "label"] if apart else ["label"]
    names: dict[tuple[str, ...], Key] = {}
    for row in records(chosen.drop_duplicates(["programme", "category"])):
        if apart:
            names[row.programme_label, row.label] = ("programme_category", row.programme, "", row.category)
        elif len(programmes) == 1:
            names[(row.label,)] = ("programme_category", row.programme, "", row.category)
        else:
            names[(row.label,)] = ("category", "", "", row.category)
    names[("",)] = whole or NOT_STORED
    return _years(chosen, keys, "constant_chf", unit=price_basis(facts), source="Resource lines",
                  periods=periods, bands=bands, names=names)  # fmt: skip


def year_frame(tables: Tables, programmes: Sequence[str], value: str, across: str = "label") -> pd.DataFrame:
    """Return amounts with years down and initiatives (or programmes) across, for a stacked figure."""
    frame = of_programmes(tables, programmes)
    frame = frame[frame["period"].isin(years_of(frame))]
    wide = frame.pivot_table(index="period", columns=across, values=value, aggfunc="sum", sort=False)
    wide = wide.loc[:, (wide != 0).any()] if (wide != 0).any().any() else wide
    funding, _, prices = value.rpartition("_")
    bands = Bands(tables, funding, prices)
    whole = bands.whole(list(dict.fromkeys(frame["programme"])))
    found = bands.cells([whole], list(wide.index)) if whole else {}
    wide.attrs["ranges"] = {year: (span.low, span.high) for (_, year), span in found.items()}
    return wide


def recurrence(tables: Tables, programmes: Sequence[str], links: Mapping[str, str] | None = None) -> Markdown:
    """Return one-off and recurrent parts inside the horizon and the cost of a full year after it."""
    import pandas as pd

    names = of_programmes(tables, programmes)
    needs, full = horizon(programme_needs(tables, *names["programme"].unique())), tables["summary.recurrent"]
    given = needs.loc[needs["line"] == "event/subsidy", "initiative"].unique()
    subsidy = [
        f"{initiative} includes the subsidy to the flagship event from the regular budget" for initiative in given
    ]
    rows, spread = [], []
    bands = {funding: Bands(tables, funding) for funding in ("additional", "absorbed")}
    for initiative, label, programme in names[["initiative", "label", "programme"]].drop_duplicates().values:
        row: dict[str, object] = {"label": label}
        spread.append({
            f"{f}_{kind}": bands[f].get("initiative" if kind == "year" else "initiative_recurrence", programme,
                                        initiative, "" if kind == "year" else kind,
                                        period="full year" if kind == "year" else "all")
            for f in bands for kind in ("one_off", "recurrent", "year")
        })  # fmt: skip
        for funding in ("additional", "absorbed"):
            mine = needs[(needs["initiative"] == initiative) & (needs["funding"] == funding)]
            for kind in ("one_off", "recurrent"):
                row[f"{funding}_{kind}"] = float(mine.loc[mine["recurrence"] == kind, "constant_chf"].sum())
            row[f"{funding}_year"] = float(full.loc[full["initiative"] == initiative, f"full_year_{funding}"].sum())
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame.loc[len(frame)] = {"label": "Total", **frame.drop(columns="label").sum().to_dict()}
    heads = {"one_off": "One-off", "recurrent": "Recurrent", "year": "A full year after"}
    columns = {f"{funding}_{kind}": head for funding in ("additional", "absorbed") for kind, head in heads.items()}
    spread.append(_recurring(tables, bands, list(dict.fromkeys(names["programme"]))))
    ranges = {
        (i, c): Span(found.p10, found.p90, found.base)
        for i, row in enumerate(spread)
        for c, found in row.items()
        if found
    }
    return statement(
        frame, stub="label", columns=columns, totals=[len(frame) - 1], unit=price_basis(tables.facts()), ranges=ranges,
        spanners={"Additional need": [c for c in columns if c.startswith("additional")],
                  "Absorbed time (memo)": [c for c in columns if c.startswith("absorbed")]},
        notes=["A full year after: what recurs each year after the horizon, not part of the plan", *subsidy],
        source=_SOURCE.format("Resource lines"), links=links,
    )  # fmt: skip


def _recurring(tables: Tables, bands: Mapping[str, Bands], programmes: Sequence[str]) -> dict[str, Any]:
    """Return the stored rows of the total of one-off and recurrent parts and of a full year after the horizon."""
    name, programme, initiative, runs = bands["additional"].whole(programmes) or NOT_STORED
    kinds = {"total": "recurrence", "programme": "programme_recurrence", "programmes": "programmes_recurrence"}
    found: dict[str, Any] = {}
    for funding, mine in bands.items():
        for kind in ("one_off", "recurrent") if name in kinds else ():
            part = f"{runs}|{kind}" if runs else kind
            found[f"{funding}_{kind}"] = mine.get(kinds[name], programme, initiative, part)
        found[f"{funding}_year"] = mine.get(name, programme, initiative, runs, period="full year")
    return found


def codes(tables: Tables, programmes: Sequence[str] = ()) -> Markdown:
    """Return additional need and absorbed time by confidence code, with shares."""
    frame = tables["summary.confidence"]
    if programmes:
        frame = frame[frame["programme"].isin(programmes)]
    sums = frame.groupby("confidence")[["additional_constant", "absorbed_constant"]].sum()
    sums = sums.reindex([code for code in CODES if code in sums.index])
    table = sums.assign(
        additional_share=shares(sums["additional_constant"]),
        absorbed_share=shares(sums["absorbed_constant"]),
        code=[f"{code}: {CODES[code]}" for code in sums.index],
    )
    table = table.reset_index(drop=True)
    table.loc[len(table)] = {"code": "Total", **table.drop(columns="code").sum().to_dict()}
    ranges: Cells = {}
    if not programmes:
        keys = [("confidence", "", "", code) for code in sums.index] + [("total", "", "", "")]
        for funding in ("additional", "absorbed"):
            found = Bands(tables, funding).cells(keys, ["all"])
            ranges |= {(i, f"{funding}_constant"): pair for (i, _), pair in found.items()}
    columns = {
        "additional_constant": "Amount",
        "additional_share": "Share",
        "absorbed_constant": "Amount ",
        "absorbed_share": "Share ",
    }
    return statement(
        table, stub="code", columns=columns, totals=[len(table) - 1], unit=price_basis(tables.facts()), ranges=ranges,
        formats={c: "percent" if c.endswith("share") else "thousands" for c in columns},
        spanners={"Additional need": ["additional_constant", "additional_share"],
                  "Absorbed time (memo)": ["absorbed_constant", "absorbed_share"]},
        notes=["A resource line counts with the weaker code of its quantity and its rate"],
        source=_SOURCE.format("Summary by confidence code"),
    )  # fmt: skip


def _line_rows(lines: Iterable[Any], amounts: Iterable[float]) -> list[dict[str, str]]:
    return [
        {
            "activity": row.activity, "what": row.resource_title, "funding": row.funding.replace("_", " "),
            "quantity": f"{quantity_range(row.quantity_low, row.quantity_mode, row.quantity_high)} "
            + unit_words(row.unit) + (f" × {row.drivers}" if row.drivers else ""),
            "amount": thousands(amount), "confidence": row.confidence, "basis": row.basis,
        }
        for row, amount in zip(lines, amounts, strict=True)
    ]  # fmt: skip


def largest_lines(tables: Tables, programmes: Sequence[str], how_many: int = 10) -> Markdown:
    """Return the largest lines of additional need inside the horizon; of absorbed time where nothing is additional."""
    import pandas as pd

    inside = horizon(programme_needs(tables, *programmes))
    mode = "additional" if (inside["funding"] == "additional").any() else "absorbed"
    sums = inside[inside["funding"] == mode].groupby("line")["constant_chf"].sum().nlargest(how_many)
    sums = sums[[line for line in sums.index if line != "event/subsidy"]]
    named = pd.concat([tables[f"{programme}.lines"] for programme in programmes]).set_index("line")
    heads = {
        "activity": "Activity", "what": "Resource", "quantity": "Quantity (range)",
        "amount": f"{_MODES[mode].capitalize()}, CHF thousands", "confidence": "Code", "basis": "Basis",
    }  # fmt: skip
    rows, bands = _line_rows(records(named.loc[sums.index]), sums), Bands(tables, mode)
    owners = inside.drop_duplicates("line").set_index("line")
    for row, line in zip(rows, sums.index, strict=True):
        row["activity"] = activity_link(owners.at[line, "programme"], row["activity"])
        found = bands.get("line", owners.at[line, "programme"], owners.at[line, "initiative"], line)
        if found is not None:
            row["amount"] += f" ({spread(found.p10, found.p90)})"
    return text_table(rows, heads, note="In brackets: P10–P90 of the simulation" if mode == "additional"
                      else standing(tables))  # fmt: skip


def quantity_range(low: float, mode: float, high: float) -> str:
    """Return a quantity with its range in brackets, with as many decimals as it needs.

    Examples
    --------
    >>> quantity_range(1.5, 2, 4), quantity_range(0, 0.05, 0.1), quantity_range(3, 3, 3)
    ('2.0 (1.5–4.0)', '0.05 (0–0.10)', '3')
    """
    digits = 0 if all(float(x).is_integer() for x in (low, mode, high)) else 1 if min(mode, low or mode) >= 0.1 else 2
    low_words, words, high_words = ("0" if x == 0 else number(x, digits) for x in (low, mode, high))
    return words if low == high else f"{words} ({low_words}–{high_words})"


def schedule_rows(tables: Tables, *programmes: str) -> list[tuple[str, float, float, str]]:
    """Return actions for :func:`~sfp_model.report.figures.gantt`: label, start and end month, phase or programme."""
    from textwrap import shorten

    year, rows = int(years_of(tables["summary.initiatives"])[0]), []
    names = {"": "No phase in the source", "plan": "Whole plan"}
    for programme in programmes:
        for row in records(tables[f"{programme}.actions"]):
            start = 12 * (int(row.start[:4]) - year) + int(row.start[5:7]) - 1 + row.start_month % 1
            group = names.get(row.phase, f"Phase {row.phase.removeprefix('P')}")
            label = shorten(f"{row.action} {row.title}", 58, placeholder=" …")
            end = start + row.end_month - row.start_month
            rows.append((label, start, end, wording(programme) if len(programmes) > 1 else group))
    return rows


def time_in_source(tables: Tables, *programmes: str) -> Markdown:
    """Return when each action runs, and what the source says about that."""
    rows = [
        {
            "action": f"{row.action} {row.title}",
            "when": _span(row.start, row.end),
            "source": row.timing_in_source[:1].upper() + row.timing_in_source[1:],
        }
        for programme in programmes
        for row in records(tables[f"{programme}.actions"])
    ]
    heads = {"action": "Action", "when": "In this scenario", "source": "In the source, and our assumption"}
    return text_table(rows, heads)


def _span(start: str, end: str) -> str:
    return start if start == end else f"{start} to {end}"
