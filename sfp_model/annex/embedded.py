"""The embedded renderer: executed notebooks to a site and a PDF with Pandoc and Typst, where there is no Quarto.

It reads the same files as Quarto (``_quarto.yml``, the metadata files that it names, notebooks and ``.qmd`` pages)
and gives the same pages, headings, captions, references and links. It is a preview, not a second Quarto.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from posixpath import dirname, normpath, relpath
from string import Template
from typing import Any

from sfp_model.annex.check import check_site, links_of
from sfp_model.annex.embedded_navigation import Site, search_index
from sfp_model.annex.embedded_pages import Page, files_of, load_page, read_config
from sfp_model.errors import AnnexError

__all__ = ["render_pdf", "render_site"]

_ASSETS = resources.files("sfp_model.annex") / "embedded_assets"
_FILTER = ("embedded.lua", "embedded_tables.lua")
_READER = "markdown-yaml_metadata_block+autolink_bare_uris"
_TYPEFACES = ("Libertinus Serif", "New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")
_CHINESE_TYPEFACES = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC", "Songti SC", "PingFang SC",
    "SimSun", "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def _program() -> str:
    import pypandoc

    own = sorted((Path(pypandoc.__file__).parent / "files").glob("pandoc*"))
    return str(own[0]) if own else str(pypandoc.get_pandoc_path())


def _pandoc(text: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Pandoc's output and the faults that it and the filter found (each warning is one)."""
    done = subprocess.run([_program(), *arguments], input=text.encode(), capture_output=True, timeout=300)
    said = done.stderr.decode(errors="replace").splitlines()
    faults = [line.removeprefix("FAULT: ").removeprefix("[WARNING] ") for line in said if line.strip()]
    missing = [re.sub(r"^Citeproc: citation (\S+) not found", r"missing citation @\1", fault) for fault in faults]
    if done.returncode and not missing:
        missing = [f"Pandoc stopped with status {done.returncode}"]
    return done.stdout.decode(), list(dict.fromkeys(missing))


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _write_filter(folder: Path) -> None:
    for name in _FILTER:
        (folder / name).write_text(_asset(name), encoding="utf-8")


def _citations(root: Path, config: Mapping[str, Any]) -> list[str]:
    bibliography = config.get("bibliography", [])
    names = [bibliography] if isinstance(bibliography, str) else list(bibliography)
    arguments = ["--citeproc", "-M", "link-citations=true"]
    arguments += [f"--bibliography={root / name}" for name in names]
    return arguments + ([f"--csl={root / config['csl']}"] if config.get("csl") else []) if names else []


def _html_options(config: Mapping[str, Any]) -> dict[str, Any]:
    options = config.get("format", {})
    options = options.get("html", {}) if isinstance(options, Mapping) else {}
    return dict(options) if isinstance(options, Mapping) else {}


def _render_body(root: Path, page: Page, config: Mapping[str, Any], cache: Path | None) -> None:
    """Fills ``page.body`` and ``page.toc``; from the cache where text, filter and options are the same."""
    options = {**_html_options(config), **page.meta}
    numbered = bool(options.get("number-sections"))
    cited = re.search(r"@[\w{]", page.markdown) is not None
    citations = _citations(root, config) if cited else []
    books = [Path(a.split("=", 1)[1]).read_bytes() for a in citations if a.startswith(("--bib", "--csl"))]
    recipe = [
        page.markdown,
        *map(_asset, _FILTER),
        options.get("toc-depth", 3),
        numbered,
        config.get("crossref"),
        _READER,
        metadata.version("pypandoc_binary"),
    ]
    key = hashlib.sha256(json.dumps(recipe, default=str).encode() + b"\0".join(books)).hexdigest()
    kept = cache / f"{key}.json" if cache else None
    if kept and kept.is_file():
        page.body, page.toc = json.loads(kept.read_text(encoding="utf-8"))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "t.html").write_text("$toc$\n<!-- toc ends -->\n$body$", encoding="utf-8")
        _write_filter(work)
        meta = {"sfp": {"numbered": numbered}, "crossref": config.get("crossref") or {}, "title": page.title}
        (work / "m.json").write_text(json.dumps(meta), encoding="utf-8")
        text, faults = _pandoc(page.markdown, [
            "-f", _READER, "-t", "html5", "--mathml", "--wrap=preserve", "--toc",
            f"--toc-depth={options.get('toc-depth', 3)}", f"--template={work / 't.html'}",
            f"--metadata-file={work / 'm.json'}", f"--lua-filter={work / 'embedded.lua'}", *citations])  # fmt: skip
    page.faults += faults
    toc, _, page.body = text.partition("\n<!-- toc ends -->\n")
    page.toc = re.sub(r' id="toc-[^"]*"', "", toc).strip()
    if kept and not page.faults:
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}.{id(page)}")
        fresh.write_text(json.dumps([page.body, page.toc]), encoding="utf-8")
        fresh.replace(kept)


