"""The turn of the year: 2022-23 is built beside 2021-22, both are cared for in early summer, and the old one closes with its term.

The sample fills 2021-22: 324 people, 19 courses, 136 sections, 972 places. From there every number is worked out by hand, where it is used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.e2e.office import Office, writes
from tests.e2e.school_years import NEW, OLD, Files, Seat, sample, seats, sign

pytestmark = pytest.mark.timeout(900)
DAY = 86_400
PLAIN = {"create": 0, "update": 0, "remove": 0}
ZOE = {
    "person_id": "ILC-0901",
    "given_name": "Zoe",
    "family_name": "Newman",
    "display_name": "Zoe Newman",
    "sortable_name": "Newman, Zoe",
    "email": "zoe.newman@example.org",
    "cop_participant": "EQ",
}
MARRIED = {
    "family_name": "Marlowe",
    "display_name": "Chloé Marlowe",
    "sortable_name": "Marlowe, Chloé",
    "email": "chloe.marlowe@example.org",
}


def new_year() -> Files:
    """Two people leave, Zoe joins, start-up P417 goes on as network team T467, its lead Chloé has a new name, RURAL is planned."""
    files = sample().next_year().without("ILC-0074", "ILC-0147").joined_by("ILC-0001", **ZOE)
    files = files.team("P417", team_id="T467", team_name="Rim of the World Unified", component="network")
    people = tuple({**row, "affiliation": "continuing"} if row["team_id"] == "T467" else row for row in files.people)
    return replace(files, people=people).person("ILC-0275", **MARRIED).cop("RURAL", status="planned")


@dataclass
class Chapter:
    """What one command did: the report of each school year, what was written, and the places in Canvas afterwards."""

    code: int
    reports: Mapping[str, Any]
    writes: list[str]
    seats: frozenset[Seat]
    accounts: Mapping[str, Any]
    courses: Mapping[str, Any]

    def counts(self, year: str) -> Mapping[str, int]:
        """New, changed and ended, in one year."""
        found: Mapping[str, int] = self.reports[year]["counts"]
        return found

    def courses_of(self, year: str) -> dict[str, Any]:
        """The courses of one school year, as Canvas shows them."""
        return {sis_id: row for sis_id, row in self.courses.items() if sis_id.startswith(f"ilc:{year}:")}

    def idle(self) -> dict[str, int]:
        """The writes of each year that had nothing to do."""
        return {year: report["writes"] for year, report in self.reports.items() if report["status"] == "converged"}

    def of(self, year: str) -> frozenset[Seat]:
        """The places of one school year."""
        return frozenset(seat for seat in self.seats if seat.year == year)


Story = Mapping[str, Chapter]


class Year:
    """An office that tells its chapters."""

    def __init__(self, office: Office) -> None:
        self.office, self.chapters = office, dict[str, Chapter]()

    def sync(self, name: str, *words: str) -> Chapter:
        """One sync, as a chapter."""
        self.office.sandbox.forget_requests()
        code, value = self.office.json("sync", *words)
        written = [request["path"] for request in writes(self.office.sandbox.requests())]
        reports = {report["school_year"]: report for report in (value, *value["other_years"])}
        state = self.office.sandbox.state()
        accounts = {row["sis_user_id"]: row for row in state["users"]}
        courses = {str(row["sis_course_id"]): row for row in state["courses"]}
        self.chapters[name] = Chapter(code, reports, written, seats(self.office), accounts, courses)
        return self.chapters[name]

    def approved(self, name: str, year: str = NEW) -> Chapter:
        """A sync that is held, and the same with an approval of one year's plan."""
        held = self.sync(f"{name}, held")
        return self.sync(name, "--approve", held.reports[year]["digest"], "--reason", "seen")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """From May 2022 to July 2023."""
    with Office(tmp_path_factory.mktemp("turn"), "--now", "2022-05-20T16:00:00Z") as office:
        year = Year(office)
        spring(year)
        summer(year)
        fall(year)
        yield year.chapters


def spring(year: Year) -> None:
    """May: last year is there; the new one is built beside it; RURAL begins late; last year is corrected once more."""
    sign(year.office, sample())
    year.approved("old year", OLD)
    sign(year.office, new_year())
    year.approved("new year")
    year.sync("both at rest")
    sign(year.office, new_year().cop("RURAL", status="active"))
    year.approved("late COP")
    sign(year.office, sample().person("ILC-0146", cop_participant=""))
    year.sync("correction")
    year.sync("both at rest again")


