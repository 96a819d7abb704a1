"""Tables of what fits under the illustrative ceilings: choice, years, weights, the next money, relaxation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sfp_model.decisions.ceiling import Program, best, least_extra, least_for_more
from sfp_model.decisions.ceiling_plan import as_plan, joint_feasibility, problem_of, windows
from sfp_model.decisions.ceiling_problem import MORE, Choice, Problem, Window
from sfp_model.decisions.ceiling_weights import Answer, over_all_weights
from sfp_model.inputs.funding import funding_of
from sfp_model.inputs.plan import Plan
from sfp_model.model.inputs import FloatArray
from sfp_model.results.table import Row, Table, columns
from sfp_model.results.tables_needs import calendar_month

__all__ = ["CEILING_COLUMNS", "Fit", "ceiling_table", "fit_of", "relaxed_periods"]

STEP = 12  # months between start dates: as planned, a year later, a biennium later
NEXT, NEXT_STEPS = 100_000.0, 3
CEILING_COLUMNS = {
    "ceiling.selection": columns(
        "action title initiative programme weighed:bool kept:bool option option_changed:bool start delay:month "
        "chosen_chf:CHF proposed_chf:CHF"
    ),
    "ceiling.years": columns(
        "period ceiling_chf:CHF proposed_chf:CHF outside_chf:CHF chosen_chf:CHF unused_chf:CHF extra_chf:CHF "
        "share_within:-"
    ),
    "ceiling.gaps": columns("gap title weight:- closed:- closed_favoured:- kept_favoured:-"),
    "ceiling.weights": columns("action title status kept_favouring chosen:bool least_weight:-"),
    "ceiling.next": columns(
        "extra_chf:CHF smallest:bool relaxation_chf:CHF period placed_chf:CHF value:- value_before:- "
        "added dropped moved"
    ),
    "ceiling.relaxation": columns("case period ceiling_chf:CHF extra_chf:CHF"),
}


@dataclass(eq=False)
class Fit:
    """A plan under ceilings, with everything that the tables say of it; made when asked for.

    Attributes
    ----------
    plan : Plan
    ceilings : tuple of Window
    step, latest : float
        Months between start dates, and the longest delay.
    weights : ndarray (gap,) or None
        Of the gaps; equal if ``None``.
    least : float
        Every gap has more than this weight where all weightings count; 0 for all strictly positive weightings.
    keep : tuple of str
    programme : str or None
    keep_options : bool
        Every decision keeps the option of the scenario.
    """

    plan: Plan
    ceilings: tuple[Window, ...]
    step: float = STEP
    latest: float = 24
    weights: FloatArray | None = None
    least: float = 0.0
    keep: tuple[str, ...] = ()
    programme: str | None = None
    keep_options: bool = False

    @cached_property
    def problem(self) -> Problem:
        """The problem, its costs from the model."""
        return problem_of(
            self.plan, self.ceilings, step=self.step, latest=self.latest, keep=self.keep, programme=self.programme,
            keep_options=self.keep_options,
        )  # fmt: skip

    @cached_property
    def program(self) -> Program:
        """The problem as a mixed-integer program."""
        return Program(self.problem)

    @cached_property
    def shared(self) -> FloatArray:
        """Weights of the gaps."""
        count = len(self.problem.gaps)
        return np.full(count, 1 / max(count, 1)) if self.weights is None else self.weights

    @cached_property
    def relaxation(self) -> FloatArray | None:
        """The smallest relaxation by year under which anything fits; ``None`` if nothing helps."""
        if self.fitting is not None:
            return np.zeros(len(self.problem.years))
        return None if self.relaxed is None else self.relaxed[0]

    @cached_property
    def fitting(self) -> Choice | None:
        """The best choice under the ceilings; ``None`` if they cannot hold."""
        return best(self.problem, self.shared, program=self.program)

    @cached_property
    def relaxed(self) -> tuple[FloatArray, Choice] | None:
        """The smallest relaxation with the choice that it allows; ``None`` if nothing helps."""
        return least_extra(self.problem, program=self.program)

    @cached_property
    def choice(self) -> Choice | None:
        """The best choice, under the relaxed ceilings where the ceilings cannot hold."""
        if self.fitting is not None:
            return self.fitting
        return None if self.relaxed is None else self.relaxed[1]

    @cached_property
    def everything(self) -> Choice | None:
        """The plan with every action, at the dates and in the options that need the smallest relaxation."""
        found = least_extra(self.problem, True, program=self.program)
        return None if found is None else found[1]

    @cached_property
    def smallest(self) -> float | None:
        """The smallest sum, beyond a relaxation, that buys the next action, to a centime above; ``None`` if none."""
        if self.choice is None:
            return None
        found = least_for_more(self.problem, self.choice.value, self.shared, program=self.program)
        return None if found is None else max(found - float(self.choice.extra.sum()), 0.0) + 0.01

    @cached_property
    def answer(self) -> Answer | None:
        """What is kept over all weightings."""
        if self.choice is None:
            return None
        extra = self.choice.extra + 0.01
        return over_all_weights(
            self.problem, least=self.least, program=self.program, extra=extra, known=(self.choice,)
        )  # fmt: skip

    @cached_property
    def chosen_plan(self) -> Plan | None:
        """The choice as a plan that the model has evaluated to the same need."""
        return None if self.choice is None else as_plan(self.plan, self.problem, self.choice, self.programme)

    @cached_property
    def proposed(self) -> dict[int, FloatArray]:
        """Additional need of each action as the scenario has it, nominal CHF by year."""
        first: dict[int, FloatArray] = {}
        chosen = {a: d.chosen for d in self.plan.decisions.values() for a in d.governs}
        for candidate in self.problem.candidates:
            option = chosen.get(self.problem.actions[candidate.action])
            if candidate.delay == 0 and candidate.option in ("", option):
                first.setdefault(candidate.action, np.array(candidate.cost))
        return first

    @property
    def proposed_need(self) -> FloatArray:
        """Additional need of the scenario's plan by year."""
        from sfp_model.model import base, compile, evaluate

        arrays = compile(self.plan)
        programme = ("programme",)
        labels, amounts = evaluate(arrays, base(arrays)).amounts(programme, "year", "additional", "nominal")
        rows = [amounts[i, 1:-1, 0] for i, label in enumerate(labels) if self.programme in (None, *label)]
        return np.sum(rows, axis=0) if rows else np.zeros(len(self.problem.years))