# The site --------------------------------------------------------------------------------------------------------


def _includes(root: Path, given: Any) -> str:
    """Text of Quarto's ``include-…`` options: files, or mappings with ``text``."""
    items = given if isinstance(given, list) else [given] if given else []
    return "\n".join(
        str(i["text"]) if isinstance(i, Mapping) and "text" in i
        else (root / (i["file"] if isinstance(i, Mapping) else i)).read_text(encoding="utf-8")
        for i in items
    )  # fmt: skip


@lru_cache
def _footer_text(text: str) -> tuple[str, list[str]]:
    return _pandoc(text, ["-f", _READER, "-t", "html5"])


def _footer(site: Site, page: Page, up: str) -> str:
    given = site.website.get("page-footer") or {}
    parts = given if isinstance(given, Mapping) else {"center": given}
    cells = []
    for side in ("left", "center", "right"):
        part = parts.get(side)
        if isinstance(part, str):
            text, faults = _footer_text(part)
            page.faults += faults
            cells.append(
                re.sub(r'href="(?![a-z]+:|#)', f'href="{up}', text.replace(".ipynb", ".html").replace(".qmd", ".html"))
            )
        elif part:
            cells.append(" · ".join(site.link(page, item) for item in part))
    return "<div>" + "".join(f"<div>{cell}</div>" for cell in cells) + "</div>"


def _whole_page(root: Path, site: Site, page: Page, config: Mapping[str, Any], shell: Template) -> str:
    options = {**_html_options(config), **page.meta}
    up = relpath(".", dirname(page.url)) + "/" if dirname(page.url) else ""
    toc = page.toc if options.get("toc", True) and page.toc.count("<a ") > 1 else ""
    sidebar, name = site.sidebar(page), html.escape(str(site.website.get("title", "")))
    styles = options.get("css") or []
    sheets = "".join(
        f'<link rel="stylesheet" href="{up}{css}">' for css in ([styles] if isinstance(styles, str) else styles)
    )
    description = page.meta.get("description") or site.website.get("description")
    subtitle = page.meta.get("subtitle")
    title = html.escape(page.title)
    return shell.substitute(
        lang=page.meta.get("lang") or config.get("lang") or "en",
        root=up,
        home=up + site.home,
        pagetitle=f"{title} – {name}" if name and name != title else title,
        description=f'<meta name="description" content="{html.escape(str(description))}">' if description else "",
        head=sheets + _includes(root, options.get("include-in-header")),
        site=html.escape(str((site.website.get("navbar") or {}).get("title") or "")) or name,
        navbar=site.navbar(page),
        frame="" if sidebar else "no-sidebar",
        sidebar=sidebar,
        title=title,
        subtitle=f'<p class="subtitle">{html.escape(str(subtitle))}</p>' if subtitle else "",
        toc_small=f'<details class="toc-small"><summary>On this page</summary>{toc}</details>' if toc else "",
        body=page.body,
        pagination=site.pagination(page),
        toc=f'<aside class="toc" aria-label="On this page"><p>On this page</p>{toc}</aside>' if toc else "",
        footer=_footer(site, page, up),
        tail=_includes(root, options.get("include-after-body")),
    )


