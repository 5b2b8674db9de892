"""A roster that lost more than a tenth of its people takes effect when two people have signed just its files."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ilc_canvas.store.audit import reader
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from tests.cli.people_cast import rows
from tests.console.cast import Browser, Office, text_of
from tests.console.uploads import check, files_of

FEW = [rows()[0], rows()[-1]]


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


@pytest.fixture
def cruz(office: Office) -> Browser:
    """Another one."""
    return office.browser("L. Cruz", Role.COORDINATOR)


@pytest.fixture
def ito(office: Office) -> Browser:
    """An approver."""
    return office.browser("M. Ito", Role.APPROVER)


def _draft(office: Office) -> VersionInfo:
    (draft,) = [info for info in versions.listing(office.store) if info.state == "draft"]
    return draft


@pytest.fixture
def signed_once(office: Office, alvarez: Browser) -> VersionInfo:
    """A draft of few people, which J. Alvarez has uploaded and signed."""
    check(alvarez, files_of(FEW))
    draft = _draft(office)
    assert "Yours is the first of two signatures" in text_of(alvarez.get(f"/roster/{draft.number}"))
    answer = alvarez.post(f"/roster/{draft.number}/sign", _fields(draft, "many left"))
    assert answer.status_code == 303, text_of(answer)
    return _draft(office)


def _fields(draft: VersionInfo, reason: str) -> dict[str, str]:
    return {"files": draft.files_digest, "read": "yes", "reason": reason}


def test_first_signature_waits(office: Office, alvarez: Browser, signed_once: VersionInfo) -> None:
    """The version before stays in force; every page says what is waited for, and whoever has signed cannot be the second."""
    assert signed_once.waits_for_second
    assert versions.newest_finalized(office.store).version == 2
    assert "Waits for a second signature" in text_of(alvarez.get("/"))
    assert "Waits for a second signature" in text_of(alvarez.get("/roster"))
    text = text_of(alvarez.get(f"/roster/{signed_once.number}"))
    assert "J. Alvarez has signed; a second person has to" in text
    assert "“many left”" in text
    assert "You have signed. Ask another" in text
    answer = alvarez.post(f"/roster/{signed_once.number}/second", _fields(signed_once, "again"))
    assert (answer.status_code, "The second person is another one" in text_of(answer)) == (422, True)
    again = alvarez.post(f"/roster/{signed_once.number}/sign", _fields(signed_once, "again"))
    assert (again.status_code, "has signed version 3 already" in text_of(again)) == (422, True)


@pytest.mark.parametrize("who", ["cruz", "ito"])
def test_second_signature_puts_it_in_force(office: Office, signed_once: VersionInfo, who: str, request: pytest.FixtureRequest) -> None:
    """A coordinator or an approver signs as well: both are recorded, and both reasons."""
    browser: Browser = request.getfixturevalue(who)
    assert "people of version 2 are missing here" in text_of(browser.get(f"/roster/{signed_once.number}"))
    answer = browser.post(f"/roster/{signed_once.number}/second", _fields(signed_once, "asked each of them"))
    assert answer.status_code == 303, text_of(answer)
    info = versions.info(office.store, signed_once.number)
    name = {"cruz": "L. Cruz", "ito": "M. Ito"}[who]
    assert (info.state, info.signed_by, info.second, info.reason) == ("finalized", "J. Alvarez", name, "many left; asked each of them")
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, event.signed_by) == ("roster-finalized", name, ["J. Alvarez", name])
    assert versions.newest_finalized(office.store).version == signed_once.number


def test_second_signature_is_bound_to_files(office: Office, alvarez: Browser, cruz: Browser, signed_once: VersionInfo) -> None:
    """Other files, or the same once more, are another draft: the first signature does not count for it."""
    for people in ([*FEW, rows()[1]], FEW):
        check(alvarez, files_of(people))
        answer = cruz.post(f"/roster/{_draft(office).number}/second", _fields(signed_once, "x"))
        assert answer.status_code == 422
        assert _draft(office).first_signed_by == ""
        assert versions.newest_finalized(office.store).version == 2


def test_second_signature_before_the_first(office: Office, alvarez: Browser, cruz: Browser) -> None:
    """Nobody is the second of one."""
    check(alvarez, files_of(FEW))
    answer = cruz.post(f"/roster/{_draft(office).number}/second", _fields(_draft(office), "x"))
    assert (answer.status_code, "No roster waits for a second signature" in text_of(answer)) == (422, True)


def test_one_signature_is_enough_for_most(office: Office, alvarez: Browser) -> None:
    """A roster with nearly everybody is signed by one person."""
    check(alvarez, files_of(rows()))
    assert alvarez.post(f"/roster/{_draft(office).number}/sign", _fields(_draft(office), "back")).status_code == 303
    assert versions.newest_finalized(office.store).version == 3


def test_whoever_uploaded_is_not_the_second(office: Office, alvarez: Browser, cruz: Browser) -> None:
    """L. Cruz signs what J. Alvarez has uploaded: J. Alvarez cannot be the second of the two."""
    check(alvarez, files_of(FEW))
    assert cruz.post(f"/roster/{_draft(office).number}/sign", _fields(_draft(office), "many left")).status_code == 303
    answer = alvarez.post(f"/roster/{_draft(office).number}/second", _fields(_draft(office), "x"))
    assert (answer.status_code, "J. Alvarez has imported version 3" in text_of(answer)) == (422, True)


def test_two_second_signatures_at_once(cruz: Browser, ito: Browser, signed_once: VersionInfo) -> None:
    """One of them counts, and the other one reads whose it was."""
    with ThreadPoolExecutor(2) as pool:
        path, fields = f"/roster/{signed_once.number}/second", _fields(signed_once, "x")
        answers = list(pool.map(lambda each: each.post(path, fields), (cruz, ito)))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    (late,) = [answer for answer in answers if answer.status_code == 422]
    assert "Somebody else was quicker J. Alvarez and" in text_of(late)


def test_edited_first_signature_does_not_count(office: Office, alvarez: Browser, cruz: Browser) -> None:
    """Somebody writes a signature into the database: the audit log does not have it."""
    check(alvarez, files_of(FEW))
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE document_version SET first_signed_by = 'M. Ito', first_signed_at = imported_at WHERE state = 'draft'"
        )
    answer = cruz.post(f"/roster/{_draft(office).number}/second", _fields(_draft(office), "x"))
    assert (answer.status_code, "not as the audit log recorded it" in text_of(answer)) == (422, True)
    assert versions.newest_finalized(office.store).version == 2
