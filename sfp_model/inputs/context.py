"""What a read knows while it checks files: names, dates, faults; and the base of all file models."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sfp_model.inputs.documents import Document, Place
from sfp_model.inputs.faults import Faults, nearest, told, unknown

__all__ = ["Context", "Node", "Problem", "known_name"]

MOST_CHECKED = 8  # forms kept of one content, for as many sets of names and dates
Problem = tuple[Place, str]
Model = TypeVar("Model", bound="Node")


class Node(BaseModel):
    """Base of all file models: unknown keys are refused, types are strict, the place is remembered.

    Subclasses override :meth:`problems` for what concerns several of their keys.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, defer_build=True)
    free_keys: ClassVar[bool] = False
    _place: Place = PrivateAttr(default=())

    @property
    def place(self) -> Place:
        """Keys and list indexes from the top of the document to this mapping."""
        return self._place

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield (place below this mapping, message) for each fault that types cannot tell."""
        return iter(())

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Node], info: ValidationInfo) -> Node:
        context: Context | None = info.context
        place: Place | None = getattr(data, "place", None)
        if context is not None and place is not None:
            context.models[place] = cls
        node = handler(data)
        if place is not None:
            node._place = place
        if context is None:
            return node
        for below, message in node.problems(context):
            context.report(node._place + below, message)
        return node

    @classmethod
    def known_keys(cls) -> dict[str, str]:
        """Return the keys of the mapping with their descriptions."""
        return {info.alias or name: info.description or "" for name, info in cls.model_fields.items()}


@dataclass(slots=True)
class Context:
    """Names and dates known while one plan is read, and the faults found.

    Attributes
    ----------
    faults : Faults
        Collects everything.
    names : mapping of str to collection of str
        Kind (``resource``, ``source``, ``sector`` …) to the names that exist.
    source_dates : mapping of str to str
        Source key to its date.
    source_observed : mapping of str to str
        Source key to the last period that is read in it, where its record says so.
    rate_units : mapping of str to str
        Resource key to the unit of its rate's denominator.
    as_of : str
        Date up to which a run knows the world (ISO).
    document : Document or None
        The document that is being checked.
    known : Hashable or None
        Everything that decides what is right in a document; ``None`` while it may still change.
    """

    faults: Faults
    names: dict[str, Collection[str]] = field(default_factory=dict)
    source_dates: Mapping[str, str] = field(default_factory=dict)
    source_observed: Mapping[str, str] = field(default_factory=dict)
    rate_units: Mapping[str, str] = field(default_factory=dict)
    as_of: str = "9999-12-31"
    document: Document | None = None
    models: dict[Place, type[Node]] = field(default_factory=dict)
    muted: bool = False
    known: Hashable | None = None

    def know(self) -> None:
        """Say that names and dates are complete: from now on content that was checked against them is not again."""
        names = tuple((kind, tuple(found)) for kind, found in self.names.items())
        dates = (tuple(self.source_dates.items()), tuple(self.source_observed.items()))
        self.known = (self.as_of, names, dates, tuple(self.rate_units.items()))

    def report(self, place: Place, message: str, *, key: bool = False) -> None:
        """Report an error at *place* of the current document (at its key if *key*)."""
        document = self.document
        if self.muted or document is None:
            return
        document.broken.add(place)
        self.faults.error(document.position(place, key=key), document.path(place), message)

    def warn(self, document: Document, place: Place, message: str) -> None:
        """Report something odd at *place* of *document*."""
        self.faults.warning(document.position(place), document.path(place), message)

    def error(self, document: Document, place: Place, message: str, *, key: bool = False) -> None:
        """Report an error at *place* of *document*."""
        self.faults.error(document.position(place, key=key), document.path(place), message)

    def is_broken(self, place: Place) -> bool:
        """Whether a fault at *place* of the current document is already reported."""
        return self.document is not None and place in self.document.broken

    def blamed(self, place: Place, keys: tuple[str, ...]) -> str:
        """Return the first of *keys* below *place* that a scenario has set, else the first."""
        overridden = self.document.overridden if self.document else {}
        return next((key for key in keys if (*place, key) in overridden), keys[0])

    def validate(self, model: type[Model], document: Document) -> Model | None:
        """Check *document* against *model* and report everything that is wrong.

        What has faults is then left out, so that the rest can be checked further; ``None`` if nothing is left.
        A document without faults that no scenario has changed is checked once per process for the same names and dates.
        """
        pristine = self.known is not None and not document.overridden and not document.broken
        if pristine and (model, self.known) in document.checked:
            result: Model = document.checked[model, self.known]
            return result
        form = self._validated(model, document)
        if pristine and form is not None and not document.broken:
            if len(document.checked) >= MOST_CHECKED:
                document.checked.clear()
            document.checked[model, self.known] = form
        return form

    def _validated(self, model: type[Model], document: Document) -> Model | None:
        self.document, self.models, self.muted = document, {}, False
        known_broken = frozenset(document.broken)
        for _ in range(5):
            try:
                return model.model_validate(document.data, context=self)
            except ValidationError as error:
                items = [dict(item) for item in error.errors(include_url=False)]
                meant = self._meant(items)
                found = [self._tell(item, known_broken, meant) for item in items]
            self.muted = True
            done: list[Place] = []
            for place in sorted(set(found), key=_order, reverse=True):
                if any(place[: len(other)] == other for other in done):
                    continue
                target = self._prunable(document, place)
                if not target:
                    return None
                container = document.at(target[:-1])
                del container[target[-1]]
                done.append(target)
        return None

    def _meant(self, errors: list[dict[str, Any]]) -> frozenset[Place]:
        """Return the places of missing keys that are there under a misspelt name."""
        meant = set()
        for error in errors:
            if error["type"] == "extra_forbidden" and self.document is not None:
                place = _original(self.document, tuple(error["loc"]))
                place = tuple(part for part in place if not str(part).startswith("<"))
                model = self.models.get(place[:-1])
                near = nearest(str(place[-1]), model.known_keys()) if model else None
                meant.add((*place[:-1], near or ""))
        return frozenset(meant)

    def _tell(self, error: dict[str, Any], known_broken: frozenset[Place], meant: frozenset[Place]) -> Place:
        """Report one error of pydantic; return the place (by present indexes) that cannot stay."""
        document = self.document
        if document is None:
            return ()
        loc = tuple(part for part in error["loc"] if not (isinstance(part, str) and part.startswith("<")))
        is_key = loc[-1:] == ("[key]",)
        present: Place = loc[:-1] if is_key else loc
        kind = error["type"]
        cut = present[:-1] if kind == "missing" else present
        place = _original(document, present)
        if self.muted or (kind == "missing" and place in meant):
            return cut
        model = self.models.get(place[:-1])
        message = told({**error, "loc": place}, model.known_keys() if model else {})
        shown = place[:-1] if kind == "missing" else place
        if not any(place[:end] in known_broken for end in range(1, len(place) + 1)):
            is_key = is_key or kind in {"missing", "extra_forbidden"}
            self.faults.error(document.position(shown, key=is_key), document.path(shown), message)
            document.broken.add(shown)
        return cut

    def _prunable(self, document: Document, present: Place) -> Place:
        """Return the smallest part around *present* that can be left out, () if there is none."""
        for end in range(len(present), 0, -1):
            try:
                container = document.at(present[: end - 1])
            except (KeyError, IndexError, TypeError):
                continue
            if isinstance(container, list):
                item = container[int(present[end - 1])]
                if isinstance(item, dict):
                    return present[:end]
                continue
            if not isinstance(container, dict) or present[end - 1] not in container:
                continue
            holder = self.models.get(getattr(container, "place", ()))
            if holder is None or not _required(holder, present[end - 1]):
                return present[:end]
        return ()


def _order(place: Place) -> list[tuple[bool, str, int]]:
    return [
        (isinstance(part, int), "" if isinstance(part, int) else part, part if isinstance(part, int) else 0)
        for part in place
    ]


def _original(document: Document, present: Place) -> Place:
    """Return the place in the file of what now stands at *present* (lists may have lost items)."""
    node: Any = document.data
    for end, part in enumerate(present):
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return getattr(node, "place", present[:end]) + present[end:]
        place = getattr(node, "place", None)
        if place is not None and place != present[: end + 1]:
            present = place + present[end + 1 :]
    return present


def _required(model: type[Node], key: str | int) -> bool:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return info.is_required()
    return False


def known_name(kind: str, what: str | None = None) -> AfterValidator:
    """Return the check that a text names an existing *kind* (``resource``, ``source`` …).

    Without a context, or while the names of the kind are not known yet, any text passes.
    """

    def check(value: str, info: ValidationInfo) -> str:
        context: Context | None = info.context
        names = context.names.get(kind) if context is not None else None
        if names is not None and value not in names:
            raise PydanticCustomError("unknown_name", "{text}", {"text": unknown(what or kind, value, names)})
        return value

    return AfterValidator(check)
