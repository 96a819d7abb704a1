"""A headless Chromium, spoken to over its debugging pipe: screenshots, overflow, requests, questions to a page.

Run as a program it takes a screenshot of each page given, at desktop and phone width::

    python -m tests.annex.browser FOLDER page.html …
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any

from tests.tools import find_tool, require_tool

__all__ = ["DESKTOP", "PHONE", "Browser"]

DESKTOP, PHONE = 1280, 390
_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--no-first-run",
    "--mute-audio", "--hide-scrollbars", "--font-render-hinting=none", "--remote-debugging-pipe",
]  # fmt: skip


class Browser:
    """One browser with one tab; use in a ``with`` block.

    Attributes
    ----------
    requests : list of str
        Addresses that the page asked for since it was opened, other than files and data.
    """

    def __init__(self, program: str | None = None, timeout: float = 60) -> None:
        self.requests: list[str] = []
        self._program = program or require_tool("chromium")
        self._timeout = timeout
        self._count = 0
        self._buffer = b""
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        from fcntl import F_DUPFD_CLOEXEC, fcntl  # no such module on Windows, where there is no pipe by number either

        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        ends = os.pipe(), os.pipe()
        down, self._write, self._read, up = (fcntl(end, F_DUPFD_CLOEXEC, 10) for pair in ends for end in pair)
        for end in (*ends[0], *ends[1]):
            os.close(end)
        command = [self._program, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        start = f"import os, sys; os.dup2({down}, 3); os.dup2({up}, 4); os.execv(sys.argv[1], sys.argv[1:])"
        self._process = subprocess.Popen(  # Chromium reads from file 3 and writes to file 4
            [sys.executable, "-S", "-c", start, *command],
            pass_fds=(down, up), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(down)
        os.close(up)
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def _receive(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            if not select([self._read], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser did not answer in time")
            data = os.read(self._read, 1 << 20)
            if not data:
                raise ConnectionError("the browser went away")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        if answer.get("method") == "Network.requestWillBeSent":
            url = answer["params"]["request"]["url"]
            if not url.startswith(("file:", "data:", "about:", "blob:")):
                self.requests.append(url)
        return answer

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + self._timeout
        while True:
            answer = self._receive(until)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def open(self, page: Path | str, width: int = DESKTOP, height: int = 900) -> None:
        """Load a file or an address at a window width in CSS pixels and wait until it is complete."""
        url = page if isinstance(page, str) else page.resolve().as_uri()
        self.requests.clear()
        self._events.clear()
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                   mobile=width < 600)  # fmt: skip
        self._call("Page.navigate", url=url)
        until = time.monotonic() + self._timeout
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._receive(until))

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression on the page; promises are awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", expression))
        return answer["result"].get("value")

    def overflow(self) -> list[str]:
        """Elements that make the page wider than its window; empty when nobody must scroll sideways."""
        found: list[str] = self.evaluate("""(() => {
            const page = document.scrollingElement, room = document.documentElement.clientWidth;
            if (page.scrollWidth <= room) return [];
            return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > room + 1)
              .slice(0, 5).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40))
              .concat(["page is " + page.scrollWidth + " px wide, window " + room]); })()""")
        return found

    def screenshot(self, path: Path, whole: bool = True) -> None:
        """PNG of the page, or of what is in the window."""
        area: dict[str, Any] = {}
        if whole:
            size = self._call("Page.getLayoutMetrics")["cssContentSize"]
            area = {"captureBeyondViewport": True,
                    "clip": {"x": 0, "y": 0, "scale": 1, "width": size["width"],
                             "height": min(size["height"], 8000)}}  # fmt: skip
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png", **area)["data"]))


def main(arguments: list[str]) -> int:
    """Screenshots of pages into a folder."""
    program = find_tool("chromium")
    if program is None:
        print("chromium is not installed", file=sys.stderr)
        return 1
    folder, pages = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    with Browser(program) as browser:
        for page in pages:
            for width in (DESKTOP, PHONE):
                browser.open(Path(page), width)
                name = folder / f"{'-'.join(Path(page).with_suffix('').parts[-2:])}-{width}.png"
                browser.screenshot(name)
                print(name, *browser.overflow(), *browser.requests)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
