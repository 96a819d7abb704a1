"""Reference model 1: 300 uncertain cost lines, 48 months, one common factor.

cost = sum_i q_i * r_i * k_i,  k_i = sum_m profile[i, m] * escalation[m]
q_i triangular(low, mode, high), r_i PERT(low, mode, high), bounds are minimum and maximum.
Every q_i and r_i has latent correlation RHO with a common standard normal factor.

``numpy_tabulated`` is the opponent of the engine benchmark: what a good analyst writes in NumPy
(random sampling, inverse beta distribution tabulated once). ``chunked`` is the same for many draws
with yearly and category series. ``semi_analytic`` gives P80 without sampling, as a check of bias.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import optimize, special

LINES, MONTHS, CATEGORIES, RHO = 300, 48, 9, 0.3
_NODES = np.linspace(0.0, 1.0, 1025)


def inputs(seed=20240101):
    """Return the model's constants as a dictionary of arrays."""
    g = np.random.default_rng(seed)
    q_mode = g.uniform(1, 20, LINES)
    q_low, q_high = q_mode * g.uniform(0.6, 0.95, LINES), q_mode * g.uniform(1.1, 1.9, LINES)
    r_mode = g.uniform(2e3, 1.6e4, LINES)
    r_low, r_high = r_mode * g.uniform(0.7, 0.97, LINES), r_mode * g.uniform(1.05, 1.6, LINES)
    start, duration = g.integers(0, MONTHS - 12, LINES)[:, None], g.integers(6, 24, LINES)[:, None]
    month = np.arange(MONTHS)
    active = ((month >= start) & (month < start + duration)).astype(float)
    monthly = active / active.sum(1, keepdims=True) * 1.035 ** (month / 12)
    category = np.eye(CATEGORIES)[g.integers(0, CATEGORIES, LINES)]
    yearly = monthly.reshape(LINES, 4, 12).sum(2)
    k = monthly.sum(1)
    span = r_high - r_low
    alpha, beta = 1 + 4 * (r_mode - r_low) / span, 1 + 4 * (r_high - r_mode) / span
    return {
        "q_low": q_low,
        "q_mode": q_mode,
        "q_high": q_high,
        "r_low": r_low,
        "r_span": span,
        "alpha": alpha,
        "beta": beta,
        "k": k,
        "table": special.betaincinv(alpha[:, None], beta[:, None], _NODES),
        "weights": np.column_stack([yearly, category * k[:, None], k]),  # (line, 4 years + 9 categories + total)
    }


def _triangular(u, d, i):
    width = d["q_high"][i] - d["q_low"][i]
    f = (d["q_mode"][i] - d["q_low"][i]) / width
    return d["q_low"][i] + width * np.where(u < f, np.sqrt(u * f), 1 - np.sqrt((1 - u) * (1 - f)))


def _line(g, factor, d, i):
    u = special.ndtr(np.sqrt(1 - RHO) * g.standard_normal((2, factor.size)) + np.sqrt(RHO) * factor)
    return _triangular(u[0], d, i) * (d["r_low"][i] + d["r_span"][i] * np.interp(u[1], _NODES, d["table"][i]))


def numpy_tabulated(draws, seed, d):
    """Total cost of each draw, shape (draws,): random sampling, tabulated inverse."""
    g = np.random.default_rng(seed)
    factor = g.standard_normal(draws)
    total = np.zeros(draws)
    for i in range(LINES):
        total += _line(g, factor, d, i) * d["k"][i]
    return total


def chunked(draws, seed, d, threads=2, chunk=4096):
    """Fourteen series (4 years, 9 categories, total), shape (14, draws), in chunks on threads."""
    seeds = np.random.SeedSequence(seed).spawn(-(-draws // chunk))
    out = np.empty((d["weights"].shape[1], draws))

    def one(j):
        low = j * chunk
        g = np.random.default_rng(seeds[j])
        factor = g.standard_normal(min(chunk, draws - low))
        x = np.stack([_line(g, factor, d, i) for i in range(LINES)])
        out[:, low : low + factor.size] = d["weights"].T @ x

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(len(seeds))))
    return out


def semi_analytic(p, d, nodes=4000):
    """Percentile *p* of the total: exact conditional moments per factor value, normal mixture over the factor."""
    x, w = np.polynomial.hermite_e.hermegauss(24)
    w = w / w.sum()
    factor = special.ndtri((np.arange(nodes) + 0.5) / nodes)
    u = special.ndtr(np.sqrt(1 - RHO) * x[:, None] + np.sqrt(RHO) * factor)
    mean, var = np.zeros(nodes), np.zeros(nodes)
    for i in range(LINES):
        q, r = _triangular(u, d, i), d["r_low"][i] + d["r_span"][i] * np.interp(u, _NODES, d["table"][i])
        m = (w @ q) * (w @ r)
        mean += m * d["k"][i]
        var += ((w @ q**2) * (w @ r**2) - m**2) * d["k"][i] ** 2
    return optimize.brentq(lambda t: special.ndtr((t - mean) / np.sqrt(var)).mean() - p, mean.min(), mean.max())
