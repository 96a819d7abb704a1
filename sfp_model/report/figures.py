"""Figures in one house style (matplotlib, SVG): same colours for the same things on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "bars", "curve", "gantt", "house_style", "scatter_named", "stacked"]

# Okabe–Ito, readable with colour blindness and in grey.
COLOURS = (
    "#1f3a5f",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#7f7f7f",
    "#b8a600",
    "#0072b2",
    "#a0522d",
    "#444444",
)


def house_style() -> None:
    """Set the house style for this process; in a notebook also the output as reproducible SVG.

    A fixed salt and no date keep the SVG the same from run to run.
    """
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "svg.hashsalt": "sfp_model",
            "font.size": 9.5,
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "grid.color": "#dde3ea",
            "axes.prop_cycle": cycler(color=list(COLOURS)),
            "legend.frameon": False,
            "figure.figsize": (7.2, 3.6),
            "figure.constrained_layout.use": True,
        }
    )
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        from matplotlib_inline.config import InlineBackend

        backend = InlineBackend.instance(parent=shell)
        backend.figure_formats = {"svg"}
        options: Any = {"bbox_inches": "tight", "metadata": {"Date": None}}
        backend.print_figure_kwargs = options
        shell.run_line_magic("matplotlib", "inline")


def _thousands_axis(axis: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter

    getattr(axis, f"{which}axis").set_major_formatter(FuncFormatter(lambda x, _: number(x / 1000) if x else "0"))


def stacked(frame: pd.DataFrame, *, ylabel: str = "CHF thousands", colours: Sequence[str] = COLOURS) -> Figure:
    """Draw stacked columns: one column per row of *frame*, one colour per column, amounts in CHF.

    Negative amounts stack below the axis. Where ``frame.attrs["ranges"]`` holds P10 and P90 of the rows' totals, they
    stand as whiskers beside the columns.
    """
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axis = plt.subplots()
    up, down = np.zeros(len(frame)), np.zeros(len(frame))
    labels = [str(label) for label in frame.index]
    for i, column in enumerate(frame.columns):
        values = frame[column].to_numpy(float)
        base = np.where(values >= 0, up, down)
        axis.bar(labels, values, 0.62, bottom=base, label=str(column), color=colours[i % len(colours)])
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    for x, total in enumerate(frame.sum(axis=1)):
        axis.annotate(
            number(total / 1000),
            (x, up[x]),
            ha="center",
            va="bottom",
            xytext=(0, 2),
            textcoords="offset points",
            fontsize=9,
        )
    _whiskers(axis, frame.attrs.get("ranges", {}), labels)
    if not frame.to_numpy(float).any():
        axis.set(ylim=(0, 1), yticks=[0])
        axis.annotate("nil throughout", (0.5, 0.5), xycoords="axes fraction", ha="center", color="#4a5563")
    if down.any():
        axis.axhline(0, color="#333333", linewidth=0.8)
    if any(len(part) > 11 for label in labels for part in label.split("\n")):
        axis.tick_params(axis="x", labelsize=7.5 if len(labels) < 6 else 6.3)
    axis.set_ylabel(ylabel)
    axis.margins(y=0.1)
    _thousands_axis(axis, "y")
    handles, names = axis.get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc="outside right upper", fontsize=8.5)
    return figure


def _whiskers(axis: Axes, ranges: Mapping[str, tuple[float, float]], labels: Sequence[str]) -> None:
    """Draw P10 to P90 of totals to the right of their columns."""
    for x, label in enumerate(labels):
        if label in ranges and ranges[label][1] > ranges[label][0]:
            low, high = ranges[label]
            axis.plot([x + 0.4] * 2, [low, high], color="#333333", linewidth=1.3, marker="_", markersize=7)


def bars(series: Mapping[str, Mapping[str, float]], *, xlabel: str = "CHF thousands") -> Figure:
    """Draw horizontal bars: *series* maps a name in the legend to item → amount in CHF; items top down in order."""
    import matplotlib.pyplot as plt
    import numpy as np

    items = list(dict.fromkeys(item for values in series.values() for item in values))
    figure, axis = plt.subplots(figsize=(7.2, 0.9 + 0.26 * len(items) * max(1, len(series) * 0.75)))
    height = 0.8 / len(series)
    for i, (name, values) in enumerate(series.items()):
        y = np.arange(len(items)) + (i - (len(series) - 1) / 2) * height
        widths = [values.get(item, 0.0) for item in items]
        axis.barh(y, widths, height * 0.92, label=name, color=COLOURS[i])
        for place, width in zip(y, widths, strict=True):
            axis.annotate(number(width / 1000), (width, place), va="center", ha="left" if width >= 0 else "right",
                          xytext=(3 if width >= 0 else -3, 0), textcoords="offset points", fontsize=8)  # fmt: skip
    axis.set_yticks(np.arange(len(items)), items)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", visible=True)
    axis.axvline(0, color="#333333", linewidth=0.8)
    axis.set_xlabel(xlabel)
    negative = any(width < 0 for values in series.values() for width in values.values())
    axis.margins(x=0.2 if negative else 0.12)  # room for the numbers
    _thousands_axis(axis, "x")
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series), fontsize=8.5)
    return figure


def gantt(
    rows: Sequence[tuple[str, float, float, str]],
    *,
    start_year: int,
    marks: Mapping[str, float] | None = None,
) -> Figure:
    """Draw actions in time: rows of (label, start, end, group) in months after January of *start_year*."""
    import matplotlib.pyplot as plt

    groups = {group: COLOURS[i % len(COLOURS)] for i, group in enumerate(dict.fromkeys(row[3] for row in rows))}
    figure, axis = plt.subplots(figsize=(7.2, 0.8 + 0.2 * len(rows)))
    for y, (_, start, end, group) in enumerate(rows):
        axis.barh(y, end - start, left=start, height=0.66, color=groups[group])
    axis.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=8)
    axis.invert_yaxis()
    last = max(row[2] for row in rows)
    first = min(0.0, *(row[1] for row in rows))
    ticks = range(int(first // 12 * 12), int(last) + 7, 6)
    axis.set_xticks(
        list(ticks), [f"{'Jan' if m % 12 == 0 else 'Jul'} {start_year + m // 12}" for m in ticks], fontsize=8
    )
    axis.grid(axis="x", visible=True)
    axis.grid(axis="y", visible=False)
    for label, month in (marks or {}).items():
        axis.axvline(month, color="#d55e00", linewidth=1, linestyle="--")
        axis.annotate(label, (month, -0.6), fontsize=8, color="#d55e00", ha="center", va="bottom")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in groups.values()]
    figure.legend(handles, list(groups), loc="outside lower center", ncols=min(5, len(groups)), fontsize=8)
    return figure


def scatter_named(points: Mapping[str, tuple[float, float]], *, xlabel: str, ylabel: str, chosen: str = "") -> Figure:
    """Draw named points, x in CHF thousands; the chosen one stands out."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    middle = (min(x for x, _ in points.values()) + max(x for x, _ in points.values())) / 2
    height = max(y for _, y in points.values()) - min(y for _, y in points.values()) or 1.0
    last = -float("inf")  # height of the label below
    for name, (x, y) in sorted(points.items(), key=lambda point: point[1][1]):
        colour = COLOURS[1] if name == chosen else COLOURS[0]
        axis.plot(x, y, "o", color=colour, markersize=9 if name == chosen else 7)
        side = "right" if x > middle else "left"  # text of points on the right stands to their left
        last = at = max(y, last + 0.07 * height)
        shift = (at - y) / height * 170
        axis.annotate(name, (x, y), xytext=(-8 if side == "right" else 8, shift - 3), textcoords="offset points",
                      ha=side, fontsize=8.5)  # fmt: skip
    axis.axvline(0, color="#333333", linewidth=0.8)
    axis.grid(axis="x", visible=True)
    axis.margins(0.18, 0.15)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    _thousands_axis(axis, "x")
    return figure


