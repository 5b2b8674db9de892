"""What surprises a client of Canvas, beyond what the recorded conversations show."""

import pytest

from tests.sandbox.person import Person

BROKEN = "500 Internal Server Error"


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 422), ("PUT", 422), ("DELETE", 422), ("PATCH", 422)])
def test_unknown_route_is_no_json(admin: Person, method: str, status: int) -> None:
    """Reading an unknown address is 404, writing there 422, both without a body and without throttle headers."""
    answer = admin.ask(method, "no_such_thing/1")
    assert (answer.status, answer.text, answer.header("X-Rate-Limit-Remaining")) == (status, "", "")


def test_broken_json_breaks_it(admin: Person) -> None:
    """JSON that cannot be read is 500 in plain text."""
    answer = admin.ask("POST", "accounts/1/courses", raw='{"course": ', headers={"Content-Type": "application/json"})
    assert (answer.status, answer.header("Content-Type"), answer.text.startswith(BROKEN)) == (500, "text/plain", True)


@pytest.mark.parametrize("form", [{"course": "x"}, {"course[name]": "a\0b"}])
def test_broken_parameters_make_nothing(admin: Person, form: dict[str, str]) -> None:
    """A text in place of a group and a NUL are 500 in JSON with a report's number, and nothing is made."""
    answer = admin.ask("POST", "accounts/1/courses", form)
    assert (answer.status, answer.body["errors"][0]["error_code"]) == (500, "internal_server_error")
    assert admin.get("accounts/1/courses").body == []


def test_empty_body_makes_unnamed_course(admin: Person) -> None:
    """Nothing sent, and still a course is made."""
    assert admin.ask("POST", "accounts/1/courses").body["name"] == "Unnamed Course"


def test_json_suffix_and_slashes_ignored(admin: Person) -> None:
    """A trailing .json and doubled or trailing slashes make no difference; .xml does."""
    statuses = [admin.get(path).status for path in ("accounts/1.json", "accounts//1", "accounts/1/", "accounts/1.xml")]
    assert statuses == [200, 200, 200, 404]


def test_language_sticks_to_token(admin: Person) -> None:
    """After one call in Spanish, refusals come in Spanish until a call asks for English."""
    form = {"course[sis_course_id]": "c:EQ"}
    admin.ask("POST", "accounts/1/courses", form, headers={"Accept-Language": "es"})
    spanish, english = (admin.ask("POST", "accounts/1/courses", form, headers=heads) for heads in ({}, {"Accept-Language": "en"}))
    texts = [answer.body["errors"]["sis_source_id"][0]["message"] for answer in (spanish, english)]
    assert texts == ["La ID de SIS c:EQ ya está en uso", 'SIS ID "c:EQ" is already in use']


def test_unchanged_answer_is_304(admin: Person) -> None:
    """An ETag sent back brings 304 without a body, with the Link header all the same."""
    first = admin.get("accounts/1/terms")
    again = admin.get("accounts/1/terms", headers={"If-None-Match": first.header("ETag")})
    assert (again.status, again.text, again.links().keys()) == (304, "", first.links().keys())


@pytest.mark.parametrize("token", ["Token sandbox", "bearer sandbox", "sandbox", "Bearer "])
def test_other_schemes_count_as_none(admin: Person, token: str) -> None:
    """A token in another dress is none at all."""
    answer = admin.get("accounts/self", headers={"Authorization": token})
    assert (answer.status, answer.body["status"]) == (401, "unauthenticated")


def test_self_without_token_is_404(admin: Person) -> None:
    """users/self cannot tell a missing token from a missing thing."""
    assert admin.get("users/self", **{"as": "none"}).status == 404
