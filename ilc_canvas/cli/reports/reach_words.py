"""The reach of a year in words, as tables, and as a page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ilc_canvas.cli.reports.files import aligned, facts, utc
from ilc_canvas.cli.reports.page import Bar, Cell, Page, Section
from ilc_canvas.reconcile.words.wording import count, form

if TYPE_CHECKING:
    from ilc_canvas.program.reports.attendance import Attended
    from ilc_canvas.program.reports.reach import Counts, NotCounted, Reach, UnitReach
    from ilc_canvas.views.reports.reach import ReachReport

GROUPS = {
    "educators": "Educators",
    "guests": "Guests",
    "higher_ed": "Higher education",
    "partners": "Partners",
    "staff": "Staff",
}
KINDS = {"cop": "COPs", "network": "Networks", "start-up": "Start-ups", "all": "Everybody"}
_QUESTIONS = {
    "cop": "Who takes part in which COP?",
    "network": "Who is in which regional network?",
    "start-up": "Who is in which start-up (pilot)?",
    "region": "Which region are people from?",
}
_NOTES = {
    "cop": "Facilitators, participants and guests, each once in a COP. A person in two COPs is counted in both.",
    "network": "Members of the region's continuing teams.",
    "region": "By the region in each person's row; attendances are those of the region's people at any meeting.",
}
WHY = {
    "no-code": "no CDS code: counted as people, in no school, district or county",
    "district-code": "the code of a district: counted in the district, in no school",
    "school-unknown": "the code of a school that is not in the directory: counted in the district, in no school",
    "district-unknown": "the code of a district that is not in the directory: in no school, district or county",
}
RULE = (
    "A person is counted once, by person_id. Schools are counted by 14-digit, districts by 7-digit CDS code. Educators are teachers, "
    "site leaders and administrators in teams; guests, higher education, partners and staff are counted apart, and only educators and "
    "guests are counted in schools, districts and counties."
)
UNIT_HEAD = ("Educators", "Schools", "Districts", "Counties", "Guests", "Higher ed.", "Partners", "Staff")
CAME_HEAD = ("Meetings", "Attendances", "People", "Outside")
_LONGEST_NAME = 40
NO_ATTENDANCE = "No attendance is recorded for this school year, so it is not known who came."


def unit_row(unit: "UnitReach") -> tuple[int, ...]:
    """Its figures, in the order of UNIT_HEAD."""
    found = unit.educators
    return (found.people, found.schools, found.districts, found.counties, *unit.others.values())


def came_row(came: "Attended") -> tuple[Cell, ...]:
    """Its figures, in the order of CAME_HEAD; attendances of people who have left since are attendances."""
    return (came.meetings, came.attendances + came.left, came.people, "–" if came.outside is None else came.outside)


def group_rows(found: "Reach") -> list[tuple[Cell, ...]]:
    """Each group, and educators and guests together."""
    rows: list[tuple[Cell, ...]] = []
    for group, counts in found.groups.items():
        rows.append((GROUPS[group], *(_places(counts) if group in ("educators", "guests") else (counts.people, "–", "–", "–"))))
    return [*rows, ("Educators and guests", *_places(found.together))]


def _places(counts: "Counts") -> tuple[int, ...]:
    return (counts.people, counts.schools, counts.districts, counts.counties)


def not_counted(each: "NotCounted") -> str:
    """10 educators have the code of a district: ..."""
    number = len(each.people)
    who = count(number, "educator" if each.group == "educators" else "guest")
    return f"{who} {form(number, 'has', 'have')} {WHY[each.why]}"


def lines(report: "ReachReport") -> Iterator[str]:
    """The report for the screen."""
    found = report.reach
    yield from facts(report.sources)
    yield from ("", "People, each counted once")
    yield from aligned(("", "People", "Schools", "Districts", "Counties"), group_rows(found))
    yield from ("", "Not counted")
    yield from (f"  {each}" for each in _left_out(found))
    for kind, question in _QUESTIONS.items():
        units = [unit for unit in found.units if unit.kind == kind]
        if units:
            yield from ("", question)
            yield from aligned(("", *UNIT_HEAD), [(_short(unit), *unit_row(unit)) for unit in units])
    yield ""
    yield from _came(found)


def _came(found: "Reach") -> Iterator[str]:
    if found.attended is None:
        yield NO_ATTENDANCE
        return
    yield "Attendances, which are not people: who comes six times is one person with six attendances"
    yield from aligned(("", *CAME_HEAD), _came_rows(found))


def _came_rows(found: "Reach") -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [("All meetings", *came_row(found.attended))] if found.attended else []
    rows += [(KINDS[kind], *came_row(came)) for kind, came in found.by_kind.items() if came.meetings]
    return rows + [(_short(unit), *came_row(unit.attended)) for unit in found.units if unit.attended and unit.attended.meetings]


def _short(unit: "UnitReach") -> str:
    """EQ Equity & Justice in Every Classroom, cut; of networks and regions the name alone."""
    name = f"{unit.code} {unit.name}" if unit.kind in ("cop", "start-up") else unit.name
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def _left_out(found: "Reach") -> list[str]:
    """Everything that the figures leave out, and why."""
    people = [not_counted(each) for each in found.not_counted]
    cops = [f"COP {cop.code} is {cop.status}: nobody is counted in it" for cop in found.without_people]
    came = found.attended
    gone = "of people whom the roster no longer names: not among the people who came"
    left = [f"{count(came.left, 'attendance')} {gone}"] if came and came.left else []
    off = [f"{count(found.off_calendar, 'attendance')} at meetings that the calendar no longer has"] if found.off_calendar else []
    unknown = "of outside educators: how many people these are, and from where, is not known"
    outside = [f"{count(came.outside, 'attendance')} {unknown}"] if came and came.outside else []
    apart = ["Higher education, partners and staff: counted as people, in no school, district or county"]
    return [*people, *apart, *cops, *left, *outside, *off]


def page(report: "ReachReport") -> Page:
    """The report for paper."""
    found, year = report.reach, report.sources.roster.school_year
    people = Section(
        "How many people did the program reach, and from where?",
        ("", "People", "Schools", "Districts", "Counties"),
        group_rows(found),
        [Bar(GROUPS[group], counts.people) for group, counts in found.groups.items()],
        "People",
        (RULE,),
    )
    units = (_units(found, kind, question) for kind, question in _QUESTIONS.items())
    sections = (people, *(each for each in units if each.rows), _attendance(found), _reasons(found))
    return Page(f"Reach of the Instructional Leadership Corps, {year}", tuple(facts(report.sources)), sections)


def _units(found: "Reach", kind: str, question: str) -> Section:
    units = [unit for unit in found.units if unit.kind == kind]
    rows: list[tuple[Cell, ...]] = [(_short(unit), *unit_row(unit)) for unit in units]
    bars = [
        Bar(f"Region {unit.code}" if kind == "network" else unit.name if kind == "region" else unit.code, unit.educators.people)
        for unit in units
    ]
    return Section(question, ("", *UNIT_HEAD), rows, bars, "Educators", (_NOTES[kind],) if kind in _NOTES else ())


def _label(unit: "UnitReach") -> str:
    if unit.kind == "network":
        return f"Region {unit.code}"
    return unit.name if unit.kind == "region" else unit.code


def _attendance(found: "Reach") -> Section:
    question = "Who came to the meetings?"
    if found.attended is None:
        return Section(question, (), (), notes=(NO_ATTENDANCE,))
    bars = [Bar(KINDS[kind], came.attendances + came.left + (came.outside or 0)) for kind, came in found.by_kind.items()]
    note = "Attendances are not people: who comes six times is one person with six attendances."
    outside = "Outside educators are on no roster; the bars include them."
    return Section(question, ("", *CAME_HEAD), _came_rows(found), bars, "Attendances", (note, outside))


def _reasons(found: "Reach") -> Section:
    reasons: Sequence[Sequence[Cell]] = [(text,) for text in _left_out(found)]
    people = Counter({_SHORT[why]: 0 for why in _SHORT})
    for each in found.not_counted:
        people[_SHORT[each.why]] += len(each.people)
    bars = [Bar(label, number) for label, number in people.items()]
    return Section("What is not counted, and why?", ("Reason",), reasons, bars, "People")


_SHORT = {
    "no-code": "No code",
    "district-code": "District code",
    "school-unknown": "Unknown school",
    "district-unknown": "Unknown district",
}

CSV_HEAD = (
    "school_year", "as_of", "roster_version", "roster_files", "attendance_version", "kind", "code", "name", "educators", "schools",
    "districts", "counties", "guests", "higher_education", "partners", "staff", "meetings", "attendances", "people_who_came",
    "outside_educators",
)  # fmt: skip


def csv_rows(report: "ReachReport") -> Iterator[Sequence[Cell]]:
    """One row for the program, each group, each COP, network, start-up and region, and each reason why people are not counted."""
    found, given = report.reach, report.sources
    came = given.attendance_info.number if given.attendance_info else ""
    start = (given.roster.school_year, utc(given.as_of), given.roster.version, given.roster_info.files_digest, came)
    educators, *others = (found.groups[group] for group in found.groups)
    yield (*start, "program", "", "", *_places(educators), *(counts.people for counts in others), *_came_cells(found.attended))
    yield (*start, "program", "", "Educators and guests", *_places(found.together), *[""] * 8)
    yield (*start, "guests", "", "Guests", "", *_places(found.groups["guests"])[1:], found.groups["guests"].people, *[""] * 7)
    for unit in found.units:
        yield (*start, unit.kind, unit.code, unit.name, *unit_row(unit), *_came_cells(unit.attended))
    for each in found.not_counted:
        people = len(each.people)
        sides = (people, "", "", "", "") if each.group == "educators" else ("", "", "", "", people)
        yield (*start, "not counted", each.why, not_counted(each), *sides, *[""] * 7)


def _came_cells(came: "Attended | None") -> tuple[Cell, ...]:
    return tuple("" if cell == "–" else cell for cell in came_row(came)) if came else ("",) * len(CAME_HEAD)
