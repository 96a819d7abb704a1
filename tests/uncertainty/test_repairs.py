"""Correlations of drivers that cannot hold together are told where they were typed, with what the draws use."""

from __future__ import annotations

from dataclasses import replace

from sfp_model.inputs import load_plan
from sfp_model.inputs.plan import Estimate
from sfp_model.model import compile
from sfp_model.uncertainty import coupling_of
from sfp_model.uncertainty.repairs import repair_warnings


def test_an_impossible_target_is_repaired_and_told_with_its_place() -> None:
    """Each correlation that the repair changes is a warning where it was typed, with what the draws use; else none."""
    plan = load_plan(None, None)
    assert repair_warnings(plan) == ()
    wanted = {("prices", "staff"): 0.9, ("prices", "USD"): 0.9, ("staff", "USD"): -0.9}
    keys = {f"dependence.drivers.{a}.{b}": size for (a, b), size in wanted.items()}
    values = dict(plan.settings.values)
    for key, size in keys.items():
        values[key] = replace(values[key], estimate=Estimate(size, size, size, "min-max"))
    changed = replace(plan, settings=replace(plan.settings, values=values))
    told = {fault.path: fault for fault in repair_warnings(changed)}
    repair = coupling_of(compile(changed)).repair
    assert repair is not None and repair.repaired and set(keys) <= set(told)
    for (a, b), size in wanted.items():
        used = repair.used[repair.names.index(a), repair.names.index(b)]
        fault = told[f"dependence.drivers.{a}.{b}"]
        assert fault.level == "warning" and fault.position.file.endswith("base.yml") and fault.position.line > 1
        assert f"correlation of {size:g} cannot" in fault.message and f"; {used:.2f} is used" in fault.message
