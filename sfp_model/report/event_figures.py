"""Figures of the event's trade-off: frontier, waterfall, ratios, ranks, fund and subsidy, calendar; concepts named."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from sfp_model.report.event_tables import account_bars, chosen, concepts, shown_concept
from sfp_model.report.figures import COLOURS
from sfp_model.report.format import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = ["calendar", "colours", "frontier", "fund", "ranks", "ratios", "waterfall"]

_MARK = "#d55e00"
_SENSES = (
    ("ratio_earned_direct", "Earned income ÷ direct cost", "o"),
    ("ratio_earned_full", "Earned income ÷ full cost", "s"),
    ("ratio_all_full", "All income ÷ full cost", "D"),
)


def colours(tables: Tables) -> dict[str, str]:
    """Return one colour per concept, the same in every figure."""
    names = concepts(tables)["concept"]
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def _thousands(axis: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    side = getattr(axis, f"{which}axis")
    side.set_major_locator(MaxNLocator(7))
    side.set_major_formatter(FuncFormatter(lambda x, _: number(x / 1000) if x else "0"))


def _rows(axis: Axes, labels: list[str], bold: str = "") -> None:
    axis.set_yticks(range(len(labels)), labels)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", visible=True)
    for label in axis.get_yticklabels():
        if bold and label.get_text() == bold:
            label.set_fontweight("bold")


def _my_name(tables: Tables) -> str:
    mine = chosen(tables)
    return str(mine["name"]) if mine["format"] else ""


def frontier(tables: Tables) -> Figure:
    """Draw impact against net result: concepts named, other combinations grey, settings of the levers as lines."""
    import matplotlib.pyplot as plt

    rows, shade = tables["event.frontier"], colours(tables)
    names = concepts(tables, held=False).set_index("concept")["name"]
    figure, axis = plt.subplots(figsize=(7.2, 4.6))
    for _, group in rows[rows["kind"] == "levers"].groupby(["concept", "format", "place"], sort=False):
        group = group.sort_values("impact")
        colour = shade.get(group["concept"].iloc[0], COLOURS[6])
        axis.plot(group["net_chf"], group["impact"], color=colour, linewidth=1.1, alpha=0.55,
                  linestyle="-" if bool(group["own"].iloc[0]) else ":")  # fmt: skip
    others = rows[(rows["kind"] == "combination") & ~rows["own"] & rows["admitted"]]
    for _, row in others.iterrows():
        axis.plot(
            row["net_chf"], row["impact"], "o", color=shade.get(row["concept"], "#999999"), markersize=4, alpha=0.45
        )
    best = rows[rows["overall_net"]].sort_values("impact")
    axis.plot(best["net_chf"], best["impact"], color="#333333", linewidth=2.4, alpha=0.3, zorder=1,
              drawstyle="steps-pre", label="nothing found is better in both")  # fmt: skip
    mine = chosen(tables)["concept"]
    points = rows[rows["own"] & (rows["kind"] == "combination") | (rows["kind"] == "none")]
    span = rows["impact"].max() - rows["impact"].min() or 1.0
    middle = (rows["net_chf"].min() + rows["net_chf"].max()) / 2
    last = -float("inf")
    for _, row in points.sort_values("impact").iterrows():
        x, y = row["net_chf"], row["impact"]
        colour = _MARK if row["concept"] == mine else shade.get(row["concept"], "#333333")
        axis.plot(x, y, "o", color=colour, markerfacecolor=colour if row["admitted"] else "white", zorder=3,
                  markersize=9 if row["concept"] == mine else 7)  # fmt: skip
        last = at = max(y, last + 0.065 * span)
        side = "right" if x > middle else "left"
        said = names.get(row["concept"], row["title"]) + ("" if row["admitted"] else " (not admissible)")
        axis.annotate(said, (x, y), ha=side, fontsize=8.5, zorder=4,
                      xytext=(-9 if side == "right" else 9, (at - y) / span * 230 - 3), textcoords="offset points",
                      bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6})  # fmt: skip
    axis.axvline(0, color="#333333", linewidth=0.8)
    axis.grid(axis="x", visible=True)
    axis.margins(0.08, 0.1)
    axis.set_xlabel("Net result of all editions, CHF thousands (left of 0: deficit)")
    axis.set_ylabel("Impact: mean score of the criteria")
    axis.plot([], [], "o", color="#999999", markersize=4, alpha=0.6, label="other format or place")
    axis.plot([], [], color="#777777", linewidth=1.1, alpha=0.7, label="levers of a concept moved")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    _thousands(axis, "x")
    return figure


def waterfall(tables: Tables) -> Figure:
    """Draw how the net result of the concept shown comes about, line by line from income over cost to result (CHF)."""
    import matplotlib.pyplot as plt

    lines = account_bars(tables)["Cash"]
    figure, axis = plt.subplots(figsize=(7.2, 1.1 + 0.25 * (len(lines) + 1)))
    level = 0.0
    for place, amount in enumerate(lines.values()):
        axis.barh(place, amount, left=level, height=0.68, color=COLOURS[2] if amount > 0 else COLOURS[1])
        right = max(level, level + amount)
        axis.annotate(number(amount / 1000), (right, place), va="center", fontsize=8, xytext=(3, 0),
                      textcoords="offset points")  # fmt: skip
        axis.plot([level + amount] * 2, [place - 0.34, place + 1.34], color="#999999", linewidth=0.7)
        level += amount
    axis.barh(len(lines), level, height=0.68, color=COLOURS[0])
    axis.annotate(number(level / 1000), (max(level, 0), len(lines)), va="center", fontsize=8.5, fontweight="bold",
                  xytext=(3, 0), textcoords="offset points")  # fmt: skip
    _rows(axis, [*lines, "Net result"], "Net result")
    axis.axvline(0, color="#333333", linewidth=0.8)
    axis.margins(x=0.1)
    axis.set_xlabel("CHF thousands, all editions")
    _thousands(axis, "x")
    return figure


def ratios(tables: Tables) -> Figure:
    """Draw the three ratios of each concept; at 100 per cent it pays for itself in that sense."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import PercentFormatter

    rows = concepts(tables)
    figure, axis = plt.subplots(figsize=(7.2, 1.6 + 0.42 * len(rows)))
    for at, (column, label, marker) in enumerate(_SENSES):
        axis.plot(rows[column], [i + (at - 1) * 0.17 for i in range(len(rows))], marker, color=COLOURS[at], label=label,
                  markersize=7)  # fmt: skip
    axis.axvline(1, color=_MARK, linewidth=1.2, linestyle="--")
    axis.annotate("pays for itself", (1, -0.62), color=_MARK, fontsize=8, ha="center", annotation_clip=False)
    axis.set_xlim(0, max(1.2, float(rows[[c for c, _, _ in _SENSES]].max().max()) * 1.1))
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _rows(axis, list(rows["name"]), _my_name(tables))
    axis.set_ylim(len(rows) - 0.5, -0.8)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5)
    return figure


