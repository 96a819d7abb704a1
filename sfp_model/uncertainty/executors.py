"""Who computes blocks: this process, threads, processes, or a Dask cluster; always in order, never too many ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, Protocol, TypeVar

from sfp_model.errors import UsageError

__all__ = ["EXECUTORS", "Submits", "open_executor", "ordered"]

EXECUTORS = ("here", "threads", "processes", "dask")
T = TypeVar("T")
S = TypeVar("S")
_AHEAD = 4  # tasks in flight for each worker
_TOGETHER, _TASKS = 32, 8  # items of a Dask task at most, and tasks of a worker at least


class Submits(Protocol):
    """What a Dask client and the executors of the standard library have in common."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Start ``function(*arguments)`` somewhere and return a future with ``result()``."""


def ordered(
    work: Callable[[S], T], items: Iterable[S], executor: Executor | Submits | None = None, ahead: int | None = None
) -> Iterator[T]:
    """Yield ``work(item)`` for each item in order, at most *ahead* of them in flight.

    Parameters
    ----------
    work : callable
        Pickled for executors of processes and for Dask.
    items : iterable
    executor : optional
        See ``open_executor``; without one everything runs here.
    ahead : int, optional
        Default: four for each worker.

    Examples
    --------
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(ordered(abs, range(-3, 3), pool))
    [3, 2, 1, 0, 1, 2]
    """
    if executor is None:
        yield from map(work, items)
        return
    if isinstance(executor, _Dask) and isinstance(items, Sized) and (size := executor.together(len(items))) > 1:
        source = iter(items)
        parts = iter(lambda: tuple(islice(source, size)), ())
        for results in _in_flight(partial(_several, work), parts, executor, ahead or _AHEAD // 2 * executor.workers):
            yield from results
        return
    yield from _in_flight(work, items, executor, ahead)


def _several(work: Callable[[S], T], items: Sequence[S]) -> list[T]:
    return [work(item) for item in items]


def _in_flight(
    work: Callable[[S], T], items: Iterable[S], executor: Executor | Submits, ahead: int | None
) -> Iterator[T]:
    if ahead is None:
        ahead = _AHEAD * int(getattr(executor, "_max_workers", 0) or getattr(executor, "workers", 2))
    source = iter(items)
    waiting = deque(executor.submit(work, item) for item in islice(source, ahead))
    try:
        while waiting:
            result: T = waiting.popleft().result()
            for item in islice(source, 1):
                waiting.append(executor.submit(work, item))
            yield result
    finally:
        for future in waiting:
            future.cancel()


class _Dask:
    """A Dask client as an executor: every task is its own (impure) and is repeated if its worker dies."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.workers = max(1, len(client.nthreads()))

    def together(self, items: int) -> int:
        """Return how many items make a task: a task costs client and scheduler some milliseconds whatever it holds."""
        return max(1, min(_TOGETHER, items // (_TASKS * self.workers)))

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        return self.client.submit(function, *arguments, pure=False, retries=3)


@contextmanager
def open_executor(kind: str = "here", workers: int = 2, address: str = "") -> Iterator[Executor | Submits | None]:
    """Open an executor by name and close it at the end.

    Parameters
    ----------
    kind : {"here", "threads", "processes", "dask"}
        Compiled loops release the interpreter's lock, so threads are enough on one machine.
    workers : int
        Threads or processes.
    address : str
        Of a Dask scheduler, for example ``tcp://127.0.0.1:8786``; needs the extra ``distributed``.

    Raises
    ------
    UsageError
        For an unknown name, a missing address or extra, or a scheduler that does not answer.
    """
    if kind not in EXECUTORS:
        raise UsageError(f"executor {kind!r} is none of {', '.join(EXECUTORS)}")
    if workers < 1:
        raise UsageError(f"workers must be at least 1, got {workers}")
    if address and kind != "dask":
        raise UsageError(f"an address belongs to executor dask, not to {kind}")
    if kind == "here":
        yield None
    elif kind == "threads":
        with ThreadPoolExecutor(workers) as threads:
            yield threads
    elif kind == "processes":
        from multiprocessing import get_context

        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
            yield processes
    else:
        with _client(address) as client:
            yield _Dask(client)


def _client(address: str) -> Any:
    if not address:
        raise UsageError(
            "executor dask needs the address of a scheduler: start dask scheduler, then dask worker "
            "tcp://host:8786 --nthreads 1 as often as you like, and give --address tcp://host:8786"
        )
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("executor dask needs the extra: pip install 'sfp_model[distributed]'") from None
    try:
        return Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
