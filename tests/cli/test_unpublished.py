"""Courses that are not published: their people do not see them, and every screen says so."""

from tests.cli.people_cast import Office


def test_unpublished_courses_are_said(office: Office) -> None:
    """The run that builds courses, each plan and run after it, and status say how many are not published, until they are."""
    office.sign()
    assert "not published" not in office.cli("plan").out  # there is none yet
    built = office.sync()
    number = len(built["unpublished"])
    line = f"{number} courses are not published: their people do not see them yet."
    assert number > 1
    assert line in built["sentence"]
    screens = [office.cli("plan"), office.cli("sync"), office.cli("status")]
    assert all(line in said.out for said in screens)
    for course in office.canvas.state()["courses"]:
        office.hand("PUT", f"courses/{course['id']}", offer=True, course={"event": "offer"})
    screens = [office.cli("plan"), office.cli("sync"), office.cli("status")]
    assert not [said for said in screens if "not published" in said.out]
    assert "Canvas agrees" in screens[0].out


def test_part_speaks_of_itself(office: Office) -> None:
    """A look at one course says whether that one is published."""
    office.sign()
    office.sync()
    assert office.cli("plan", "--only", "cop:EQ", "--json").json["unpublished"] == ["course=ilc:2021-22:cop:EQ"]
