"""Where numbers come from: firmness of the amounts, the rate card, prices, values of the frame, sources."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from sfp_model.report.anchors import rate_anchor
from sfp_model.report.bands import standing
from sfp_model.report.format import chf, number, percent, unit_words
from sfp_model.report.sentences import CODES, count, money
from sfp_model.report.tables import SURE, Markdown, statement, text_table
from sfp_model.report.views import horizon, listing, programme_needs, shares, wording

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = [
    "EVIDENCE", "OTHER_CATEGORIES", "PROGRAMMES", "codes_in_use", "estimate_words", "evidence", "evidence_table",
    "frame_table", "later_evidence",
    "prices_figure", "prices_table", "programmes_by_code", "rate_basis", "rate_story", "rate_table", "sources_table",
]  # fmt: skip

PROGRAMMES = ("transformation", "regional_presence", "workplace", "flagship_event")
OTHER_CATEGORIES = ("travel", "rental", "materials", "acquisitions", "utilities", "audit")
EVIDENCE = {
    "both": "Quantity and rate are each informed by a named source",
    "rate": "Rate informed by a named source, quantity judged",
    "quantity": "Quantity informed by a named source, rate judged",
    "none": "Quantity and rate judged, reasons in the basis",
    "event": "Computed by the event model from its own inputs",
}
_NOT_EVIDENCE = ("estimate", "definition", "")
_SOURCE = "{}, made from the parameter files of this scenario"


def programmes_by_code(tables: Tables) -> Markdown:
    """Return additional need and absorbed time by programme and confidence code."""
    import pandas as pd

    frame = tables["summary.confidence"].assign(label=lambda f: f["programme"].map(wording))
    codes = [code for code in CODES if code in set(frame["confidence"])]
    rows = []
    for label, part in frame.groupby("label", sort=False):
        row: dict[str, object] = {"label": label}
        for measure in ("additional", "absorbed"):
            for code in codes:
                row[f"{measure} {code}"] = part.loc[part["confidence"] == code, f"{measure}_constant"].sum()
        rows.append(row)
    table = pd.DataFrame(rows)
    table.loc[len(table)] = {"label": "Total", **table.drop(columns="label").sum().to_dict()}
    columns = {c: f"Code {c.split()[1]}" for c in table.columns if c != "label"}
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1],
        unit=f"CHF thousands, constant prices of {tables.facts()['base_year']}, inside the horizon",
        spanners={title: [c for c in columns if c.startswith(measure)]
                  for measure, title in (("additional", "Additional need"), ("absorbed", "Absorbed time (memo)"))},
        notes=["A resource line counts with the weaker code of its quantity and its rate", standing(tables)],
        source=_SOURCE.format("summary by confidence code"),
    )  # fmt: skip


def codes_in_use(tables: Tables) -> Markdown:
    """Return the confidence codes with their meaning and how many values of the plan carry each."""
    from collections import Counter

    held = Counter(tables["parameters"]["confidence"])
    rows = [{"code": code, "meaning": words, "values": number(held[code])} for code, words in CODES.items()]
    heads = {"code": "Code", "meaning": "Meaning", "values": "Values in this scenario"}
    return text_table(rows, heads, widths=(8, 50, 18), right=["values"])


def evidence(tables: Tables) -> pd.DataFrame:
    """Return amounts inside the horizon by what the quantity and the rate of their lines rest on.

    Returns
    -------
    pandas.DataFrame
        Indexed by the keys of ``EVIDENCE``, columns ``additional`` and ``absorbed``, CHF.
    """
    import pandas as pd

    known = tables["parameters"].set_index("path")
    informed = (known["rests_on"] != "") | ~known["source"].isin(_NOT_EVIDENCE)
    lines = pd.concat([tables[f"{p}.lines"] for p in PROGRAMMES], ignore_index=True)
    kinds = {}
    for row in lines.itertuples():
        quantity, rate = bool(informed.get(row.path, False)), bool(informed.get(f"rates/{row.resource}", False))
        if known["source"].get(f"rates/{row.resource}") == "definition":
            rate = quantity
        kinds[row.line] = "both" if quantity and rate else "rate" if rate else "quantity" if quantity else "none"
    needs = horizon(programme_needs(tables, *PROGRAMMES))
    needs = needs.assign(kind=needs["line"].map(kinds).fillna("event"))
    sums = needs.pivot_table(index="kind", columns="funding", values="constant_chf", aggfunc="sum", fill_value=0.0)
    return sums.reindex(index=list(EVIDENCE), columns=["additional", "absorbed"], fill_value=0.0).fillna(0.0)


def evidence_table(tables: Tables) -> Markdown:
    """Return :func:`evidence` with shares."""
    sums = evidence(tables)
    sums = sums[(sums != 0).any(axis=1)]
    table = sums.assign(
        additional_share=shares(sums["additional"]), absorbed_share=shares(sums["absorbed"]),
        label=[EVIDENCE[kind] for kind in sums.index],
    ).reset_index(drop=True)  # fmt: skip
    table.loc[len(table)] = {"label": "Total", **table.drop(columns="label").sum().to_dict()}
    columns = {"additional": "Amount", "additional_share": "Share", "absorbed": "Amount ", "absorbed_share": "Share "}
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1],
        formats={c: "percent" if c.endswith("share") else "thousands" for c in columns},
        unit=f"CHF thousands, constant prices of {tables.facts()['base_year']}, inside the horizon",
        spanners={"Additional need": ["additional", "additional_share"],
                  "Absorbed time (memo)": ["absorbed", "absorbed_share"]},
        notes=["Informed: the estimate names a source that it rests on, or is the figure of a source itself",
               standing(tables)],
        source=_SOURCE.format("resource lines and values"),
    )  # fmt: skip


def _cards(tables: Tables, categories: Sequence[str], leave_out: Sequence[str] = ()) -> pd.DataFrame:
    """Return the positions of the rate card in some categories, without lump sums, whose rate is one franc."""
    cards = tables["rates"]
    return cards[cards["category"].isin(categories) & (cards["source"] != "definition")
                 & ~cards["category"].isin(leave_out)].reset_index(drop=True)  # fmt: skip


def rate_table(tables: Tables, categories: Sequence[str]) -> Markdown:
    """Return rates as typed, with currency and price year, and in base-year CHF."""
    cards, year = _cards(tables, categories), tables.facts()["base_year"]
    cards = cards.assign(unit=cards["currency"] + " per " + cards["per"].replace("lump", "lump sum"),
                         price_level=cards["price_year"].astype(int).astype(str))  # fmt: skip
    columns = {
        "rate_low": "Low", "rate_mode": "Most likely", "rate_high": "High", "unit": "Unit",
        "price_level": "Prices of", "base_year_chf": f"CHF of {year}", "confidence": "Code",
    }  # fmt: skip
    formats = {"rate_low": "price", "rate_mode": "price", "rate_high": "price", "base_year_chf": "price"}
    table = statement(
        cards, stub="title", columns=columns, formats=formats, unit="",
        spanners={"As typed": ["rate_low", "rate_mode", "rate_high", "unit", "price_level"]},
        notes=[f"Low and high are bounds. CHF of {year}: the most likely rate at the price level and the exchange "
               f"rate of {year}; it is what the lines use"],
        source=_SOURCE.format("rate card"),
    )  # fmt: skip
    html = table.text
    for title, resource in zip(cards["title"], cards["resource"], strict=True):
        cell = f">{escape(title, quote=False)}</th>"
        html = html.replace(cell, f'><span id="{rate_anchor(resource)}">{cell[1:-5]}</span></th>')
    return Markdown(html)


def rate_basis(tables: Tables, categories: Sequence[str]) -> Markdown:
    """Return the basis of the rates; resources with the same basis share a row."""
    titles = tables["sources"].set_index("key")["title"]
    rests = tables["parameters"].set_index("path")["rests_on"]
    rows: dict[tuple[str, str], list[str]] = {}
    for card in _cards(tables, categories).itertuples():
        named = [k for k in [card.source, *rests.get(f"rates/{card.resource}", "").split(";")] if k in titles.index]
        rows.setdefault((card.basis, "; ".join(titles[k] for k in named)), []).append(card.title)
    cells = [
        {"what": "; ".join(names), "basis": basis, "sources": sources or "none named: judgement"}
        for (basis, sources), names in rows.items()
    ]
    return text_table(cells, {"what": "Resource", "basis": "Basis", "sources": "Rests on"}, widths=(24, 40, 32))


def rate_story(tables: Tables, resource: str) -> Markdown:
    """Tell in words where a rate comes from, how it reaches the base year, and what it prices."""
    cards = tables["rates"].set_index("resource")
    if resource not in cards.index:
        return Markdown(f"The rate card of this plan has no {resource}.")
    card, facts = cards.loc[resource], tables.facts()
    value = tables["parameters"].set_index("path").loc[f"rates/{resource}"]
    year, level = facts["base_year"], int(card["price_year"])
    index = tables["prices"].query("kind == 'index' and name == @card.escalation and year == @level")["value"]
    sources = tables["sources"].set_index("key")
    rests = [k for k in value["rests_on"].split(";") if k in sources.index]
    needs = horizon(programme_needs(tables, *PROGRAMMES))
    used = needs[needs["resource"] == resource]
    sums = used.groupby("funding")["constant_chf"].sum()
    mine, all_ = sums.get("absorbed", 0.0), needs.loc[needs["funding"] == "absorbed", "constant_chf"].sum()
    spread = "" if card["rate_low"] == card["rate_high"] else (
        f", between {number(card['rate_low'])} and {number(card['rate_high'])}")  # fmt: skip
    parts = [
        f"**Typed.** {card['currency']}\u00a0{number(card['rate_mode'])} per {card['per']}{spread}, at prices of "
        f"{level}; "
        f"code {card['confidence']} ({CODES[card['confidence']]}); `{value['file']}`, line "
        f"{int(value['file_line'])}.",
        f"**Basis.** {card['basis']}",
    ]
    if rests:
        dated = sources["title"] + " (code " + sources["confidence"] + ", " + sources["date"].str[:4] + ")"
        named = [dated[key] for key in rests]
        parts.append(f"**Rests on.** {listing(named)}.")
    if len(index):
        parts.append(
            f"**In the calculation.** Brought from {level} to the base year with the index of its escalation class: "
            f"{number(card['rate_mode'])} ÷ {number(float(index.iloc[0]), 4)} = {chf(card['base_year_chf'])} of "
            f"{year}."
        )
    parts.append(
        f"**Prices.** {count(used['line'].nunique(), 'active resource line').capitalize()}, with an additional need "
        f"of {money(sums.get('additional', 0.0))} and absorbed time of {money(mine)}"
        + (f" ({percent(mine / all_)} of all absorbed time)" if all_ and mine else "")
        + f", in constant prices of {year}, inside the horizon."
    )
    return Markdown("\n\n".join(parts))


def prices_figure(tables: Tables) -> Figure:
    """Draw price indices and exchange rates; solid where the whole year was observed, dashed where assumed."""
    import matplotlib.pyplot as plt

    from sfp_model.report.figures import COLOURS

    prices = tables["prices"]
    as_of = tables.facts()["as_of"]
    moment = int(as_of[:4]) + (int(as_of[5:7]) - 6) / 12
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2))
    for axis, kind in zip(axes, ("index", "exchange"), strict=True):
        for i, (name, part) in enumerate(prices[prices["kind"] == kind].groupby("name", sort=False)):
            seen = part[part["observed"]]
            words = wording(name) if kind == "index" else f"CHF per {name}"
            axis.plot(part["year"], part["value"], "--", color=COLOURS[i], linewidth=1.4)
            axis.plot(seen["year"], seen["value"], "-o", color=COLOURS[i], markersize=4)
            axis.annotate(words, (part["year"].iloc[-1], part["value"].iloc[-1]), xytext=(0, 5),
                          textcoords="offset points", ha="right", fontsize=8.5, color=COLOURS[i])  # fmt: skip
        axis.axvline(moment, color="#777777", linewidth=0.9, linestyle=":")
        years = sorted(set(prices["year"].astype(int)))
        axis.set_xticks(years[::2], [str(y) for y in years[::2]])
        axis.margins(y=0.14)
    axes[0].set_ylabel(f"index, {tables.facts()['base_year']} = 1")
    axes[1].set_ylabel("CHF for one unit of the currency")
    return figure


def prices_table(tables: Tables) -> Markdown:
    """Return indices and exchange rates by year; a note says what of them was observed."""
    prices = tables["prices"]
    prices = prices.assign(year=prices["year"].astype(int).astype(str))
    wide = prices.pivot_table(index="year", columns="name", values="value", sort=False)
    wide = wide[list(dict.fromkeys(prices["name"]))].reset_index()
    kinds = prices.drop_duplicates("name").set_index("name")["kind"]
    notes = []
    for name, part in prices.groupby("name", sort=False):
        seen = list(part.loc[part["observed"], "year"])
        words = f"{wording(name) if kinds[name] == 'index' else name}: "
        notes.append(words + (f"whole years observed to {seen[-1]}, assumed after" if seen else "assumed throughout"))
    values = tables["parameters"].set_index("path")["mode"]
    bases = [f"CHF {number(values[f'currencies.{n}.base'], 4)} for one {n}" for n in kinds.index[kinds == "exchange"]]
    notes = [
        "; ".join(notes),
        f"Base-year rates of constant prices: {listing(bases)}",
        f"Expected values; what prices and exchange rates move in the draws: [How sure are we?]({SURE}#sec-moves)",
    ]
    columns = {n: wording(n) if kinds[n] == "index" else f"CHF per {n}" for n in wide.columns if n != "year"}
    return statement(
        wide, stub="year", columns=columns, formats="rate4", unit="Annual means", notes=notes,
        spanners={"Price index": [n for n in columns if kinds[n] == "index"],
                  "Exchange rate": [n for n in columns if kinds[n] == "exchange"]},
        source=_SOURCE.format("price series and assumed rates"),
    )  # fmt: skip


def estimate_words(low: float, mode: float, high: float, unit: str) -> str:
    """Return an estimate in words: mode with low and high, shares in per cent.

    Examples
    --------
    >>> estimate_words(0.7, 0.76, 0.82, "share"), estimate_words(13, 13, 13, "office")
    ('76% (70%–82%)', '13 offices')
    >>> estimate_words(0.5, 1.5, 3, "percent/year"), estimate_words(8, 8, 8, "hour/day")
    ('1.50 (0.50–3) per cent per year', '8 hours per day')
    >>> estimate_words(0.35, 0.35, 0.35, "probability"), estimate_words(-6, 3, 12, "percent/year")
    ('35%', '3 (−6 to 12) per cent per year')
    """

    def one(x: float) -> str:
        if unit in ("share", "probability"):
            return "0%" if x == 0 else percent(x, 0 if round(x * 100, 6) % 1 == 0 else 1)
        if x < 0:
            return f"−{one(-x)}"
        return "0" if x == 0 else number(x, 0 if abs(x) >= 20 or float(x).is_integer() else 3 if abs(x) < 0.1 else 2)

    words = one(mode) if low == high else f"{one(mode)} ({one(low)}{' to ' if low < 0 else '–'}{one(high)})"
    if unit in ("share", "probability", "ratio", "exponent"):
        return words
    first, *per = unit_words(unit).split(" per ")
    plural = first if first.isupper() or first == "per cent" or mode == 1 else f"{first}s"
    return " per ".join([f"{words} {plural}", *per])


def frame_table(tables: Tables, *sections: str) -> Markdown:
    """Return values of the frame (base.yml) in some sections: value, code, basis."""
    values = tables["parameters"]
    chosen = values[values["path"].str.startswith(tuple(f"{s}." for s in sections)) & ~values["path"].str.contains("/")]
    rows = [
        {
            "what": row.title or _path_words(row.path, len(sections) > 1),
            "value": estimate_words(row.low, row.mode, row.high, row.unit),
            "code": row.confidence,
            "basis": row.basis,
        }
        for row in chosen.itertuples()
    ]
    heads = {"what": "What", "value": "Value (low–high)", "code": "Code", "basis": "Basis"}
    return text_table(rows, heads, widths=(20, 24, 7, 48))


def _path_words(path: str, section: bool) -> str:
    """Return the address of a value as words.

    >>> _path_words("overrun_classes.process_and_it.share_1_to_1_5", True)
    'Overrun classes: process and IT: share 1 to 1.5'
    >>> _path_words("capacity.by_sector.geneva.GS", True)
    'Capacity: by sector: headquarters: GS'
    """
    import re

    parts = [part for part in path.split(".")[0 if section else 1 :] if part not in ("factor", "values")]
    words = [re.sub(r"(\d) (\d)", r"\1.\2", wording(part).replace(" it", " IT")) for part in parts]
    words = ["headquarters" if word == "Geneva" else word for word in words]
    return ": ".join([words[0], *(word if word[1:2].isupper() else word[:1].lower() + word[1:] for word in words[1:])])


def later_evidence(tables: Tables) -> pd.DataFrame:
    """Return sources dated after as_of that values rest on: key, title, date, confidence, and how many values."""
    from collections import Counter

    sources = tables["sources"]
    held = Counter(key for text in tables["parameters"]["rests_on"] for key in text.split(";") if key)
    later = sources[sources["after_as_of"] & sources["key"].isin(held)]
    return later.assign(estimates=[held[key] for key in later["key"]])


def sources_table(tables: Tables, used: bool) -> Markdown:
    """Return sources with date, code, number of values that use them, and reference; used ones or the others."""
    sources = tables["sources"]
    chosen = sources[(sources["used_by"] > 0) == used]
    rows = []
    for row in chosen.itertuples():
        reference = f" [@{row.reference}]" if row.reference else ""
        note = f" {row.note}" if row.note else ""
        rows.append({"title": f"**{row.title}**{reference}.{note}", "key": f"`{row.key}`", "date": row.date,
                     "code": row.confidence, "uses": number(row.used_by)})  # fmt: skip
    heads = {"title": "Source", "key": "Key", "date": "Date", "code": "Code"} | ({"uses": "Values"} if used else {})
    widths = (46, 22, 10, 7, 8) if used else (50, 24, 12, 8)
    return text_table(rows, heads, widths=widths, right=["uses"] if used else [])
