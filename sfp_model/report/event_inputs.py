"""Every input of the event with its evidence, or the word estimate: which sources it rests on, basis and place."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import number, unit_words
from sfp_model.report.sentences import count
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing, records, wording

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = ["event_inputs", "evidence"]

_UNCOUNTED = ("share", "ratio", "exponent", "probability", "quantity", "CHF")


def evidence(row: Any, titles: dict[str, str]) -> str:
    """Return what a value rests on: its source, or the word estimate with the sources that informed it.

    Parameters
    ----------
    row : named tuple
        With ``source``, ``confidence`` and ``rests_on`` of the table ``parameters``.
    titles : mapping of str to str
        Source key to title.
    """
    behind = [titles[key] for key in row.rests_on.split(";") if key in titles]
    if row.source in titles and row.confidence != "E":
        return listing([titles[row.source], *behind])
    return "Estimate" + (f", informed by {listing(behind)}" if behind else "")


def event_inputs(tables: Tables, concept: str) -> Markdown:
    """Return, folded by part of the model, the inputs of the event for one concept with evidence, basis and place.

    Parameters
    ----------
    tables : Tables
        With ``parameters``, ``sources``, ``event.results``, ``event.segments`` and ``event.impact``.
    concept : str
        Key of the concept; values that belong to other concepts only are left out.

    Returns
    -------
    Markdown
        Boxes for HTML; on paper a sentence that says where they are.
    """
    frame, names = tables["parameters"], _names(tables)
    titles = dict(zip(tables["sources"]["key"], tables["sources"]["title"], strict=True))
    others = set(tables["event.results"]["concept"]) - {concept}
    parts: dict[str, list[str]] = {}
    for row in records(frame[frame["path"].str.startswith("event.")]):
        _, part, *rest = row.path.split(".")
        if rest and rest[-1] in others:
            continue
        value = f"{_range(row)} {_units(row.unit, row.mode)}"
        basis = row.basis if row.basis.endswith(".") else f"{row.basis}."
        parts.setdefault(part, []).append(
            f'<tr><th scope="row">{escape(_title(row, concept, names))}</th><td>{escape(value)}</td>'
            f"<td>{escape(evidence(row, titles))} ({row.confidence})</td><td>{escape(basis)} "
            f"<code>{escape(row.file)}:{int(row.file_line)}</code></td></tr>"
        )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Input", "Value (range)", "Evidence", "Basis and place")
    )
    boxes = []
    for part, rows in parts.items():
        name, body = wording(part), "\n".join(rows)
        boxes.append(
            f'::: {{.callout-note collapse="true" title="{name}: {count(len(rows), "input")}"}}\n```{{=html}}\n'
            f'<table class="statement" aria-label="Inputs of the event model: {escape(name, quote=True)}">\n'
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n```\n:::"
        )
    paper = "They are listed on the website and in the workbook."
    return Markdown(
        '::: {.content-visible when-format="html"}\n' + "\n\n".join(boxes)
        + f'\n:::\n\n::: {{.content-visible when-format="typst"}}\n{paper}\n:::'
    )  # fmt: skip


def _figure(value: float) -> str:
    """Return a figure to three decimals at most.

    >>> _figure(0.45), _figure(0.0), _figure(1500.0), _figure(-6)
    ('0.45', '0', '1\\xa0500', '−6')
    """
    sign = "−" if round(value, 3) < 0 else ""
    return sign + number(abs(value), 3).rstrip("0").rstrip(".") if round(value, 3) else "0"


def _units(unit: str, number_of: float) -> str:
    """Return a unit, in the plural where it counts things and there is not one of them.

    >>> _units("delegate", 9000), _units("delegate", 1), _units("share", 0.2), _units("CHF/delegate", 600)
    ('delegates', 'delegate', 'share', 'CHF per delegate')
    """
    words = unit_words(unit)
    counted = " per " not in words and words.isascii() and unit not in _UNCOUNTED
    return f"{words}s" if counted and number_of != 1 else words


def _range(row: Any) -> str:
    """Return the most likely value, with low and high where they differ."""
    middle = _figure(row.mode)
    if row.low == row.high:
        return middle
    return f"{middle} ({_figure(row.low)}{' to ' if row.low < 0 else '–'}{_figure(row.high)})"


def _names(tables: Tables) -> dict[str, str]:
    """Return the titles of segments and criteria by key, and names of what has no title of its own."""
    segments = tables["event.segments"].drop_duplicates("segment")
    criteria = tables["event.impact"].drop_duplicates("criterion")
    return {
        **dict(zip(segments["segment"], segments["title"], strict=True)),
        **dict(zip(criteria["criterion"], criteria["title"], strict=True)),
        "sme": "SME tier", "ldc": "LDC tier", "commercial": "commercial tier", "wsis": "WSIS Forum",
        "ai_for_good": "AI for Good", "with_wsis": "with the WSIS Forum", "with_ai": "with AI for Good",
        "geneva": "Geneva",
    }  # fmt: skip


def _title(row: Any, concept: str, names: dict[str, str]) -> str:
    """Return what an input is: its meaning, of what it is, and for a mix which one."""
    head, comma, key = row.title.removesuffix(f", {concept}").rpartition(", ")
    words = f"{head}: {names.get(key, key.replace('_', ' '))}" if comma else key
    if row.path.startswith("event.mixes."):
        words += f" (mix {row.path.split('.')[2].replace('_', ' ')})"
    return words[:1].upper() + words[1:]
