"""What a build says on standard error while it runs: plain lines, with a moving sign on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Progress"]


class Progress:
    """Says what is being done. rich is imported only on a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console

            self._console = Console(stderr=True, highlight=False, markup=False)

    def say(self, line: str) -> None:
        """Say one line."""
        if self._quiet:
            return
        if self._console is not None:
            self._console.print(line)
        else:
            print(line, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, line: str) -> Iterator[None]:
        """Say what is being done while it is being done."""
        if self._console is None:
            self.say(line)
            yield
        else:
            with self._console.status(line):
                yield
