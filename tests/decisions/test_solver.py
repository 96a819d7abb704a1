"""A program is solved once: its answer is kept, and only a sound answer of the very same program is taken."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
from scipy.sparse import csr_array

from sfp_model.decisions import solver
from sfp_model.errors import UsageError

WEIGHTS = np.array([[3.0, 4.0, 5.0, 9.0]])
WORTH = np.array([-3.0, -5.0, -6.0, -8.0])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, in which small programs are kept too."""
    monkeypatch.setenv("SFP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(solver, "WORTH", 0)
    monkeypatch.setattr(solver, "_ANSWERS", {})
    return tmp_path / "cache"


def knapsack(room: float = 9.0, least: float = 0.0) -> np.ndarray | None:
    """Return what of four things fits, at least *least* of it."""
    return solver.solved(
        WORTH, csr_array(WEIGHTS), [least], [room], integral=np.ones(4, dtype=int), upper=np.ones(4)
    )  # fmt: skip


def forget(monkeypatch: pytest.MonkeyPatch, *, solve: bool) -> None:
    """Be another process, which may solve or not."""
    monkeypatch.setattr(solver, "_ANSWERS", {})
    if not solve:
        monkeypatch.setattr(solver, "_solve", lambda *_: pytest.fail("it was solved again"))


def test_another_process_does_not_solve_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an answer nor the proof that there is none is made twice; the caller may change what it gets."""
    first, none = knapsack(), knapsack(room=2.0, least=1.0)
    assert none is None and first == pytest.approx([0, 1, 1, 0])
    forget(monkeypatch, solve=False)
    again = knapsack()
    assert again is not None and (again == first).all()
    again[:] = 7
    assert (knapsack() == first).all()
    assert knapsack(room=2.0, least=1.0) is None
    assert len(list(folder.iterdir())) == 2


def test_another_program_has_another_answer(folder: Path) -> None:
    """A different limit is a different program."""
    assert knapsack(room=9.0) == pytest.approx([0, 1, 1, 0])
    assert knapsack(room=8.0) == pytest.approx([1, 0, 1, 0])
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", ["a bit", "cut", "too short", "no solution", "too heavy"])
def test_what_is_damaged_is_solved_anew(folder: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    """Neither a changed file is taken nor an intact one that does not solve the program."""
    first = knapsack()
    (place,) = folder.iterdir()
    content = place.read_bytes()
    other = {"too short": np.zeros(3), "no solution": np.full(4, 2.0), "too heavy": np.ones(4)}
    if damage == "a bit":
        place.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "cut":
        place.write_bytes(content[:-8])
    else:
        body = other[damage].tobytes()
        place.write_bytes(hashlib.sha256(body).digest() + body)
    forget(monkeypatch, solve=True)
    assert (knapsack() == first).all()
    assert place.read_bytes() == content


def test_the_folder_does_not_grow_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest answers make room."""
    monkeypatch.setattr(solver, "KEEP", 3)
    for room in range(4, 12):
        knapsack(room=float(room))
    assert len(list(folder.glob("*.solved"))) == 3


def test_nothing_is_kept_where_nothing_shall_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty ``SFP_CACHE`` keeps nothing, and small programs are not worth a file."""
    monkeypatch.setenv("SFP_CACHE", "")
    knapsack()
    monkeypatch.setenv("SFP_CACHE", str(folder))
    monkeypatch.setattr(solver, "WORTH", 5)
    knapsack(room=7.0)
    assert not folder.exists()


def test_an_error_inside_the_solver_is_tried_again_in_another_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is in the order of the caller; an error that stays is said."""
    real, orders = scipy.optimize.milp, []

    def failing(cost: np.ndarray, **how: object) -> object:
        orders.append(tuple(cost))
        if len(orders) < 3:
            return scipy.optimize.OptimizeResult(status=4, x=None, message="Solve error")
        return real(cost, **how)

    monkeypatch.setattr(scipy.optimize, "milp", failing)
    assert knapsack() == pytest.approx([0, 1, 1, 0])
    assert len(set(orders)) > 1 and all(sorted(order) == sorted(WORTH) for order in orders)
    monkeypatch.setattr(solver, "TURNS", 2)
    orders.clear()
    with pytest.raises(UsageError, match="gave up"):
        knapsack(room=6.0)


def test_the_solver_giving_up_is_said(folder: Path) -> None:
    """An objective without end is no answer."""
    with pytest.raises(UsageError, match="gave up"):
        solver.solved(-np.ones(1), csr_array([[0.0, 1.0]][:1])[:, :1], [0.0], [1.0],
                      integral=np.zeros(1, dtype=int), upper=np.full(1, np.inf))  # fmt: skip
