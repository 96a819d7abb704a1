"""Tables of the event's what-ifs: sponsorship under caps, candidate months, cancelled editions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from sfp_model.decisions.event_analysis import Analysis
from sfp_model.decisions.event_calendar import conflicts
from sfp_model.decisions.event_study import impact_of
from sfp_model.inputs.tradeoff_plan import MONTHS
from sfp_model.model.event_levers import Levers
from sfp_model.results.table import Row

__all__ = ["WHAT_IF_ROWS"]

CAPS = 11  # settings of the cap on sponsorship, from none to the end of its range
UNCAPPED = 1.0  # sponsors pay at most the whole cash cost


def _sponsorship(analysis: Analysis) -> Iterator[Row]:
    """Yield each concept at caps on the sponsored share, from no sponsor to the end of the range, base estimate.

    ``wanted_share`` is what sponsors offer by the cash cost, in the edition where that is largest: a cap
    binds below it.
    """
    study = analysis.study
    now = study.event.value("sponsorship.cap").estimate.mode
    caps = np.unique(np.append(np.linspace(0, study.trade.levers["sponsorship_cap"].estimate.high, CAPS), now))
    for concept, case in study.concepts.items():
        found = analysis.sweep(case, "sponsorship_cap", caps)
        line = found.arrays.revenue_ids.index("sponsorship")
        free = analysis.sweep(case, "sponsorship_cap", np.array([UNCAPPED]))
        offered, cost = free.money.revenue_lines[line, 0, :, 0], free.cost[0, :, 0]
        wanted = float(np.divide(offered, cost, out=np.zeros_like(cost), where=cost > 0).max())
        for at, cap in enumerate(caps):
            yield {
                "concept": concept, "title": study.title(case), "cap": cap,
                "sponsorship_chf": found.money.revenue_lines[line, 0, :, at].sum(),
                "net_chf": found.net[0, :, at].sum(), "subsidy_chf": found.subsidy[0, :, at].sum(),
                "impact": found.impact.scores[:, 0, at].mean(), "wanted_share": wanted,
                "now": cap == now,
            }  # fmt: skip


def _calendar(analysis: Analysis) -> Iterator[Row]:
    """Yield the twelve months for each concept; delegates and net result as the events met in the month make them."""
    study = analysis.study
    years = [edition.year for edition in study.event.editions]
    declared = study.event.editions[0].month
    crowding = study.event.value("demand.crowding").estimate.mode
    most = study.event.value("constraints.most_conflict").estimate.mode
    for concept, case in study.concepts.items():
        months = conflicts(study.trade, years, study.event.concepts[concept].joined, crowding)
        met = np.array([month.met for month in months])
        found = analysis.sweep(case, "conflict", met - met[declared - 1])
        for at, month in enumerate(months):
            named = [study.trade.events[key].title for key, chance in month.events if chance >= 0.1]
            yield {
                "concept": concept, "title": study.title(case), "month": month.month,
                "month_name": MONTHS[at].capitalize(), "index": month.index, "met": month.met, "lost": month.lost,
                "taken": month.taken, "delegates": found.demand.onsite[0, :, at].sum(),
                "net_chf": found.net[0, :, at].sum(), "admissible": month.index <= most,
                "events": "; ".join(named), "now": month.month == declared,
            }  # fmt: skip


def _cancelled(analysis: Analysis) -> Iterator[Row]:
    """Yield what each edition of each concept loses when it is cancelled, or forced on line, base estimate."""
    study = analysis.study
    chances = {key: study.event.value(f"risk.{key}").estimate.mode for key in ("cancelled", "forced_virtual")}
    for concept, case in study.concepts.items():
        planned = study.at_base(case)
        for edition in study.event.editions:
            for what, chance in chances.items():
                levers = Levers(**{what: (edition.year,)})  # type: ignore[arg-type]
                found = study.at_base(case, levers)
                ldc = [o.impact.ldc_delegates.sum() for o in (planned, found)]
                yield {
                    "concept": concept, "title": study.title(case), "edition": str(edition.year), "what": what,
                    "chance": chance, "planned_net_chf": planned.net.sum(), "net_chf": found.net.sum(),
                    "diff_net_chf": found.net.sum() - planned.net.sum(),
                    "diff_subsidy_chf": found.subsidy.sum() - planned.subsidy.sum(),
                    "diff_impact": float(impact_of(found)[0] - impact_of(planned)[0]),
                    "diff_ldc_delegates": ldc[1] - ldc[0],
                }  # fmt: skip


def _calendar_events(analysis: Analysis) -> Iterator[Row]:
    for event in analysis.study.trade.events.values():
        for number, name in enumerate(MONTHS, 1):
            if name in event.months:
                value = event.months[name]
                yield {
                    "event": event.id, "title": event.title, "binding": event.binding,
                    "years": ", ".join(map(str, event.years)), "month": str(number), "month_name": name.capitalize(),
                    "share": value.estimate.mode, "shared": event.shared.estimate.mode,
                    "confidence": value.confidence, "source": value.source, "basis": value.basis,
                }  # fmt: skip


WHAT_IF_ROWS: Mapping[str, Callable[[Analysis], Iterator[Row]]] = {
    "event.sponsorship": _sponsorship, "event.calendar": _calendar, "event.cancelled": _cancelled,
    "event.calendar_events": _calendar_events,
}  # fmt: skip
