"""course show: one course from the store alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.state import Key
from ilc_canvas.views.courses.last_reading import LastReading
from ilc_canvas.views.names import Names
from tests.cli.people_cast import Office, Row, row, rows
from tests.roster.calendar.cast import table

EQ = {"cop_participant": "EQ"}
KEYS = {
    "course", "name", "sis_id", "school_year", "roster_version", "in_canvas", "why_not", "published", "ended", "number", "url",
    "seen_by_run", "seen_at", "sections", "added_by_hand", "added", "calendar_version", "meetings", "changed_by_hand", "left_out",
    "other_years",
}  # fmt: skip


def _people() -> list[Row]:
    """P2 and P3 take part in the COP that P5 facilitates."""
    return rows(P2=EQ, P3=EQ)


@pytest.fixture
def filled(office: Office) -> Office:
    """The course is in Canvas."""
    office.sign(_people())
    office.sync()
    return office


def _show(office: Office, *words: str) -> str:
    said = office.cli("course", "show", *(words or ("cop:EQ",)))
    assert said.code == 0, said
    return said.out


def _number(office: Office) -> int:
    return int(office.hand("GET", "courses/sis_course_id:ilc:2021-22:cop:EQ")["id"])


def _publish(office: Office) -> None:
    office.hand("PUT", f"courses/{_number(office)}", offer=True, course={"event": "offer"})


def test_course_in_canvas(filled: Office) -> None:
    """Name, address, publication as the last run saw it, people by section with facilitators first; SIS id and number in small print."""
    number, out = _number(filled), _show(filled)
    lines = out.splitlines()
    assert lines[:2] == ["COP EQ · Equity (2021-22)", f"  Canvas   {filled.canvas.url}/courses/{number}"]
    assert lines[2].startswith("           not published: its people do not see it yet, as run 2 saw it on ")
    assert lines[3:] == [
        "  People   3 people: 1 facilitator and 2 participants",
        "",
        "Facilitators: 1 person",
        "    Eve Lund (P5), facilitator",
        "",
        "Region I: 2 people",
        "    Ben Okafor (P2)",
        "    Chloe Tran (P3)",
        "",
        "Meetings: none; no calendar is signed for this school year.",
        "",
        f"Small print: SIS id ilc:2021-22:cop:EQ, Canvas course {number}; roster 2021-22, version 1.",
    ]


def test_course_is_shown_without_canvas(filled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of Canvas, and no token is needed."""
    monkeypatch.delenv("ILC_CANVAS_TOKEN")
    filled.canvas.forget_requests()
    assert "Region I: 2 people" in _show(filled)
    assert filled.canvas.requests() == []


def test_published_course(filled: Office) -> None:
    """A course that a facilitator has published is said to be, from the next run on."""
    _publish(filled)
    assert "not published" in _show(filled)
    filled.cli("sync")
    assert "  published, as run 3 saw it on " in _show(filled)


def test_course_that_no_run_has_made(office: Office) -> None:
    """Before the first run a course is not there yet, and why; its people will join."""
    office.sign(_people())
    out = _show(office)
    assert "It is not in Canvas. No run has made it yet. To see what a run would do: ilc-canvas plan" in out
    assert "People   0 people; 3 will join" in out
    assert "  + Ben Okafor (P2); will join: with the next sync" in out


def test_course_that_waits_for_approval(office: Office) -> None:
    """A course that a held plan would make says which plan it waits for."""
    office.sign(_people())
    office.plan()
    assert "It is not in Canvas. Waits for a person, see: ilc-canvas show 1" in _show(office)


def test_course_of_a_planned_cop(office: Office) -> None:
    """A COP that is only planned has no course, and the roster is the reason."""
    office.sign(_people(), cop="planned")
    assert "It is not in Canvas. COP EQ is planned, so it has no course." in _show(office)


def test_course_of_a_cancelled_cop(filled: Office) -> None:
    """When its COP is cancelled the course is concluded, and nobody is in it any more."""
    filled.sign(_people(), cop="cancelled")
    filled.sync()
    out = _show(filled)
    assert "           concluded, as run 4 saw it on " in out
    assert "People   0 people\n" in out


