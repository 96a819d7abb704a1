"""A pytest plugin (``-p tests.order``): files that take longest first, so that workers end at about the same time.

With ``--dist loadfile --no-loadscope-reorder``, for else xdist begins with the files that have most tests. The site
begins: the results that it keeps are read by the tests of results and pages (``tests.shared``), which come late.
"""

from __future__ import annotations

import pytest

LONGEST = ("test_annex.py", "test_simulation.py", "scenarios.ipynb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file where it is one of the longest; all others stay as they are."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))
