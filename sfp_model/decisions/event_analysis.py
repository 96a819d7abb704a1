"""What the trade-off of the event asks of its combinations: draws, frontiers, acceptability, break-even, sweeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.decisions.breakeven import BreakEven, break_even
from sfp_model.decisions.event_study import Study, impact_of
from sfp_model.decisions.frontier import Search, epsilon_frontier, marginal
from sfp_model.decisions.smaa import Acceptability, simplex, smaa
from sfp_model.inputs.tradeoff_plan import MOVED, SEARCHED
from sfp_model.model.event import EventOutcome
from sfp_model.model.event_levers import Levers
from sfp_model.model.inputs import FloatArray

__all__ = ["DRAWS", "LEVELS", "Analysis", "Drawn", "required_fund"]

DRAWS = 2048  # standard error of a share: 0.011 at most
LEVELS = 6  # points on the frontier of one combination
STARTS = 31


@dataclass(frozen=True, eq=False)
class Drawn:
    """A combination in draws; sums over the editions, (draw,) unless said; CHF at base-year prices.

    ``scores`` is (criterion, draw), ``ratios`` (sense, draw); ``required`` is the opening fund balance that would have
    made a subsidy unnecessary.
    """

    net: FloatArray
    subsidy: FloatArray
    fund_draw: FloatArray
    required: FloatArray
    impact: FloatArray
    scores: FloatArray
    ratios: FloatArray
    ldc: FloatArray

    @staticmethod
    def of(outcome: EventOutcome, floor: FloatArray) -> Drawn:
        """Reduce an outcome with one case."""
        ldc = outcome.criteria[outcome.arrays.criteria.index("ldc_reach"), 0]
        return Drawn(
            net=outcome.net[0].sum(axis=0),
            subsidy=outcome.subsidy[0].sum(axis=0),
            fund_draw=outcome.money.fund_draw[0].sum(axis=0),
            required=required_fund(outcome.net[0], floor),
            impact=impact_of(outcome),
            scores=outcome.impact.scores[:, 0],
            ratios=np.stack([ratio[0] for ratio in outcome.ratios]),
            ldc=ldc.sum(axis=0),
        )


def required_fund(net: FloatArray, floor: FloatArray | float) -> FloatArray:
    """Return the opening balance that would carry every deficit, (draw,): the deepest point of the account.

    Parameters
    ----------
    net : ndarray (edition, draw)
    floor : ndarray (draw,) or float
        Balance that must be left; none is needed where the account never falls below its start.

    Examples
    --------
    >>> required_fund(np.array([[-3.0, 2.0], [1.0, -1.0], [-4.0, 5.0]]), 0.0).tolist()
    [6.0, 0.0]
    """
    depth = np.maximum(-np.cumsum(net, axis=0).min(axis=0), 0.0)
    result: FloatArray = np.where(depth > 0, depth + floor, 0.0)
    return result


@dataclass(frozen=True, eq=False)
class Analysis:
    """All answers for one study; each is worked out when it is first asked for."""

    study: Study

    @cached_property
    def values(self) -> FloatArray:
        """Draws of the inputs, (input, draw), the same for every combination."""
        return self.study.drawn()[:, :DRAWS]

    @cached_property
    def floor(self) -> FloatArray:
        """Floor of the fund, (draw,)."""
        row = int(self.study.arrays[0].rows["fund.floor"])
        scale = self.study.arrays[0].scale.get("fund.floor", 1.0)
        result: FloatArray = self.values[row] * scale
        return result

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """Every combination in draws."""
        return tuple(
            Drawn.of(self.study.in_draws(case, self.values), self.floor) for case in range(len(self.study.cases))
        )

    def with_levers(self, case: int, setting: FloatArray) -> Drawn:
        """Return a combination in draws at a setting of the levers that a search moves."""
        levers = Levers.of({name: float(setting[i]) for i, name in enumerate(SEARCHED)})
        return Drawn.of(self.study.in_draws(case, self.values, levers), self.floor)

    @cached_property
    def base(self) -> FloatArray:
        """Impact and net result of every combination as the file has it, base estimate, (case, 2)."""
        found = [self.study.at_base(case) for case in range(len(self.study.cases))]
        return np.array([[float(impact_of(o)[0]), float(o.net[0].sum())] for o in found])

    def search(self, case: int) -> Search:
        """Return the frontier of impact against net result over the levers of a combination."""
        low, high = self.study.bounds(case)
        spread = self.study.uniform("event/search", len(SEARCHED), STARTS).T
        starts = np.concatenate([self.study.now(case)[None], low + spread * (high - low)])
        return epsilon_frontier(
            lambda settings: self.study.objectives(case, settings), low, high, starts=starts, levels=LEVELS,
            smallest=0.01, least_gain=1e-4,
        )  # fmt: skip

    def margins(self, case: int) -> FloatArray:
        """Return the change of impact and net result for one step of each lever at its present setting, (lever, 2).

        The area is moved down only: more than the exhibitors take changes nothing.
        """
        low, high = self.study.bounds(case)
        now = np.clip(self.study.now(case), low, high)
        high = high.copy()
        high[SEARCHED.index("area")] = now[SEARCHED.index("area")]
        steps = np.array([self.study.trade.steps[name] for name in SEARCHED])
        return marginal(lambda settings: self.study.objectives(case, settings), now, steps, low, high)

    def acceptability(self, cases: Mapping[str, int], weights: FloatArray | None = None) -> Acceptability:
        """Return SMAA-2 over the criteria for *cases* and for holding no event, which scores 0 and comes last.

        Parameters
        ----------
        cases : mapping of str to int
            Alternatives.
        weights : ndarray (criterion,), optional
            A profile; without one, weights are uniform over the simplex.
        """
        scores = [self.drawn[case].scores for case in cases.values()]
        scores.append(np.zeros_like(scores[0]))
        criteria, draws = scores[0].shape
        if weights is None:
            used = simplex(self.study.uniform("event/weights", criteria, draws))
        else:
            used = np.repeat(weights[:, None], draws, axis=1)
        return smaa(np.stack(scores), used)

    def break_evens(self, case: int) -> dict[str, BreakEven]:
        """Return where the net result of all editions crosses zero as each quantity is moved by itself."""
        found: dict[str, BreakEven] = {}
        for name in MOVED:
            span = self.study.trade.break_even[name].estimate
            now = 0.0 if name == "host_cash" else 1.0
            found[name] = break_even(self._net(case, name), span.low, span.high, now)
        return found

    def _net(self, case: int, name: str) -> Callable[[FloatArray], FloatArray]:
        def net(settings: FloatArray) -> FloatArray:
            outcome = self.study.at_base(case, Levers.of({name: settings}), len(settings))
            result: FloatArray = outcome.net[0].sum(axis=0)
            return result

        return net

    def sweep(self, case: int, name: str, settings: FloatArray) -> EventOutcome:
        """Return the base estimate of a combination at each setting of one lever."""
        return self.study.at_base(case, Levers.of({name: settings}), len(settings))
