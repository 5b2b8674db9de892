"""Screens that count right for none, one and two; and what stands in small print."""

import re

import pytest

from ilc_canvas.reconcile.words.wording import count
from tests.cli.counted import wrong_counts
from tests.cli.people_cast import Office, row, rows


@pytest.mark.parametrize("text", ["1 people", "1 courses change", "2 person", "0 change", "1 changes are left", "2 changes waits"])
def test_wrong_number_is_seen(text: str) -> None:
    """The check of screens sees a noun or a verb that does not go with its number."""
    assert wrong_counts(text)


@pytest.mark.parametrize(
    "text", ["1 person", "0 people", "version 1 people", "21 courses", "1 change is left", "2 changes wait", "1,455 changes"]
)
def test_right_number_is_not(text: str) -> None:
    """It is silent if all is right."""
    assert not wrong_counts(text)


SCREENS = (
    ("roster", "show"), ("roster", "list"), ("roster", "diff", "1", "2"), ("status",), ("runs",), ("show", "1"), ("show", "2"),
    ("plan", "--all"),
    ("declined",), ("parked",), ("people", "review"), ("people", "find", "marsh"), ("course", "show", "cop:EQ"), ("course", "show", "hub"),
    ("explain", "P5"), ("calendar", "list"), ("notices",), ("audit", "verify"),
)  # fmt: skip


LOG = ("audit", "list")
"""Names things by their keys."""


def _screens(office: Office, *more: tuple[str, ...]) -> str:
    """Everything that these commands print."""
    return "\n".join(said.out + said.err for said in (office.cli(*words) for words in (*SCREENS, *more)))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_screens_with_none_one_and_two(office: Office, number: int) -> None:
    """With no, one or two people in a course, joining, leaving, added by hand and declined, every screen counts as people do."""
    some = [row(f"Q{each}", f"Quin{each} Marsh", cop_participant="EQ") for each in range(number)]
    staff = [each for each in rows() if each["person_id"] in ("P1", "P5")]
    office.sign([*staff, *some])
    texts = [office.cli("plan").out, _screens(office)]
    texts.append(office.cli("sync", "--approve", office.plan()["digest"], "--reason", "seen").out)
    section = next(each for each in office.canvas.state()["sections"] if each["sis_section_id"] == "ilc:2021-22:cop:EQ:FAC")
    for person_id in ("P1", "Q0", "Q1")[:number]:
        enrollment = {"user_id": office.number(person_id), "enrollment_state": "active"}
        office.hand("POST", f"sections/{section['id']}/enrollments", enrollment=enrollment)
    texts += [office.cli("sync").out, _screens(office)]
    joined = [row(f"R{each}", f"Rana{each} Marsh", cop_participant="EQ") for each in range(number)]
    office.sign([*staff, *joined] if number else [*staff, row("P9", "Ines Poe")])
    texts += [office.cli("plan", "--all").out, _screens(office)]
    texts.append(office.cli("reject", office.plan()["digest"], "--reason", "not yet").out)
    texts += [office.cli("sync").out, _screens(office, LOG)]
    assert not {each for text in texts for each in wrong_counts(text)}
    assert f"{count(number, 'participant')}" in "\n".join(texts) or not number


def test_sis_ids_are_small_print(office: Office) -> None:
    """Screens name courses and sections as people do; a SIS id stands in brackets or in the last line, and no type of Canvas anywhere."""
    office.sign(rows(P2={"cop_participant": "EQ"}))
    office.cli("sync", "--approve", office.plan()["digest"], "--reason", "seen")
    for line in _screens(office).splitlines():
        assert not re.search(r"\b(?:Teacher|Student|Ta)Enrollment\b", line), line
        assert "ilc:2021-22" not in line or line.startswith("Small print: "), line
        assert "ilc:p:" not in line or "(SIS id ilc:p:" in line, line
