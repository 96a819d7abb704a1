"""Every activity with its resource lines: the last step from an amount of the annex to a parameter and its source."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from sfp_model.report.anchors import activity_anchor, initiative_anchor, page_of, rate_anchor
from sfp_model.report.bands import Bands
from sfp_model.report.format import number, thousands, unit_words
from sfp_model.report.needs_tables import of_programmes, quantity_range
from sfp_model.report.sentences import count
from sfp_model.report.tables import SURE, Markdown, spread
from sfp_model.report.views import programme_needs, records, wording, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "all_lines",
    "initiative_links",
    "programme_links",
]

_MODES = {"additional": "additional", "absorbed": "absorbed", "in_kind": "in kind"}
_TOTALS = {
    "additional": "Additional need",
    "absorbed": "Absorbed time (memo)",
    "in_kind": "Contributions in kind (memo)",
}


def initiative_links(tables: Tables, programmes: Sequence[str] = ()) -> dict[str, str]:
    """Return label of an initiative → address of its lines."""
    frame = of_programmes(tables, programmes).drop_duplicates("initiative")
    return {row.label: f"{page_of(row.programme)}#{initiative_anchor(row.initiative)}" for row in records(frame)}


def programme_links(tables: Tables) -> dict[str, str]:
    """Return title of a programme → its page."""
    return {wording(name): page_of(name) for name in tables["summary.initiatives"]["programme"].unique()}


def all_lines(tables: Tables, *programmes: str) -> Markdown:
    """Return, folded by initiative, every activity with its lines by year, codes, basis, and place in the files.

    The years of a table add up to the row of its initiative in the tables by year: nothing is left out.

    Parameters
    ----------
    tables : Tables
        With lines, needs and activities of the programmes, ``catalogue`` and ``summary.initiatives``.
    *programmes : str
        Programmes to list.

    Returns
    -------
    Markdown
        One folded box per initiative, each with a table; on paper, which cannot fold, the names of the activities.
    """
    blocks, printed = [], []
    for row in records(of_programmes(tables, programmes).drop_duplicates("initiative")):
        table, activities, lines = _initiative(tables, row.programme, row.initiative, row.label)
        size = f"{count(activities, 'activity', 'activities')} with {count(lines, 'resource line')}"
        anchor = f"[Activities of {row.label}]{{#{initiative_anchor(row.initiative)}}} in the order of the plan."
        blocks.append(
            f'::: {{.callout-note collapse="true" title="{row.label}: {size}"}}\n'
            f"{anchor}\n\n```{{=html}}\n{table}\n```\n:::"
        )
        mine = tables[f"{row.programme}.activities"]
        names = mine.loc[mine["initiative"] == row.initiative, "activity"]
        listed = ", ".join(f"[{name}]{{#{activity_anchor(name)}}}" for name in names)
        printed.append(f"- [{row.label}]{{#{initiative_anchor(row.initiative)}}}, {size}: {listed}")
    parts = {"html": "\n\n".join(blocks), "typst": "\n".join(printed)}
    return Markdown(
        "\n\n".join(f'::: {{.content-visible when-format="{name}"}}\n{text}\n:::' for name, text in parts.items())
    )


def _initiative(tables: Tables, programme: str, initiative: str, label: str) -> tuple[str, int, int]:
    """Return the table of an initiative, and how many activities and lines it lists."""
    needs = programme_needs(tables, programme)
    needs = needs[needs["initiative"] == initiative]
    before = [p for p in dict.fromkeys(needs["period"]) if p.startswith("before")]
    periods = [*before, *years_of(tables["summary.initiatives"])]
    sums = needs.groupby(["line", "period"])["constant_chf"].sum().unstack("period")
    sums = sums.reindex(columns=periods).fillna(0.0)
    known = {row.line: row for row in records(tables[f"{programme}.lines"])}
    activities, bands = tables[f"{programme}.activities"], Bands(tables)
    body, listed = [], 0
    for activity in records(activities[activities["initiative"] == initiative]):
        mine = list(dict.fromkeys(needs.loc[needs["activity"] == activity.activity, "line"]))
        body.append(_head(activity, tables["catalogue"], len(periods) + 4))
        if not mine:
            reason = activity.no_cost or "no line is active in this scenario"
            body.append(f'<tr><td colspan="{len(periods) + 4}">{escape(_sentence(reason))}</td></tr>')
        drawn = {line: _drawn(bands.get("line", programme, initiative, line)) for line in mine}
        body += [_line(known[line], sums.loc[line], drawn[line]) for line in mine if line in known]
        body += [_derived(line, sums.loc[line], drawn[line]) for line in mine if line not in known]
        listed += len(mine)
    for funding, words in _TOTALS.items():
        whole = needs[needs["funding"] == funding].groupby("period")["constant_chf"].sum()
        if len(whole):
            cells = _amounts(whole.reindex(periods).fillna(0.0))
            body.append(f'<tr class="total"><th scope="row" colspan="3">{words}</th>{cells}<td></td></tr>')
    heads = ["Resource and its rate", "Quantity (range)", "Funding mode", *periods, "Basis, codes and place"]
    marks = ['scope="col" class="num"' if h in periods else 'scope="col"' for h in heads]
    head = "".join(f"<th {mark}>{escape(text)}</th>" for mark, text in zip(marks, heads, strict=True))
    note = (
        f"CHF thousands, constant prices of {tables.facts()['base_year']}. Each figure is rounded by itself; totals "
        "may not add. Codes: of the quantity, then of the rate. Below a quantity with its range, small: P10–P90 of the "
        f'additional need of the plan\'s years (<a href="{SURE}#sec-parts">How sure are we?</a>); years and absorbed '
        "time stand at the base estimate."
    )
    title = escape(f"Activities and resource lines of {label}", quote=True)
    table = (
        f'<table class="statement" aria-label="{title}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(body)
        + f'\n</tbody>\n<tfoot><tr><td class="note" colspan="{len(heads)}">{note}</td></tr></tfoot>\n</table>'
    )
    return table, int((activities["initiative"] == initiative).sum()), listed


def _head(activity: Any, catalogue: pd.DataFrame, width: int) -> str:
    """Return the row that names an activity, with the item of the source that it serves and where this stands."""
    served = [item for item in activity.serves.split(";") if item]
    places = catalogue.set_index("id")["paragraph"]
    where = next((places[item] for item in served if item in places.index and places[item]), "")
    own = "in the source" if activity.assigned_by == "source" else "added by the project"
    answers = f"; answers {', '.join(served)}" if served else ""
    place = f" ({where})" if where else ""
    words = f"{escape(f'{activity.activity} {activity.title}')} <small>{escape(f'{own}{answers}{place}')}</small>"
    anchor = activity_anchor(activity.activity)
    return f'<tr class="group"><th scope="rowgroup" colspan="{width}" id="{anchor}">{words}</th></tr>'


def _drawn(row: Any) -> str:
    """Return the range of a line's amount in all years of the plan, as a second line of its cell."""
    return "" if row is None else f'<br><span class="range">{spread(row.p10, row.p90)}</span>'


