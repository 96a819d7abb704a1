"""Inside and outside view side by side, and the reference classes that the outside view rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.change import without_event
from sfp_model.inputs.change_risk import tailed_classes, with_high_cap, with_overrun_tail
from sfp_model.inputs.plan import Estimate, Plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.evaluate import Outcome
from sfp_model.model.inputs import FloatArray, Mixture, percentiles
from sfp_model.model.marginals import mixture_quantile, quantile
from sfp_model.model.overrun import class_of
from sfp_model.model.values import View
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, Table, columns
from sfp_model.uncertainty.between import standard_error
from sfp_model.uncertainty.distributions import mean, mixture_mean
from sfp_model.uncertainty.simulate import simulate

__all__ = ["BLOCKS", "CLASSES", "DRAWS", "NAMES", "VIEWS", "view_tables"]

NAMES = ("views", "overrun.classes")

VIEWS = columns(
    "level id title programme class view base_chf:CHF mean_chf:CHF mean_se_chf:CHF p50_chf:CHF p50_se_chf:CHF "
    "p80_chf:CHF p80_se_chf:CHF cvar90_chf:CHF events_chf:CHF base_percentile:- after_base_chf:CHF after_mean_chf:CHF "
    "provision_chf:CHF "
    "contingency_chf:CHF blocks:- draws:-"
)
CLASSES = columns(
    "class variant measure cap:- shift:- actions:- additional_chf:CHF mean:- simulated_mean:- simulated_se:- p50:- "
    "p80:- "
    "share_above_1:- share_above_half:- confidence basis"
)
BLOCKS, DRAWS = 10, 1024  # randomisations, as many as a standard error needs; the P80 is then good to about 0.3 %
_GRID = 100_000


@dataclass(frozen=True, slots=True)
class _Measured:
    """What one block of draws leaves: additional need, constant CHF, and the mean overrun of each class."""

    inside: FloatArray  # (action, draw), horizon
    after: FloatArray  # (action, draw), moved past it
    events: FloatArray  # (action,), mean cost of risk events, all periods
    overrun: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Measure:
    """Reduces the outcome of a block; can be sent to another process."""

    actions: tuple[str, ...]
    factors: tuple[tuple[str, tuple[int, ...]], ...]  # class → rows of its overrun or stretch inputs

    def __call__(self, outcome: Outcome) -> _Measured:
        place = {key: i for i, key in enumerate(self.actions)}
        inside, after = (np.zeros((len(place), outcome.draws)) for _ in range(2))
        events = np.zeros(len(place))
        labels, amounts = outcome.amounts(("action",), "year")
        for (action,), row in zip(labels, amounts, strict=True):
            inside[place[action]] = row[1:-1].sum(axis=0)
            after[place[action]] = row[-1]
        lines, names = outcome.arrays.lines, outcome.arrays.names["action"]
        for i, key in enumerate(lines.ids):
            if key.startswith("risks/") and not key.endswith(".response"):
                events[place[names[int(lines.action[i])]]] += float(outcome.line_unit[i].mean())
        values = outcome.values.array
        return _Measured(inside, after, events, {k: float(values[list(r)].mean()) for k, r in self.factors if r})


def _variants(plan: Plan) -> Iterator[tuple[str, View, Plan]]:
    yield "inside", "inside", plan
    yield "outside", "outside", plan
    if tailed_classes(plan):
        yield "outside_cap", "outside", with_high_cap(plan)


def _actions(plan: Plan) -> dict[str, str]:
    """Return every action with its initiative; the risk events of an initiative are an action of their own."""
    found = {key: action.initiative for key, action in plan.actions.items()}
    return found | {f"{key}.risks": key for key in plan.initiatives}


def _run(plan: Plan, view: View) -> list[_Measured]:
    arrays = compile(plan)
    rows: dict[str, list[int]] = {}
    for place, action in enumerate(plan.actions.values()):
        for name, kind in ((action.overrun_class, arrays.actions.overrun), ("duration", arrays.actions.stretch)):
            if kind[place] >= 0:
                rows.setdefault(name, []).append(int(kind[place]))
    measure = _Measure(tuple(_actions(plan)), tuple((k, tuple(r)) for k, r in rows.items()))
    return list(simulate(arrays, plan.settings.seed, BLOCKS, measure=measure, view=view, size=DRAWS))


def _simulated(evaluation: Evaluation) -> Mapping[str, list[_Measured]]:
    """Return the blocks of each view; the plan without the event, whose account no reference class describes."""
    plan = without_event(evaluation.plan)
    return {name: _run(made, view) for name, view, made in _variants(plan)}


def _parts(plan: Plan) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    """Yield level, id, title, programme and actions of every row."""
    actions: dict[str, list[str]] = {key: [] for key in plan.initiatives}
    for action, initiative in _actions(plan).items():
        actions[initiative].append(action)
    yield "plan", "plan", "All programmes", "", tuple(key for part in actions.values() for key in part)
    for programme in plan.programmes.values():
        members = tuple(key for initiative in programme.initiatives for key in actions[initiative])
        yield "programme", programme.id, programme.title, programme.id, members
        for initiative in programme.initiatives:
            yield "initiative", initiative, plan.initiatives[initiative].title, programme.id, tuple(actions[initiative])
            for key in actions[initiative]:
                title = plan.actions[key].title if key in plan.actions else "Events from outside"
                yield "action", key, title, programme.id, (key,)


def view_tables(evaluation: Evaluation) -> dict[str, Table]:
    """Return the tables ``views`` and ``overrun.classes``, both from the same draws."""
    simulated = _simulated(evaluation)
    return {
        "views": Table.of(VIEWS, _views(evaluation, simulated)),
        "overrun.classes": Table.of(CLASSES, _classes(evaluation, simulated)),
    }


def _views(evaluation: Evaluation, simulated: Mapping[str, list[_Measured]]) -> Iterator[Row]:
    """Yield base estimate, mean, P50, P80 and CVaR 90 of the additional need in either view.

    *Inside*: the ranges of the lines themselves. *Outside*: quantities and rates at their modes, times the overrun of
    the reference class of each action (``class``, in the rows of actions); *outside_cap* with the higher cap that the
    plan declares for it. Actions without any amount are left out. Schedules, prices and risk events vary in each, with
    the same draws. Constant CHF inside the horizon, the subsidy to the event left out; standard errors from the spread
    between blocks. Percentiles of parts do not add up to those of
    the whole. ``provision`` is P50 − base, ``contingency`` P80 − P50, ``events`` the mean cost of risk events.
    """
    plan = without_event(evaluation.plan)
    arrays = compile(plan)
    typed = _Measure(tuple(_actions(plan)), ())(evaluate(arrays, base(arrays)))
    place = {key: i for i, key in enumerate(_actions(plan))}
    for level, key, title, programme, members in _parts(plan):
        rows = [place[member] for member in members]
        if level == "action" and not any(block.inside[rows].any() for part in simulated.values() for block in part):
            continue
        for view, blocks in simulated.items():
            drawn = np.stack([block.inside[rows].sum(axis=0) for block in blocks])
            start = float(typed.inside[rows].sum())
            statistics = _statistics(drawn)
            yield {
                "level": level, "id": key, "title": title, "programme": programme,
                "class": plan.actions[key].overrun_class if level == "action" and key in plan.actions else "",
                "view": view, "base_chf": start,
                **statistics, "events_chf": float(np.mean([block.events[rows].sum() for block in blocks])),
                "base_percentile": float((drawn <= start).mean()),
                "after_base_chf": float(typed.after[rows].sum()),
                "after_mean_chf": float(np.mean([block.after[rows].sum(axis=0).mean() for block in blocks])),
                "provision_chf": statistics["p50_chf"] - start,
                "contingency_chf": statistics["p80_chf"] - statistics["p50_chf"],
                "blocks": len(blocks), "draws": drawn.size,
            }  # fmt: skip


def _statistics(drawn: FloatArray) -> dict[str, float]:
    """Return statistics of (block, draw) and their standard errors."""
    each = {"mean": drawn.mean(axis=1), "p50": np.quantile(drawn, 0.5, axis=1), "p80": np.quantile(drawn, 0.8, axis=1)}
    high = np.sort(drawn, axis=None)[-max(1, round(drawn.size * 0.1)) :]
    whole = {"mean": drawn.mean(), "p50": np.quantile(drawn, 0.5), "p80": np.quantile(drawn, 0.8)}
    found = {"cvar90_chf": float(high.mean())}
    for key, values in each.items():
        found |= {f"{key}_chf": float(whole[key]), f"{key}_se_chf": float(standard_error(values))}
    return found


def _shape(margin: Mixture | Estimate) -> tuple[float, FloatArray]:
    """Return the mean in closed form and the values at fine quantiles."""
    nodes = (np.arange(_GRID) + 0.5) / _GRID
    if isinstance(margin, Mixture):
        return mixture_mean(margin), mixture_quantile(nodes, margin)
    shape = margin.distribution, margin.low, margin.mode, margin.high
    values = quantile(nodes, *shape, *percentiles(margin.at), margin.shape)
    return mean(*shape, margin.at, shape=margin.shape), values


def _classes(evaluation: Evaluation, simulated: Mapping[str, list[_Measured]]) -> Iterator[Row]:
    """Yield each reference class with its mean in closed form beside the simulated one, for each cap.

    ``share_above_half`` is the probability of more than 1.5 times the estimate. Additional need: constant CHF of the
    actions of the class inside the horizon, base estimate.
    """
    plan = evaluation.plan
    found = {"as declared": plan}
    if tailed_classes(plan):
        found |= {"high cap": with_high_cap(plan), "all projects": with_overrun_tail(plan, shift=0.0)}
    drawn = {"as declared": "outside", "high cap": "outside_cap"}
    need: dict[str, float] = {}
    for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
        if facts.funding == "additional" and facts.action in plan.actions:
            name = plan.actions[facts.action].overrun_class
            need[name] = need.get(name, 0.0) + float(row[1:-1].sum())
    for name in _class_names(plan):
        actions = [a for a in plan.actions.values() if name in (a.overrun_class, "duration")]
        for variant, made in found.items():
            if variant != "as declared" and name not in tailed_classes(plan):
                continue
            margin = class_of(made, name)
            if margin is None:
                continue
            average, values = _shape(margin)
            blocks = [
                block.overrun[name] for block in simulated.get(drawn.get(variant, ""), ()) if name in block.overrun
            ]
            shift = made.settings.values.get(f"overrun_classes.{name}.shift")
            leading = _leading(made, name)
            yield {
                "class": name, "variant": variant, "measure": "duration" if name == "duration" else "cost",
                "cap": margin.cap if isinstance(margin, Mixture) else None,
                "shift": (shift.estimate.mode if shift else 0.0) if isinstance(margin, Mixture) else None,
                "actions": len(actions), "additional_chf": None if name == "duration" else need.get(name, 0.0),
                "mean": average, "simulated_mean": np.mean(blocks) if blocks else None,
                "simulated_se": float(standard_error(blocks)) if blocks else None,
                "p50": float(np.quantile(values, 0.5)), "p80": float(np.quantile(values, 0.8)),
                "share_above_1": float((values > 1).mean()), "share_above_half": float((values > 1.5).mean()),
                "confidence": leading[0], "basis": leading[1],
            }  # fmt: skip


def _class_names(plan: Plan) -> tuple[str, ...]:
    start = "overrun_classes."
    return tuple(
        dict.fromkeys(key[len(start) :].partition(".")[0] for key in plan.settings.values if key.startswith(start))
    )


def _leading(plan: Plan, name: str) -> tuple[str, str]:
    values = plan.settings.values
    for key in ("factor", "tail_shape"):
        if found := values.get(f"overrun_classes.{name}.{key}"):
            return found.confidence, found.basis
    return "", ""
