"""Between a plan and its ceiling problem: costs of every option and start from the model, and a solution as a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from sfp_model.decisions.ceiling_problem import CENTIME, Candidate, Choice, Problem, Span, Window
from sfp_model.errors import SfpError, UsageError
from sfp_model.inputs.change import only_actions, with_choice, with_shift, without_event
from sfp_model.inputs.plan import Decision, Plan
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model import Outcome, base, compile, evaluate
from sfp_model.model.inputs import FloatArray
from sfp_model.model.schedule import option_delay

__all__ = ["LATEST", "STEP", "as_plan", "gap_values", "joint_feasibility", "option_names", "problem_of", "windows"]

STEP, LATEST = 6, 24
"""Months between the start dates that are tried, and the longest delay."""


def gap_values(plan: Plan) -> tuple[tuple[str, ...], FloatArray]:
    """Return the gaps of the source and the part of each that each action closes, shape (action, gap).

    A gap is closed in equal parts by the initiatives that the project linked to it, an initiative in equal parts by its
    actions: a plan with all actions closes every gap (1), a plan without any none (0).

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> gaps, values = gap_values(load_plan())
    >>> gaps, values.sum(axis=0).round(9).tolist()
    (('GAP-A', 'GAP-B', 'GAP-C', 'GAP-D', 'GAP-E', 'GAP-F'), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    """
    place = {key: i for i, key in enumerate(plan.actions)}
    gaps = [item for item in plan.catalogue.values() if item.kind == "gap"]
    values = np.zeros((len(place), len(gaps)))
    for g, gap in enumerate(gaps):
        linked = [plan.catalogue[key] for key in gap.links.get("initiative", ()) if key in plan.catalogue]
        groups = [[a for a in item.links.get("action", ()) if a in place] for item in linked]
        groups = [group for group in groups if group]
        for group in groups:
            for action in group:
                values[place[action], g] += 1 / (len(groups) * len(group))
    closing = [g for g in range(len(gaps)) if values[:, g].any()]
    return tuple(gaps[g].id for g in closing), values[:, closing]


def windows(plan: Plan, per_year: float | None = None, per_biennium: float | None = None) -> tuple[Window, ...]:
    """Return the ceilings of each year and of each biennium of the horizon, nominal CHF."""
    first, count = plan.settings.horizon_start, plan.settings.horizon_years
    made = []
    if per_year is not None:
        made += [Window(str(first + y), (y,), per_year) for y in range(count)]
    if per_biennium is not None:
        for y in range(0, count, 2):
            years = tuple(range(y, min(y + 2, count)))
            name = f"{first + y}-{first + y + 1}" if len(years) > 1 else str(first + y)
            made.append(Window(name, years, per_biennium))
    return tuple(made)


def option_names(plan: Plan, decision: Decision) -> tuple[str, ...]:
    """Return the options of a decision that need other lines, the chosen one for those that need the same.

    An option that only defers is a start date, and start dates are tried anyway.
    """
    lines = [line for line in plan.lines.values() if line.action in decision.governs]
    names: dict[frozenset[str], str] = {}
    for option in (decision.chosen, *decision.options):
        names.setdefault(frozenset(ln.id for ln in lines if not ln.options or option in ln.options), option)
    return tuple(sorted(names.values(), key=list(decision.options).index))


@dataclass(frozen=True, slots=True)
class _Costed:
    """A plan under one option of each decision: starts and durations of its actions."""

    plan: Plan
    starts: Mapping[str, float]
    lengths: Mapping[str, float]


def problem_of(
    plan: Plan, ceilings: Sequence[Window], *, step: float = STEP, latest: float = LATEST,
    keep: Collection[str] = (), programme: str | None = None, keep_options: bool = False,
) -> Problem:  # fmt: skip
    """Return the ceiling problem of a plan.

    Actions that close a gap of the source may be dropped, done under another option, or started later. Actions that
    close none cannot be compared with them by gaps: they stay as the scenario has them, and their need comes first.

    Parameters
    ----------
    plan : Plan
    ceilings : sequence of Window
    step, latest : float
        Months between start dates and the longest delay. A start is tried if the action ends inside the horizon.
    keep : collection of str
        Actions that have to be kept.
    programme : str, optional
        Compare only this programme's need with the ceilings.
    keep_options : bool
        Every decision keeps the option of the scenario.

    Returns
    -------
    Problem

    Raises
    ------
    UsageError
        An unknown action or programme, or a step that is not above 0.
    """
    if step <= 0 or latest < 0:
        raise UsageError(f"the step has to be above 0 and the longest delay 0 or more; they are {step:g}, {latest:g}")
    plan = _managed(_restricted(plan, keep, programme))
    gaps, values = gap_values(plan)
    actions = tuple(plan.actions)
    spans_plan = {key for key, action in plan.actions.items() if action.phase == WHOLE_PLAN}
    free = {key for key, row in zip(actions, values, strict=True) if row.any()} - spans_plan
    options = (
        {}
        if keep_options
        else {d.id: names for d in plan.decisions.values() if len(names := option_names(plan, d)) > 1}
    )
    candidates = tuple(_candidates(plan, free, step, latest, options))
    place = {key: i for i, key in enumerate(actions)}
    whole = _needs(plan)
    listed = sum((need for key, need in whole.items() if key in place), np.zeros(plan.settings.horizon_years))
    fixed = sum(whole.values(), np.zeros(plan.settings.horizon_years)) - listed
    required = frozenset(i for key, i in place.items() if key not in spans_plan and (key not in free or key in keep))
    together = tuple(
        tuple(place[a] for a in d.governs if a in free)
        for d in plan.decisions.values()
        if d.id in options and sum(a in free for a in d.governs) > 1
    )
    return Problem(
        actions, values, gaps, tuple(str(plan.settings.horizon_start + y) for y in range(plan.settings.horizon_years)),
        candidates, tuple(_after(plan, key, place) for key in actions), required, together,
        tuple(_spans(plan, candidates, place)), tuple(float(x) for x in fixed), tuple(ceilings),
    )  # fmt: skip


def _restricted(plan: Plan, keep: Collection[str], programme: str | None) -> Plan:
    for key in keep:
        if key not in plan.actions:
            raise UsageError(f"no action {key!r}; actions are {', '.join(plan.actions)}")
    if programme is None:
        return plan
    if programme not in plan.programmes:
        raise UsageError(f"no programme {programme!r}; programmes are {', '.join(plan.programmes)}")
    return only_actions(without_event(plan), [k for k, a in plan.actions.items() if a.programme == programme])


def _managed(plan: Plan) -> Plan:
    """Return *plan* with what runs as long as its programme starting when it does in the scenario.

    Its start follows the first action of the programme; a choice may drop that action, and what it costs until a given
    end must not depend on it.
    """
    arrays = compile(only_lines(plan, ()))
    placed = evaluate(arrays, base(arrays)).schedule.start[:, 0]
    rows = {key: i for i, key in enumerate(plan.actions) if plan.actions[key].phase == WHOLE_PLAN}
    return with_shift(plan, {key: float(placed[i] - arrays.actions.start[i]) for key, i in rows.items()})


def _after(plan: Plan, key: str, place: Mapping[str, int]) -> tuple[tuple[int, float], ...]:
    if plan.actions[key].phase == WHOLE_PLAN:
        return ()
    action = plan.actions[key]
    lags = action.lags or (0.0,) * len(action.after)
    return tuple((place[before], float(lag)) for before, lag in zip(action.after, lags, strict=True))


def _outcome(plan: Plan) -> Outcome:
    arrays = compile(plan)
    return evaluate(arrays, base(arrays))


def _needs(plan: Plan) -> dict[str, FloatArray]:
    """Return the additional need of the base estimate by action and year of the horizon, nominal CHF."""
    labels, amounts = _outcome(plan).amounts(("action",), "year", "additional", "nominal")
    return {label[0]: amounts[i, 1:-1, 0] for i, label in enumerate(labels) if label}


def _under(plan: Plan, options: Mapping[str, Sequence[str]], pick: int) -> Plan:
    """Return *plan* with each decision at its number *pick* of *options*, or its last."""
    for decision, names in options.items():
        plan = with_choice(plan, decision, names[min(pick, len(names) - 1)])
    return plan


def _costed(plan: Plan) -> _Costed:
    placed = _outcome(plan).schedule
    keys = tuple(plan.actions)
    starts = {key: float(placed.start[i, 0]) for i, key in enumerate(keys)}
    return _Costed(plan, starts, {key: float(placed.end[i, 0]) - starts[key] for i, key in enumerate(keys)})


def _starting(plan: Plan, now: Mapping[str, float], starts: Mapping[str, float]) -> Plan:
    """Return *plan* with its actions starting in the months *starts*, whoever waits for whom; *now*: planned starts."""
    actions = {key: replace(action, after=(), lags=()) for key, action in plan.actions.items()}
    loose = replace(plan, actions=MappingProxyType(actions))
    return with_shift(loose, {key: start - now[key] for key, start in starts.items()})


def _planned(plan: Plan) -> dict[str, float]:
    """Return the own start of each action under the chosen options, before anybody waits."""
    arrays = compile(only_lines(plan, ()))
    return dict(zip(plan.actions, arrays.actions.start.tolist(), strict=True))


def only_lines(plan: Plan, actions: Collection[str]) -> Plan:
    """Return *plan* without event and risks, and with the resource lines of *actions* only."""
    lines = {key: line for key, line in plan.lines.items() if line.action in actions}
    return replace(without_event(plan), lines=MappingProxyType(lines), risks=MappingProxyType({}))


def _candidates(
    plan: Plan, free: Collection[str], step: float, latest: float, options: Mapping[str, Sequence[str]]
) -> Iterator[Candidate]:
    """Yield the ways to do each action, costed by the model; the scenario's own way for actions that are not free."""
    end_of_horizon = 12.0 * plan.settings.horizon_years
    years = plan.settings.horizon_years
    shifts = [k * step for k in range(int(latest // step) + 1)]
    several = {a: names for key, names in options.items() for a in plan.decisions[key].governs}
    chosen_of = {a: d.chosen for d in plan.decisions.values() for a in d.governs}
    lined = only_lines(plan, free)
    found: dict[str, list[Candidate]] = {key: [] for key in plan.actions}
    place = {key: i for i, key in enumerate(plan.actions)}
    own = _costed(plan)
    for pick in range(max([1, *(len(names) for names in several.values())])):
        chosen = _under(lined, options, pick)
        costed, planned = _costed(chosen), _planned(chosen)
        for shift in shifts:
            moved = {key: costed.starts[key] + shift for key in free}
            needs = _needs(_starting(chosen, planned, moved))
            for key in free:
                names = several.get(key, ("",))
                start, length = moved[key], costed.lengths[key]
                if pick >= len(names) or (shift and start + length > end_of_horizon + 1e-9):
                    continue
                cost = needs.get(key, np.zeros(years))
                found[key].append(Candidate(place[key], names[pick], start, start + length,
                                            max(start - own.starts[key], 0.0), tuple(cost.tolist()),
                                            names[pick] not in ("", chosen_of.get(key))))  # fmt: skip
    as_it_is = _needs(plan)
    for key, action in plan.actions.items():
        if key in free:
            yield from found[key]
        elif action.phase != WHOLE_PLAN:
            cost = as_it_is.get(key, np.zeros(years))
            yield Candidate(place[key], "", own.starts[key], own.starts[key] + own.lengths[key], 0.0,
                            tuple(cost.tolist()))  # fmt: skip


def _spans(plan: Plan, candidates: Sequence[Candidate], place: Mapping[str, int]) -> Iterator[Span]:
    """Yield what runs as long as its programme, costed by the model for each possible last end."""
    for key, action in plan.actions.items():
        if action.phase != WHOLE_PLAN:
            continue
        members = tuple(
            place[k] for k, a in plan.actions.items() if a.programme == action.programme and a.phase != WHOLE_PLAN
        )
        ends = sorted({c.end for c in candidates if c.action in members})
        if not ends:
            continue
        other = next(k for k, i in place.items() if i in members)  # stands for all of them
        alone = only_actions(only_lines(plan, (key,)), (key, other))
        start = _planned(alone)[key]
        own = start - plan.settings.start - option_delay(alone, other)  # of an action that starts with the management
        cost = {}
        for end in ends:
            lasting = replace(alone.actions[other], start=own, duration=max(end - start, 0.0), after=(), lags=())
            needs = _needs(replace(alone, actions=MappingProxyType({**alone.actions, other: lasting})))
            cost[end] = tuple(needs.get(key, np.zeros(plan.settings.horizon_years)).tolist())
        yield Span(key, members, cost)


def as_plan(plan: Plan, problem: Problem, choice: Choice, programme: str | None = None) -> Plan:
    """Return the plan that *choice* states, evaluated once to see that it needs what the choice says.

    Raises
    ------
    SfpError
        The model's need differs from that of the choice by more than a centime: costs of actions do not add up.
    """
    made = _managed(_restricted(plan, (), programme))
    picked = {problem.actions[candidate.action]: candidate for candidate in choice.chosen}
    for decision in plan.decisions.values():
        options = {picked[a].option for a in decision.governs if a in picked and picked[a].option}
        if len(options) == 1:
            made = with_choice(made, decision.id, options.pop())
    spans = {span.name for span in problem.spans}
    made = only_actions(made, [key for key in made.actions if key in picked or key in spans])
    planned = _planned(made)
    made = with_shift(made, {k: c.start - planned[k] for k, c in picked.items() if abs(c.start - planned[k]) > 1e-9})
    needs = _needs(made)
    need = sum((needs[key] for key in made.actions if key in needs), np.array(problem.fixed))
    if np.abs(need - choice.need).max(initial=0.0) > CENTIME:
        raise SfpError(f"the plan needs {need.tolist()}, its choice {choice.need.tolist()}: costs do not add up")
    return made


def joint_feasibility(plan: Plan, ceilings: Sequence[Window], blocks: int = 1) -> dict[str, float]:
    """Return the share of draws in which the plan keeps each ceiling, and all of them (``all``).

    Simulated with the inside view, in blocks of the engine under the plan's seed.
    """
    from sfp_model.uncertainty.simulate import simulate

    fits: list[FloatArray] = []
    for years in simulate(compile(plan), plan.settings.seed, blocks, measure=_by_year):
        fits.append(np.array([years[list(w.years)].sum(axis=0) <= w.limit + CENTIME for w in ceilings]))
    every = np.concatenate(fits, axis=1)
    shares = {w.name: float(row.mean()) for w, row in zip(ceilings, every, strict=True)}
    return {**shares, "all": float(every.all(axis=0).mean())}


def _by_year(outcome: Outcome) -> FloatArray:
    result: FloatArray = outcome.amounts((), "year", "additional", "nominal")[1][0, 1:-1]
    return result