def summer(year: Year) -> None:
    """July: the old year's term is over; somebody is added to it too late; then the new year is signed again."""
    year.office.sandbox.forward(46 * DAY)
    year.sync("July")
    sign(year.office, sample().person("ILC-0146", cop_participant="").joined_by("ILC-0001", **ZOE))
    year.sync("too late")


def fall(year: Year) -> None:
    """October: ADL is cancelled and opened again. A year on, both terms are over, and last year's roster is corrected once more."""
    started = new_year().cop("RURAL", status="active")
    for name, status in (("cancelled", "cancelled"), ("reopened", "active")):
        sign(year.office, started.cop("ADL", status=status))
        year.approved(name)
        year.sync(f"{name}, at rest")
    year.office.sandbox.forward(365 * DAY)
    year.sync("a year on")
    sign(year.office, sample().person("ILC-0146", cop_participant="").person("ILC-0148", cop_participant=""))
    year.sync("corrected after all")


def test_old_year_is_the_sample(story: Story) -> None:
    """324 people, 19 courses, 136 sections and 972 places, and account, term and 2 roles: 1,455. One more write sets the account's zone."""
    chapter = story["old year"]
    assert chapter.counts(OLD) == {**PLAIN, "create": 324 + 19 + 136 + 972 + 1 + 1 + 2}
    assert (chapter.code, len(chapter.writes), len(chapter.of(OLD))) == (0, 1_455 + 1, 972)


def test_new_year_waits_and_the_old_one_too(story: Story) -> None:
    """Before the approval nothing is written: in both years Chloé's new name and address are the same question, and the new year is new."""
    chapter = story["new year, held"]
    assert (chapter.code, chapter.writes) == (3, [])
    codes = {year: [reason["code"] for reason in report["reasons"]] for year, report in chapter.reports.items()}
    assert codes == {OLD: ["changed-person"], NEW: ["changes", "new-courses", "new-sections", "raised-role", "changed-person"]}


def test_new_year_is_built_beside_the_old(story: Story) -> None:
    """New are Zoe, the term, and the sample's courses, sections and places but for what has changed; account and roles are shared.

    Courses: 19, less P417 and RURAL. Sections: 136, less 5 of RURAL and 2 of P417, and T467. Places: 972, less 24 of RURAL, less 9 of P417
    (6 members, 3 staff), and 6 in T467; less 2 each of ILC-0074 and ILC-0147 (start-up and hub); and 3 of Zoe (T101, EQ and hub).
    """
    courses, sections, places = 19 - 2, 136 - 5 - 2 + 1, 972 - 24 - 9 + 6 - 2 - 2 + 3
    chapter = story["new year"]
    assert (courses, sections, places) == (17, 130, 944)
    assert chapter.counts(NEW) == {**PLAIN, "create": 1 + 1 + courses + sections + places, "update": 2}
    assert (chapter.code, len(chapter.of(NEW))) == (0, places)


def test_address_takes_the_only_other_writes(story: Story) -> None:
    """Chloé's new name is one write, her new address four: login, new address, first address, and the former one goes."""
    created = 1 + 1 + 17 + 130 + 944
    assert len(story["new year"].writes) == created + 1 + 4


def test_old_year_stays_as_it_is(story: Story) -> None:
    """Building the new year changes no course and no place of the old one, and whoever leaves the program keeps the places of last year."""
    before, after = story["old year"], story["new year"]
    assert after.of(OLD) == before.of(OLD)
    assert after.courses_of(OLD) == before.courses_of(OLD)
    left = {(seat.year, seat.course) for seat in story["new year"].seats if seat.person in ("ILC-0074", "ILC-0147")}
    assert left == {(OLD, "pilot:P117"), (OLD, "pilot:P219"), (OLD, "hub")}


def test_start_up_becomes_a_network_team(story: Story) -> None:
    """Its six people are a section of the network in the new year, and still the start-up's own course in the old one."""
    chapter = story["new year"]
    pilot = {seat.person for seat in chapter.of(OLD) if (seat.course, seat.section) == ("pilot:P417", "MEMBERS")}
    team = {seat.person for seat in chapter.of(NEW) if (seat.course, seat.section) == ("net:R4", "T467")}
    assert team == pilot == {f"ILC-0{number}" for number in range(275, 281)}
    assert not any(seat.course == "pilot:P417" for seat in chapter.of(NEW))


