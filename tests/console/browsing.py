"""A real browser: Debian's Chromium, driven by Playwright, and axe-core to look for barriers."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from ilc_canvas.console.security.tokens import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(sys.prefix) / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_REFUSED_FORM = "responded with a status of 422"  # the browser notes each
_LEFT = ": net::ERR_ABORTED"  # somebody went on to another page before all of this one had come
_MISSING = [str(path) for path in (CHROMIUM, AXE) if not path.exists()]
expect.set_options(timeout=30_000)  # what is awaited may be slow where many tests run
needs_browser = pytest.mark.skipif(bool(_MISSING) and "CI" not in os.environ, reason=f"not there: {', '.join(_MISSING)}")


@contextmanager
def chromium() -> Iterator[Chromium]:
    """It, for as long as the tests of a module run."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def window(
    started: Chromium,
    token: str = "",
    *,
    width: int = 1280,
    script: bool = True,
    expected: str = "",
) -> Iterator[Page]:
    """A window of somebody who has signed in. The browser complains about nothing but what is `expected` (a pattern) while it is open."""
    context = started.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    if token:
        name, domain = COOKIE, "127.0.0.1"
        context.add_cookies(
            [{"name": name, "value": token, "domain": domain, "path": "/", "sameSite": "Strict", "secure": True, "httpOnly": True}]
        )
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"{request.url}: {request.failure}"))
    yield page
    context.close()
    complaints = [text for text in said if _REFUSED_FORM not in text and not text.endswith(_LEFT)]
    complaints = [text for text in complaints if not (expected and re.search(expected, text))]
    assert not complaints, complaints


def barriers(page: Page, *, colors: bool = False) -> list[str]:
    """What axe finds on a page, or of that what is about colors."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules})", _COLORS if colors else _RULES)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def faults(page: Page) -> list[str]:
    """What axe finds on a page in light and in dark, which differ in nothing but colors, and whether something is cut off."""
    page.emulate_media(color_scheme="light")
    found = [*barriers(page), *(["too wide"] if overflow(page) else [])]
    page.emulate_media(color_scheme="dark")
    return [*found, *(f"in the dark: {each}" for each in barriers(page, colors=True))]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
