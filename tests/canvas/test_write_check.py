"""Rights that a token lacks: whether Canvas refuses aloud or drops in silence, the write says which right, and the run stops."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from ilc_canvas.canvas.write_check import DroppedError, check_echo
from ilc_canvas.reconcile.change import Change, Create, Remove
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.canvas.cast import ACCOUNT, EQ, NOW, ROLE, SMALL, TERM, changed, client, course, enrollment, person, section, upto, write
from tests.sandbox.process import start_sandbox


@dataclass(frozen=True)
class Case:
    """A right that is denied, the change that meets it, the word by which the error names the right, and what is written before."""

    denied: str
    change: Change
    word: str
    there: Sequence[Record] = ()


RENAMED = changed(course(), name="Equity")
LOUD = [
    Case("manage_sis", Create(ACCOUNT), "manage_sis"),
    Case("manage_account_settings", Create(TERM), "manage_account_settings"),
    Case("manage_role_overrides", Create(ROLE), "manage_role_overrides", [ACCOUNT]),
    Case("manage_user_logins", Create(person(1)), "manage_user_logins"),
    Case("manage_courses", Create(course()), "manage_courses", [ACCOUNT, TERM]),
    Case("manage_courses_add", Create(course()), "manage_courses_add", [ACCOUNT, TERM]),
    Case("change_course_state", Remove(course()), "change_course_state", [ACCOUNT, TERM, course()]),
    Case("manage_courses_conclude", Remove(course()), "manage_courses_conclude", [ACCOUNT, TERM, course()]),
    Case("manage_sections_add", Create(section()), "manage_sections_add", upto(Kind.SECTION)),
    Case("manage_sections_edit", changed(section(), name="R"), "manage_sections_edit", upto(Kind.ENROLLMENT)),
    Case("manage_students", Create(enrollment()), "manage_students", upto(Kind.ENROLLMENT)),
    Case("add_student_to_course", Create(enrollment()), "add_student_to_course", upto(Kind.ENROLLMENT)),
    Case("manage_admin_users", Create(enrollment(role="TeacherEnrollment")), "manage_admin_users", upto(Kind.ENROLLMENT)),
]
SILENT = [
    Case("manage_sis", Create(TERM), "manage_sis"),
    Case("manage_sis", Create(person(1)), "manage_sis"),
    Case("manage_courses_admin", RENAMED, "manage_courses_admin", [ACCOUNT, TERM, course()]),
]


def writes_of(case: Case) -> tuple[MissingRightError, list[Any]]:
    """What is raised, and the statuses of the writes that were sent for the change."""
    with start_sandbox("--now", NOW, "--deny", case.denied) as sandbox:
        canvas = client(sandbox)
        write(canvas, case.there)
        sandbox.forget_requests()
        with pytest.raises(MissingRightError) as caught:
            canvas.apply(case.change)
        return caught.value, [entry["status"] for entry in sandbox.requests() if entry["method"] != "GET"]


@pytest.mark.parametrize("case", LOUD, ids=lambda case: case.denied)
def test_loud_refusal_names_right(case: Case) -> None:
    """A write that Canvas refuses is sent once, and the error names the right to ask for."""
    error, statuses = writes_of(case)
    assert (len(statuses), statuses[0] in (401, 403)) == (1, True)
    assert case.word in str(error)
    assert "Ask the Canvas administrator" in str(error)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: f"{case.denied}-{case.change.key.kind}")
def test_silent_drop_names_right(case: Case) -> None:
    """A write that Canvas answers with 200 but did not carry out is noticed at once, and nothing more is written."""
    error, statuses = writes_of(case)
    assert statuses == [200]
    assert isinstance(error, DroppedError)
    assert case.word in str(error)


@pytest.mark.parametrize("record", [record for record in SMALL if record.key.kind in (Kind.COURSE, Kind.SECTION, Kind.USER)], ids=str)
@pytest.mark.parametrize("answers", [[], [None], ["other"]])
def test_lost_sis_id_is_noticed(record: Record, answers: list[str | None]) -> None:
    """A SIS id that comes back null, other or not at all is a lost one."""
    name = f"sis_{record.key.kind}_id"
    with pytest.raises(DroppedError, match=f"dropped {name}"):
        check_echo(record.key, {name: record.key.id}, dict.fromkeys([name], answers[0]) if answers else {})


@pytest.mark.parametrize(("answered", "dropped"), [("Equity &amp; Justice", False), ("Equity", True), ("", True), (None, True)])
def test_rewritten_text_was_taken(answered: str | None, dropped: bool) -> None:
    """A text that Canvas writes in its own way was taken; one that is as before, or empty, was dropped."""
    with pytest.raises(DroppedError, match="dropped name") if dropped else nullcontext():
        check_echo(EQ, {"name": "Equity & Justice"}, {"name": answered}, texts={"name": "Equity"})


def test_unreadable_field_says_nothing() -> None:
    """A field that the token may not read is absent from the answer: that is no sign that it was dropped."""
    check_echo(person(1).key, {"login_id": "p1@example.org", "name": "Ada"}, {"name": "Ada"})


def test_same_in_other_spelling() -> None:
    """Letter case of addresses and the offset of times make no difference."""
    check_echo(person(1).key, {"login_id": "P1@Example.org"}, {"login_id": "p1@example.org"})
    check_echo(EQ, {"start_at": "2021-08-16T06:00:00Z"}, {"start_at": "2021-08-16T00:00:00-06:00"})


def test_dropped_values_not_repeated() -> None:
    """The error names keys and SIS ids, never the values: they may be names and addresses."""
    with pytest.raises(DroppedError) as caught:
        check_echo(Key(Kind.USER, "ilc:p:1"), {"name": "Ada Lovelace"}, {"name": "Grace Hopper"})
    assert not [word for word in ("Ada", "Grace") if word in str(caught.value)]
