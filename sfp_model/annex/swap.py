"""Put a finished site in place with two renames, so that a reader never sees half a site.

Beside ``_site`` three names are used: ``_site.building`` is being filled and is worth nothing, ``_site.new`` is
finished, ``_site.old`` is the previous site. What an interrupted swap left behind is completed or undone by
:func:`recover`.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sfp_model.errors import AnnexError

__all__ = ["leftovers", "locked", "recover", "staging", "swap_in"]


def _beside(output: Path, ending: str) -> Path:
    return output.with_name(f"{output.name}.{ending}")


def leftovers(output: Path) -> bool:
    """Whether an earlier build was interrupted and left folders beside *output*."""
    return any(_beside(output, ending).exists() for ending in ("building", "new", "old"))


def staging(output: Path) -> Path:
    """Return a fresh, empty folder beside *output* in which to build."""
    fresh = _beside(output, "building")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(parents=True)
    return fresh


def swap_in(output: Path, *, between: Callable[[], None] = lambda: None) -> None:
    """Move ``<output>.building`` to *output*; the previous site goes away afterwards.

    Parameters
    ----------
    output : pathlib.Path
        The folder that readers see.
    between : callable
        Called between the two renames; lets a test interrupt there.

    Raises
    ------
    AnnexError
        A file of the site is held open (Windows) or the folder may not be written.
    """
    new, old = _beside(output, "new"), _beside(output, "old")
    try:
        _beside(output, "building").rename(new)  # from here on the new site counts as finished
        if output.exists():
            output.rename(old)
        between()
        new.rename(output)
    except OSError as error:
        recover(output)
        raise AnnexError(f"the new site could not be put in place of {output}: {error}; close what holds it") from error
    shutil.rmtree(old, ignore_errors=True)


def recover(output: Path) -> str:
    """Complete or undo an interrupted swap.

    Returns
    -------
    str
        What was done, in words; empty if there was nothing to do.
    """
    building, new, old = (_beside(output, ending) for ending in ("building", "new", "old"))
    done = ""
    if not output.exists() and new.exists():
        new.rename(output)
        done = f"completed an interrupted swap: the newer site is at {output}"
    elif not output.exists() and old.exists():
        old.rename(output)
        done = f"undid an interrupted swap: the previous site is back at {output}"
    for rest in (building, new, old):
        if rest.exists():
            shutil.rmtree(rest)
            done = done or f"removed what an interrupted build had left beside {output}"
    return done


def _try_lock(handle: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def locked(path: Path, *, say: Callable[[str], None] = lambda _: None, timeout: float = 3600) -> Iterator[None]:
    """Hold the lock file *path*; wait for another build, at most *timeout* seconds.

    The system lets go of the lock when the process ends in whatever way, so no stale lock stays behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        deadline = time.monotonic() + timeout
        if not _try_lock(handle):
            say("another build is running in this folder; waiting for it")
            while not _try_lock(handle):
                if time.monotonic() > deadline:
                    raise AnnexError(f"another build has held {path} for {timeout:.0f} s; stop it and try again")
                time.sleep(0.1)
        yield
