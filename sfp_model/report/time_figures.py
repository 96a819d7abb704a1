"""Figures of time: actions with dependencies and meetings, work by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfp_model.report.figures import COLOURS
from sfp_model.report.format import number
from sfp_model.report.views import records, wording

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = ["schedule_figure", "work_figure"]

MEETING = "#d55e00"
SHORT = {"UN General Assembly": "WSIS+20"}


def schedule_figure(tables: Tables, *, start_year: int, programmes: Sequence[str] = ()) -> Figure:
    """Draw actions in time with their links, phases and the meetings of the governing bodies.

    A bar runs from the first to the last month; its colour is the phase, or the programme of an action without one.
    A dark rim marks a critical action, a pale bar behind it its float. An arrow leads from an action to one that waits
    for it. A band on top stands for what is known of the date of a meeting, no more precisely than that.

    Parameters
    ----------
    tables : Tables
        Reads ``schedule.actions``, ``schedule.links`` and ``schedule.meetings``.
    start_year : int
        First year of the horizon.
    programmes : sequence of str
        Only these; all without.
    """
    import matplotlib.pyplot as plt

    actions = tables["schedule.actions"]
    actions = actions[actions["programme"].isin(programmes)] if programmes else actions
    rows = records(actions)
    figure, axis = plt.subplots(figsize=(7.2, 1.7 + 0.2 * len(rows)))
    groups: dict[str, str] = {}
    for y, row in enumerate(rows):
        group = _group(row.phase, row.programme)
        colour = groups.setdefault(group, COLOURS[len(groups) % len(COLOURS)])
        if row.total_float > 0:
            axis.barh(y, row.total_float, left=row.end, height=0.3, color="#c9d2dc")
        axis.barh(y, row.end - row.start, left=row.start, height=0.62, color=colour,
                  edgecolor="#111111" if row.critical else colour, linewidth=1.4 if row.critical else 0)  # fmt: skip
    _arrows(axis, tables, {row.action: (y, row) for y, row in enumerate(rows)})
    labels = [f"{row.action} {_short(row.title)}" for row in rows]
    axis.set_yticks(range(len(rows)), labels, fontsize=7.5)
    axis.set_ylim(len(rows) - 0.4, -2.6)
    last = max([*(row.end + (row.total_float if row.total_float > 0 else 0.0) for row in rows), 24.0])
    last = 12.0 * -(-last // 12)  # whole years
    _meetings(axis, tables, last)
    ticks = list(range(0, int(last) + 1, 6))
    dates = [f"{'Jan' if m % 12 == 0 else 'Jul'} {start_year + m // 12}" for m in ticks]
    axis.set_xticks(ticks, dates, fontsize=7.5)
    axis.set_xlim(-1, last + 1)
    axis.grid(axis="x", visible=True)
    axis.grid(axis="y", visible=False)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in groups.values()]
    handles += [plt.Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="#111111", linewidth=1.4),
                plt.Rectangle((0, 0), 1, 1, color="#c9d2dc"),
                plt.Rectangle((0, 0), 1, 1, color=MEETING, alpha=0.35),
                plt.Line2D([], [], color="#444444", linewidth=0.8, marker=">", markersize=4)]  # fmt: skip
    names = [*groups, "Critical", "Float", "Meeting", "Must end before"]
    figure.legend(handles, names, loc="outside lower center", ncols=4, fontsize=7.5)
    return figure


def _group(phase: str, programme: str) -> str:
    if phase == "plan":
        return "As long as the programme"
    return f"Phase {phase.removeprefix('P')}" if phase else wording(programme)


def _short(title: str) -> str:
    from textwrap import shorten

    return shorten(title, 58, placeholder=" …")


def _arrows(axis: Axes, tables: Tables, place: Mapping[str, tuple[int, object]]) -> None:
    for link in records(tables["schedule.links"]):
        if not link.typed or link.before not in place or link.after not in place:
            continue
        (y, first), (later, then) = place[link.before], place[link.after]
        axis.annotate(
            "", xy=(then.start, later), xytext=(first.end, y),  # type: ignore[attr-defined]
            arrowprops={"arrowstyle": "-|>", "color": "#444444", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0,
                        "connectionstyle": "arc3,rad=0.25"},
        )  # fmt: skip


def _meetings(axis: Axes, tables: Tables, last: float) -> None:
    for row in records(tables["schedule.meetings"]):
        if not 0 <= row.start < last:
            continue
        name, level = SHORT.get(row.body, row.body), -1.1 if row.body == "Council" else -2.0
        axis.axvspan(row.start, row.end, ymin=0, ymax=1, color=MEETING, alpha=0.04 if row.precision == "year" else 0.1,
                     linewidth=0, zorder=0)  # fmt: skip
        axis.annotate(name, ((row.start + row.end) / 2, level), fontsize=7, color=MEETING, ha="center", va="center")


def work_figure(frame: pd.DataFrame, *, ylabel: str = "Person-months") -> Figure:
    """Draw stacked columns of work: one column per quarter (row of *frame*), one colour per column of it."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axis = plt.subplots(figsize=(7.2, 3.3))
    base = np.zeros(len(frame))
    labels = [str(label).replace("-", "\n", 1) for label in frame.index]
    for i, column in enumerate(frame.columns):
        values = frame[column].to_numpy(float)
        axis.bar(labels, values, 0.7, bottom=base, label=str(column), color=COLOURS[i % len(COLOURS)])
        base = base + values
    for x, total in enumerate(base):
        axis.annotate(number(total), (x, total), ha="center", va="bottom", xytext=(0, 2), fontsize=7.5,
                      textcoords="offset points")  # fmt: skip
    if not base.any():
        axis.set(ylim=(0, 1), yticks=[0])
        axis.annotate("nil throughout", (0.5, 0.5), xycoords="axes fraction", ha="center", color="#4a5563")
    axis.set_ylabel(ylabel)
    axis.margins(y=0.12)
    axis.tick_params(axis="x", labelsize=7)
    handles, names = axis.get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc="outside right upper", fontsize=8.5)
    return figure