def curve(
    x: Sequence[float], y: Sequence[float], *, chosen: float | None, xlabel: str, ylabel: str,
    low: Sequence[float] = (), high: Sequence[float] = (),
) -> Figure:  # fmt: skip
    """Draw an amount in CHF over a number, from 0, with the chosen point named, and a band from *low* to *high*."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    if len(low):
        axis.fill_between(x, low, high, color=COLOURS[0], alpha=0.15, linewidth=0, label="P10–P90")
        axis.legend(loc="upper left", fontsize=8.5)
    axis.plot(x, y, marker="o", markersize=4, color=COLOURS[0])
    for at, amount in zip(x, y, strict=True):
        if at == chosen:
            axis.plot([at], [amount], marker="o", markersize=9, color=COLOURS[5])
            label = f"this scenario: {number(amount / 1000)}"
            axis.annotate(label, (at, amount), xytext=(6, -14), textcoords="offset points", fontsize=9)
    axis.set(xlabel=xlabel, ylabel=ylabel, xlim=(0, None), ylim=(0, max(1.0, 1.15 * max([*y, *high], default=0.0))))
    if not any(y):
        axis.set(yticks=[0])
        axis.annotate("nil throughout", (0.5, 0.5), xycoords="axes fraction", ha="center", color="#4a5563")
    _thousands_axis(axis, "y")
    return figure
