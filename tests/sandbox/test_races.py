"""Two equal creations at the same moment: one object, whatever the loser is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

LOST = {400, 422, 500}
EQUAL = {
    "courses": ("accounts/1/courses", {"course[sis_course_id]": "c:EQ"}),
    "terms": ("accounts/1/terms", {"enrollment_term[sis_term_id]": "t:1"}),
    "accounts": ("accounts/1/sub_accounts", {"account[name]": "ILC", "account[sis_account_id]": "ilc"}),
    "users": ("accounts/1/users", {"pseudonym[unique_id]": "ada", "pseudonym[sis_user_id]": "p:1"}),
}


def together(send: Callable[[], Exchange], size: int = 6) -> list[Exchange]:
    """The same request this many times at one moment."""
    gate = Barrier(size)

    def one(_: int) -> Exchange:
        gate.wait()
        return send()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))


@pytest.mark.parametrize("kind", EQUAL)
def test_equal_creations_make_one_object(sandbox: Sandbox, admin: Person, kind: str) -> None:
    """One is answered 200, the others get an error, and one object is there."""
    path, form = EQUAL[kind]
    before = len(sandbox.state()[kind])
    statuses = sorted(answer.status for answer in together(lambda: admin.ask("POST", path, form)))
    assert statuses[0] == 200
    assert set(statuses[1:]) <= LOST
    assert len(sandbox.state()[kind]) == before + 1


def test_equal_enrollments_are_one_row(sandbox: Sandbox, admin: Person) -> None:
    """All are answered 200 with the same number, and one section was made for them."""
    course, user = admin.course(), admin.user("ada")
    answers = together(lambda: admin.enroll(course, user))
    assert {(answer.status, answer.body["id"]) for answer in answers} == {(200, answers[0].body["id"])}
    assert (len(sandbox.state()["enrollments"]), len(sandbox.state()["sections"])) == (1, 1)
