"""How much each page asks of the store: a bounded number of statements, whatever the number of runs and people."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from ilc_canvas.console.pages import PAGES
from ilc_canvas.reconcile.change import Create, Plan
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.journal import SqlJournal
from tests.console.cast import Browser, Office
from tests.store.cast import seat

MOST = 130
"""So many statements are enough for any page."""


@contextmanager
def _counted() -> Iterator[list[str]]:
    """What any engine of this process is asked meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _paths(office: Office) -> list[str]:
    """Each page that reads, with things that are there."""
    digest = next(info.digest for info in details.runs(office.store, 1000) if info.status == "held")
    here = {"number": "2", "digest": digest, "word": "cop:EQ", "person": "P1"}
    found = [
        page.path
        for page in PAGES
        if page.method == "GET" and page.roles and not page.path.startswith("/calendar/") and "csv" not in page.path
    ]
    return [re.sub(r"\{(\w+)\}", lambda match: here[match[1]], path) for path in found]


def _asked(browser: Browser, paths: list[str]) -> Mapping[str, int]:
    """The statements of each page, when nothing of it is asked for the first time."""
    counts = {}
    for path in [*paths, *paths]:
        with _counted() as said:
            assert browser.get(path).status_code < 500, path
        counts[path] = len(said)
    return counts


def _more_versions(office: Office, people: int) -> None:
    """A version more of the roster, with so many people besides."""
    roster = versions.newest_finalized(office.store)
    first, of = roster.people[0], roster.version
    more = (replace(first, person_id=f"X{of}-{number}", email=f"x{of}-{number}@example.org") for number in range(people))
    given = {"rows": {"roster.csv": 1}, "hashes": {"roster.csv": f"{of:064}"}, "findings": [], "imported_by": "root"}
    whole = replace(roster, version=0, people=(*roster.people, *more))
    versions.add_draft(office.store, whole, manifest_version=None, at=office.clock(), **given)  # type: ignore[arg-type]
    versions.finalize(office.store, signed_by="R. Alvarez", at=office.clock())


def _more_runs(office: Office, count: int, *, changes: int) -> None:
    """Runs that have applied so many changes each."""
    before = details.runs(office.store)[0]
    with take_lease(office.store, "worker-1", renewal=None) as lease:
        journal = SqlJournal(office.store, lease=lease, scope=before.scope, base_url=before.base_url, now=office.clock)
        for _ in range(count):
            plan = Plan(tuple(Create(seat(number)) for number in range(1, changes + 1)), before.basis, before.scope, before.base_url)
            number = journal.begin(RunRequest("worker", "schedule"), before.basis)
            journal.planned(number, plan, Verdict(), asked=(), whole=True)
            journal.closed(Report(number, "applied", plan.digest, plan.basis, plan.counts))


@pytest.mark.timeout(300)
def test_statements_do_not_grow(office: Office) -> None:
    """With 60 runs more no page asks for more than before; a version of the roster with 200 people more adds no more than one with a
    person more does (pages about people read each version); and none asks much.
    """
    browser = office.browser("M. Ito", *Role)
    for _ in range(3):  # names are looked up in the newest three
        _more_versions(office, 1)
    _more_runs(office, 5, changes=2)
    paths = _paths(office)
    first = _asked(browser, paths)
    _more_versions(office, 1)
    second = _asked(browser, paths)
    _more_versions(office, 200)
    third = _asked(browser, paths)
    _more_runs(office, 60, changes=20)
    last = _asked(browser, paths)
    assert [path for path in paths if last[path] > third[path]] == []
    assert [path for path in paths if third[path] - second[path] > second[path] - first[path]] == []
    assert {path: second[path] - first[path] for path in paths if second[path] > first[path] and "/people" not in path} == {}
    assert {path: count for path, count in last.items() if count > MOST} == {}
    assert len(last) > 20