def _line(line: Any, amounts: pd.Series[float], drawn: str) -> str:
    per = unit_words(line.rate_unit.replace("CHF/", ""))
    lump = line.resource.startswith("lump.")
    rate = "" if lump else f", CHF {_price(line.rate_mode)} per {per}"
    name = escape(f"{line.resource_title}{rate}")
    if not lump:
        name = f'<a href="assumptions.ipynb#{rate_anchor(line.resource)}">{name}</a>'
    again = ", recurrent" if line.recurrence == "recurrent" else ""
    times = f" × {line.drivers}" if line.drivers else ""
    spread_of = quantity_range(line.quantity_low, line.quantity_mode, line.quantity_high)
    quantity = f"{spread_of} {unit_words(line.unit)}{times}{again}"
    codes = f"{line.quantity_confidence}, {line.rate_confidence}"
    basis = f"{escape(_sentence(line.basis))} {codes}; <code>{escape(line.file)}:{int(line.file_line)}</code>"
    return (
        f'<tr><th scope="row">{name}</th><td>{escape(quantity)}{drawn}</td><td>{_MODES[line.funding]}</td>'
        f"{_amounts(amounts)}<td>{basis}</td></tr>"
    )


def _derived(line: str, amounts: pd.Series[float], drawn: str) -> str:
    """Return the row of an amount that a model computes and no file states."""
    what = '<a href="event.ipynb#sec-inputs">The account of the event</a> computes it from its own inputs'
    title = "Subsidy from the regular budget" if line == "event/subsidy" else line
    return (
        f'<tr><th scope="row">{escape(title)}</th><td>computed{drawn}</td><td>additional</td>{_amounts(amounts)}'
        f"<td>{what}; they stand in <code>params/event.yml</code>.</td></tr>"
    )


def _amounts(amounts: pd.Series[float]) -> str:
    return "".join(f'<td class="num">{thousands(float(amount))}</td>' for amount in amounts.to_numpy())


def _price(rate: float) -> str:
    return number(rate, 0 if rate >= 20 else 2)


def _sentence(words: str) -> str:
    text = words[:1].upper() + words[1:]
    return text if text.endswith(".") else f"{text}."
