"""What was found in files is kept for a month: a page to hand on, a table, and a check that takes over what has not changed."""

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

import pytest
from openpyxl import Workbook

from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.program.basis import ROSTER
from ilc_canvas.store.audit import reader
from ilc_canvas.store.documents import checks
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from tests.cli.people_cast import address, rows
from tests.console.cast import Browser, Office, live_things, text_of
from tests.console.uploads import check, files_of

WRONG = rows(P2={"email": address("Ana Reyes")}, P3={"team_id": "T9"})


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


@pytest.fixture
def kept(alvarez: Browser) -> str:
    """The page of a check with two errors."""
    answer = check(alvarez, files_of(WRONG))
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"]


def test_findings_are_kept_as_a_page(office: Office, alvarez: Browser, kept: str) -> None:
    """Each finding by file with line, column, value and what to do, for whoever has the address; no version is made."""
    before = versions.listing(office.store)
    text = text_of(office.browser("J. Bell", Role.VIEWER).get(kept))
    assert kept == "/roster/checks/1"
    assert "2 errors keep this roster from being signed Nothing was stored" in text
    assert "line 4" in text
    assert "T9" in text
    assert "@example.org" not in text
    assert "ana.reyes@example.org" in text_of(alvarez.get(kept))
    assert f'href="{kept}"' in alvarez.get("/roster").text
    assert versions.listing(office.store) == before
    (event,) = [event for event in reader.events(office.store) if event.kind == "roster-checked"]
    assert (event.body["errors"], event.personal["files"]) == (2, ["roster.csv", "teams.csv", "cops.csv"])


def test_what_has_not_changed_is_taken_over(office: Office, alvarez: Browser, kept: str) -> None:
    """Only the corrected file is chosen again: the others are those of the check, and the roster becomes a draft."""
    page = alvarez.get(kept)
    assert "otherwise teams.csv is taken again" in text_of(page)
    assert 'name="check" value="1"' in page.text
    fields = {"form_token": form_token(alvarez.token), "school_year": "2021-22", "check": "1"}
    answer = alvarez.ask("POST", "/roster/check", data=fields, files={"roster": files_of(rows())["roster"]})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/roster/3"), text_of(answer)
    assert len(versions.info(office.store, 3).files) == 3


def _manifest(files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """The sign-off of just these files."""
    signed = {name: {"rows": data.count(b"\n") - 1, "sha256": sha256(data).hexdigest()} for name, data in files.values()}
    head = {"kind": "ilc-roster-manifest", "school_year": "2021-22", "roster_version": 3, "status": "finalized"}
    return json.dumps({**head, "signed_off_by": "x", "signed_off_at": "2021-07-15T16:30:00-07:00", "files": signed}).encode()


def test_sign_off_of_former_files_is_not_taken_over(alvarez: Browser) -> None:
    """A manifest signs the files as they were: with corrected ones it would fit no more, so it is chosen anew or left out."""
    wrong = files_of(WRONG)
    where = check(alvarez, {**wrong, "manifest": ("manifest.json", _manifest(wrong))}).headers["Location"]
    assert "otherwise roster.csv is taken again" in text_of(alvarez.get(where))
    assert "otherwise manifest.json is taken again" not in text_of(alvarez.get(where))
    fields = {"form_token": form_token(alvarez.token), "school_year": "2021-22", "check": "1"}
    answer = alvarez.ask("POST", "/roster/check", data=fields, files={"roster": files_of(rows())["roster"]})
    assert answer.headers.get("Location") == "/roster/3", text_of(answer)


@pytest.mark.parametrize("number", ["99", "-1", "x", "9" * 30, "٣"])
def test_check_that_is_not_there_gives_no_file(alvarez: Browser, kept: str, number: str) -> None:
    """Then each file has to be chosen, and the page says which one is missing."""
    assert kept
    fields = {"form_token": form_token(alvarez.token), "school_year": "2021-22", "check": number}
    answer = alvarez.ask("POST", "/roster/check", data=fields, files={"roster": files_of(rows())["roster"]})
    assert (answer.status_code, 'href="#teams"' in answer.text) == (422, True)


def test_findings_as_a_table(office: Office, alvarez: Browser) -> None:
    """One row for each, no cell of which a spreadsheet takes for a formula; who took it is in the log before it is sent."""
    formula = "=cmd|' /C calc'!A0"
    where = check(alvarez, files_of(rows(P3={"team_id": formula}))).headers["Location"]
    answer = alvarez.get(f"{where}/findings.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="findings-roster-1.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row, *_) = [row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))) if formula in row["value"]]
    assert (row["severity"], row["column"], row["value"]) == ("error", "team_id", f"'{formula}")
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, event.body["of"]) == ("exported", "J. Alvarez", "findings of roster check 1")
    office.clock.later = timedelta(minutes=16)
    alvarez.get("/roster")
    later = alvarez.get(f"{where}/findings.csv")
    assert (later.status_code, later.headers["Location"]) == (303, f"/sign-in?next={where}/findings.csv")


