"""Tables of funding: sources in order, the gap to illustrative ceilings, contributory units and classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.inputs.funding import FundingFrame, FundingSource, funding_of
from sfp_model.model.funding import Funded, Supply, fund, pair_up
from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_gains import gains as gain_rows

__all__ = ["CLASSES", "GAP", "REGULAR", "SOURCES", "UNITS", "Frame", "classes", "gap", "sources", "units"]

REGULAR = "regular_budget"
GAINS = "gains"  # the source that the gains of the scenario feed
MILLION = 1_000_000.0
SOURCES = columns(
    "order:- source title unit stated_chf:CHF support_share:- confidence evidence basis kind period available_chf:CHF "
    "drawn_chf:CHF support_cost_chf:CHF"
)
GAP = columns(
    "ceiling kind period additional_chf:CHF ceiling_chf:CHF regular_chf:CHF sources_chf:CHF gap_chf:CHF unused_chf:CHF "
    "to_raise_chf:CHF support_cost_chf:CHF timing_chf:CHF"
)
UNITS = columns(
    "measure period amount_chf:CHF/year units:unit share:- share_low:- share_high:- per_unit_chf:CHF/unit "
    "per_unit_low_chf:CHF/unit per_unit_high_chf:CHF/unit per_equivalent_chf:CHF/unit"
)
CLASSES = columns(
    "measure class units:unit amount_chf:CHF/year now_chf:CHF/year per_unit_chf:CHF/year per_unit_low_chf:CHF/year "
    "per_unit_high_chf:CHF/year per_equivalent_chf:CHF/year"
)


@dataclass(frozen=True, eq=False)
class Frame:
    """Needs, ceilings and sources of a scenario."""

    evaluation: Evaluation

    @cached_property
    def frame(self) -> FundingFrame:
        """Ceilings, sources, units and classes as the parameters state them."""
        return funding_of(self.evaluation.plan)

    @cached_property
    def years(self) -> tuple[str, ...]:
        """Years of the horizon."""
        return self.evaluation.periods[1:-1]

    @cached_property
    def biennia(self) -> tuple[str, ...]:
        """Biennia of the horizon."""
        return self.evaluation.arrays.periods.labels("biennium")[1:-1]

    @cached_property
    def need(self) -> FloatArray:
        """Additional need of the years of the horizon, nominal CHF."""
        result: FloatArray = self.evaluation.outcome.amounts((), "year", "additional", "nominal")[1][0, 1:-1, 0]
        return result

    @cached_property
    def gained(self) -> FloatArray:
        """Gains of the years that can leave a budget, nominal CHF; each counts once, in the year it is realised."""
        sums = dict.fromkeys(self.years, 0.0)
        for row in gain_rows(self.evaluation):
            sums[str(row["period"])] += float(row["cashable_nominal"])  # type: ignore[arg-type]
        return np.array(list(sums.values()))

    def supplies(self, years_per_period: FloatArray) -> list[Supply]:
        """Return what each source can give, by periods of so many years."""
        nothing = np.zeros(len(years_per_period))
        gained = self.gained if len(nothing) == len(self.years) else pair_up(self.gained)
        return [
            Supply(
                s.amount * years_per_period * s.yearly + (gained if s.id == GAINS else nothing),
                0.0 if s.yearly else s.amount,
                s.support,
            )
            for s in self.frame.sources
        ]

    def funded(self, kind: str, ceiling: str, need: FloatArray | None = None) -> tuple[FloatArray, Funded]:
        """Return the ceilings of the years or biennia and how their needs are met, or needs of shape (year, draw)."""
        need = self.need if need is None else need
        ones = np.ones(len(self.years))
        per = ones if kind == "year" else pair_up(ones)
        ceilings = per * self.frame.ceilings.get(ceiling, 0.0) / 2
        return ceilings, fund(need if kind == "year" else pair_up(need), ceilings, self.supplies(per))

    def periods(self, kind: str) -> tuple[str, ...]:
        """Return the names of the years or biennia."""
        return self.years if kind == "year" else self.biennia

    def number(self, key: str) -> tuple[float, float, float]:
        """Return low, mode and high of a number of the funding framework; nil where it is not declared."""
        value = self.frame.numbers.get(key)
        return (value.estimate.low, value.estimate.mode, value.estimate.high) if value else (0.0, 0.0, 0.0)

    def averages(self) -> dict[str, float]:
        """Return the need and the gap of an average year; the gap is that of the biennia."""
        years = len(self.years)
        return {
            "additional need": float(self.need.sum()) / years,
            "gap": float(self.funded("biennium", "centre")[1].gap.sum()) / years,
        }


def sources(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every source and period: what it can pay for and what is drawn, under the illustrative ceiling (centre)."""
    frame = Frame(evaluation)
    share = frame.frame.numbers.get("ceiling_share")
    regular = {
        "order": 0, "source": REGULAR, "title": "Regular budget within the illustrative ceiling",
        "unit": "CHF/biennium", "stated_chf": frame.frame.ceilings.get("centre", 0.0), "support_share": 0.0,
        "confidence": share.confidence if share else "", "evidence": "illustrative",
        "basis": share.basis if share else "no ceiling is declared",
    }  # fmt: skip
    for kind in ("year", "biennium"):
        ceilings, found = frame.funded(kind, "centre")
        for p, period in enumerate(frame.periods(kind)):
            yield {**regular, "kind": kind, "period": period, "available_chf": ceilings[p],
                   "drawn_chf": found.regular[p], "support_cost_chf": 0.0}  # fmt: skip
            for i, source in enumerate(frame.frame.sources):
                yield {**_described(i + 1, source, frame.gained), "kind": kind, "period": period,
                       "available_chf": found.available[i, p], "drawn_chf": found.drawn[i, p],
                       "support_cost_chf": found.support[i, p]}  # fmt: skip


