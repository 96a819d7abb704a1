"""What is said of correlations of drivers that cannot hold together: which are used in their place."""

from __future__ import annotations

from itertools import combinations

from sfp_model.errors import Fault
from sfp_model.inputs.plan import Plan
from sfp_model.model.compile import compile
from sfp_model.uncertainty.correlation import driver_target, latent_root

__all__ = ["repair_warnings"]

SEEN = 0.005  # change of a correlation that is worth saying


def repair_warnings(plan: Plan) -> tuple[Fault, ...]:
    """Return a warning for each rank correlation of two drivers of *plan* that a repair changes.

    The target of the drivers that vary is replaced by the nearest correlation matrix when it is none (see
    ``uncertainty.correlation``); every draw uses that. None where the target can be had.
    """
    arrays = compile(plan)
    table = arrays.inputs
    drivers = sorted({name for name, varies in zip(table.driver, table.varies, strict=True) if name and varies})
    names, target = driver_target(arrays.dependence, drivers)
    repair = latent_root(names, target)[1] if names else None
    if repair is None or not repair.repaired:
        return ()
    values = plan.settings.values
    typed = {}
    for i, j in combinations(range(len(names)), 2):
        keys = (f"dependence.drivers.{names[i]}.{names[j]}", f"dependence.drivers.{names[j]}.{names[i]}")
        key = next((key for key in keys if key in values), "")
        typed[i, j] = key
    anchor = next(key for key in typed.values() if key)
    least = min(SEEN, repair.distance)
    found = []
    for (i, j), key in typed.items():
        asked, used = float(repair.target[i, j]), float(repair.used[i, j])
        if abs(used - asked) >= least:
            what = f"a rank correlation of {asked:g}" if key else f"no correlation of {names[i]} and {names[j]}"
            text = f"{what} cannot stand beside the others; {used:.2f} is used, from the nearest correlation matrix"
            found.append(Fault(values[key or anchor].position, key or anchor, text, "warning"))
    return tuple(sorted(found))
