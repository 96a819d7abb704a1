"""The table of boxes: which combinations of causes lead to a broken ceiling or a large subsidy, said in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.ceiling_plan import windows
from sfp_model.decisions.ceiling_problem import Window
from sfp_model.decisions.discovery import Split, discover
from sfp_model.inputs.funding import funding_of
from sfp_model.model.inputs import FloatArray
from sfp_model.results.causes import BLOCKS, Study
from sfp_model.results.table import Row, columns
from sfp_model.results.words_inputs import limit_words

__all__ = ["DISCOVERY", "boxes"]

SPLIT = Split(grow=8, test=6, state=BLOCKS - 14)
SCREENED = 12
LEAST, MOST = 0.02, 0.98
DISCOVERY = columns(
    "case title threshold_chf:CHF share:- se_share:- box:- coverage:- se_coverage:- density:- se_density:- "
    "box_share:- words inputs:- draws:-"
)


@dataclass(frozen=True, eq=False)
class _Case:
    """An outcome: where it occurs among the draws, and how far each input alone moves the amount behind it."""

    name: str
    happens: str
    otherwise: str
    threshold: float
    occurs: npt.NDArray[np.bool_]
    swing: FloatArray


def _broken(study: Study, window: Window, name: str = "") -> _Case:
    """Return the case that a ceiling is broken: the illustrative one of *name*, else one that was asked for."""
    moved, years = study.one_by_one, list(window.years)
    low, high = moved.years[years].sum(axis=0)
    swing = np.abs(high - low)
    if study.base_subsidy == 0 and np.ptp(study.blocks.subsidy) > 0:  # the base estimate is where it moves nothing
        swing = np.maximum(swing, np.abs(moved.net[1] - moved.net[0]))
    span = window.name.replace("-", "–")
    title = f"The {name} ceiling of {span} is" if name else f"The ceiling of {_chf(window.limit)} in {span} is"
    broken = study.blocks.years[years].sum(axis=0) > window.limit + 0.01
    return _Case(
        " ".join(x for x in ("ceiling", name, window.name) if x),
        f"{title} broken",
        f"{title} kept",
        window.limit,
        broken,
        swing,
    )


def _cases(study: Study, ceilings: Sequence[Window] | None, above: float | None) -> Iterator[_Case]:
    """Yield the outcomes; by default ceilings of a biennium that some draws break, and a subsidy above its P80."""
    plan, subsidy, moved = study.evaluation.plan, study.blocks.subsidy, study.one_by_one
    if ceilings is not None:
        yield from (_broken(study, window) for window in ceilings)
    elif above is None:
        for name, amount in funding_of(plan).ceilings.items():
            found = [_broken(study, window, name) for window in windows(plan, None, amount)]
            yield from (case for case in found if LEAST <= case.occurs.mean() <= MOST)
    if above is None and (ceilings is not None or np.ptp(subsidy) == 0):
        return
    limit = float(np.quantile(subsidy, 0.8)) if above is None else above
    large = subsidy > limit
    if above is not None or large.mean() >= LEAST:
        words = "its P80" if above is None else _chf(above)
        title = "The subsidy to the event is"
        swing = np.abs(moved.net[1] - moved.net[0])
        yield _Case("subsidy", f"{title} above {words}", f"{title} at most {words}", limit, large, swing)


def _chf(amount: float) -> str:
    return f"CHF\u00a0{amount:,.0f}".replace(",", "\u00a0")


def boxes(study: Study, ceilings: Sequence[Window] | None = None, above: float | None = None) -> Iterator[Row]:
    """Yield for each outcome the boxes in which it is frequent, best first; one row without box where there is none.

    An outcome that occurs in more than half of the draws is turned round: what lets the ceiling be kept?

    Parameters
    ----------
    study : Study
    ceilings : sequence of Window, optional
        In place of the illustrative ceilings of each biennium.
    above : float, optional
        Threshold of the subsidy, constant CHF, in place of its P80.
    """
    if np.ptp(study.blocks.years) == 0:
        return
    for case in _cases(study, ceilings, above):
        rare = case.occurs.mean() <= 0.5
        interest = case.occurs if rare else ~case.occurs
        head = {
            "case": case.name, "title": case.happens if rare else case.otherwise, "threshold_chf": case.threshold,
            "share": interest.mean(), "draws": interest.size * SPLIT.state // SPLIT.blocks,
        }  # fmt: skip
        keys, causes = _causes(study, case.swing)
        found = discover(keys, causes, interest, SPLIT) if interest.mean() >= LEAST else []
        if not found:
            yield head
        for number, box in enumerate(found, start=1):
            words = " and ".join(
                limit_words(study.evaluation.plan, study.arrays.inputs, limit.name, limit.low, limit.high,
                            limit.low_at, limit.high_at) for limit in box.limits
            )  # fmt: skip
            yield head | {
                "share": box.overall, "se_share": box.overall_error, "box": number, "coverage": box.coverage,
                "se_coverage": box.coverage_error, "density": box.density, "se_density": box.density_error,
                "box_share": box.share, "words": words, "inputs": len(box.limits),
            }  # fmt: skip


def _causes(study: Study, swing: FloatArray) -> tuple[list[str], FloatArray]:
    """Return what may be a cause: latent factors of what can move the amount, and the inputs that move it most alone.

    An input that cannot move the amount is none, however well it goes with the outcome because it shares a factor with
    those that can. A factor is offered if an input that can loads on it: of the plan, of initiatives, of what a concept
    attracts. Drivers stand among the inputs, by their value.
    """
    moved, coupling = study.one_by_one, study.frozen.coupling
    able = np.flatnonzero(swing > 0.005)
    rows = [row for k in able for row in moved.rows[k]]
    loaded = {int(i) for i in coupling.index[rows].ravel() if i >= 0}
    plan = study.evaluation.plan
    factors = [
        i for i in sorted(loaded)
        if (kind := coupling.factors[i].partition("/"))[0] in ("plan", "initiative")
        or (kind[0] == "action" and kind[2] not in plan.actions)
    ]  # fmt: skip
    strongest = able[np.argsort(-swing[able], kind="stable")[:SCREENED]]
    keys = [coupling.factors[i] for i in factors] + [study.arrays.inputs.ids[moved.rows[k][0]] for k in strongest]
    return keys, np.concatenate([study.blocks.shared[factors], study.blocks.values[strongest]])
