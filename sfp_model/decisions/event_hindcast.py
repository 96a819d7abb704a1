"""What the parameters of the event would have forecast of past editions, and where the outcomes fell.

A check on the parameters, not a measure of coverage: the points are few, some are not counted alike, and several were
used to set a parameter, which each row says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sfp_model.inputs.event_plan import Edition, EventPlan
from sfp_model.inputs.hindcast import Forecast, Observation
from sfp_model.inputs.plan import Plan
from sfp_model.model import Arrays, draw
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.event import Case, EventArrays, compile_event, evaluate_event
from sfp_model.model.event_demand import growth
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.streams import BLOCK, quantiles, stream

__all__ = ["Hindcast", "hindcast", "used_for"]

# What a forecast rests on: addresses of values of the event file by their first part.
USED = {
    "host": ("event.demand.realisation.values.host",),
    "organiser": ("event.demand.realisation.values.organiser",),
    "before": ("event.demand.growth", "event.demand.saturation"),
    "onsite": ("event.existing.", "event.demand.", "event.exhibition.", "event.fees."),
    "persons": ("event.existing.", "event.demand.", "event.exhibition.", "event.fees.", "event.formats.remote"),
}
NOT_USED = (
    "event.demand.realisation",
    "event.demand.growth",
)  # by the first edition of the model, stated from outcomes


@dataclass(frozen=True, eq=False)
class Hindcast:
    """An observation against its forecast.

    Attributes
    ----------
    observation : Observation
    p10, p50, p90 : float or None
        Of the forecast; ``None`` where there is none.
    quantile : float or None
        Part of the forecast that lies below the outcome.
    in_sample : bool
        Whether a parameter of the forecast was set with this observation.
    """

    observation: Observation
    p10: float | None = None
    p50: float | None = None
    p90: float | None = None
    quantile: float | None = None
    in_sample: bool = False


def used_for(event: EventPlan, forecast: Forecast, concept: str) -> frozenset[str]:
    """Return the sources that the parameters of a forecast come from or rest on."""
    starts = USED[forecast.measure or forecast.origin]
    left_out = () if forecast.origin != "model" else NOT_USED[:1]
    found: set[str] = set()
    for path, value in event.values.items():
        other = path.partition(".values.")[2]
        of_another = other in event.concepts and other != concept
        if path.startswith(starts) and not path.startswith(left_out or ("-",)) and not of_another:
            found |= {value.source, *value.rests_on}
    return frozenset(found)


def hindcast(
    plan: Plan, arrays: Arrays, observations: Sequence[Observation], concept: str = "with_both"
) -> Iterator[Hindcast]:
    """Yield each observation with the distribution of its forecast.

    A forecast of a host or organiser (uniform in its range) is multiplied by the realisation rate; the edition before
    grows at the rate of the file, year by year; the event model answers for *concept* held for the first time in the
    first year asked for. Every forecast has one block of draws.

    Parameters
    ----------
    plan, arrays : Plan, Arrays
        Of the scenario; its event is taken with other years.
    observations : sequence of Observation
    concept : str
        Concept that the model answers for.
    """
    event = plan.event
    if not isinstance(event, EventPlan):
        return
    years = sorted({o.edition for o in observations if o.forecast is not None and o.forecast.origin == "model"})
    model = _Model.of(plan, arrays, event, concept, years)
    for observation in observations:
        forecast = observation.forecast
        if forecast is None:
            yield Hindcast(observation)
            continue
        draws = model.forecast(observation, forecast)
        p10, p50, p90 = (float(x) for x in np.quantile(draws, (0.1, 0.5, 0.9)))
        below = float(np.mean(draws < observation.outcome) + np.mean(draws == observation.outcome) / 2)
        known = used_for(event, forecast, concept)
        yield Hindcast(observation, p10, p50, p90, below, not known.isdisjoint(observation.sources))


@dataclass(frozen=True, eq=False)
class _Model:
    """Draws of the event's parameters, and the model's answer for a concept."""

    arrays: EventArrays
    values: FloatArray
    seed: int

    @staticmethod
    def of(plan: Plan, arrays: Arrays, event: EventPlan, concept: str, years: Iterable[int]) -> _Model:
        """Compile the event as if *concept* were held in *years*, and draw its inputs."""
        builder = PlanBuilder.of(plan)
        node = event.concepts[concept]
        editions = tuple(Edition(year, event.editions[0].month) for year in years) or event.editions
        past = replace(plan, event=replace(event, editions=editions))
        compiled = compile_event(past, builder, (Case(concept, node.format, node.place),))
        assert compiled is not None  # the plan has an event
        own = replace(arrays, inputs=builder.freeze())
        seed = plan.settings.seed
        return _Model(compiled, draw(own, quantiles(own, seed, 0)).array, seed)

    def forecast(self, observation: Observation, forecast: Forecast) -> FloatArray:
        """Return the draws of a forecast, (draw,)."""
        made: dict[str, Callable[[], FloatArray]] = {
            "before": lambda: self._before(observation.edition, forecast),
            "model": lambda: self._asked(observation.edition, forecast.measure),
        }
        return made.get(forecast.origin, lambda: self._announced(observation, forecast))()

    def _row(self, parameter: str, at: int | None = None) -> FloatArray:
        rows = self.arrays.rows[parameter]
        result: FloatArray = self.values[int(rows if at is None else rows[at])]
        return result

    def _announced(self, observation: Observation, forecast: Forecast) -> FloatArray:
        within = stream(self.seed, f"hindcast/{observation.event}/{forecast.origin}", 0).random(BLOCK)
        number = forecast.low + (forecast.high - forecast.low) * within
        result: FloatArray = number * self._row("demand.realisation", ("host", "organiser").index(forecast.origin))
        return result

    def _before(self, edition: int, forecast: Forecast) -> FloatArray:
        years = np.array([float(edition - forecast.year)])
        grown = growth(self._row("demand.growth") / 100, self._row("demand.saturation"), years)
        result: FloatArray = forecast.low * grown[0]
        return result

    def _asked(self, edition: int, measure: str) -> FloatArray:
        demand = evaluate_event(self.arrays, self.values).demand
        at = self.arrays.years.index(edition)
        if measure == "persons":
            persons: FloatArray = demand.persons[0, at]
            return persons
        own = demand.onsite[0, at] * demand.new[0]
        result: FloatArray = own + demand.existing.sum(axis=(0, 1))[0, at]
        return result