def fit_of(plan: Plan) -> Fit | None:
    """Return the fit of a scenario under its illustrative ceilings of a year; ``None`` if it declares none.

    Half of the biennial ceiling in each year, which keeps the ceiling of the biennium as well.
    """
    ceilings = funding_of(plan).ceilings
    if not ceilings:
        return None
    fit = Fit(plan, windows(plan, ceilings["centre"] / 2))
    return fit if fit.problem.gaps else None


def ceiling_table(fit: Fit | None, name: str) -> Table:
    """Return a table of ``CEILING_COLUMNS``; empty where the plan declares no ceiling or no gaps."""
    rows = {
        "ceiling.selection": _selection, "ceiling.years": _years, "ceiling.gaps": _gaps,
        "ceiling.weights": _weights, "ceiling.next": _next, "ceiling.relaxation": _relaxation,
    }[name]  # fmt: skip
    return Table.of(CEILING_COLUMNS[name], rows(fit) if fit is not None else ())


def _selection(fit: Fit) -> Iterator[Row]:
    problem, plan = fit.problem, fit.plan
    picked = {} if fit.choice is None else {c.action: c for c in fit.choice.chosen}
    spans = {span.name: span for span in problem.spans}
    own = {a: d.chosen for d in plan.decisions.values() for a in d.governs}
    for a, key in enumerate(problem.actions):
        action = plan.actions[key]
        row: dict[str, Any] = {
            "action": key, "title": action.title, "initiative": action.initiative, "programme": action.programme,
            "weighed": a in problem.weighed, "kept": a in picked,
            "proposed_chf": fit.proposed.get(a, np.zeros(1)).sum(),
        }  # fmt: skip
        if key in spans:
            ends = [c.end for c in picked.values() if c.action in spans[key].members]
            usual = [c.end for c in problem.candidates if c.action in spans[key].members and not c.delay]
            row |= {"kept": bool(ends), "proposed_chf": sum(spans[key].cost[max(usual)]) if usual else 0.0}
            row["chosen_chf"] = sum(spans[key].cost[max(ends)]) if ends else 0.0
        elif a in picked:
            chosen = picked[a]
            row |= {
                "option": chosen.option, "option_changed": chosen.option not in ("", own.get(key)),
                "start": calendar_month(plan.settings.horizon_start, chosen.start),
                "delay": chosen.delay, "chosen_chf": sum(chosen.cost),
            }  # fmt: skip
        yield {"chosen_chf": 0.0, "option_changed": False, **row}


def _years(fit: Fit) -> Iterator[Row]:
    if fit.choice is None or fit.chosen_plan is None:
        return
    problem, choice = fit.problem, fit.choice
    relaxed = [replace(w, limit=w.limit + float(choice.extra[list(w.years)].sum())) for w in fit.ceilings]
    shares = joint_feasibility(fit.chosen_plan, relaxed)
    outside = _outside(fit)
    for window in fit.ceilings:
        years = list(window.years)
        extra = choice.extra[years].sum()
        yield {
            "period": window.name, "ceiling_chf": window.limit, "proposed_chf": fit.proposed_need[years].sum(),
            "outside_chf": outside[years].sum(), "chosen_chf": choice.need[years].sum(), "extra_chf": extra,
            "unused_chf": max(window.limit + extra - choice.need[years].sum(), 0.0),
            "share_within": shares[window.name],
        }  # fmt: skip
    everywhere = range(len(problem.years))
    yield {
        "period": "all", "proposed_chf": fit.proposed_need.sum(), "outside_chf": outside.sum(),
        "chosen_chf": choice.need[list(everywhere)].sum(), "extra_chf": choice.extra.sum(),
        "share_within": shares["all"],
    }  # fmt: skip