def test_table_is_not_for_viewers(office: Office, kept: str) -> None:
    """It has addresses, which viewers do not see."""
    viewer = office.browser("J. Bell", Role.VIEWER)
    assert viewer.get(f"{kept}/findings.csv").status_code == 403
    assert "findings.csv" not in viewer.get(kept).text


def test_check_goes_after_a_month(office: Office, alvarez: Browser, kept: str) -> None:
    """After thirty days its page is not there any more; what it was made of goes with the next check, and no number comes twice."""
    office.clock.later = timedelta(days=30)
    later = office.browser("J. Alvarez")
    assert later.get(kept).status_code == 404
    assert check(later, files_of(WRONG)).headers["Location"] == "/roster/checks/2"
    with office.store.read() as connection:
        assert [row.number for row in connection.exec_driver_sql("SELECT number FROM document_check_file").all()] == [2, 2, 2]
    assert alvarez.get("/roster").status_code == 303  # the session is over by then


def _workbook(tables: list[dict[str, str]]) -> bytes:
    book, columns = Workbook(), list(dict.fromkeys(name for row in tables for name in row))
    sheet = book.active
    assert sheet
    sheet.append(columns)
    for row in tables:
        sheet.append([row.get(name, "") for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook_is_checked_cell_by_cell(alvarez: Browser) -> None:
    """A workbook is read as on the terminal: a finding names its cell, and a sound one becomes the draft."""
    wide = dict.fromkeys(csv.DictReader(io.StringIO(files_of(rows())["roster"][1].decode())).fieldnames or (), "")
    wrong, sound = ([{**wide, **row} for row in each] for each in (WRONG, rows()))
    answer = check(alvarez, {**files_of(rows()), "roster": ("roster.xlsx", _workbook(wrong))})
    assert re.search(r"team_id, [A-Z]+4 ", text_of(alvarez.get(answer.headers["Location"])))
    answer = check(alvarez, {**files_of(rows()), "roster": ("roster.xlsx", _workbook(sound))})
    assert answer.headers.get("Location") == "/roster/3", text_of(answer)


def test_own_columns_are_proposed(alvarez: Browser) -> None:
    """A header of the office's own is answered with the lines for the settings, each on a line."""
    files = files_of(rows())
    name, data = files["roster"]
    answer = check(alvarez, {**files, "roster": (name, data.replace(b"email", b"E-mail address", 1))})
    assert answer.status_code == 422
    assert "[roster.columns]" in text_of(answer)
    assert '"E-mail address" = "email"' in text_of(answer)


def test_names_of_files_stay_texts(office: Office, alvarez: Browser) -> None:
    """The name of a file and the values in it are shown as texts on the page of the check."""
    script = "<script>alert(1)</script>"
    files = files_of(rows(P3={"team_id": script}))
    where = check(alvarez, {**files, "roster": (f"{script}.csv", files["roster"][1])}).headers["Location"]
    assert live_things(alvarez.get(where).text) == []
    (found,) = checks.listing(office.store, ROSTER, office.clock())
    assert found.findings[0]["value"] == script
