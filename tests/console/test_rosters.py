"""The roster's way: files are checked, findings shown, the draft read and signed; hostile files and hostile texts."""

import io
import re
import zipfile
from html import unescape

import pytest

from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.roster.files.columns import ROSTER, TEAMS
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from tests.cli.people_cast import rows
from tests.console.cast import Browser, Office, live_things, text_of
from tests.console.test_pages import LISTS
from tests.console.uploads import TEAM, check, files_of, table


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


def test_files_become_a_signed_roster(office: Office, alvarez: Browser) -> None:
    """Checked without errors they are a draft, which shows its differences; signed with a reason they are in force."""
    checked = check(alvarez, files_of(rows()))
    assert (checked.status_code, checked.headers.get("Location")) == (303, "/roster/3"), text_of(checked)
    draft = alvarez.get("/roster/3")
    assert "joins Chloe Tran (P3)" in text_of(draft)
    digest = re.search(r'name="files" value="([^"]+)"', draft.text)
    assert digest
    fields = {"files": digest[1], "read": "yes", "reason": "they came back"}
    answers = [alvarez.post("/roster/3/sign", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "Somebody else was quicker J. Alvarez signed version 3 on" in text_of(answers[1])
    info = versions.info(office.store, 3)
    assert (info.state, info.signed_by, info.imported_by, info.reason) == ("finalized", "J. Alvarez", "J. Alvarez", "they came back")


@pytest.mark.parametrize("fields", [{"read": "yes"}, {"reason": "x"}, {"read": "yes", "reason": "x", "files": "0000-0000"}])
def test_signature_that_lacks_something(office: Office, alvarez: Browser, fields: dict[str, str]) -> None:
    """Without tick or reason, or for files that are not the draft's any more, nothing is signed."""
    check(alvarez, files_of(rows()))
    assert alvarez.post("/roster/3/sign", {"files": versions.info(office.store, 3).files_digest, **fields}).status_code == 422
    assert versions.info(office.store, 3).state == "draft"


def test_draft_that_was_replaced(office: Office, alvarez: Browser) -> None:
    """Somebody else has uploaded other files meanwhile: what was read is not signed, and neither is what was not."""
    check(alvarez, files_of(rows()))
    read = versions.info(office.store, 3).files_digest
    check(office.browser("L. Cruz", Role.COORDINATOR), files_of(rows(P3={"cop_participant": "EQ"})))
    (draft,) = [info for info in versions.listing(office.store) if info.state == "draft"]
    answer = alvarez.post(f"/roster/{draft.number}/sign", {"files": read, "read": "yes", "reason": "x"})
    assert (answer.status_code, "Somebody else was quicker L. Cruz replaced the draft" in text_of(answer)) == (422, True)
    assert versions.info(office.store, draft.number).state == "draft"


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    return out.getvalue()


MANY = table(ROSTER.required, [{"person_id": f"X{number}", "display_name": "x"} for number in range(60_000)])
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
    answer = check(alvarez, {**files_of(rows()), "roster": (kind, HOSTILE[name])})
    assert answer.status_code == 422, text_of(answer)
    assert versions.listing(office.store) == before
    assert alvarez.get("/roster").status_code == 200


def test_upload_that_is_too_large(alvarez: Browser) -> None:
    """More than 32 MB are not read."""
    assert check(alvarez, {**files_of(rows()), "roster": ("roster.csv", bytes(33 * 2**20))}).status_code == 413


@pytest.mark.parametrize("missing", ["roster", "teams", "cops"])
def test_upload_that_lacks_a_file(alvarez: Browser, missing: str) -> None:
    """The page says which one."""
    files = {name: file for name, file in files_of(rows()).items() if name != missing}
    assert (answer := check(alvarez, files)).status_code == 422
    assert f'href="#{missing}"' in answer.text


def test_upload_by_others_is_refused(office: Office) -> None:
    """Only a coordinator uploads and signs; an approver or administrator cannot."""
    for role in (Role.VIEWER, Role.APPROVER, Role.ADMIN):
        assert check(office.browser(role.value, role), files_of(rows())).status_code == 403


SCRIPTS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "{{ 7*7 }}{% raw %}", "javascript:alert(1)",
    "=cmd|' /C calc'!A0", "\u202egnp.exe", "‹show-run 1›", "‹nothing›", "</textarea><svg onload=alert(1)>", "%3Cscript%3E", "a\0b",
]  # fmt: skip


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_texts_stay_texts(office: Office, alvarez: Browser, text: str) -> None:
    """A script in every field of a roster, of a file's name, a reason and a search is shown as text wherever it turns up."""
    fields = ("given_name", "family_name", "display_name", "sortable_name", "district", "school", "local_association")
    people = [{**row, **dict.fromkeys(fields, f"{text} {row['person_id']}")} for row in rows(P2={"cop_participant": text})]
    pages = [check(alvarez, {**files_of(people), "teams": (f"{text}.csv", table(TEAMS.required, [{**TEAM, "team_name": text}]))})]
    people = [{**row, **dict.fromkeys(fields, f"{text} {row['person_id']}")} for row in rows()]
    pages.append(check(alvarez, {**files_of(people), "teams": ("teams.csv", table(TEAMS.required, [{**TEAM, "team_name": text}]))}))
    for info in versions.listing(office.store)[:1]:
        pages.append(alvarez.post(f"/roster/{info.number}/sign", {"files": info.files_digest, "read": "yes", "reason": text}))
    pages.append(alvarez.post("/people", {"q": text}))
    pages.append(alvarez.post("/sync", {"kind": "sync", "only": text, "reason": text}))
    pages.append(alvarez.post("/sync", {"kind": "sync", "reason": text}))
    pages.append(alvarez.post("/pause", {"why": text, "until": text}))
    pages += [
        alvarez.get(path) for path in [*LISTS, "/roster/3", "/people/P1", "/courses/cop:EQ", "/audit?kind=all", f"/audit?about={text}"]
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
