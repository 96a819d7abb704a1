"""Draws: streams keyed by input, samplers, dependence, and simulation in blocks."""

from sfp_model.uncertainty.dependence import loadings
from sfp_model.uncertainty.simulate import simulate
from sfp_model.uncertainty.streams import BLOCK, SAMPLERS, quantiles, sample

__all__ = ["BLOCK", "SAMPLERS", "loadings", "quantiles", "sample", "simulate"]