def test_account_goes_on_with_a_new_name(story: Story) -> None:
    """Chloé has one account in both years, with her new name and address; of 324 people and Zoe there are 325 accounts."""
    before, after = (story[name].accounts["ilc:p:ILC-0275"] for name in ("old year", "new year"))
    assert before["id"] == after["id"]
    assert (after["name"], after["login_id"], after["email"]) == ("Chloé Marlowe", MARRIED["email"], MARRIED["email"])
    assert sum(str(sis_id).startswith("ilc:p:") for sis_id in story["new year"].accounts) == 325


@pytest.mark.parametrize("name", ["both at rest", "both at rest again", "July"])
def test_both_years_come_to_rest(story: Story, name: str) -> None:
    """Whenever nothing is signed, each of the two years is looked at, and nothing is written."""
    assert (story[name].code, story[name].idle(), story[name].writes) == (0, {OLD: 0, NEW: 0}, [])


def test_planned_cop_begins_late(story: Story) -> None:
    """RURAL gets its course, 5 sections (facilitators, guests, three regions) and 24 places, one write each; nothing else is touched."""
    chapter = story["late COP"]
    assert chapter.counts(NEW) == {**PLAIN, "create": 1 + 5 + 24}
    assert (chapter.code, len(chapter.writes)) == (0, 30)
    assert len(chapter.of(NEW)) == 944 + 24
    assert chapter.of(OLD) == story["old year"].of(OLD)


def test_old_year_is_corrected_beside_the_new(story: Story) -> None:
    """ILC-0146 leaves ADL of last year, with one write; this year's place in ADL stays, and the new year is looked at as well."""
    chapter = story["correction"]
    assert (chapter.code, chapter.counts(OLD), len(chapter.writes)) == (0, {**PLAIN, "remove": 1}, 1)
    assert chapter.idle() == {NEW: 0}
    assert (len(chapter.of(OLD)), chapter.of(NEW)) == (972 - 1, story["late COP"].of(NEW))


def test_nobody_joins_a_year_that_is_over(story: Story) -> None:
    """In July Zoe's three places of last year wait, with the reason; nothing is written, and the new year is cared for."""
    chapter = story["too late"]
    old = chapter.reports[OLD]
    assert (chapter.code, old["status"], sum(old["deferred"].values()), chapter.writes) == (4, "partial", 3, [])
    assert "3 changes in courses or terms that have ended" in old["sentence"]
    assert chapter.idle() == {NEW: 0}


def test_old_year_closes_with_its_term(story: Story) -> None:
    """Once the new year is signed again, the old one is left as it is: no more runs, and courses and places are those of its last day."""
    assert set(story["cancelled, held"].reports) == {NEW}
    assert {story[name].of(OLD) for name in ("correction", "cancelled", "reopened", "a year on")} == {story["July"].of(OLD)}
    assert story["a year on"].courses_of(OLD) == story["old year"].courses_of(OLD)


def test_cancelled_cop_is_concluded(story: Story) -> None:
    """ADL of this year is concluded in one write, after approval, and its 26 places end with it; last year's ADL stays."""
    held, chapter = story["cancelled, held"], story["cancelled"]
    (reason,) = held.reports[NEW]["reasons"]
    assert (held.code, reason["code"], reason["count"], held.writes) == (3, "course-concluded", 26, [])
    assert (chapter.code, chapter.counts(NEW), len(chapter.writes)) == (0, {**PLAIN, "remove": 1}, 1)
    assert len(chapter.of(NEW)) == 968 - 26
    assert story["cancelled, at rest"].idle() == {NEW: 0}


def test_reopened_cop_is_as_before(story: Story) -> None:
    """It is opened again in one write, and 26 people come back in one each: every place of the year is as it was."""
    chapter = story["reopened"]
    assert story["reopened, held"].writes == []
    assert (chapter.code, chapter.counts(NEW), len(chapter.writes)) == (0, {**PLAIN, "create": 26, "update": 1}, 26 + 1)
    assert chapter.of(NEW) == story["late COP"].of(NEW)
    assert story["reopened, at rest"].idle() == {NEW: 0}


def test_late_correction_stops_nobodys_care(story: Story) -> None:
    """After both terms a correction of the old year ends one place there (ILC-0148 in SEL), and the latest year is still looked at."""
    assert story["a year on"].idle() == {NEW: 0}
    chapter = story["corrected after all"]
    assert (chapter.code, chapter.counts(OLD), len(chapter.writes)) == (0, {**PLAIN, "remove": 1}, 1)
    assert (chapter.idle(), len(chapter.of(OLD))) == ({NEW: 0}, 972 - 2)
