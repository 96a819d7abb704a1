"""Concepts and options across scenarios and draws: scores by criterion, dominance, and where criteria disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sfp_model.decisions.robustness import CRITERIA, Robustness, assess
from sfp_model.model.inputs import FloatArray
from sfp_model.results.store import ResultSet
from sfp_model.results.table import Row, Table, columns
from sfp_model.results.tables_information import NONE, PER_POINT
from sfp_model.uncertainty.between import standard_error

__all__ = ["robust_tables"]

SCORES = columns(
    "question per_point_chf:CHF alternative title criterion words score:- se:- unit best:bool dominated_first:bool "
    "dominated_second:bool"
)
CHOICES = columns(
    "question per_point_chf:CHF threshold_chf:CHF criterion words alternative title agreed:bool scenarios:- "
    "draws:- blocks:-"
)


def robust_tables(results: Sequence[ResultSet]) -> dict[str, Table]:
    """Return ``compare.robust`` (scores) and ``compare.robust_choices`` from the stored payoffs of each scenario.

    Draws of one number share their inputs across alternatives and scenarios. Only alternatives that every scenario
    has are compared; every scenario weighs the same. The threshold is 0 for a concept that holds an event (it pays for
    itself; no event has exactly 0 and is not asked), and the median over all alternatives, scenarios and draws for an
    option. Standard errors of scores from the spread between the independent blocks of the draws.
    """
    stored = [result.table("robust.payoffs") for result in results]
    found = list(_assessed(stored))
    return {
        "compare.robust": Table.of(SCORES, (row for case in found for row in _scores(*case))),
        "compare.robust_choices": Table.of(CHOICES, (row for case in found for row in _choices(*case))),
    }


_Case = tuple[str, float, float, dict[str, str], Robustness, dict[str, FloatArray], tuple[int, int, int]]


def _assessed(stored: Sequence[list[dict[str, Any]]]) -> Iterator[_Case]:
    questions = list(dict.fromkeys(str(row["question"]) for row in stored[0])) if stored else []
    for question in questions:
        by: list[dict[str, tuple[list[float], list[float]]]] = []
        titles: dict[str, str] = {}
        blocks = len({row["block"] for row in stored[0]})
        for rows in stored:
            mine: dict[str, tuple[list[float], list[float]]] = {}
            for row in rows:
                if row["question"] == question:
                    titles[row["alternative"]] = row["title"]
                    amounts, scores = mine.setdefault(row["alternative"], ([], []))
                    amounts.append(row["payoff_chf"])
                    scores.append(row["impact"] or 0.0)
            if mine:
                by.append(mine)
        names = [name for name in by[0] if all(name in mine for mine in by)]
        net = np.array([[mine[name][0] for mine in by] for name in names])
        impact = np.array([[mine[name][1] for mine in by] for name in names])
        for per_point in PER_POINT if question == "concept" else (0.0,):
            paid = net + per_point * impact
            limit = 0.0 if question == "concept" else float(np.median(paid))
            size = (paid.shape[1], paid.shape[2], blocks)
            apart = (NONE,) if question == "concept" else ()
            own = [assess(names, part, limit, apart).scores for part in np.split(paid, blocks, axis=2)]
            errors = {key: standard_error([scores[key] for scores in own]) for key in own[0]}
            yield question, per_point, limit, titles, assess(names, paid, limit, apart), errors, size


def _words(question: str, criterion: str) -> str:
    """Say a criterion; of concepts, those that hold an event are asked whether they pay for themselves."""
    own = criterion == "satisficing" and question == "concept"
    return "pays for itself most often, of the events held" if own else CRITERIA[criterion]


def _scores(
    question: str, per_point: float, limit: float, titles: dict[str, str], found: Robustness,
    errors: dict[str, FloatArray], size: tuple[int, int, int],
) -> Iterator[Row]:  # fmt: skip
    for criterion in found.best:
        words = _words(question, criterion)
        for i, name in enumerate(found.names):
            yield {
                "question": question, "per_point_chf": per_point, "alternative": name, "title": titles[name],
                "criterion": criterion, "words": words, "score": found.scores[criterion][i],
                "se": errors[criterion][i],
                "unit": "share" if criterion == "satisficing" else "CHF", "best": found.best[criterion] == name,
                "dominated_first": found.first[:, i].any(), "dominated_second": found.second[:, i].any(),
            }  # fmt: skip


def _choices(
    question: str, per_point: float, limit: float, titles: dict[str, str], found: Robustness,
    errors: dict[str, FloatArray], size: tuple[int, int, int],
) -> Iterator[Row]:  # fmt: skip
    for criterion, best in found.best.items():
        yield {
            "question": question, "per_point_chf": per_point, "threshold_chf": limit, "criterion": criterion,
            "words": _words(question, criterion), "alternative": best, "title": titles[best],
            "agreed": found.agreed, "scenarios": size[0], "draws": size[1],
            "blocks": size[2],
        }  # fmt: skip
