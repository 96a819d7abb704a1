"""The model: ``compile`` a Plan into arrays and ``evaluate`` them, at the base or for draws."""

from sfp_model.model.arrays import Arrays
from sfp_model.model.compile import compile
from sfp_model.model.evaluate import Outcome, evaluate
from sfp_model.model.inputs import InputBuilder, InputTable
from sfp_model.model.reconcile import Check, Mismatch, checks, reconcile
from sfp_model.model.values import Values, base, draw

__all__ = [
    "Arrays", "Check", "InputBuilder", "InputTable", "Mismatch", "Outcome", "Values", "base", "checks",
    "compile", "draw", "evaluate", "reconcile",
]  # fmt: skip
