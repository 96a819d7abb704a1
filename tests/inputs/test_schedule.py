from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sfp_model.inputs import Plan
from sfp_model.inputs.schedule import cycle, scheduled

NODES = "abcdef"


@given(st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3)))
def test_cycles(after: dict[str, list[str]]) -> None:
    """What is found is a cycle; where none is found, an order exists."""
    found = cycle(after)
    if found:
        assert found[0] == found[-1]
        assert all(second in after[first] for first, second in pairwise(found))
        return
    left = {node: set(before) for node, before in after.items()}
    while left:
        ready = [node for node, before in left.items() if not before & set(left)]
        assert ready
        for node in ready:
            del left[node]


def test_predecessors_and_delays(plan: Plan) -> None:
    """An action waits for its predecessors; the chosen option delays what the decision governs."""
    assert scheduled(plan.actions)["1.1.1"] == (3, 12)
    decisions = dict(plan.decisions)
    decisions["R"] = replace(decisions["R"], chosen="defer")
    assert scheduled(plan.actions, decisions)["1.1.1"] == (27, 36)
    actions = dict(plan.actions)
    actions["a.1"] = replace(actions["a.1"], duration=10)
    assert scheduled(actions)["a.2"] == (10, 16)
    assert scheduled(actions)["a.pm"] == (0, 16)