def _copy(root: Path, name: str, out: Path) -> None:
    target = out / name
    if not target.exists() and (root / name).is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)


def render_site(root: Path, out: Path, *, also: Iterable[str] = (), cache: Path | None = None) -> None:
    """Render the website that ``_quarto.yml`` describes.

    Parameters
    ----------
    root : Path
        Folder with ``_quarto.yml`` and the executed notebooks.
    out : Path
        Folder to fill; files that are already there stay.
    also : iterable of str
        Paths relative to ``out`` that will be written later, so that links to them are sound.
    cache : Path, optional
        Where rendered bodies of pages are kept between builds.

    Raises
    ------
    AnnexError
        One line per fault: unresolved reference, missing alternative text, missing citation, broken link, failed
        cell, output that needs scripts from elsewhere, or anything that Pandoc warns of.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     root = Path(folder)
    ...     _ = (root / "_quarto.yml").write_text("project: {render: [index.qmd]}\\nwebsite: {title: Annex}")
    ...     _ = (root / "index.qmd").write_text("---\\ntitle: Start\\n---\\n\\nText.")
    ...     render_site(root, root / "out")
    ...     '<h1 class="title">Start</h1>' in (root / "out" / "index.html").read_text()
    True
    """
    config = read_config(root)
    sources = files_of(root, config.get("project", {}).get("render") or ["*.qmd", "**/*.ipynb"])
    pages = [load_page(root, source, config) for source in sources if source.endswith((".ipynb", ".qmd", ".md"))]
    site, shell = Site(root, config, pages), Template(_asset("embedded.html"))
    written = set(also)

    def render(page: Page) -> None:
        _render_body(root, page, config, cache)
        text = _whole_page(root, site, page, config, shell)
        folder = (out / page.url).parent
        folder.mkdir(parents=True, exist_ok=True)
        (out / page.url).write_text(text, encoding="utf-8")
        for name, content in page.pictures.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for link in links_of(text):
            if not re.match(r"[a-z]+:|//|#", link):
                _copy(root, normpath(f"{dirname(page.url) or '.'}/{link.partition('#')[0]}"), out)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(render, pages))
    for name in files_of(root, config.get("project", {}).get("resources") or []):
        _copy(root, name, out)
    assets = out / "assets"
    assets.mkdir(exist_ok=True)
    for asset in ("embedded.css", "embedded.js"):
        (assets / asset).write_text(_asset(asset), encoding="utf-8")
    (assets / "search_index.js").write_text(search_index(site, pages), encoding="utf-8")
    faults = [f"{page.source}: {fault}" for page in pages for fault in page.faults]
    _raise(faults or check_site(out, also=written))


def _raise(faults: Sequence[str]) -> None:
    if faults:
        raise AnnexError("\n".join(dict.fromkeys(faults)))


# The PDF ---------------------------------------------------------------------------------------------------------


def _images(node: Any) -> Iterator[list[Any]]:
    """Targets ``[source, title]`` of every image in Pandoc's JSON."""
    if isinstance(node, dict):
        if node.get("t") == "Image":
            yield node["c"][2]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _images(child)


def _chapter(root: Path, page: Page, number: int, work: Path) -> dict[str, Any]:
    """The page as one Div of Pandoc's JSON, its pictures copied beside the Typst source."""
    text, faults = _pandoc(page.markdown, ["-f", _READER, "-t", "json"])
    page.faults += faults
    tree = json.loads(text)
    for count, target in enumerate(_images(tree), 1):
        source = target[0]
        name = f"c{number}-{count}{Path(source).suffix}"
        kept = root / dirname(page.source) / source
        if source in page.pictures:
            (work / name).write_bytes(page.pictures[source])
        elif kept.is_file():
            shutil.copyfile(kept, work / name)
        else:
            page.faults.append(f"image {source} does not exist")
        target[0] = name
    about = [["path", page.source], ["title", page.title], ["subtitle", str(page.meta.get("subtitle") or "")]]
    return {**tree, "meta": {}, "blocks": [{"t": "Div", "c": [["", ["chapter"], about], tree["blocks"]]}]}


