"""The sheets of the workbook with the ranges of amounts and of differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfp_model.report.views import wording

if TYPE_CHECKING:
    from sfp_model.results import ResultSet

__all__ = ["SHEETS", "difference_rows", "range_rows"]

SHEETS = (
    (
        "Ranges",
        "P10 and P90 of every amount by breakdown and year, with the place of the base estimate among the draws",
    ),
    ("Differences", "Ranges of what other options, deferrals, starts and paces change, draw by draw"),
)
_MEASURES = {"constant": "constant prices", "nominal": "nominal", "months": "person-months"}
_FUNDING = {"additional": "Additional need", "absorbed": "Absorbed time (memo)", "full": "Full cost"}
_PERIODS = {"all": "all years", "every": "all years, before and after"}
_QUESTIONS = {
    "option": "Other option", "deferral": "Deferral, recurrent work kept on as long", "deferred": "Deferral as it is",
    "pace": "Other start or pace: difference", "paced": "Other start or pace: amount",
}  # fmt: skip


def range_rows(results: ResultSet) -> list[dict[str, Any]]:
    """Return the stored ranges in words."""
    return [
        {
            "by": wording(row["breakdown"]), "programme": row["programme"], "initiative": row["initiative"],
            "part": row["part"].replace("|", ", "), "what": _FUNDING[row["funding"]],
            "measure": _MEASURES[row["measure"]], "period": _PERIODS.get(row["period"], row["period"]),
            "range_base": row["base"], "range_at": row["base_at"], "range_p10": row["p10"], "range_p90": row["p90"],
            "range_se_p10": row["se_p10"], "range_se_p90": row["se_p90"],
        }
        for row in results.table("simulation.ranges")
    ]  # fmt: skip


def difference_rows(results: ResultSet) -> list[dict[str, Any]]:
    """Return the stored ranges of differences in words."""
    return [
        {
            "question": _QUESTIONS[row["question"]], "decision": row["decision"], "option": row["option"],
            "later": row["months"], "pace": row["stretch"], "what": _FUNDING[row["funding"]],
            "measure": _MEASURES[row["measure"]], "period": _PERIODS.get(row["period"], row["period"]),
            "range_base": row["base_chf"], "range_p10": row["p10_chf"], "range_p90": row["p90_chf"],
            "range_se_p10": row["se_p10_chf"], "range_se_p90": row["se_p90_chf"],
        }
        for row in results.table("simulation.differences")
    ]  # fmt: skip
