from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sfp_model.inputs import schemas
from sfp_model.inputs.documents import read_document
from sfp_model.inputs.faults import Faults

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "docs" / "schema"
FILES = sorted(
    path
    for folder in (REPOSITORY, REPOSITORY / "tests" / "tiny")
    for path in (
        *(folder / "params").rglob("*.yml"),
        *(folder / "data" / name for name in ("catalogue.yml", "sources.yml")),
    )
)


def kind_of(path: Path, data: dict[str, Any]) -> str:
    if path.parent.name == "scenarios":
        return "scenario"
    if path.stem in {"base", "rates", "event", "tradeoff", "risks", "gains", "catalogue", "sources"}:
        return path.stem
    return "programme" if "initiatives" in data else "initiative"


def test_committed_files_are_current() -> None:
    """docs/schema holds what `sfp schema` writes."""
    written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.schema.json")}
    assert written == {f"{name}.schema.json": content for name, content in schemas().items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_files_keep_their_schema(path: Path) -> None:
    """What the reader accepts, an editor with the published schema accepts too."""
    document = read_document(path, Faults())
    assert document is not None
    data = json.loads(json.dumps(document.data))
    jsonschema.Draft202012Validator(schemas()[kind_of(path, data)]).validate(data)


@pytest.mark.parametrize("path", [path for path in FILES if "tiny" not in path.parts], ids=lambda path: path.name)
def test_first_line_names_the_schema(path: Path) -> None:
    """Each file of the plan tells editors which schema it keeps, and the file exists."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    start = "# yaml-language-server: $schema="
    assert first.startswith(start)
    target = (path.parent / first.removeprefix(start)).resolve()
    document = read_document(path, Faults())
    assert document is not None
    assert target == FOLDER / f"{kind_of(path, document.data)}.schema.json"
    assert target.exists()


def test_every_key_is_described() -> None:
    """Completion in an editor says what each key means."""
    for name, content in schemas().items():
        forms = {name: content, **content.get("$defs", {})}
        for form, part in forms.items():
            for key, field in part.get("properties", {}).items():
                assert field.get("description"), f"{name}: {form}.{key}"
