"""Tools outside Python that some tests need: skipped without them, failed without them where they are required."""

from __future__ import annotations

import os
import shutil

import pytest

__all__ = ["find_tool", "require_tool"]

_NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "libreoffice": ("libreoffice", "soffice"),
}


def find_tool(name: str) -> str | None:
    """Path of a program, under any of the names that it goes by, or None."""
    return next((path for each in _NAMES.get(name, (name,)) if (path := shutil.which(each))), None)


def require_tool(name: str) -> str:
    """Path of a program; without it the test is skipped, or fails where ``SFP_REQUIRE_TOOLS=1``.

    Parameters
    ----------
    name : str
        ``chromium``, ``libreoffice``, ``pdftoppm``, ``pdftotext``, ``quarto`` …
    """
    path = find_tool(name)
    if path:
        return path
    line = f"{name} is not installed, so this test does not run"
    if os.environ.get("SFP_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{line} (SFP_REQUIRE_TOOLS=1 requires it)", pytrace=False)
    pytest.skip(line)
