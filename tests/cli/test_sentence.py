"""The sentence of a run is the same on every screen, and says that Canvas agrees only if it does."""

import pytest

from tests.cli.people_cast import PEOPLE, Office, address, rows

EQ = "courses/sis_course_id:ilc:2021-22:cop:EQ"


@pytest.fixture(autouse=True)
def _log_is_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it takes all settings away
    """The log is one of the screens."""
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "info")


def _screens(office: Office, run: int | None = None) -> dict[str, str]:
    """What each command says about how things are."""
    plan, sync = office.cli("plan").out, office.cli("sync")
    newest = run or office.cli("runs", "--json").json[0]["run"]
    return {"plan": plan, "sync": sync.out, "log": sync.err, "show": office.cli("show", str(newest)).out}


def test_agreement_is_said_where_it_is(office: Office) -> None:
    """Nothing changed by hand, nothing open: every screen says that Canvas agrees, and nothing else."""
    office.sign()
    office.sync()
    for text in _screens(office).values():
        assert "Canvas agrees with roster version 1." in text
        assert "Left as it is" not in text


@pytest.mark.parametrize("ask", [False, True])
def test_changed_by_hand_is_no_agreement(office: Office, ask: bool) -> None:
    """With a course renamed by hand, and a question open or not, no screen says that Canvas agrees; each says what is left as it is."""
    if ask:
        office.account("Benjamin Ok", "b.ok@example.org", email=address(PEOPLE["P2"]))
    office.sign()
    office.sync()
    office.hand("PUT", EQ, course={"name": "By hand"})
    for name, text in _screens(office).items():
        assert "agrees" not in text, name
        assert "Canvas differs from roster version 1 and is left so" in text, name
        assert "Left as it is: 1 thing changed by hand." in text, name
        assert ("somebody must decide about 1 person" in text) == ask, name


def test_added_by_hand_is_told_apart(office: Office) -> None:
    """An extra person in a course does not make Canvas differ from the roster, but is reported."""
    office.sign()
    office.sync()
    number = office.account("Guest Teacher", "guest@example.org")
    office.hand("POST", f"{EQ}/enrollments", enrollment={"user_id": number, "type": "StudentEnrollment", "enrollment_state": "active"})
    for name, text in _screens(office).items():
        assert "Canvas has all of roster version 1." in text, name
        assert "Left as it is: 1 enrollment added by hand." in text, name


def test_left_out_person_is_said(office: Office) -> None:
    """Who was left out by a person's word keeps nothing from being green, and Canvas does not agree."""
    office.account("Benjamin Ok", "b.ok@example.org", email=address(PEOPLE["P2"]))
    office.sign()
    office.sync()
    office.answer("leave-out", "P2")
    assert office.cli("sync").code == 0
    for name, text in _screens(office).items():
        assert "agrees" not in text, name
        assert "changes for people left out." in text, name


def test_undone_is_said(office: Office) -> None:
    """The next run mentions what was undone on purpose, and does not say that Canvas agrees."""
    office.sign()
    run = office.sync()["run"]
    office.sign(rows(P2={"display_name": "Ben O."}))
    run = office.sync()["run"]
    digest = office.cli("undo", str(run), "--json").json["digest"]
    said = office.cli("undo", str(run), "--approve", digest, "--reason", "not yet")
    assert f"1 of 1 change done: run {run} is taken back." in said.out
    for name, text in _screens(office).items():
        assert "agrees" not in text, name
        assert "Decided: 1 change undone on purpose." in text, name


def test_applied_run_says_what_differs(office: Office) -> None:
    """A run that did all it could does not say that Canvas agrees while something is changed by hand."""
    office.sign()
    office.sync()
    office.hand("PUT", EQ, course={"name": "By hand"})
    office.sign(rows(P2={"display_name": "Ben O."}))
    said = office.cli("sync", "--json").json
    assert said["sentence"].startswith(
        "1 of 1 change done; Canvas still differs from roster version 2. Left as it is: 1 thing changed by hand."
    )
