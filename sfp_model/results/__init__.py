"""One evaluation per scenario, stored as tidy tables under its digest; nothing downstream computes again."""

from sfp_model.results.compare import compare
from sfp_model.results.store import ResultSet, run
from sfp_model.results.table import Column, Table

__all__ = ["Column", "ResultSet", "Table", "compare", "run"]
