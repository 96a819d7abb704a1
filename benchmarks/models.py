"""The two reference models as compiled plans, so that they run through the engine like any plan."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from sfp_model.inputs.plan import Estimate
from sfp_model.model import Arrays
from sfp_model.model.arrays import Actions, Groups, Lines, Profile
from sfp_model.model.inputs import InputBuilder
from sfp_model.model.timing import Periods
from sfp_model.uncertainty.dependence import Coupling

INITIATIVES = 9
PLAN, INITIATIVE, ACTION = 0.15, 0.15, 0.15


def _ints(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.intp)


def _three(low: float, mode: float, high: float, kind: str, shape: tuple[float, ...] = ()) -> Estimate:
    return Estimate(float(low), float(mode), float(high), "min-max", kind, shape=shape)  # type: ignore[arg-type]


def _lines(builder: InputBuilder, d: dict[str, Any], action: np.ndarray, count: int) -> tuple[list[int], list[int]]:
    """Register quantity and rate of every line: triangular and PERT between their bounds."""
    size = len(d["q_mode"])
    alpha = d["alpha"] if "alpha" in d else 1 + 4 * (d["r_mode"] - d["r_low"]) / d["r_span"]
    mode = d["r_low"] + d["r_span"] * (alpha - 1) / 4
    quantity, rate = [], []
    for i in range(size):
        own = {"action": f"a{action[i]}", "initiative": f"i{action[i] * INITIATIVES // count}"}
        quantity.append(
            builder.add_estimate(
                f"q{i}", _three(d["q_low"][i], d["q_mode"][i], d["q_high"][i], "triangular"), "quantity", **own
            )
        )
        high = d["r_low"][i] + d["r_span"][i]
        rate.append(builder.add_estimate(f"r{i}", _three(d["r_low"][i], mode[i], high, "pert"), "rate", **own))
    return quantity, rate


def _frame(
    builder: InputBuilder, columns: dict[str, Any], profiles: list[Profile], klass: np.ndarray, actions: Actions,
    index: np.ndarray, since: np.ndarray, escalation_rows: list[int],
) -> Arrays:  # fmt: skip
    size = len(columns["quantity"])
    zeros = np.zeros(size, dtype=np.intp)
    fields = {name: zeros for name in Lines.__dataclass_fields__ if name not in ("ids", "sectors")}
    fields |= {"factor": np.ones(size), "price": np.ones(size), "person_months": np.zeros(size)}
    fields |= {"per_year": np.zeros(size), "recurrent": np.zeros(size, dtype=bool)}
    fields |= {name: _ints(values) for name, values in columns.items()}
    names = {
        key: tuple(f"{key}{i}" for i in range(int(fields[key].max()) + 1))
        for key in ("programme", "activity", "category", "confidence", "resource")
    }
    names |= {"funding": ("additional", "absorbed", "in_kind"), "sector": ("all",), "currency": ("CHF",)}
    names |= {
        "initiative": tuple(f"i{i}" for i in range(INITIATIVES)),
        "action": tuple(f"a{i}" for i in range(len(actions.start))),
    }
    names["escalation"] = tuple(f"class{i}" for i in range(index.shape[1]))
    periods = Periods.of(2024, 4)
    return Arrays(
        digest="", names=names, inputs=builder.freeze(),
        lines=Lines(ids=tuple(f"line{i}" for i in range(size)), sectors=np.ones((size, 1)), **fields),
        groups=Groups(tuple(profiles), klass, np.zeros(len(profiles), dtype=np.intp)), actions=actions, periods=periods,
        index=index, ratio=np.ones((len(index), 1)), since=since, escalation_rows=_ints(escalation_rows),
        exchange_rows=_ints([-1]), dependence={}, event=None, subsidy_line=-1,
    )  # fmt: skip


def _no_actions(count: int) -> dict[str, Any]:
    return {
        "start": np.zeros(count), "duration": np.ones(count), "after": ((),) * count, "order": tuple(range(count)),
        "programme": np.zeros(count, dtype=np.intp), "spans_plan": np.zeros(count, dtype=bool),
        "overrun": np.full(count, -1), "delay": np.full(count, -1), "stretch": np.full(count, -1),
    }  # fmt: skip


def one_factor(d: dict[str, Any], seed: int = 20240101, rho: float = 0.3) -> tuple[Arrays, Coupling]:
    """Return reference model 1: lines fixed in time, one common factor; amounts are nominal, categories its nine."""
    size = len(d["q_mode"])
    g = np.random.default_rng(seed)  # start, duration and category are drawn again as the reference draws them
    for low, high in ((1, 20), (0.6, 0.95), (1.1, 1.9), (2e3, 1.6e4), (0.7, 0.97), (1.05, 1.6)):
        g.uniform(low, high, size)
    start, duration = g.integers(0, 36, size), g.integers(6, 24, size)
    category = g.integers(0, 9, size)
    builder = InputBuilder()
    quantity, rate = _lines(builder, d, np.zeros(size, dtype=int), 1)
    flat = builder.add_estimate("escalation", _three(0, 0, 0, "pert"), "escalation")
    periods = Periods.of(2024, 4)
    month = np.clip(periods.edges[1:] - 1, 0, 47)
    profiles = [
        Profile(-1, "absolute", "uniform", float(s), float(min(s + t, 48)))
        for s, t in zip(start, duration, strict=True)
    ]
    arrays = _frame(
        builder, {"quantity": quantity, "rate": rate, "category": category, "group": range(size)}, profiles,
        np.zeros(size, dtype=np.intp), Actions(**_no_actions(1)), 1.035 ** (month[:, None] / 12),
        np.zeros(len(month)), [flat],
    )  # fmt: skip
    inputs = arrays.inputs
    loads = [[("plan", float(np.sqrt(rho)))] if inputs.varies[row] else [] for row in range(len(inputs))]
    return arrays, Coupling.of(["plan"], loads)


def rate_modes(seed: int = 20240102) -> np.ndarray:
    """Return the modes of the rates of plan_like, which are not among its inputs, drawn as the reference draws them."""
    g = np.random.default_rng(seed)
    g.uniform(1, 20, 300)
    return g.uniform(2e3, 1.6e4, 300)


def plan_like(d: dict[str, Any], seed: int = 20240102) -> tuple[Arrays, Coupling]:
    """Return reference model 2: factors of plan, initiative, action; delay and stretch; risk events in 2025."""
    builder, action, count = InputBuilder(), d["action"], len(d["start"])
    d = {"r_mode": rate_modes(seed)} | d
    quantity, rate = _lines(builder, d, action, count)
    gamma = tuple(stats.gamma(1.5).ppf((np.arange(4000) + 0.5) / 4000))
    delays = [
        builder.add_estimate(
            f"delay{a}", Estimate(0, 1, 9, "min-max", "empirical", shape=gamma), "delay", driver=f"d{a}"
        )
        for a in range(count)
    ]
    stretches = [builder.add_estimate(f"stretch{a}", _three(1, 1.2, 2, "triangular"), "stretch") for a in range(count)]
    growth = np.array([1.5, 1.0, 2.0])
    z90 = 1.2815515655446004
    rates = [
        builder.add_estimate(
            f"escalation{k}", Estimate(m - z90, m, m + z90, "P10-P90", "normal", -100.0), "escalation", driver=f"e{k}"
        )
        for k, m in enumerate(growth)
    ]
    rates.append(builder.add_estimate("flat", Estimate(0, 0, 0), "escalation"))
    for j, (p, median, sigma) in enumerate(zip(d["risk_p"], d["risk_median"], d["risk_sigma"], strict=True)):
        quantity.append(
            builder.add_estimate(f"hit{j}", Estimate(0, 0, 1, "min-max", "bernoulli", shape=(float(p),)), "event")
        )
        low, high = (float(median * np.exp(s * sigma * z90)) for s in (-1, 1))
        mode = float(median * np.exp(-(sigma**2)))
        rate.append(builder.add_estimate(f"size{j}", Estimate(low, mode, high, "P10-P90", "lognormal"), "event"))
    profiles: dict[tuple[Profile, int], int] = {}
    group = [
        profiles.setdefault((Profile(int(a), "one_off", "uniform", 0.0, None), int(k)), len(profiles))
        for a, k in zip(action, d["klass"], strict=True)
    ]
    group += [profiles.setdefault((Profile(-1, "absolute", "uniform", 12.0, 24.0), 3), len(profiles))] * len(
        d["risk_p"]
    )
    periods = Periods.of(2024, 4)
    year = np.clip(periods.fine_years - 2024, 0, 4)
    index = np.column_stack([(1 + growth / 100) ** year[:, None], np.ones(len(year))])
    fields = _no_actions(count) | {
        "start": d["start"],
        "duration": d["duration"],
        "delay": _ints(delays),
        "stretch": _ints(stretches),
    }
    inside = np.r_[action, np.zeros(len(d["risk_p"]), dtype=int)]
    arrays = _frame(
        builder,
        {"quantity": quantity, "rate": rate, "group": group, "action": inside,
         "initiative": inside * INITIATIVES // count},
        [profile for profile, _ in profiles], _ints([k for _, k in profiles]), Actions(**fields), index,
        year.astype(float), rates,
    )  # fmt: skip
    return arrays, _plan_like_coupling(arrays, count)


def _plan_like_coupling(arrays: Arrays, count: int) -> Coupling:
    inputs, loads = arrays.inputs, []
    p, i, a = (float(np.sqrt(share)) for share in (PLAN, INITIATIVE, ACTION))
    for row, key in enumerate(inputs.ids):
        if not inputs.varies[row] or inputs.driver[row] or key.startswith(("hit", "size")):
            loads.append([])  # by itself
        elif key.startswith("stretch"):
            loads.append([(f"action/a{key.removeprefix('stretch')}", float(np.sqrt(0.6)))])
        else:
            loads.append(
                [("plan", p), (f"initiative/{inputs.initiative[row]}", i), (f"action/{inputs.action[row]}", a)]
            )
    factors = ["plan", *(f"initiative/i{k}" for k in range(INITIATIVES)), *(f"action/a{k}" for k in range(count))]
    return Coupling.of(factors, loads)
