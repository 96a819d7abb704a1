"""Gains in the compiled plan: what is given up once an action has ended, how it grows, and what part becomes cash.

A gain is no negative line: the needs of the plan do not depend on it. It is a source of funds once it is realised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.plan import Plan
from sfp_model.model.arrays import Arrays
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.evaluate import Outcome
from sfp_model.model.inputs import FloatArray
from sfp_model.model.lines import price_factor

__all__ = ["REALISATION", "GainArrays", "add_gains", "gain_units", "gained", "nominal_gain", "ramped"]

REALISATION = "savings.realisation"


@dataclass(frozen=True, eq=False)
class GainArrays:
    """Gains that are claimed at all, as columns.

    Attributes
    ----------
    ids : tuple of str
    action : tuple of int
        Place of the action after whose end a gain begins.
    initiative : tuple of str
    rows : tuple of (claimed, rate, lag, ramp, cashable)
        Rows of the input table.
    realisation : int
        Row of the share of claimed savings that stands up; −1: all of it.
    factor : tuple of float
        Base-year CHF per claimed unit and unit of the rate.
    escalation, currency : tuple of int
        Price class and currency of the rate.
    """

    ids: tuple[str, ...]
    action: tuple[int, ...]
    initiative: tuple[str, ...]
    rows: tuple[tuple[int, int, int, int, int], ...]
    realisation: int
    factor: tuple[float, ...]
    escalation: tuple[int, ...]
    currency: tuple[int, ...]


def add_gains(plan: Plan, builder: PlanBuilder, currencies: tuple[str, ...]) -> GainArrays | None:
    """Register the inputs of the gains that are claimed; ``None`` where none is.

    Each varies by itself (no latent factor): whether a gain comes does not depend on what its action cost. The share
    that stands up is one input for all gains.
    """
    claimed = [gain for gain in plan.gains.values() if gain.claimed.estimate.high > 0]
    if not claimed:
        return None
    place = {key: i for i, key in enumerate(plan.actions)}
    classes = tuple(plan.escalations)
    rows, factor = [], []
    for gain in claimed:
        rate, price = builder.rate(gain.resource)
        own = [builder.add(value, "gain", driver=value.path) for value in gain.values()]
        rows.append((own[0], rate, *own[1:]))
        factor.append(gain.factor * price)
    share = plan.settings.values.get(REALISATION)
    cards = [plan.resources[gain.resource] for gain in claimed]
    return GainArrays(
        ids=tuple(gain.id for gain in claimed),
        action=tuple(place[gain.action] for gain in claimed),
        initiative=tuple(gain.initiative for gain in claimed),
        rows=tuple(rows),  # type: ignore[arg-type]
        realisation=-1 if share is None else builder.add(share, "gain", driver=share.path),
        factor=tuple(factor),
        escalation=tuple(classes.index(card.escalation) for card in cards),
        currency=tuple(currencies.index(card.currency) for card in cards),
    )


def ramped(start: FloatArray, ramp: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the months of full effect between *edges* of something that grows evenly over *ramp* months.

    With ``u = t − start``: none up to 0, ``u²/(2 ramp)`` until it is complete, ``u − ramp/2`` after, differenced.

    Parameters
    ----------
    start, ramp : ndarray (draw,)
        Months; a ramp of 0 is complete at once.
    edges : ndarray (period + 1,)

    Returns
    -------
    ndarray (period, draw)

    Examples
    --------
    >>> ramped(np.array([6.0]), np.array([12.0]), np.array([0.0, 12.0, 24.0, 36.0])).ravel().tolist()
    [1.5, 10.5, 12.0]
    """
    passed = np.maximum(edges[:, None] - start[None, :], 0.0)
    growing = np.minimum(passed, ramp[None, :])
    divisor = np.where(ramp > 0, 2 * ramp, 1.0)[None, :]
    result: FloatArray = np.diff(growing**2 / divisor + (passed - growing), axis=0)
    return result


def gain_units(outcome: Outcome) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what each gain is worth in a full year: claimed, realised, cashable; constant CHF, (gain, draw).

    ``claimed · rate``; times the share that stands up; times the share that can leave a budget.
    """
    gains: GainArrays = outcome.arrays.gains
    values = outcome.values.array
    claimed = np.stack([values[r[0]] * values[r[1]] * f for r, f in zip(gains.rows, gains.factor, strict=True)])
    share = values[gains.realisation] if gains.realisation >= 0 else np.ones(outcome.draws)
    realised = claimed * share
    return claimed, realised, realised * np.stack([values[r[4]] for r in gains.rows])


def gained(outcome: Outcome, edges: FloatArray | None = None) -> FloatArray:
    """Return the years of full effect of each gain between *edges* (months), shape (gain, period, draw).

    Without *edges* the years of the horizon. A gain begins ``lag`` months after the end of its action in the draw.
    """
    gains: GainArrays = outcome.arrays.gains
    values = outcome.values.array
    if edges is None:
        edges = np.linspace(0.0, outcome.arrays.periods.horizon, outcome.arrays.periods.years + 1)
    ends = outcome.schedule.end
    return np.stack([
        ramped(ends[action] + values[row[2]], values[row[3]], edges) / 12
        for action, row in zip(gains.action, gains.rows, strict=True)
    ])  # fmt: skip


def nominal_gain(outcome: Outcome, unit: FloatArray) -> FloatArray:
    """Return *unit* (gain, draw; constant CHF a year) in nominal prices by year of the horizon, (gain, year, draw)."""
    arrays: Arrays = outcome.arrays
    gains: GainArrays = arrays.gains
    periods, values = arrays.periods, outcome.values.array
    inside = slice(int(periods.starts[1]), int(periods.starts[-1]))
    months = gained(outcome, periods.edges[inside.start : inside.stop + 1])
    out = np.empty((len(gains.ids), periods.years, outcome.draws))
    for i, (escalation, currency) in enumerate(zip(gains.escalation, gains.currency, strict=True)):
        amounts = months[i] * unit[i] * price_factor(arrays, values, escalation, currency)[inside]
        out[i] = amounts.reshape(periods.years, 12, -1).sum(axis=1)
    return out