def test_people_who_join_and_leave(filled: Office) -> None:
    """After a new roster people who will join or leave are marked, with what they wait for, and named first in their section."""
    people = [each for each in rows(P3=EQ, P4=EQ) if each["person_id"] != "P2"]
    filled.sign(people)
    out = _show(filled)
    assert "People   3 people: 1 facilitator and 2 participants; 1 will join, 1 will leave" in out
    section = out.partition("Region I: 2 people; 1 will join, 1 will leave\n")[2].splitlines()[:3]
    assert section == [
        "  - Ben Okafor (P2); will leave: with the next sync",
        "  + Dev Patel (P4); will join: with the next sync",
        "    Chloe Tran (P3)",
    ]


def test_what_was_declined_says_by_whom(filled: Office) -> None:
    """Somebody whose place was declined waits for a decision, which is told with its reason."""
    filled.sign(rows(P2=EQ, P3=EQ, P4=EQ))
    filled.cli("reject", filled.plan()["digest"], "--reason", "not before May")
    assert "Dev Patel (P4); will join: stays undone: declined by " in _show(filled)
    assert '("not before May")' in _show(filled)


def test_person_about_whom_somebody_must_decide(filled: Office) -> None:
    """Somebody with a question waits for the answer, and the screen says how to give it."""
    newcomer = row("P6", "Gus Holm", **EQ)
    filled.account("Somebody Else", newcomer["email"])
    filled.sign([*_people(), newcomer])
    filled.plan()
    out = _show(filled)
    assert "Gus Holm (P6); will join: an account has this login, but another name. Somebody must decide: ilc-canvas people review" in out


def test_refused_place_is_tried_again() -> None:
    """What Canvas refused waits for its time, which is told with the reason."""
    at = datetime(2021, 10, 4, 16, tzinfo=UTC)
    key = Key.parse("enrollment=ilc:2021-22:cop:EQ:R1|ilc:p:P4|StudentEnrollment")
    parked = Parked(key, "", "create", "two readings differ", at, 1, at + timedelta(hours=6))
    text = LastReading(parked={key: parked}).why_not_done(key, Names({}))
    assert text == "Canvas gave different answers about it. Check it in Canvas. Tried again at 4 Oct 2021, 22:00 UTC."


def test_what_people_changed_by_hand(filled: Office) -> None:
    """Edits in Canvas are counted and listed with the command that puts them back; people added by hand are counted apart."""
    number = _number(filled)
    enrollments = filled.hand("GET", f"courses/{number}/enrollments")
    gone = next(each["id"] for each in enrollments if each["user_id"] == filled.number("P2"))
    filled.hand("PUT", f"courses/{number}", course={"name": "Equity, our way"})
    filled.hand("DELETE", f"courses/{number}/enrollments/{gone}", task="deactivate")
    section = next(each["id"] for each in filled.hand("GET", f"courses/{number}/sections") if each["name"] == "Region I")
    for person_id in ("P1", "P4"):
        enrollment = {"user_id": filled.number(person_id), "enrollment_state": "active"}
        filled.hand("POST", f"sections/{section}/enrollments", enrollment=enrollment)
    filled.cli("sync")
    out = _show(filled)
    assert "People   2 people: 1 facilitator and 1 participant; 1 changed by hand" in out
    assert "2 people were added by hand in Canvas, not counted here" in out
    assert "  ! Ben Okafor (P2); ended or changed by hand in Canvas, and left that way" in out
    assert "Changed by hand in Canvas, and left that way: 2 things.\n  course Equity (2021-22): name\n" in out
    assert 'ilc-canvas sync --only cop:EQ --repair --reason "..."' in out


def test_people_in_sections_made_by_hand(filled: Office) -> None:
    """Whoever was added by hand is named with the section, also in a section that somebody made; an account of nobody's of ours by its
    number. A plan counts them under the course.
    """
    number, guest = _number(filled), filled.account("Guest Teacher", "guest@example.org")
    made = filled.hand("POST", f"courses/{number}/sections", course_section={"name": "Book group"})["id"]
    region = next(each["id"] for each in filled.hand("GET", f"courses/{number}/sections") if each["name"] == "Region I")
    for section, user, role in ((made, filled.number("P4"), "Student"), (made, guest, "Ta"), (region, filled.number("P1"), "Student")):
        enrollment = {"user_id": user, "type": f"{role}Enrollment", "enrollment_state": "active"}
        filled.hand("POST", f"sections/{section}/enrollments", enrollment=enrollment)
    filled.cli("sync")
    out = _show(filled)
    assert "3 people were added by hand in Canvas, not counted here; nothing is done about that." in out
    assert out.partition("Added by hand in Canvas: 3 people.\n")[2].splitlines()[:3] == [
        "  Ana Reyes (P1), in Region I",
        f"  an account that is on no roster (number {guest}), assistant, in a section made in Canvas (number {made})",
        f"  Dev Patel (P4), in a section made in Canvas (number {made})",
    ]
    added = filled.cli("course", "show", "cop:EQ", "--json").json["added"]
    assert [(each["person"], each["account"], each["section"], each["section_number"]) for each in added] == [
        ("P1", None, "Region I", None),
        (None, guest, None, made),
        ("P4", None, None, made),
    ]
    assert "3 enrollments added by hand in Canvas (3 in COP EQ · Equity (2021-22))" in filled.cli("plan").out


