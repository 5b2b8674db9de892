"""Meetings of two school years that share their ids."""

from tests.cli.people_cast import Office
from tests.roster.calendar.cast import table

OLD, NEW = "2021-22", "2022-23"


def sign_meeting(office: Office, year: str, **cells: str) -> None:
    """A calendar of one meeting of the COP EQ."""
    path = office.folder / f"calendar-{year}.csv"
    path.write_bytes(table({"audience_type": "cop", "audience": "EQ", **cells}).data)
    assert office.cli("calendar", "import", str(path), "--school-year", year).code == 0
    assert office.cli("calendar", "finalize", "--signed-by", "R. Alvarez", "--reason", "new").code == 0


def test_each_year_has_its_own_titles(office: Office) -> None:
    """A meeting is called what the calendar of its own school year calls it, whichever calendar was signed last."""
    for year in (OLD, NEW):
        office.sign(school_year=year)
        digest = office.cli("plan", "--school-year", year, "--json").json["digest"]
        assert office.cli("sync", "--approve", digest, "--reason", "seen").code == 0
    sign_meeting(office, NEW, title="Fall circle", date="2022-10-11")
    sign_meeting(office, OLD, title="Spring circle", date="2022-04-12")
    said = {year: office.cli("plan", "--school-year", year, "--all").out for year in (OLD, NEW)}
    assert [('"Spring circle"' in said[year], '"Fall circle"' in said[year]) for year in (OLD, NEW)] == [(True, False), (False, True)]
