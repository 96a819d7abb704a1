"""From a number, a parameter or an id to its source and to the paragraph of the source document that it serves."""

__all__ = ["Trace", "find"]


class Trace: ...


def find(plan, query): ...
