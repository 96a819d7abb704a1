"""The series that the tables of ranges describe: amounts by every breakdown of the pages, by year, biennium, in all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sfp_model.model import Outcome
from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_implications import decided_by

__all__ = ["FULL_YEAR", "Cut", "RangeSeries"]

FULL_YEAR = "full year"
Kind = Literal["additional", "absorbed", "full"]
_FUNDING: tuple[Kind, ...] = ("additional", "absorbed")


@dataclass(frozen=True, slots=True)
class Cut:
    """One row of a breakdown: what it is called, and the lines that it adds up."""

    breakdown: str
    programme: str
    initiative: str
    part: str
    rows: tuple[int, ...]
    shares: tuple[float, ...]
    yearly: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Cuts of one funding mode on one measure; *measure* is a price basis or ``months``."""

    funding: Kind
    measure: str
    lines: tuple[int, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, eq=False)
class RangeSeries:
    """Which series there are, and how they are made from an outcome.

    Additional need: every breakdown in constant prices, down to lines; programmes, initiatives and decisions also in
    nominal ones. Absorbed time: person-months by programme, initiative and year; CHF in all years by those, by
    decision, recurrence and confidence code. A full year after the horizon: both by initiative.
    """

    evaluation: Evaluation

    def _rows(self, funding: str, measure: str) -> list[int]:
        """Return what amounts are added up from: the lines of a funding mode; for months, one line per action."""
        facts = self.evaluation.facts
        mine = [i for i, f in enumerate(facts) if f.funding == funding]
        if measure != "months":
            return mine
        return list({facts[i].action: i for i in reversed(mine)}.values())[::-1]

    def _group(self, funding: Kind, measure: str, wanted: dict[str, bool]) -> Group:
        """Return the rows of the breakdowns *wanted*, each by year or not."""
        facts, lines = self.evaluation.facts, self._rows(funding, measure)
        decided, sectors = decided_by(self.evaluation), self.evaluation.arrays.names["sector"]
        by_sector = self.evaluation.arrays.lines.sectors
        found: dict[tuple[str, str, str, str], list[tuple[int, float]]] = {}
        for place, i in enumerate(lines):
            f = facts[i]
            names = {
                "total": ("", "", ""), "programme": (f.programme, "", ""),
                "initiative": (f.programme, f.initiative, ""),
                "category": ("", "", f.category), "confidence": ("", "", f.confidence),
                "programme_category": (f.programme, "", f.category),
                "initiative_category": (f.programme, f.initiative, f.category),
                "programme_recurrence": (f.programme, "", f.recurrence), "recurrence": ("", "", f.recurrence),
                "initiative_recurrence": (f.programme, f.initiative, f.recurrence),
                "decision": ("", "", decided[i]), "decision_recurrence": ("", "", f"{decided[i]}|{f.recurrence}"),
                "activity": (f.programme, f.initiative, f.activity), "line": (f.programme, f.initiative, f.line),
            }  # fmt: skip
            if "programmes" in wanted:
                for run in self._runs:
                    if f.programme in run:
                        joined = "|".join(run)
                        found.setdefault(("programmes", "", "", joined), []).append((place, 1.0))
                        if "programmes_recurrence" in wanted:
                            recurs = ("programmes_recurrence", "", "", f"{joined}|{f.recurrence}")
                            found.setdefault(recurs, []).append((place, 1.0))
            for breakdown in wanted:
                if breakdown in names:
                    found.setdefault((breakdown, *names[breakdown]), []).append((place, 1.0))
            for s in np.flatnonzero(by_sector[i]).tolist():
                share = (place, float(by_sector[i, s]))
                for breakdown, key in (("sector", ("", "", sectors[s])),
                                       ("programme_sector", (f.programme, "", sectors[s]))):  # fmt: skip
                    if breakdown in wanted:
                        found.setdefault((breakdown, *key), []).append(share)
        cuts = tuple(
            Cut(*key, tuple(row for row, _ in parts), tuple(share for _, share in parts), wanted[key[0]])
            for key, parts in found.items()
        )
        ordered = sorted(cuts, key=lambda cut: (not cut.yearly, cut.breakdown == "line"))  # as the series are stacked
        return Group(funding, measure, tuple(lines), tuple(ordered))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups of series, in the order in which they are stacked."""
        yearly = ("total", "programme", "initiative", "category", "programme_category", "initiative_category", "sector",
                  "programme_sector", "recurrence", "programme_recurrence", "programmes", "decision")  # fmt: skip
        money = dict.fromkeys(yearly, True) | dict.fromkeys(
            ("initiative_recurrence", "programmes_recurrence", "decision_recurrence", "confidence", "activity",
             "line"), False)  # fmt: skip
        few = dict.fromkeys(("total", "programme", "programmes", "initiative", "decision"), True)
        time = dict.fromkeys(
            (*few, "recurrence", "initiative_recurrence", "programme_recurrence", "programmes_recurrence",
             "confidence"), False)  # fmt: skip
        return (
            self._group("additional", "constant", money), self._group("additional", "nominal", few),
            self._group("absorbed", "constant", time),
            self._group("absorbed", "months",
                        dict.fromkeys(("total", "programme", "programmes", "initiative", "decision"), True)),
        )  # fmt: skip

    @cached_property
    def _runs(self) -> list[tuple[str, ...]]:
        """Programmes that follow each other in the plan and may share a page, neither one alone nor all."""
        every = tuple(self.evaluation.plan.programmes)
        return [every[i:j] for i in range(len(every)) for j in range(i + 2, len(every) + 1) if j - i < len(every)]

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Periods of a cut by year: memo, years, after, biennia, and all years of the horizon."""
        years = self.evaluation.periods
        inner = years[1:-1]
        pairs = tuple(f"{inner[k]}-{inner[min(k + 1, len(inner) - 1)][-2:]}" for k in range(0, len(inner), 2))
        return (*years, *pairs, "all")

    @cached_property
    def _governed(self) -> dict[str, set[str]]:
        """Actions by the decision that governs them."""
        found: dict[str, set[str]] = {}
        for facts, decision in zip(self.evaluation.facts, decided_by(self.evaluation), strict=True):
            found.setdefault(decision, set()).add(facts.action)
        return found

    @cached_property
    def _after(self) -> tuple[tuple[str, str, str, str], ...]:
        """What recurs in a full year after the horizon: breakdown, programme, initiative and part of each row."""
        names = sorted({(f.programme, f.initiative) for f in self.evaluation.facts})
        return (
            *(("initiative", programme, initiative, "") for programme, initiative in names),
            *(("programme", programme, "", "") for programme in dict.fromkeys(p for p, _ in names)),
            *(("programmes", "", "", "|".join(run)) for run in self._runs),
            *(("decision", "", "", decision) for decision in self._governed), ("total", "", "", ""),
        )  # fmt: skip

    @cached_property
    def names(self) -> tuple[tuple[Kind, str, Cut, str], ...]:
        """Funding mode, measure, cut and period of each series in order."""
        made: list[tuple[Kind, str, Cut, str]] = [
            (group.funding, group.measure, cut, period)
            for group in self.groups
            for cut in group.cuts
            for period in (self.periods if cut.yearly else ("all",))
        ]
        made += [("full", "constant", Cut("decision", "", "", key, (), (), False), "all") for key in self._governed]
        made.append(("full", "constant", Cut("total", "", "", "", (), (), False), "all"))
        for funding in _FUNDING:
            for name in self._after:
                made.append((funding, "constant", Cut(*name, (), (), False), FULL_YEAR))
        return tuple(made)

    @cached_property
    def kept(self) -> list[int]:
        """Places of the series by which scenarios are compared: the plan and its initiatives in all years."""
        return [
            i
            for i, (funding, measure, cut, period) in enumerate(self.names)
            if cut.breakdown in ("total", "initiative") and period == "all"
            and (funding == "additional" or measure == "months")
        ]  # fmt: skip

    def __call__(self, outcome: Outcome) -> FloatArray:
        """Return the series of a block, shape (series, draw)."""
        out, at, periods = np.empty((len(self.names), outcome.draws)), 0, len(self.periods)
        for group, (yearly, whole) in zip(self.groups, self._sums, strict=True):
            fine = self._by_line(outcome, group, "year" if len(yearly) else "biennium")
            if len(yearly):
                found = out[at : at + len(yearly) * periods].reshape(len(yearly), periods, -1)
                by_year = (yearly @ fine.reshape(len(fine), -1)).reshape(len(yearly), -1, outcome.draws)
                count = by_year.shape[1]
                found[:, :count] = by_year
                for pair, first in enumerate(range(1, count - 1, 2)):
                    np.sum(by_year[:, first : min(first + 2, count - 1)], axis=1, out=found[:, count + pair])
                np.sum(by_year[:, 1:-1], axis=1, out=found[:, -1])
                at += len(yearly) * periods
            inside = fine[:, 1:-1].sum(axis=1)
            np.matmul(whole, inside, out=out[at : at + len(whole)])
            at += len(whole)
            single = [cut.rows[0] for cut in group.cuts if cut.breakdown == "line"]
            out[at : at + len(single)] = inside[single]
            at += len(single)
        labels, found = outcome.amounts(("action",), "biennium", "full")
        inside = found[:, 1:-1].sum(axis=1)
        for actions in self._governed.values():
            out[at] = inside[[name in actions for (name,) in labels]].sum(axis=0)
            at += 1
        out[at] = inside.sum(axis=0)
        at += 1
        for funding in _FUNDING:
            found = self._full_year(outcome, funding)
            out[at : at + len(found)] = found
            at += len(found)
        return out

    @cached_property
    def _sums(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Return, for each group, what adds up its lines to the cuts by year and to the others: (cut, line)."""
        made = []
        for group in self.groups:
            pair = []
            for yearly in (True, False):
                cuts = [cut for cut in group.cuts if cut.yearly == yearly and cut.breakdown != "line"]
                matrix = np.zeros((len(cuts), len(group.lines)))
                for row, cut in zip(matrix, cuts, strict=True):
                    row[list(cut.rows)] = cut.shares
                pair.append(matrix)
            made.append((pair[0], pair[1]))
        return tuple(made)

    def _by_line(self, outcome: Outcome, group: Group, time: str) -> FloatArray:
        """Return the amounts that a group adds up, shape (line, period, draw)."""
        facts = [self.evaluation.facts[i] for i in group.lines]
        if group.measure == "months":
            labels, found = outcome.person_months(("action", "funding"), time)
            return found[[labels.index((f.action, group.funding)) for f in facts]]
        labels, found = outcome.amounts(("line",), time, group.funding, group.measure)  # type: ignore[arg-type]
        return found[[labels.index((f.line,)) for f in facts]] if labels != tuple((f.line,) for f in facts) else found

    def _full_year(self, outcome: Outcome, funding: Kind) -> FloatArray:
        labels, found = outcome.full_year(("programme", "initiative", "action"), funding)
        out = np.zeros((len(self._after), outcome.draws))
        for row, (breakdown, programme, initiative, part) in zip(out, self._after, strict=True):
            for (p, i, action), amounts in zip(labels, found, strict=True):
                if breakdown == "decision":
                    mine = action in self._governed[part]
                else:
                    mine = (programme or p, initiative or i) == (p, i) and (not part or p in part.split("|"))
                if mine:
                    row += amounts
        return out
