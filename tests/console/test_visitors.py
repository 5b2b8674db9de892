"""ilc-canvas demo --console: whoever follows what the demo says approves a plan; and nobody comes in like that anywhere else."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ilc_canvas import process
from ilc_canvas.console.pages.entry.visitors import NOTICE, VISITORS, visitor_pages
from ilc_canvas.console.security.place import Place, place_of
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import accounts
from ilc_canvas.store.people.accounts import Role
from tests.console.browsing import barriers, chromium, needs_browser, overflow, window
from tests.console.cast import Browser, Office, text_of
from tests.console.conftest import serving
from tests.stores import in_a_file, made_file
from tests.waiting import until

HERE = place_of("127.0.0.1", 8080, "")


@contextmanager
def _demo(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """It runs, with the console open; and the file in which it talks."""
    said = folder / "said"
    plain = {name: value for name, value in os.environ.items() if name != "ILC_CANVAS_COURSES"}
    command = [sys.executable, "-m", "ilc_canvas", "demo", "--console"]
    (folder / "tmp").mkdir()
    with (
        said.open("wb") as out,
        subprocess.Popen(command, env={**plain, "TMPDIR": str(folder / "tmp")}, stdout=out, stderr=out, start_new_session=True) as running,
    ):
        try:
            until(lambda: "Ctrl-C here ends" in said.read_text() or running.poll() is not None, 300)
            assert running.poll() is None, said.read_text()
            yield running, said
        finally:
            if running.poll() is None:
                running.kill()


def _follow(page: Page, line: str) -> None:
    """Press, or follow, what a line of the instructions names; fill in what it asks for."""
    for label in re.findall(r'"([^"]+)"', line):
        if label == "Approve":
            page.get_by_label("Why may this go ahead?").fill("I have read it")
            ends = page.locator("dt", has_text="Places that end").inner_text()
            page.get_by_label("How many places end?").fill(ends.rpartition("(")[2].rstrip(")"))
        page.get_by_role("button" if "ress " in line else "link", name=label).first.click()


@needs_browser
@pytest.mark.timeout(400)
def test_visitor_follows_the_demo(tmp_path: Path) -> None:
    """Each label that it names is there; the plan is approved by M. Ito, applied by the worker, and in the log; Ctrl-C ends all of it."""
    with _demo(tmp_path) as (running, said), chromium() as browser, window(browser) as page:
        told = said.read_text()
        page.goto(re.search(r"Open (http://127\.0\.0\.1:\d+) in", told)[1])  # type: ignore[index]
        expect(page.get_by_text(NOTICE)).to_be_visible()
        assert (barriers(page), overflow(page)) == ([], 0)
        steps = re.findall(r"^ {3}([a-e])\. (.*)$", told, re.MULTILINE)
        assert [letter for letter, _ in steps] == list("abcde")
        for _, line in steps:
            _follow(page, line)
            expect(page.get_by_text(NOTICE)).to_be_visible()
        expect(page.get_by_text("I have read it").first).to_be_visible()
        page.get_by_role("link", name="Runs").click()
        newest = page.locator(".rows li").first
        until(lambda: page.reload() and "changes done" in newest.inner_text(), 60)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Come in as L. Dela Cruz").click()
        expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
        page.get_by_role("button", name="Sign out").click()
        for part in next(line for line in told.splitlines() if "Facilitators come in" in line).split(", and "):
            _follow(page, part)
        expect(page.get_by_text(NOTICE)).to_be_visible()
        page.get_by_role("link", name="COP EQ").click()
        expect(page.get_by_role("heading", name="What stays yours")).to_be_visible()
        assert (barriers(page), overflow(page)) == ([], 0)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    assert "Stopped; the demo's store is gone with it." in said.read_text()
    assert "Traceback" not in said.read_text()
    assert not list((tmp_path / "tmp").iterdir())
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


@in_a_file
def test_visitors_choose_who_they_are(settings: Settings, tmp_path: Path) -> None:
    """One of the three is let in as what that person is, and comes back to where somebody wanted to go; another name leads nowhere."""
    with closing(open_store(made_file(tmp_path))) as store:
        pages = visitor_pages(store, HERE, folder=tmp_path, at=process.now())
        with serving(settings, store, pages=pages) as office:
            browser = Browser(office.url)
            assert all(f"Come in as {name}" in text_of(browser.get("/sign-in?next=/runs")) for name in VISITORS)
            answer = browser.post("/sign-in", {"name": "M. Ito", "next": "/runs"})
            assert (answer.status_code, answer.headers["Location"]) == (303, "/runs")
            assert browser.post("/sign-in", {"name": "S. Okafor"}).status_code == 404
            assert browser.post("/sign-in", {"name": "M. Ito", "next": "//evil.example"}).headers["Location"] == "/"
        assert {each.name: each.roles for each in accounts.listing(store)} == {name: {role} for name, (role, _) in VISITORS.items()}


@in_a_file
@pytest.mark.parametrize(
    ("folder", "place"), [("other", HERE), (".", Place("127.0.0.1", 8080, ("https://console.example.org",)))], ids=["store", "place"]
)
def test_visitors_are_for_the_demo_alone(tmp_path: Path, folder: str, place: Place) -> None:
    """With another store, or where others reach it, there is no such console, and no such account."""
    with closing(open_store(made_file(tmp_path / "made"))) as store:
        with pytest.raises(SettingsError, match="in the demo alone"):
            visitor_pages(store, place, folder=tmp_path / folder, at=process.now())
        assert accounts.listing(store) == []


def test_nobody_else_comes_in_without_a_password(office: Office) -> None:
    """In every other console the form asks for all three, a name alone is refused, and there is no notice."""
    office.account("M. Ito", Role.APPROVER)
    browser = Browser(office.url)
    assert "Come in as" not in browser.get("/sign-in").text
    assert browser.post("/sign-in", {"name": "M. Ito"}).status_code == 422
    assert NOTICE not in office.browser("M. Ito").get("/").text
