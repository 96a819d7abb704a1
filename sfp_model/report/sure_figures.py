"""Figures of ranges: S-curves, fan by year, convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.figures import COLOURS
from sfp_model.report.format import number
from sfp_model.report.sentences import money
from sfp_model.report.sure_words import need_row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = ["convergence_figure", "fan_figure", "s_curves"]


def _amounts(axis: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter

    getattr(axis, f"{which}axis").set_major_formatter(FuncFormatter(lambda x, _: number(x / 1000) if x else "0"))


def _nil(axis: Axes) -> None:
    axis.set(yticks=[])
    axis.annotate("nil in every draw", (0.5, 0.5), xycoords="axes fraction", ha="center", color="#4a5563")


def s_curves(tables: Tables) -> Figure:
    """Draw the share of draws at or below each amount, inside and outside view, with base estimate, P50 and P80."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    row, frame = need_row(tables), tables["simulation.curve"]
    if row.p90_chf < 50:
        _nil(axis)
        return figure
    styles = (("inside", COLOURS[0], "-"), ("outside", COLOURS[1], "--"), ("outside", COLOURS[5], ":"))
    for (_, part), (view, colour, style) in zip(
        frame.groupby(["view", "cap"], dropna=False, sort=False), styles, strict=False
    ):
        cap = part["cap"].iloc[0]
        label = "Inside view" if view == "inside" else f"Outside view, overruns at most {cap:g} times"
        part = part[part["percentile"] <= 97]  # what lies above would press the rest together
        axis.plot(part["additional_chf"], part["percentile"], color=colour, linestyle=style, label=label)
    marks = (("Base estimate", row.base_chf, 100 * row.base_at), ("P50", row.p50_chf, 50), ("P80", row.p80_chf, 80))
    for name, amount, at in marks:
        axis.plot([amount, amount], [0, at], color="#7f8b99", linewidth=0.8)
        axis.plot([amount], [at], marker="o", color=COLOURS[0])
        axis.annotate(f"{name} {number(amount / 1000)}", (amount, at), xytext=(7, -10), textcoords="offset points",
                      fontsize=8.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    least = frame[frame["percentile"] <= 97].groupby(frame["view"] == "inside")["se_chf"].max() / 1000
    errors = f"standard errors at most {number(least[True], 1)} inside" + (
        f", {number(least[False], 1)} outside" if False in least.index else ""
    )
    axis.set(xlabel=f"CHF thousands; {errors}", ylabel="Share of draws at or below, per cent", ylim=(0, 100))
    _amounts(axis, "x")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5)
    return figure


def fan_figure(tables: Tables, prices: str = "constant") -> Figure:
    """Draw percentiles of the additional need by year, with base estimate and P50."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    frame = tables["simulation.fan"]
    frame = frame[frame["prices"] == prices]
    if float(frame["p95_chf"].max()) < 50:
        _nil(axis)
        axis.set_xticks([])
        return figure
    years = list(range(len(frame)))
    for low, high, shade in ((5, 95, "#d6e0ec"), (10, 90, "#b4c6da"), (25, 75, "#8aa5c4")):
        axis.fill_between(years, frame[f"p{low}_chf"], frame[f"p{high}_chf"], color=shade, linewidth=0,
                          label=f"P{low} to P{high}")  # fmt: skip
    axis.plot(years, frame["p50_chf"], color=COLOURS[0], marker="o", label="P50")
    axis.plot(years, frame["p80_chf"], color=COLOURS[0], linestyle="--", label="P80")
    axis.plot(years, frame["base_chf"], color=COLOURS[5], marker="s", linestyle=":", label="Base estimate")
    axis.set_xticks(years, list(frame["period"]))
    errors = frame[[name for name in frame if name.startswith("se_")]].to_numpy().max() / 1000
    axis.set(xlabel=f"Standard errors of the percentiles: at most {money(1000 * errors)}",
             ylabel="CHF thousands", ylim=(0, None))  # fmt: skip
    _amounts(axis, "y")
    figure.legend(loc="outside right upper", fontsize=8.5)
    return figure


def convergence_figure(tables: Tables) -> Figure:
    """Draw P50 and P80 of each block and of all blocks so far."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(7.2, 2.8))
    frame = tables["simulation.convergence"]
    for axis, key in zip(axes, ("p50", "p80"), strict=True):
        axis.set_title(key.upper())
        if float(frame[f"{key}_chf"].max()) < 50:
            _nil(axis)
            axis.set_xticks([])
            continue
        value, error = float(frame[f"{key}_chf"].iloc[-1]), float(frame[f"se_{key}_chf"].iloc[-1])
        axis.axhspan(value - 2 * error, value + 2 * error, color="#d6e0ec", linewidth=0,
                     label="All draws, two standard errors either way")  # fmt: skip
        axis.plot(frame["draws"], frame[f"own_{key}_chf"], linestyle="", marker="o", markersize=4, color=COLOURS[1],
                  label="One block by itself")  # fmt: skip
        axis.plot(frame["draws"], frame[f"{key}_chf"], color=COLOURS[0], label="All draws so far")
        axis.set(xlabel="Draws")
        axis.tick_params(labelsize=7.5)
        _amounts(axis, "y")
        axis.set_xticks([0, 20_000, 40_000], ["0", number(20_000), number(40_000)])
    axes[0].set_ylabel("CHF thousands")
    handles, labels = axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    return figure
