"""Turn the assembled notebooks into the site and the PDFs: with Quarto where it is, else with the embedded renderer."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sfp_model.errors import AnnexError, UsageError

__all__ = ["GUARD", "Renderer", "choose", "find_quarto", "render_pdf", "render_site"]

GUARD = "SFP_ANNEX_PREPARED"
OLDEST = (1, 9)  # books by Typst and the merged metadata files are as tried with this release
# Quarto and its Lua filters say WARN or WARNING, Pandoc [WARNING]; Typst's "warning:" follows "Compiling … to …pdf..."
BAD = re.compile(
    r"\b(?:WARN|WARNING|ERROR)\b"
    r"|(?i:unable to (?:resolve|parse|process|display))"
    r"|(?i:\b(?:warning|error): (?!true|false))"
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Renderer:
    """``name`` is ``quarto`` or ``embedded``; ``why`` says in words how it was chosen."""

    name: str
    version: str
    why: str
    program: str = ""

    def __str__(self) -> str:
        return f"Quarto {self.version}" if self.name == "quarto" else "the embedded renderer (Pandoc and Typst)"


def find_quarto() -> str | None:
    """Return the path of ``quarto``: in the folder of this Python, else on the path."""
    here = Path(sys.executable).parent  # not resolved: an environment's python may be a link
    return shutil.which("quarto", path=str(here)) or shutil.which("quarto")


def choose(wanted: str = "auto") -> Renderer:
    """Choose the renderer.

    Parameters
    ----------
    wanted : {"auto", "quarto", "embedded"}
        ``auto`` takes Quarto when it is found and works.

    Raises
    ------
    UsageError
        Quarto is asked for and not found, too old, or does not answer; or *wanted* is none of the three.
    """
    if wanted not in {"auto", "quarto", "embedded"}:
        raise UsageError(f"there is no renderer {wanted!r}; there are: auto, quarto, embedded")
    if wanted == "embedded":
        return Renderer("embedded", "", "as asked")
    program = find_quarto()
    if program is None:
        why = "there is no quarto on the path or in the environment"
    else:
        try:
            done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True)
            version = done.stdout.strip()
            numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
            if numbers >= OLDEST:
                return Renderer("quarto", version, f"found at {program}", program)
            why = f"{program} is version {version}; {OLDEST[0]}.{OLDEST[1]} or later is needed"
        except (OSError, subprocess.SubprocessError) as error:
            detail = (getattr(error, "stderr", "") or "").strip().splitlines()
            why = f"{program} does not work: {detail[-1] if detail else error}"
    if wanted == "quarto":
        raise UsageError(f"Quarto cannot be used: {why}; `make quarto` installs it")
    return Renderer("embedded", "", why)


def _end_group(process: subprocess.Popen[str]) -> None:
    """End a process and its children; Quarto starts several."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the group that it was started as the leader of
    process.wait()


def run_quarto(program: str, arguments: Sequence[str], root: Path, *, timeout: float, pdf_scenario: str = "") -> str:
    """Run ``quarto render`` in *root* and return what it said.

    Raises
    ------
    AnnexError
        It fails, takes longer than *timeout* seconds (its process group is then ended), or warns of anything.
    """
    environment = {**os.environ, GUARD: "1", "QUARTO_PYTHON": sys.executable, "NO_COLOR": "1"}
    environment.pop("QUARTO_PROFILE", None)  # the profile is given where one is meant
    if pdf_scenario:
        environment["SFP_PDF_SCENARIO"] = pdf_scenario
    process = subprocess.Popen(
        [program, "render", *arguments],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=sys.platform != "win32",
    )
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise AnnexError(f"quarto render took longer than {timeout:.0f} s and was ended: {arguments}") from error
    finally:
        if process.poll() is None:
            _end_group(process)
    said = COLOURS.sub("", said)
    bad = [line.strip() for line in said.splitlines() if BAD.search(line)]
    if process.returncode:
        last = bad or said.strip().splitlines()[-10:]
        raise AnnexError("\n".join([f"quarto render ended with exit code {process.returncode}:", *last]))
    if bad:
        raise AnnexError("\n".join(["quarto render warned:", *bad]))
    return said


def render_site(renderer: Renderer, root: Path, out: Path, cache: Path, *, pages: int, also: Sequence[str]) -> None:
    """Render the website into the folder *out*.

    Raises
    ------
    AnnexError
        Anything is wrong with a page: an unresolved reference, a picture without alternative text, a dead link.
    """
    from sfp_model.annex.check import check_site

    if renderer.name == "embedded":
        from sfp_model.annex import embedded

        embedded.render_site(root, out, also=also, cache=cache / "pages")
        return
    inside = out if out.is_relative_to(root) else root / "_site.quarto"  # Quarto renders into its project only
    arguments = ["--to", "html", "--output-dir", os.path.relpath(inside, root)]
    try:
        run_quarto(renderer.program, arguments, root, timeout=600 + 30.0 * pages)
        if inside != out:
            shutil.copytree(inside, out, dirs_exist_ok=True)
    finally:
        if inside != out:
            shutil.rmtree(inside, ignore_errors=True)
    faults = check_site(out, also=also)
    if faults:
        raise AnnexError("\n".join(faults))


def render_pdf(
    renderer: Renderer,
    root: Path,
    scenario: str,
    chapters: Sequence[str],
    titles: tuple[str, str],
    front: str,
    out: Path,
) -> None:
    """Render one scenario as a PDF into the file *out*; ``_annex.yml`` must name its chapters.

    Parameters
    ----------
    titles : (str, str)
        Title and subtitle.
    front : str
        Markdown under the subtitle of the title page (embedded renderer).

    Raises
    ------
    AnnexError
        The renderer failed, warned, or made no PDF.
    """
    if renderer.name == "embedded":
        from sfp_model.annex import embedded

        embedded.render_pdf(root, [Path(c) for c in chapters], titles[0], titles[1], out, front=front)
        return
    folder = root / f"_pdf-{scenario}"
    shutil.rmtree(folder, ignore_errors=True)
    arguments = ["--profile", "pdf", "--to", "typst", "--output-dir", folder.name]
    try:
        run_quarto(renderer.program, arguments, root, timeout=600 + 60.0 * len(chapters), pdf_scenario=scenario)
        found = sorted(f for f in folder.rglob("*.pdf") if "downloads" not in f.parts)
        if len(found) != 1:
            raise AnnexError(f"quarto was to make one PDF of the scenario {scenario}, and made {len(found)}")
        shutil.move(found[0], out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
