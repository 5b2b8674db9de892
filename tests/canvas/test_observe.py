"""Reading what is there: all of it, or an exception."""

from functools import partial

import pytest
import responses

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.http.failures import NotFoundError, SpentError
from ilc_canvas.canvas.observe import tried, whole
from ilc_canvas.reconcile.change import Remove
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, TokenError, UnavailableError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.canvas.cast import (
    ACCOUNT,
    ADA,
    EQ,
    HOST,
    SMALL,
    TERM,
    YEAR,
    client,
    course,
    enrollment,
    owners,
    person,
    same_as,
    section,
    sought,
    there,
    write,
)
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

XX = Key(Kind.COURSE, f"{YEAR.id}:cop:XX")
OBSERVED = [record for record in SMALL if record.key.kind is not Kind.USER]
"""People are looked up on their own: test_lookup.py."""


def test_nothing_there_is_empty(sandbox: Sandbox) -> None:
    """A Canvas that we never wrote to holds nothing of ours, and says when."""
    state = client(sandbox).observe({})
    assert (len(state), state.at and state.at.date().isoformat()) == (0, "2021-08-16")


def test_written_is_read_back(sandbox: Sandbox) -> None:
    """What was written is read back as the same records, by the one that wrote and by another."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    for reader in (canvas, client(sandbox)):
        state = reader.observe(owners(sandbox))
        assert same_as(state, OBSERVED)
        assert {record.key for record in state} == {record.key for record in OBSERVED}


def test_hand_made_under_numbers(sandbox: Sandbox) -> None:
    """People of whom nobody knows, and sections without a SIS id of ours, appear under their Canvas numbers."""
    canvas, hand = client(sandbox), Person(sandbox.url)
    write(canvas, SMALL)
    number = there(sandbox, course())[0]["id"]
    stranger = hand.user("stranger")
    assert hand.enroll(number, stranger).status == 200
    state = canvas.observe(owners(sandbox))
    default = [record for record in state.of_kind(Kind.SECTION) if record.key.id.startswith("canvas:")]
    guests = [record for record in state.of_kind(Kind.ENROLLMENT) if record.user == Key(Kind.USER, f"canvas:{stranger}")]
    assert (len(default), len(guests)) == (1, 1)
    assert guests[0].parents[:2] == (EQ, default[0].key)


def test_enrollment_goes_by_number(sandbox: Sandbox) -> None:
    """Whose an enrollment is goes by the account's number, whatever SIS id others have given it since."""
    canvas, hand = client(sandbox), Person(sandbox.url)
    write(canvas, SMALL)
    known = owners(sandbox)
    login = hand.get(f"users/sis_user_id:{ADA.id}/logins").body[0]["id"]
    assert hand.ask("PUT", f"accounts/1/logins/{login}", {"login[sis_user_id]": "district-7"}).status == 200
    hand.login(next(number for number, key in known.items() if key == ADA), "a", sis_user_id="district-8")
    assert same_as(canvas.observe(known), OBSERVED)


@pytest.mark.parametrize(("task", "state"), [("deactivate", "inactive"), ("conclude", "completed"), ("delete", "deleted")])
def test_ended_enrollments_are_in(sandbox: Sandbox, task: str, state: str) -> None:
    """Enrollments are read in every state, deleted ones too."""
    canvas, row = client(sandbox), enrollment()
    write(canvas, SMALL)
    number = there(sandbox, row)[0]["id"]
    assert Person(sandbox.url).ask("DELETE", f"courses/sis_course_id:{EQ.id}/enrollments/{number}?task={task}").status == 200
    seen = canvas.observe(owners(sandbox)).get(row.key)
    assert seen
    assert seen.fields["state"] == state


def test_ended_courses_are_in(sandbox: Sandbox) -> None:
    """Completed and deleted courses are read, the deleted ones without what was in them."""
    canvas, other = client(sandbox), course(XX)
    write(canvas, [*SMALL, other])
    canvas.apply(Remove(course()))
    assert Person(sandbox.url).ask("DELETE", f"courses/sis_course_id:{other.key.id}?event=delete").status == 200
    state = canvas.observe({})
    assert [record.fields["state"] for record in state.of_kind(Kind.COURSE)] == ["completed", "deleted"]