def ranks(tables: Tables) -> Figure:
    """Draw how often each concept takes each rank when weights are not known."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import PercentFormatter

    table = tables["event.acceptability"]
    names = concepts(tables, held=False).set_index("concept")["name"]
    wide = table.pivot_table(index="concept", columns="rank", values="acceptability", sort=False)
    wide = wide.loc[table.drop_duplicates("concept").sort_values("expected_rank")["concept"]]
    figure, axis = plt.subplots(figsize=(7.2, 1.5 + 0.36 * len(wide)))
    shades = plt.get_cmap("viridis")
    left = [0.0] * len(wide)
    for at, rank in enumerate(wide.columns):
        widths = wide[rank].to_list()
        colour: Any = shades(at / max(1, len(wide.columns) - 1))
        axis.barh(range(len(wide)), widths, left=left, height=0.72, color=colour, label=f"rank {int(rank)}")
        for place, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width >= 0.07:
                axis.annotate(f"{100 * width:.0f}", (start + width / 2, place), ha="center", va="center", fontsize=8,
                              color="white" if at < len(wide.columns) * 0.6 else "#222222")  # fmt: skip
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for place, width in enumerate(left):
        if width < 0.005:
            axis.annotate("not admissible", (0.01, place), va="center", fontsize=8, color="#555555")
    _rows(axis, [names.get(c, c) for c in wide.index], _my_name(tables))
    axis.set_xlim(0, 1)
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_xlabel("Share of the draws of weights and scores")
    figure.legend(loc="outside lower center", ncols=len(wide.columns), fontsize=8.5)
    return figure


def fund(tables: Tables) -> Figure:
    """Draw the range of the net result of each concept, with the subsidy at P50 and P80 as the deficit it covers."""
    import matplotlib.pyplot as plt

    rows, shade = tables["event.fund"], colours(tables)
    names = concepts(tables).set_index("concept")["name"]
    figure, axis = plt.subplots(figsize=(7.2, 1.5 + 0.42 * len(rows)))
    for at, (_, row) in enumerate(rows.iterrows()):
        axis.plot([row["net_p10_chf"], row["net_p90_chf"]], [at, at], color=shade[row["concept"]], linewidth=6,
                  alpha=0.45,
                  solid_capstyle="butt", label="net result, P10 to P90" if at == 0 else None)  # fmt: skip
        axis.plot(row["net_p50_chf"], at, "|", color="#222222", markersize=15, markeredgewidth=2,
                  label="net result, P50" if at == 0 else None)  # fmt: skip
        for key, marker in (("p50", "o"), ("p80", "D")):
            axis.plot(-row[f"subsidy_{key}_chf"], at + 0.26, marker, color=_MARK, markersize=5.5,
                      label=f"subsidy, {key.upper()} (as deficit)" if at == 0 else None)  # fmt: skip
    axis.axvline(0, color="#333333", linewidth=0.8)
    _rows(axis, [names[c] for c in rows["concept"]], _my_name(tables))
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_xlabel("CHF thousands, all editions")
    _thousands(axis, "x")
    figure.legend(loc="outside lower center", ncols=4, fontsize=8)
    return figure


def calendar(tables: Tables) -> Figure:
    """Draw the conflict index of the months for the concept shown: events named, the month of the plan marked."""
    import matplotlib.pyplot as plt

    rows = tables["event.calendar"]
    rows = rows[rows["concept"] == shown_concept(tables)["concept"]]
    figure, axis = plt.subplots(figsize=(7.2, 3.9))
    tints = [_MARK if now else COLOURS[0] for now in rows["now"]]
    axis.barh(range(len(rows)), rows["index"], height=0.7, color=tints)
    room = max(float(rows["index"].max()), 0.05)
    for at, (_, row) in enumerate(rows.iterrows()):
        words = row["events"].replace("World Telecommunication ", "").replace("World ", "").replace("; ", ", ")
        words = words.replace("Global Symposium for Regulators", "Regulators' Symposium").replace("Conference", "Conf.")
        words = fill(words, 58)  # two lines, so that the last event stays in the picture
        size = 6.8 if "\n" in words else 7.6
        note = axis.annotate(
            words or "no other major event", (row["index"], at), va="center", fontsize=size,
            xytext=(4, 0), textcoords="offset points", linespacing=0.95, color="#333333" if words else "#777777",
        )  # fmt: skip
        note.set_in_layout(False)  # names may be long; the bars keep their room
    _rows(axis, list(rows["month_name"]))
    axis.set_xlim(0, room * 3.2)
    axis.set_xlabel("Conflict index: other ITU events at which a delegate is wanted in or near the month")
    return figure
