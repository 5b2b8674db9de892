"""Checks of the COP catalog against itself and the roster."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, date

from ilc_canvas.program.names import LONGEST
from ilc_canvas.program.roster import Cop, Person
from ilc_canvas.roster.checks.duplicates import alike, duplicates
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.office.rewriting import as_school_year
from ilc_canvas.roster.rows import Sheet


def check_cops(cops: Sheet[Cop], people: Sequence[Person] | None, school_year: str) -> Iterator[Finding]:
    """Everything about single COPs; without a roster only what they say themselves."""
    yield from _twice(cops)
    same_year = len(cops.rows) > 1 and len({cop.school_year for cop in cops.values}) == 1
    for at, cop in cops:
        yield from _year(at, cop, school_year, same=same_year)
        yield from _dates(at, cop, school_year)
        yield from _title(at, cop)
        yield from _facilitators(at, cop)
    if people is not None:
        yield from _against_roster(cops, people)


def _against_roster(cops: Sheet[Cop], people: Sequence[Person]) -> Iterator[Finding]:
    by_id = {person.person_id: person for person in people}
    signed_up = Counter(code for person in by_id.values() for code in person.participates)
    for at, cop in cops:
        for person_id in cop.facilitator_ids:
            yield from _facilitator(at, cop, person_id, person=by_id.get(person_id))
        leading = sum(cop.code in by_id[person_id].participates for person_id in cop.facilitator_ids if person_id in by_id)
        yield from _capacity(at, cop, signed_up[cop.code] - leading)


def _twice(cops: Sheet[Cop]) -> Iterator[Finding]:
    again = list(duplicates(cops, lambda cop: cop.code))
    for two in again:
        also = f"is also the code in line {two.first_at.line}, {two.first.code}."
        yield two.at.error("cop_code", two.value.code, also, fix="Upper and lower case make no difference. Give one of them another code.")
    yield from alike(cops, "cop_code", lambda cop: cop.code)
    repeated = {two.at.line for two in again}
    for twin in duplicates(_going(cops), lambda cop: " ".join(cop.title.split())):
        if twin.at.line in repeated:
            continue
        also = f"is also the title of {twin.first.code} (line {twin.first_at.line})."
        yield twin.at.warning("title", twin.value.title, also, fix="People will take one for the other. Give one of them another title.")


def _going(cops: Sheet[Cop]) -> Sheet[Cop]:
    return Sheet(tuple((at, cop) for at, cop in cops if cop.status in ("planned", "active")))


def _year(at: At, cop: Cop, school_year: str, *, same: bool) -> Iterator[Finding]:
    """`same`: all rows say the same."""
    if cop.school_year == school_year:
        return
    if as_school_year(cop.school_year) == school_year:
        yield at.error("school_year", cop.school_year, "is this school year, written in another way.", fix=f"Write it as {school_year}.")
        return
    fix = f"This roster is for {school_year}. Correct the year, or take the row out."
    if same and cop.school_year:
        fix = f"Every row says so, and this roster is for {school_year}. Correct the column, or give the year that is meant."
    yield at.error("school_year", cop.school_year, "is another school year." if cop.school_year else "is missing.", fix=fix)


def _dates(at: At, cop: Cop, school_year: str) -> Iterator[Finding]:
    if cop.end_date < cop.start_date:
        text = f"is before the start, {cop.start_date}."
        yield at.error("end_date", str(cop.end_date), text, fix="Correct one of the two dates.")
    earliest, latest = sorted((cop.start_date, cop.end_date))
    if not any(_within(year, earliest, latest) for year in (school_year, cop.school_year)):  # of a row of another year, its year is said
        text = "lies outside the school year."
        yield at.warning("start_date", f"{cop.start_date} to {cop.end_date}", text, fix="It goes from 1 July to 30 June. Is that intended?")


def _within(school_year: str, earliest: date, latest: date) -> bool:
    first = int(school_year[:4]) if school_year[:4].isdecimal() else 0
    if first == MAXYEAR:
        return earliest >= date(first, 7, 1)
    return 0 < first < MAXYEAR and date(first, 7, 1) <= earliest <= latest <= date(first + 1, 6, 30)


def _title(at: At, cop: Cop) -> Iterator[Finding]:
    most = LONGEST - len(f" ({cop.school_year})")
    if most < len(cop.title) <= LONGEST:
        text = f"is {len(cop.title)} characters long."
        yield at.warning("title", cop.title, text, fix=f"The course's name has the year too, so the title is cut to {most}.")


def _facilitators(at: At, cop: Cop) -> Iterator[Finding]:
    if cop.status == "active" and not cop.facilitator_ids:
        fix = "Name one, or set the COP to planned until there is one: a course is not built without a facilitator."
        yield at.error("facilitator_ids", "", "is empty.", fix=fix)
    lead = cop.lead_facilitator_id
    if lead and lead not in cop.facilitator_ids:
        yield at.warning("lead_facilitator_id", lead, "is not among the facilitators.", fix="Name the person there too, or correct the id.")


def _facilitator(at: At, cop: Cop, person_id: str, *, person: Person | None) -> Iterator[Finding]:
    """Facilitators are on the roster, are not guests, and are facilitators there too."""
    column = "facilitator_ids"
    if person is None:
        yield at.error(column, person_id, "is not on the roster.", fix="Add the person to the roster, or correct the id.")
    elif person.affiliation == "guest":
        text = f"is a guest, says the roster (line {person.line})."
        yield at.error(column, person_id, text, fix="Members, staff and partners can facilitate. Correct the id or the affiliation.")
    elif cop.status == "active" and cop.code not in person.facilitates:
        text = f"is not a facilitator of {cop.code} in the roster (line {person.line})."
        yield at.warning(column, person_id, text, fix="The catalog decides: the person becomes a teacher. Is that intended?")


def _capacity(at: At, cop: Cop, signed_up: int) -> Iterator[Finding]:
    if cop.capacity is not None and signed_up > cop.capacity:
        text = f"is less than the {signed_up} who take part."
        fix = "All of them are enrolled. Raise the capacity, or decide who stays, first come by the time of the form."
        yield at.warning("capacity", str(cop.capacity), text, fix=fix)
