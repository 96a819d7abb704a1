"""Which files a plan is made of, and where they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sfp_model.errors import Position
from sfp_model.inputs.documents import Document, read_document, shown_file
from sfp_model.inputs.faults import Faults

__all__ = ["Files", "read_files"]

WORK = ("initiatives", "actions", "activities")
NOT_WORK = frozenset({"base", "rates", "event", "tradeoff", "risks", "gains"})


@dataclass(slots=True)
class Files:
    """The documents of one plan; ``work`` are the files with initiatives, in reading order.

    ``complete`` is false if one of the latter cannot be read, so that names of actions may be missing.
    """

    params: Path
    data: Path
    base: Document | None = None
    rates: Document | None = None
    event: Document | None = None
    tradeoff: Document | None = None
    risks: Document | None = None
    gains: Document | None = None
    catalogue: Document | None = None
    sources: Document | None = None
    meetings: Document | None = None
    work: list[Document] = field(default_factory=list)
    complete: bool = True

    def all(self) -> Iterator[Document]:
        """Yield every document that could be read."""
        fixed = (
            self.base, self.rates, self.event, self.tradeoff, self.risks, self.gains, self.catalogue, self.sources,
            self.meetings,
        )  # fmt: skip
        yield from (document for document in (*fixed, *self.work) if document is not None)


def read_files(params: Path, data: Path, faults: Faults) -> Files:
    """Read every file of the plan but the scenarios; report the faults of their form."""
    files = Files(params, data)
    missing = [folder for folder in (params, data) if not folder.is_dir()]
    for folder in missing:
        faults.error(Position(shown_file(folder)), "", "this folder is missing")
    if params not in missing:
        _refuse_other_endings(params, faults)
        files.base = _read(params / "base.yml", faults)
        files.rates = _read(params / "rates.yml", faults, prefix="rates", within=("resources",))
        if (params / "event.yml").exists():
            files.event = _read(params / "event.yml", faults, prefix="event")
        if (params / "tradeoff.yml").exists() or files.event is not None:  # an event without it is a fault
            files.tradeoff = _read(params / "tradeoff.yml", faults, prefix="tradeoff")
        if (params / "risks.yml").exists():
            files.risks = _read(params / "risks.yml", faults)
        if (params / "gains.yml").exists():
            files.gains = _read(params / "gains.yml", faults)
        for document in _read_work(params, faults):
            if document is None:
                files.complete = False
            else:
                files.work.append(document)
        if not files.work and files.complete:
            message = "no file with initiatives here; a plan needs at least one"
            faults.error(Position(shown_file(params)), "", message)
    if data not in missing:
        files.catalogue = _read(data / "catalogue.yml", faults)
        files.sources = _read(data / "sources.yml", faults)
        if (data / "meetings.yml").exists():
            files.meetings = _read(data / "meetings.yml", faults, within=("meetings",))
    return files


def _refuse_other_endings(params: Path, faults: Faults) -> None:
    """Report files that look like parameters but would not be read, so that nobody edits one in vain."""
    for path in sorted((*params.glob("*.*"), *params.glob("*/*.*"))):
        if path.suffix != ".yml" and path.suffix.lower() in (".yml", ".yaml"):
            message = f"only files that end in .yml are read; rename it to {path.stem}.yml"
            faults.error(Position(shown_file(path)), "", message)


def _read(path: Path, faults: Faults, *, prefix: str = "", within: tuple[str, ...] = ()) -> Document | None:
    document = read_document(path, faults, prefix=prefix, within=within)
    if document is None:
        return None
    version = document.data.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > 1:
        message = f"version {version} is newer than this program reads (1); install a newer sfp_model"
        faults.error(document.position(("version",)), "version", message)
        return None
    return document


def _read_work(params: Path, faults: Faults) -> Iterator[Document | None]:
    """Read the files with initiatives: those in subfolders first, then those beside base.yml."""
    nested = sorted(path for path in params.glob("*/*.yml") if path.parent.name != "scenarios")
    beside = sorted(path for path in params.glob("*.yml") if path.stem not in NOT_WORK)
    for path in (*nested, *beside):
        document = _read(path, faults, within=WORK)
        if document is None:
            yield None
        elif "initiative" in document.data or "initiatives" in document.data or "actions" in document.data:
            yield document
        else:
            message = "neither initiative nor initiatives stands here; a file of params names one of them"
            faults.error(Position(document.file), "", message)
            yield None
