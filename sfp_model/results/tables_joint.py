"""How probable it is that cost, schedule and ceilings hold, each and together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.ceiling_plan import windows
from sfp_model.inputs.funding import funding_of
from sfp_model.results.draws import Drawn
from sfp_model.results.table import Row, columns
from sfp_model.uncertainty.between import standard_error

__all__ = ["JOINT", "joint"]

JOINT = columns(
    "kind key statement period amount_chf:CHF end:month probability:- se:- if_independent:- own_ceiling:bool"
)
CENTIME = 0.01
_DAY = 1e-6  # months; the base estimate ends on time in the base estimate
Bools = npt.NDArray[np.bool_]


def _row(holds: Bools, **words: object) -> Row:
    """Return the share of draws in which something holds, with its standard error; *holds* is (block, draw)."""
    return {**words, "probability": holds.mean(), "se": float(standard_error(holds.mean(axis=1)))}


def joint(drawn: Drawn) -> Iterator[Row]:
    """Yield statements and how probable they are, from the same draws.

    ``cost``: the additional need of the horizon (constant prices) is at most the base estimate, P50, P80. ``schedule``:
    every action of a programme, of all programmes, has ended when the base estimate has; all have ended with the
    horizon; with P80 of the last end. ``both``: cost and schedule hold in the same draw; ``if_independent`` is the
    product of the two. ``ceiling``: additional need, nominal, keeps an illustrative ceiling (half of the biennial one
    in a year): of each year, of every year, of each biennium, of every biennium.
    """
    total, typed = drawn.total, float(drawn.base.cells.sum())
    p50, p80 = (float(x) for x in np.quantile(total, [0.5, 0.8]))
    cost = {"base": (typed, "the base estimate"), "p50": (p50, "P50"), "p80": (p80, "P80")}
    within = {key: total <= amount + CENTIME for key, (amount, _) in cost.items()}
    for key, (amount, words) in cost.items():
        yield _row(within[key], kind="cost", key=key, statement=f"Additional need is at most {words}", period="all",
                   amount_chf=amount)  # fmt: skip
    ends, planned = drawn.of(lambda block: block.ends), drawn.base.ends[:, 0]  # (programme, block, draw)
    on_time = ends <= planned[:, None, None] + _DAY
    for i, name in enumerate(drawn.programmes):
        yield _row(on_time[i], kind="schedule", key=name, period="all", end=planned[i],
                   statement=f"{name.replace('_', ' ').capitalize()} ends no later than planned")  # fmt: skip
    last, horizon = ends.max(axis=0), 12.0 * len(drawn.years)
    late = float(np.quantile(last, 0.8))
    times = {
        "planned": (on_time.all(axis=0), float(planned.max()), "every programme ends no later than planned"),
        "p80": (last <= late + _DAY, late, "the last action ends by P80 of its end"),
        "horizon": (last <= horizon + _DAY, horizon, "every action ends inside the plan's years"),
    }
    for key, (holds, month, words) in times.items():
        yield _row(holds, kind="schedule", key=key, period="all", end=month, statement=words[0].upper() + words[1:])
    for which, when in (("base", "planned"), ("p80", "p80"), ("p80", "horizon")):
        holds, month, words = times[when]
        amount, name = cost[which]
        yield {
            **_row(within[which] & holds, kind="both", key=f"{which} and {when}", period="all", amount_chf=amount,
                   end=month, statement=f"Additional need is at most {name}, and {words}"),
            "if_independent": within[which].mean() * holds.mean(),
        }  # fmt: skip
    yield from _ceilings(drawn)


def _ceilings(drawn: Drawn) -> Iterator[Row]:
    plan = drawn.evaluation.plan
    spent = drawn.of(lambda block: block.nominal)  # (year, block, draw)
    for name, amount in funding_of(plan).ceilings.items():
        for kind, found in (("year", windows(plan, per_year=amount / 2)), ("biennium", windows(plan, None, amount))):
            fits = np.stack([spent[list(w.years)].sum(axis=0) <= w.limit + CENTIME for w in found])
            for window, holds in zip(found, fits, strict=True):
                yield _row(holds, kind="ceiling", key=f"{name} {kind}", period=window.name, amount_chf=window.limit,
                           statement=f"Additional need of {window.name.replace('-', '–')} keeps the {name} ceiling",
                           own_ceiling=name == "centre")  # fmt: skip
            yield _row(np.asarray(fits.all(axis=0)), kind="ceiling", key=f"{name} {kind}", period="all",
                       amount_chf=found[0].limit, statement=f"Every {kind} keeps the {name} ceiling",
                       own_ceiling=name == "centre")  # fmt: skip
