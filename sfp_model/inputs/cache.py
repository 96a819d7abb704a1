"""What commands keep between two calls, in the user's cache folder, under a digest of all that it was made from.

A file counts by its content, never by its date. What is kept is written whole or not at all and read only if it is
as it was written and the user's own. Nothing heavy is imported: a command that finds what it needs starts fast.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from sfp_model.inputs.places import shown_file

__all__ = ["KEEP", "cache_folder", "code_digest", "keep", "kept", "place_for"]

KEEP = 48  # of each kind; the oldest beyond are removed
SWITCH = "SFP_CACHE"
_DIGEST = 32  # bytes of the digest before the content


def cache_folder() -> Path | None:
    """Return the folder of what is kept: ``SFP_CACHE`` if set (empty: keep nothing), else the user's cache folder."""
    if SWITCH in os.environ:
        return Path(os.environ[SWITCH]) if os.environ[SWITCH] else None
    from platformdirs import user_cache_path

    return user_cache_path("sfp_model", appauthor=False) / "plans"


def place_for(kind: str, rooms: Sequence[str], params: Path, data: Path, scenario: str) -> Path | None:
    """Return where something made from a plan's files is kept, ``None`` if nothing is.

    Parameters
    ----------
    kind : str
        Ending of the file.
    rooms : sequence of str
        Rooms of the package whose sources decide what is made.
    params, data, scenario
        What it is made from: name and content of every file below the folders, and how messages show these.
    """
    folder = cache_folder()
    if folder is None:
        return None
    found = hashlib.sha256(code_digest(tuple(rooms)))
    for part in (params, data):
        found.update(f"{shown_file(part)}\0{scenario}\0".encode())
        for path in _files(part):
            content = path.read_bytes()
            found.update(f"{path.relative_to(part).as_posix()}\0{len(content)}\0".encode() + content)
    return folder / f"{found.hexdigest()}.{kind}"


@lru_cache(maxsize=4)
def code_digest(rooms: tuple[str, ...]) -> bytes:
    """Return a digest of the sources of *rooms*, of the interpreter and of NumPy, whose sums may differ in a bit."""
    package = Path(__file__).parent.parent
    sources = [package / "errors.py", *(path for room in rooms for path in sorted((package / room).glob("*.py")))]
    numpy = find_spec("numpy")
    if numpy is not None and numpy.origin:
        sources.append(Path(numpy.origin).with_name("version.py"))
    found = hashlib.sha256(sys.version.encode())
    for path in sources:
        found.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return found.digest()


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def kept(place: Path | None) -> bytes | None:
    """Return what is kept at *place*; ``None`` if there is nothing, or it is damaged or another user's."""
    if place is None:
        return None
    try:
        if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
            return None
        content = place.read_bytes()
    except OSError:
        return None
    body = content[_DIGEST:]
    return body if hashlib.sha256(body).digest() == content[:_DIGEST] else None


def keep(content: bytes, place: Path | None, most: int | None = None) -> None:
    """Write *content* whole or not at all, *most* of its kind; a folder that cannot be written is no fault."""
    if place is None:
        return
    import tempfile

    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(place)
        found = sorted(place.parent.glob(f"*{place.suffix}"), key=lambda path: path.stat().st_mtime)
        for old in found[: -(most or KEEP)]:
            old.unlink(missing_ok=True)
    except OSError:
        return
