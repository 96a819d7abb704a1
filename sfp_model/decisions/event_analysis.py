"""What the trade-off of the event asks of its combinations: draws, frontiers, acceptability, break-even, sweeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from sfp_model.decisions.breakeven import BreakEven, break_even
from sfp_model.decisions.event_admissible import Admission, admission
from sfp_model.decisions.event_study import Study, impact_of
from sfp_model.decisions.frontier import Search, epsilon_frontier, non_dominated, stepped
from sfp_model.decisions.smaa import Acceptability, simplex, smaa
from sfp_model.inputs.tradeoff_plan import MOVED, SEARCHED
from sfp_model.model.event import EventOutcome
from sfp_model.model.event_levers import Levers
from sfp_model.model.inputs import FloatArray

__all__ = ["BLOCKS", "DRAWS", "LEVELS", "WHOLE", "Analysis", "Drawn"]

DRAWS = 8192  # the least sure percentile of a net result is then known to about CHF 50,000
BLOCKS = 16  # independent Latin hypercubes: the spread between them gives the standard errors
LEVELS = 6  # points on the frontier of one combination
STARTS = 31
WHOLE = ("fellowships", "days")  # levers that are counted


@dataclass(frozen=True, eq=False)
class Drawn:
    """A combination in draws; sums over the editions, (draw,) unless said; CHF at base-year prices.

    ``ldc`` counts delegates on site and remote beyond those reached without an event. ``scores`` is (criterion, draw),
    ``ratios`` (sense, draw); ``required`` is the opening fund balance that would have made a subsidy unnecessary
    (``event_money.opening_required``).
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
    def of(outcome: EventOutcome, ldc_before: FloatArray) -> Drawn:
        """Reduce an outcome with one case; the LDC delegates reached without an event are taken off."""
        ldc = outcome.impact.ldc_delegates[0].sum(axis=0) - ldc_before
        return Drawn(
            net=outcome.net[0].sum(axis=0),
            subsidy=outcome.subsidy[0].sum(axis=0),
            fund_draw=outcome.money.fund_draw[0].sum(axis=0),
            required=outcome.money.opening_required[0],
            impact=impact_of(outcome),
            scores=outcome.impact.scores[:, 0],
            ratios=np.stack([ratio[0] for ratio in outcome.ratios]),
            ldc=ldc,
        )


@dataclass(frozen=True, eq=False)
class Analysis:
    """All answers for one study; each is worked out when it is first asked for.

    ``searched`` keeps the searches of the levers by case: studies that differ in the chosen concept only share them.
    """

    study: Study
    searched: dict[int, Search] = field(default_factory=dict)

    @cached_property
    def values(self) -> FloatArray:
        """Draws of the inputs, (input, draw), the same for every combination."""
        return np.concatenate([self.study.drawn(block, DRAWS // BLOCKS) for block in range(BLOCKS)], axis=1)

    @cached_property
    def before(self) -> FloatArray:
        """LDC delegates reached without an event, (draw,)."""
        return self.study.ldc_before(self.values)

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """Every combination in draws."""
        return tuple(
            Drawn.of(self.study.in_draws(case, self.values), self.before) for case in range(len(self.study.cases))
        )

    @cached_property
    def admissions(self) -> tuple[Admission, ...]:
        """Whether every combination may be chosen; the levers of a search change nothing of it."""
        return tuple(admission(self.study, case, self.values) for case in range(len(self.study.cases)))

    @cached_property
    def admitted(self) -> Mapping[str, int]:
        """Case of each concept, in its own format and place, that fulfils the constraints surely enough."""
        return {key: case for key, case in self.study.concepts.items() if self.admissions[case].admitted}

    def with_levers(self, case: int, setting: FloatArray) -> Drawn:
        """Return a combination in draws at a setting of the levers that a search moves."""
        levers = Levers.of({name: float(setting[i]) for i, name in enumerate(SEARCHED)})
        return Drawn.of(self.study.in_draws(case, self.values, levers), self.before)

    @cached_property
    def base(self) -> FloatArray:
        """Impact and net result of every combination as the file has it, base estimate, (case, 2)."""
        found = [self.study.at_base(case) for case in range(len(self.study.cases))]
        return np.array([[float(impact_of(o)[0]), float(o.net[0].sum())] for o in found])

    def search(self, case: int) -> Search:
        """Return the frontier of impact against net result over the levers of a combination."""
        if case not in self.searched:
            self.searched[case] = self._search(case)
        return self.searched[case]

    def _search(self, case: int) -> Search:
        low, high = self.study.bounds(case)
        spread = self.study.uniform("event/search", len(SEARCHED), STARTS).T
        starts = np.concatenate([self.study.now(case)[None], low + spread * (high - low)])
        found = epsilon_frontier(
            lambda settings: self.study.objectives(case, settings), low, high, starts=starts, levels=LEVELS,
            smallest=0.01, least_gain=1e-4,
        )  # fmt: skip
        return self._whole(case, found, low, high)

    def _whole(self, case: int, found: Search, low: FloatArray, high: FloatArray) -> Search:
        """Return *found* with fellowships and days as whole numbers: of the neighbours the best that costs no more."""
        at = [SEARCHED.index(name) for name in WHOLE]
        settings, values = [], []
        for setting, target in zip(found.levers, found.values, strict=True):
            near = np.repeat(setting[None], 4, axis=0)
            near[:, at] = np.array(list(product(*([np.floor(x), np.ceil(x)] for x in setting[at]))))
            near = near[((near >= low) & (near <= high)).all(axis=1)]
            if not len(near):
                continue
            reached = self.study.objectives(case, near)
            kept = reached[:, 1] >= target[1] - 1e-6
            best = int(np.argmax(np.where(kept, reached[:, 0], -np.inf))) if kept.any() else int(reached[:, 1].argmax())
            settings.append(near[best])
            values.append(reached[best])
        levers, reached = np.array(settings), np.array(values)
        keep = np.flatnonzero(non_dominated(reached))
        keep = keep[np.argsort(reached[keep, 0], kind="stable")]
        return Search(levers[keep], reached[keep], found.evaluations + 4 * len(found.levers))

    def margins(self, case: int) -> FloatArray:
        """Return the change of impact and net result for a step of each lever up and one down, (2, lever, 2).

        Steps end at the bounds; nan where a lever cannot move. The area is moved down only: more than the exhibitors
        take changes nothing.
        """
        low, high = self.study.bounds(case)
        now = np.clip(self.study.now(case), low, high)
        high = high.copy()
        high[SEARCHED.index("area")] = now[SEARCHED.index("area")]
        steps = np.array([self.study.trade.steps[name] for name in SEARCHED])
        return stepped(lambda settings: self.study.objectives(case, settings), now, steps, low, high)

    def acceptability(self, cases: Mapping[str, int], weights: FloatArray | None = None) -> Acceptability:
        """Return SMAA-2 over the criteria for *cases* and for holding no event, which scores 0 and comes last.

        A case takes no rank in the draws in which it breaks a constraint; holding no event breaks none.

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
        allowed = np.stack([*(self.admissions[case].allowed for case in cases.values()), np.ones(draws, dtype=bool)])
        return smaa(np.stack(scores), used, BLOCKS, allowed)

    def surety(self, case: int, name: str, point: float) -> float:
        """Return the share of the draws whose net result is not below nil at *point* of a quantity."""
        found = self.study.in_draws(case, self.values, Levers.of({name: point}))
        return float((found.net[0].sum(axis=0) >= 0).mean())

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
