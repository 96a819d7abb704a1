"""Draws: streams keyed by input, samplers, dependence, and simulation in blocks."""

from sfp_model.uncertainty.between import standard_error
from sfp_model.uncertainty.dependence import Coupling, coupling_of, loadings, one_correlation
from sfp_model.uncertainty.executors import EXECUTORS, Submits, open_executor
from sfp_model.uncertainty.simulate import run_block, simulate
from sfp_model.uncertainty.streams import BLOCK, SAMPLERS, quantiles, sample
from sfp_model.uncertainty.summary import Summary, summarise, until_precise
from sfp_model.uncertainty.work import Series

__all__ = [
    "BLOCK", "EXECUTORS", "SAMPLERS", "Coupling", "Series", "Submits", "Summary", "coupling_of", "loadings",
    "one_correlation", "open_executor", "quantiles", "run_block", "sample", "simulate", "standard_error", "summarise",
    "until_precise",
]  # fmt: skip
