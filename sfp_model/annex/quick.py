"""Import nbformat without the seconds that one of its dependencies spends on something no notebook needs."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

__all__ = ["import_nbformat"]

SLOW = "rfc3987_syntax"


def import_nbformat() -> ModuleType:
    """Import nbformat, keeping jsonschema from compiling its grammar of international web addresses.

    jsonschema imports ``rfc3987_syntax`` where it is installed (JupyterLab asks for it), and that module compiles
    a grammar for 2.7 s in every process. Only the format checks ``iri`` and ``iri-reference`` use it; the schema
    of notebooks has none. While jsonschema is imported the module is therefore marked as missing, a case that
    jsonschema provides for; afterwards it can be imported as usual.

    Examples
    --------
    >>> import_nbformat().__name__
    'nbformat'
    """
    if "jsonschema" not in sys.modules and SLOW not in sys.modules:
        sys.modules[SLOW] = None  # type: ignore[assignment]  # the documented way to make an import fail
        try:
            import_module("jsonschema")
        finally:
            del sys.modules[SLOW]
    return import_module("nbformat")
