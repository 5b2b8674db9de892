"""The roster's way: files are checked, findings shown, the draft read and signed; hostile files and hostile texts."""

import csv
import io
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from html import unescape

import pytest
import requests

from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.reconcile.plain import plain
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from tests.cli.people_cast import Row, address, rows
from tests.console.cast import Browser, Office, live_things, text_of
from tests.console.test_pages import LISTS

TEAM = {"team_id": "T1", "team_name": "Alder Team", "component": "network", "region": "I", "lead_ids": "P1"}
EQUITY = {
    "cop_code": "EQ", "school_year": "2021-22", "title": "Equity", "status": "active", "open_to_guests": "yes",
    "start_date": "2021-10-05", "end_date": "2022-04-30", "facilitator_ids": "P5",
}  # fmt: skip


def _table(columns: Collection[str], entries: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue().encode()


def _files(people: Sequence[Row], **more: bytes) -> dict[str, tuple[str, bytes]]:
    columns = list(dict.fromkeys([*ROSTER.required, *(name for row in people for name in row)]))
    made = {"roster": _table(columns, people), "teams": _table(TEAMS.required, [TEAM]), "cops": _table(COPS.required, [EQUITY]), **more}
    return {name: (f"{name}.csv", data) for name, data in made.items()}


def _check(browser: Browser, files: Mapping[str, tuple[str, bytes]], year: str = "2021-22") -> requests.Response:
    fields = {"form_token": form_token(browser.token), "school_year": year}
    return browser.ask("POST", "/roster/check", data=fields, files=dict(files))


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


def test_files_become_a_signed_roster(office: Office, alvarez: Browser) -> None:
    """Checked without errors they are a draft, which shows its differences; signed with a reason they are in force."""
    checked = _check(alvarez, _files(rows()))
    assert (checked.status_code, checked.headers.get("Location")) == (303, "/roster/3"), text_of(checked)
    draft = alvarez.get("/roster/3")
    assert "joins Chloe Tran (P3)" in text_of(draft)
    digest = re.search(r'name="files" value="([^"]+)"', draft.text)
    assert digest
    fields = {"files": digest[1], "read": "yes", "reason": "they came back"}
    assert [alvarez.post("/roster/3/sign", fields).status_code for _ in range(2)] == [303, 422]
    info = versions.info(office.store, 3)
    assert (info.state, info.signed_by, info.imported_by, info.reason) == ("finalized", "J. Alvarez", "J. Alvarez", "they came back")


@pytest.mark.parametrize("fields", [{"read": "yes"}, {"reason": "x"}, {"read": "yes", "reason": "x", "files": "0000-0000"}])
def test_signature_that_lacks_something(office: Office, alvarez: Browser, fields: dict[str, str]) -> None:
    """Without tick or reason, or for files that are not the draft's any more, nothing is signed."""
    _check(alvarez, _files(rows()))
    assert alvarez.post("/roster/3/sign", {"files": versions.info(office.store, 3).files_digest, **fields}).status_code == 422
    assert versions.info(office.store, 3).state == "draft"


def test_draft_that_was_replaced(office: Office, alvarez: Browser) -> None:
    """Somebody else has uploaded other files meanwhile: what was read is not signed, and neither is what was not."""
    _check(alvarez, _files(rows()))
    read = versions.info(office.store, 3).files_digest
    _check(office.browser("L. Cruz", Role.COORDINATOR), _files(rows(P3={"cop_participant": "EQ"})))
    (draft,) = [info for info in versions.listing(office.store) if info.state == "draft"]
    answer = alvarez.post(f"/roster/{draft.number}/sign", {"files": read, "read": "yes", "reason": "x"})
    assert (answer.status_code, "it was replaced" in text_of(answer)) == (422, True)
    assert versions.info(office.store, draft.number).state == "draft"


def test_errors_are_shown_and_nothing_stored(office: Office, alvarez: Browser) -> None:
    """Each finding with line, column, value and what to do; no version is made."""
    before = versions.listing(office.store)
    answer = _check(alvarez, _files(rows(P2={"email": address("Ana Reyes")}, P3={"team_id": "T9"})))
    text = text_of(answer)
    assert (answer.status_code, "keep this roster from being signed" in text) == (422, True)
    assert "ana.reyes@example.org" in text
    assert "Nothing was stored" in text
    assert versions.listing(office.store) == before


def test_shrunken_roster_needs_two(office: Office, alvarez: Browser) -> None:
    """More than a tenth fewer people are not signed by one person alone."""
    first = rows()[0]
    _check(alvarez, _files([first, rows()[-1]]))
    (draft,) = [info for info in versions.listing(office.store) if info.state == "draft"]
    fields = {"files": draft.files_digest, "read": "yes", "reason": "x"}
    answer = alvarez.post(f"/roster/{draft.number}/sign", fields)
    assert (answer.status_code, "two people have to sign" in text_of(answer)) == (422, True)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    return out.getvalue()


MANY = _table(ROSTER.required, [{"person_id": f"X{number}", "display_name": "x"} for number in range(60_000)])
HOSTILE = {
    "empty": b"",
    "zeros": bytes(1000),
    "bomb": _bomb(),
    "many rows": MANY,
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "broken workbook": b"PK\x03\x04 and nothing else",
    "one endless line": b"a," * 2_000_000,
    "bad bytes": b"\xff\xfe\xfd" * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(office: Office, alvarez: Browser, name: str) -> None:
    """Whatever is in them, the answer is a page that says so; nothing is stored, and the console goes on."""
    before = versions.listing(office.store)
    kind = "roster.xlsx" if HOSTILE[name].startswith(b"PK") else "roster.csv"
    answer = _check(alvarez, {**_files(rows()), "roster": (kind, HOSTILE[name])})
    assert answer.status_code == 422, text_of(answer)
    assert versions.listing(office.store) == before
    assert alvarez.get("/roster").status_code == 200


def test_upload_that_is_too_large(alvarez: Browser) -> None:
    """More than 32 MB are not read."""
    assert _check(alvarez, {**_files(rows()), "roster": ("roster.csv", bytes(33 * 2**20))}).status_code == 413


@pytest.mark.parametrize("missing", ["roster", "teams", "cops"])
def test_upload_that_lacks_a_file(alvarez: Browser, missing: str) -> None:
    """The page says which one."""
    files = {name: file for name, file in _files(rows()).items() if name != missing}
    assert (answer := _check(alvarez, files)).status_code == 422
    assert f'href="#{missing}"' in answer.text


def test_upload_by_others_is_refused(office: Office) -> None:
    """Only a coordinator uploads and signs; an approver or administrator cannot."""
    for role in (Role.VIEWER, Role.APPROVER, Role.ADMIN):
        assert _check(office.browser(role.value, role), _files(rows())).status_code == 403


SCRIPTS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "{{ 7*7 }}{% raw %}", "javascript:alert(1)",
    "=cmd|' /C calc'!A0", "\u202egnp.exe", "‹show-run 1›", "‹nothing›", "</textarea><svg onload=alert(1)>", "%3Cscript%3E", "a\0b",
]  # fmt: skip


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_texts_stay_texts(office: Office, alvarez: Browser, text: str) -> None:
    """A script in every field of a roster, of a file's name, a reason and a search is shown as text wherever it turns up."""
    fields = ("given_name", "family_name", "display_name", "sortable_name", "district", "school", "local_association")
    people = [{**row, **dict.fromkeys(fields, f"{text} {row['person_id']}")} for row in rows(P2={"cop_participant": text})]
    pages = [_check(alvarez, {**_files(people), "teams": (f"{text}.csv", _table(TEAMS.required, [{**TEAM, "team_name": text}]))})]
    people = [{**row, **dict.fromkeys(fields, f"{text} {row['person_id']}")} for row in rows()]
    pages.append(_check(alvarez, {**_files(people), "teams": ("teams.csv", _table(TEAMS.required, [{**TEAM, "team_name": text}]))}))
    for info in versions.listing(office.store)[:1]:
        pages.append(alvarez.post(f"/roster/{info.number}/sign", {"files": info.files_digest, "read": "yes", "reason": text}))
    pages.append(alvarez.post("/people", {"q": text}))
    pages.append(alvarez.post("/sync", {"kind": "sync", "only": text, "reason": text}))
    pages.append(alvarez.post("/sync", {"kind": "sync", "reason": text}))
    pages.append(alvarez.post("/pause", {"why": text, "until": text}))
    pages += [
        alvarez.get(path) for path in [*LISTS, "/roster/3", "/people/P1", "/courses/cop:EQ", "/audit?kind=all", f"/audit?person={text}"]
    ]
    for page in pages:
        assert page.status_code < 500, text_of(page)
        assert live_things(page.text) == []
    assert plain(text.replace("\0", "")) in unescape(alvarez.get("/sync").text)


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "<b onclick='x'>", "<a href='//evil.example'>", "<img src=x>", "<form action='https://x'>"]
)
def test_live_things_are_noticed(text: str) -> None:
    """What the test above looks for is found where it is."""
    assert live_things(f"<p>{text}</p>") != []