def _described(order: int, source: FundingSource, gained: FloatArray) -> dict[str, object]:
    value = source.value
    estimated = source.id == GAINS and bool(gained.sum() > 0)
    keys = (value.source, *value.rests_on) if value.confidence != "E" else value.rests_on
    return {
        "order": order, "source": source.id, "title": source.title, "unit": value.unit, "stated_chf": source.amount,
        "support_share": source.support, "confidence": value.confidence,
        "evidence": "estimate of the scenario" if estimated else ";".join(keys) if source.evidenced else "none found",
        "basis": "Estimated in this scenario, not evidenced; see the table of gains" if estimated else value.basis,
    }  # fmt: skip


def gap(evaluation: Evaluation) -> Iterator[Row]:
    """Yield need, ceiling, sources and gap of each year, each biennium and the plan, for three illustrative ceilings.

    A biennium is tested by itself: what one of its years does not use, the other may. The plan is the sum of its
    biennia. ``timing_chf`` is what the gaps of the years exceed the gap of their biennium by; ``to_raise_chf`` what
    would have to be given for the gap to be closed by the first source with a support cost.
    """
    frame = Frame(evaluation)
    support = next((s.support for s in frame.frame.sources if s.support), 0.0)
    names = ("additional_chf", "ceiling_chf", "regular_chf", "sources_chf", "gap_chf", "unused_chf", "timing_chf")
    for level in frame.frame.ceilings or {"none": 0.0}:
        rows: dict[str, list[FloatArray]] = {}
        for kind in ("year", "biennium"):
            ceilings, found = frame.funded(kind, level)
            unused = ceilings - found.regular
            rows[kind] = [found.need, ceilings, found.regular, found.drawn.sum(axis=0), found.gap, unused]
            zero = np.zeros(len(found.gap))
            rows[kind].append(zero if kind == "year" else pair_up(rows["year"][4]) - found.gap)
        rows["plan"] = [values.sum(keepdims=True) for values in rows["biennium"]]
        for kind, values in rows.items():
            for p, period in enumerate(("plan",) if kind == "plan" else frame.periods(kind)):
                left = float(values[4][p])
                yield {
                    "ceiling": level, "kind": kind, "period": period,
                    **{name: value[p] for name, value in zip(names, values, strict=True)},
                    "to_raise_chf": left * (1 + support), "support_cost_chf": left * support,
                }  # fmt: skip


def units(evaluation: Evaluation) -> Iterator[Row]:
    """Yield need and gap a year in contributory units, as a share of the plan, and per unit of contribution.

    Per unit: spread over the units of Member States (range of their number), or over the unit-equivalents of all
    assessed contributions.
    """
    frame = Frame(evaluation)
    unit, plan = frame.number("contributory_unit")[1], frame.number("four_year_plan")
    count, equivalents = frame.number("contributory_units"), frame.number("unit_equivalents")[1]
    gaps = frame.funded("year", "centre")[1].gap
    rows = [("additional need", year, amount) for year, amount in zip(frame.years, frame.need, strict=True)]
    rows += [("gap", year, amount) for year, amount in zip(frame.years, gaps, strict=True)]
    rows += [(measure, "average year", amount) for measure, amount in frame.averages().items()]
    for measure, period, chf in rows:
        yield {
            "measure": measure, "period": period, "amount_chf": chf, "units": _ratio(chf, unit),
            "share": _ratio(chf, plan[1] / 4), "share_low": _ratio(chf, plan[2] / 4),
            "share_high": _ratio(chf, plan[0] / 4), "per_unit_chf": _ratio(chf, count[1]),
            "per_unit_low_chf": _ratio(chf, count[2]), "per_unit_high_chf": _ratio(chf, count[0]),
            "per_equivalent_chf": _ratio(chf, equivalents),
        }  # fmt: skip


def classes(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what CHF 1 million a year, the average need and the average gap mean for each class of contribution."""
    frame = Frame(evaluation)
    unit, count = frame.number("contributory_unit")[1], frame.number("contributory_units")
    equivalents = frame.number("unit_equivalents")[1]
    for measure, amount in {"CHF 1 million": MILLION, **frame.averages()}.items():
        for name, size in frame.frame.classes.items():
            yield {
                "measure": measure, "class": name, "units": size, "amount_chf": amount, "now_chf": size * unit,
                "per_unit_chf": _ratio(size * amount, count[1]), "per_unit_low_chf": _ratio(size * amount, count[2]),
                "per_unit_high_chf": _ratio(size * amount, count[0]),
                "per_equivalent_chf": _ratio(size * amount, equivalents),
            }  # fmt: skip


def _ratio(part: float, whole: float) -> float | None:
    return float(part) / whole if whole else None