def _calendar(office: Office, folder: Path, *meetings: dict[str, str]) -> None:
    path = folder / "calendar.csv"
    path.write_bytes(table(*meetings).data)
    assert office.cli("calendar", "import", str(path), "--school-year", "2021-22").code == 0
    assert office.cli("calendar", "finalize", "--signed-by", "R. Alvarez").code == 0


def test_meetings_with_local_times(filled: Office, tmp_path: Path) -> None:
    """Meetings come from the calendar with the office's times, and say whether they are in Canvas, cancelled, or out of the calendar."""
    secret = "Kickoff https://meet.example.org/j?pwd=s3cr3t"
    first, second = {"meeting_id": "M-1", "title": secret}, {"meeting_id": "M-2", "title": "Second", "date": "2021-11-20"}
    other = {"meeting_id": "M-3", "title": "Elsewhere", "audience_type": "all", "audience": ""}
    _calendar(filled, tmp_path, first, second, other)
    out = _show(filled)
    assert "Meetings: 2 by calendar version 1.\n" in out
    assert "  20 Oct 2021, 16:30 Pacific to 18:00 Pacific  Kickoff https://meet.example.org/… (not in Canvas yet)\n" in out
    filled.sync()
    assert "  20 Nov 2021, 16:30 Pacific to 18:00 Pacific  Second\n" in _show(filled)
    _calendar(filled, tmp_path, {**second, "status": "cancelled", "sequence": "1"}, other)
    out = _show(filled)
    assert "Second (cancelled; still in Canvas)\n" in out
    assert "(in Canvas, but no longer in the calendar)\n" in out
    filled.sync()
    assert "Second (cancelled)\n" in _show(filled)
    assert "Kickoff" not in _show(filled)


def test_long_section_is_cut(office: Office) -> None:
    """A section of more than eleven people is cut at ten; --all shows everybody."""
    office.sign([*rows(), *(row(f"Q{number}", f"Quin{number} Marsh", **EQ) for number in range(12))])
    assert "  and 2 more (--all)\n" in _show(office)
    assert _show(office, "cop:EQ", "--all").count(" Marsh (Q") == 12


def test_course_for_programs(filled: Office) -> None:
    """--json has the documented keys, with ISO times and the same people."""
    value = filled.cli("course", "show", "cop:EQ", "--json").json
    assert set(value) == KEYS
    assert (value["in_canvas"], value["published"], value["number"]) == (True, False, _number(filled))
    assert [section["section"] for section in value["sections"]] == ["FAC", "R1"]
    assert value["sections"][0]["people"] == [{"person": "P5", "name": "Eve Lund", "role": "facilitator", "state": "in", "why": ""}]


def test_course_of_two_school_years(filled: Office) -> None:
    """With two school years the course of each is shown, the newer first; one can be named."""
    filled.sign(rows(P2=EQ), school_year="2022-23")
    out = _show(filled)
    assert out.index("COP EQ · Equity (2022-23)") < out.index("COP EQ · Equity (2021-22)")
    assert "(2022-23)" not in _show(filled, "cop:EQ", "--school-year", "2021-22")
    value = filled.cli("course", "show", "cop:EQ", "--json").json
    assert (value["school_year"], [each["school_year"] for each in value["other_years"]]) == ("2022-23", ["2021-22"])


def test_course_that_nobody_knows(filled: Office) -> None:
    """An unknown course is an error that suggests the right word; a person's word is wrong usage."""
    said = filled.cli("course", "show", "cop:eq")
    assert (said.code, said.err) == (1, "There is no course cop:eq in roster version 1 of 2021-22. Did you mean cop:EQ?\n")
    assert filled.cli("course", "show", "person:P2").code == filled.cli("course", "show", "EQ").code == 64