@pytest.mark.parametrize("sis_id", [None, "other:2021-22:cop:EQ", "ilc:2020-21:cop:EQ", "ilc:2021-22x:cop:EQ"])
def test_foreign_courses_left_out(sandbox: Sandbox, sis_id: str | None) -> None:
    """A course in our account whose SIS id is not of our prefix and year is none of ours."""
    canvas = client(sandbox)
    write(canvas, [ACCOUNT, TERM])
    form = {"course[name]": "Foreign", **({"course[sis_course_id]": sis_id} if sis_id else {})}
    assert Person(sandbox.url).ask("POST", "accounts/sis_account_id:ilc/courses", form).status == 200
    assert [record.key for record in canvas.observe({})] == [ACCOUNT.key, TERM.key]


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize("nth", [1, 4, 7])
@pytest.mark.parametrize("do", ["500", "503", "429", "throttle403", "truncate", "drop-link", "html", "reset-before", "reset-after", "401"])
def test_faulty_read_never_partial(sandbox: Sandbox, do: str, nth: int, times: int) -> None:
    """Whatever goes wrong with a read, the state is whole or there is none."""
    canvas = client(sandbox)
    write(canvas, [*SMALL, course(XX)])
    known = owners(sandbox)
    whole = canvas.observe(known)
    sandbox.fault(do, "api/v1", method="GET", nth=nth, times=times)
    try:
        assert canvas.observe(known).records == whole.records
    except CanvasError:
        assert times > 1 or do == "401"


def test_lost_link_never_partial(sandbox: Sandbox) -> None:
    """A list of more than a page that loses its Link header is an error, for people as for enrollments."""
    canvas = client(sandbox)
    write(canvas, [*SMALL, *(person(number) for number in range(3, 104))])
    write(canvas, [enrollment(person(number).key) for number in range(3, 104)])
    known = owners(sandbox)
    assert len(canvas.observe(known).of_kind(Kind.ENROLLMENT)) == 103
    sandbox.fault("drop-link", "/enrollments")
    with pytest.raises(IncompleteError):
        canvas.observe(known)
    sandbox.fault("drop-link", "/users")
    with pytest.raises(IncompleteError):
        canvas.find_people([sought(which, number) for which, number in enumerate(sorted(known)[:2], 1)])


def test_illegible_row_is_error(canvas: responses.RequestsMock) -> None:
    """A row without what every row of its kind has is an error of ours, not a state."""
    canvas.add("GET", f"{HOST}/api/v1/accounts/sis_account_id:ilc", json={"id": 2})
    with pytest.raises(IncompleteError, match="GET accounts/sis_account_id:ilc cannot be used: name is missing"):
        CanvasClient(base_url=HOST, token="t", school_year="2021-22").observe({})


def test_sample_read_in_few_requests(sandbox: Sandbox) -> None:
    """A program of the sample's size (19 courses, 136 sections, 324 people, 972 enrollments) costs at most 50 requests."""
    writer = client(sandbox)
    people = [person(number) for number in range(1, 325)]
    courses = [course(Key(Kind.COURSE, f"{YEAR.id}:cop:{number}")) for number in range(19)]
    sections = [section(Key(Kind.SECTION, f"{courses[n % 19].key.id}:R{n}"), f"R{n}", courses[n % 19].key) for n in range(136)]
    rows = [enrollment(people[n % 324].key, section=sections[n % 136].key, course=sections[n % 136].parents[0]) for n in range(972)]
    write(writer, [ACCOUNT, TERM, *people, *courses, *sections, *rows])
    known = owners(sandbox)
    sandbox.forget_requests()
    canvas = client(sandbox)
    assert len(sandbox.requests()) <= 6
    sandbox.forget_requests()
    state, found = canvas.observe(known), canvas.find_people([sought(n, number) for n, number in enumerate(sorted(known), 1)])
    ours = [record for record in state.of_kind(Kind.SECTION) if not record.key.id.startswith("canvas:")]
    assert (len(state.of_kind(Kind.COURSE)), len(ours), len(state.of_kind(Kind.ENROLLMENT))) == (19, 136, 972)
    assert known.keys() <= found.accounts.keys()
    assert len(sandbox.requests()) <= 50


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MissingRightError("401"), "unread-right"),
        (NotFoundError("404"), "unread-right"),
        (UnavailableError("500"), "unread-failed"),
        (IncompleteError("a page is missing"), "unread-failed"),
    ],
)
def test_one_course_that_cannot_be_read(error: CanvasError, code: str) -> None:
    """It is marked with the reason, and the others are read; a refused token, or an allowance that is used up, ends the reading."""
    eq, ai = (Record(Key(Kind.COURSE, f"ilc:2021-22:cop:{name}"), {"name": name}) for name in ("EQ", "AI"))
    unread, read = tried(eq, partial(_raised, error)), tried(ai, lambda: [ai])
    assert [record.fields for record in whole([unread, read])] == [{"name": "EQ", "unread": code}, {"name": "AI"}]
    with pytest.raises(type(error)):
        whole([unread])
    for serious in (TokenError("refused"), SpentError("used up")):
        with pytest.raises(type(serious)):
            tried(eq, partial(_raised, serious))


def _raised(error: CanvasError) -> list[Record]:
    raise error
