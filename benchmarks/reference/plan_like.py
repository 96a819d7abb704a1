"""Reference model 2: shaped like the real plan.

9 initiatives, 54 actions, 300 lines; latent factors for the plan (0.15), the initiative (0.15) and the action (0.15),
the action factor shared by cost and duration; start delay and stretch per action; annual escalation per class and draw;
8 risk events (probability, lognormal cost). Output: cost per draw in 2024..2027 and after the horizon, total.

``numpy_tabulated`` is the opponent: random sampling, one pass per line, timing weights per action.
"""

import numpy as np
from scipy import special

from benchmarks.reference.one_factor import _NODES

INITIATIVES, ACTIONS, LINES, CLASSES, RISKS = 9, 54, 300, 3, 8
PLAN, INITIATIVE, ACTION = 0.15, 0.15, 0.15  # variance shares of the latent factors
EDGES = np.array([0.0, 12.0, 24.0, 36.0, 48.0, np.inf])


def inputs(seed=20240102):
    g = np.random.default_rng(seed)
    q_mode = g.uniform(1, 20, LINES)
    r_mode = g.uniform(2e3, 1.6e4, LINES)
    r_low, r_high = r_mode * g.uniform(0.7, 0.97, LINES), r_mode * g.uniform(1.05, 1.6, LINES)
    span = r_high - r_low
    alpha, beta = 1 + 4 * (r_mode - r_low) / span, 1 + 4 * (r_high - r_mode) / span
    action = np.sort(np.r_[np.arange(ACTIONS), g.integers(0, ACTIONS, LINES - ACTIONS)])
    return {
        "q_low": q_mode * g.uniform(0.6, 0.95, LINES),
        "q_mode": q_mode,
        "q_high": q_mode * g.uniform(1.1, 1.9, LINES),
        "r_low": r_low,
        "r_span": span,
        "table": special.betaincinv(alpha[:, None], beta[:, None], _NODES),
        "action": action,
        "initiative": np.arange(ACTIONS) * INITIATIVES // ACTIONS,
        "klass": g.integers(0, CLASSES, LINES),
        "start": g.choice([0.0, 6.0, 12.0], ACTIONS),
        "duration": g.uniform(4, 18, ACTIONS),
        "risk_p": g.uniform(0.05, 0.4, RISKS),
        "risk_median": g.uniform(5e4, 6e5, RISKS),
        "risk_sigma": g.uniform(0.3, 0.9, RISKS),
    }


def numpy_tabulated(draws, seed, d):
    """Cost per draw, shape (6, draws): four years, after the horizon, total."""
    g = np.random.default_rng(seed)
    plan = g.standard_normal(draws)
    initiative = g.standard_normal((INITIATIVES, draws))
    action = g.standard_normal((ACTIONS, draws))
    common = np.sqrt(PLAN) * plan + np.sqrt(INITIATIVE) * initiative[d["initiative"]] + np.sqrt(ACTION) * action
    rest = np.sqrt(1 - PLAN - INITIATIVE - ACTION)
    late = special.ndtr(np.sqrt(0.6) * action + np.sqrt(0.4) * g.standard_normal((ACTIONS, draws)))
    stretch = 1.0 + np.where(late < 0.2, np.sqrt(late * 0.2), 1 - np.sqrt((1 - late) * 0.8))  # triangular(1, 1.2, 2)
    delay = g.gamma(1.5, 1.0, (ACTIONS, draws))
    growth = 1 + np.array([0.015, 0.01, 0.02])[:, None] + 0.01 * g.standard_normal((CLASSES, draws))
    index = np.stack([growth**y for y in range(5)])  # (year, class, draw)
    begin = d["start"][:, None] + delay
    cumulative = np.clip((EDGES[:, None, None] - begin) / (d["duration"][:, None] * stretch), 0, 1)
    share = np.diff(cumulative, axis=0)  # (5, action, draw)
    out = np.zeros((6, draws))
    for i in range(LINES):
        a = d["action"][i]
        u = special.ndtr(common[a] + rest * g.standard_normal((2, draws)))
        width = d["q_high"][i] - d["q_low"][i]
        f = (d["q_mode"][i] - d["q_low"][i]) / width
        q = d["q_low"][i] + width * np.where(u[0] < f, np.sqrt(u[0] * f), 1 - np.sqrt((1 - u[0]) * (1 - f)))
        r = d["r_low"][i] + d["r_span"][i] * np.interp(u[1], _NODES, d["table"][i])
        out[:5] += q * r * share[:, a] * index[:, d["klass"][i]]
    hit = g.random((RISKS, draws)) < d["risk_p"][:, None]
    out[1] += (
        hit * d["risk_median"][:, None] * np.exp(d["risk_sigma"][:, None] * g.standard_normal((RISKS, draws)))
    ).sum(0)
    out[5] = out[:5].sum(0)
    return out