def _typefaces(chinese: bool) -> list[str]:
    """Typefaces of the PDF: those inside Typst, and a Chinese one of the machine where it is needed and found."""
    import typst

    found = set(typst.Fonts(include_system_fonts=True).families()) if chinese else set()
    return [*_TYPEFACES, *[name for name in _CHINESE_TYPEFACES if name in found][:1]]


def render_pdf(
    root: Path, chapters: Sequence[Path], title: str, subtitle: str, out_pdf: Path, *, front: str = "", note: str = ""
) -> None:
    """Render notebooks as the chapters of one tagged PDF; the same input gives the same bytes.

    Parameters
    ----------
    root : Path
        Folder with ``_quarto.yml``.
    chapters : sequence of Path
        Executed notebooks in order, absolute or relative to ``root``.
    title, subtitle : str
        For the title page and the running head.
    out_pdf : Path
        File to write.
    front : str
        Markdown for the foot of the title page.
    note : str
        Author in the file's metadata.

    Raises
    ------
    AnnexError
        One line per fault, as for `render_site`; warnings of Typst are faults.
    """
    import typst

    config = read_config(root)
    names = [(path if path.is_absolute() else root / path).relative_to(root).as_posix() for path in chapters]
    pages = [load_page(root, name, config) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            trees = list(pool.map(lambda pair: _chapter(root, pair[1], pair[0], work), enumerate(pages, 1)))
        _raise([f"{page.source}: {fault}" for page in pages for fault in page.faults])
        tree = {**trees[0], "blocks": [block for each in trees for block in each["blocks"]]}
        text = json.dumps(tree, ensure_ascii=False)
        fonts = _typefaces(bool(_CHINESE.search(text)))
        meta = {
            "sfp": {"numbered": True, "cjk": len(fonts) > len(_TYPEFACES)},
            "crossref": config.get("crossref") or {},
        }
        (work / "m.json").write_text(json.dumps(meta), encoding="utf-8")
        _write_filter(work)
        body, faults = _pandoc(text, [
            "-f", "json", "-t", "typst", "--wrap=preserve", f"--metadata-file={work / 'm.json'}",
            f"--lua-filter={work / 'embedded.lua'}", *_citations(root, config)])  # fmt: skip
        _raise(faults)
        title = re.sub(r"\b(\d{4})-(?=\d{4}\b)", "\\1–", title)
        quoted = {"title": title, "author": note, "running": f"{title} – {subtitle}", "title_block": title,
                  "subtitle_block": subtitle, "lang": str(config.get("lang") or "en").split("-")[0]}  # fmt: skip
        layout = Template(_asset("embedded.typ")).substitute(
            {key: json.dumps(value, ensure_ascii=False) for key, value in quoted.items()},
            fonts=f"({', '.join(json.dumps(font) for font in fonts)})",
            front=_pandoc(front, ["-f", _READER, "-t", "typst"])[0],
        )
        (work / "annex.typ").write_text(layout + body, encoding="utf-8")
        try:
            content, warnings = typst.compile_with_warnings(
                str(work / "annex.typ"), root=str(work), ignore_system_fonts=not meta["sfp"]["cjk"], timestamp=0
            )
        except typst.TypstError as error:
            raise AnnexError(f"{out_pdf.name}: Typst: {error}") from error
        _raise([f"{out_pdf.name}: Typst warns: {warning}" for warning in warnings])
    out_pdf.parent.mkdir(parents=True, exist_ok=True)
    out_pdf.write_bytes(content)