def _outside(fit: Fit) -> FloatArray:
    """Return what the choice does not touch: need of no action, and of actions that close no gap."""
    total = np.array(fit.problem.fixed)
    for candidate in fit.choice.chosen if fit.choice else ():
        if candidate.action not in fit.problem.weighed:
            total = total + np.array(candidate.cost)
    return total


def _gaps(fit: Fit) -> Iterator[Row]:
    if fit.choice is None or fit.answer is None:
        return
    for g, gap in enumerate(fit.problem.gaps):
        alone = fit.answer.alone[g]
        yield {
            "gap": gap, "title": fit.plan.catalogue[gap].title, "closed": fit.choice.closed[g],
            "closed_favoured": alone.closed[g], "kept_favoured": len(alone.kept & set(fit.problem.weighed)),
            "weight": fit.shared[g],
        }  # fmt: skip


def _weights(fit: Fit) -> Iterator[Row]:
    if fit.choice is None or fit.answer is None:
        return
    for a in fit.problem.weighed:
        key = fit.problem.actions[a]
        kept = [gap for g, gap in enumerate(fit.problem.gaps) if a in fit.answer.alone[g].kept]
        yield {
            "action": key, "title": fit.plan.actions[key].title, "status": fit.answer.status[a],
            "kept_favouring": ";".join(kept), "chosen": a in fit.choice.kept, "least_weight": fit.least,
        }  # fmt: skip


def _next(fit: Fit) -> Iterator[Row]:
    """Yield what the smallest sum buys that buys anything, and what round sums buy, solved again."""
    if fit.choice is None:
        return
    sums = [(step * NEXT, False) for step in range(1, NEXT_STEPS + 1)]
    if fit.smallest is not None:
        sums.insert(0, (fit.smallest, True))
    for extra, smallest in sums:
        yield from _bought(fit, fit.choice, extra, smallest)


def _bought(fit: Fit, before: Choice, extra: float, smallest: bool) -> Iterator[Row]:
    """Yield what *extra* buys, placed in the years in which it is worth most; one row where it buys nothing."""
    relaxed = float(before.extra.sum())  # what has to be found before any of it, where the ceilings cannot hold
    row: dict[str, Any] = {
        "extra_chf": extra, "smallest": smallest, "relaxation_chf": relaxed, "value_before": before.value,
    }  # fmt: skip
    enough = fit.smallest is not None and extra >= fit.smallest
    more = best(fit.problem, fit.shared, extra=relaxed + extra, program=fit.program) if enough else None
    if more is None or more.value - before.value < MORE:  # what then moves, moves only because it may
        yield {
            **row,
            "period": "all",
            "placed_chf": 0.0,
            "value": before.value,
            "added": "",
            "dropped": "",
            "moved": "",
        }
        return
    names = fit.problem.actions
    was, now = ({c.action: c for c in found.chosen} for found in (before, more))
    row |= {
        "value": more.value,
        "added": ";".join(names[a] for a in now if a not in was),
        "dropped": ";".join(names[a] for a in was if a not in now),
        "moved": ";".join(names[a] for a in now if a in was and now[a].start != was[a].start),
    }  # fmt: skip
    for year, placed in zip(fit.problem.years, more.extra, strict=True):
        yield {**row, "period": year, "placed_chf": placed}


def relaxed_periods(problem: Problem) -> dict[str, tuple[int, ...]]:
    """Return the years by period: those of one ceiling together, single where ceilings overlap or there is none.

    Money added anywhere inside a ceiling of several years raises it alike, so that no single year is to be named.
    """
    found: dict[str, tuple[int, ...]] = {}
    for y, year in enumerate(problem.years):
        held = {w.years for w in problem.windows if y in w.years}
        years = held.pop() if len(held) == 1 else (y,)
        alone = all(w.years == years or not set(w.years) & set(years) for w in problem.windows)
        years = years if alone else (y,)
        found[year if len(years) == 1 else f"{problem.years[years[0]]}-{problem.years[years[-1]]}"] = years
    return found


def _relaxation(fit: Fit) -> Iterator[Row]:
    """Yield the smallest relaxation by year, for the plan as proposed, for every action, and for what is not chosen."""
    periods = relaxed_periods(fit.problem)
    over = np.zeros(len(fit.problem.years))
    for window in sorted(fit.ceilings, key=lambda w: w.years[-1]):  # the last year serves most of the windows to come
        inside = list(window.years)
        over[inside[-1]] += max(fit.proposed_need[inside].sum() - window.limit - over[inside].sum(), 0.0)
    limits = {w.years: w.limit for w in sorted(fit.ceilings, key=lambda w: -w.limit)}  # the tightest wins
    cases: dict[str, Any] = {"as proposed": over} if fit.ceilings else {}
    if fit.everything is not None:
        cases["every action, at its best date"] = fit.everything.extra
    if fit.relaxation is not None:
        cases["only what is not chosen"] = fit.relaxation
    for case, extra in cases.items():
        for name, years in periods.items():
            yield {
                "case": case,
                "period": name,
                "ceiling_chf": limits.get(years),
                "extra_chf": extra[list(years)].sum(),
            }
        yield {"case": case, "period": "all", "extra_chf": float(np.sum(extra))}
