"""Every check of a roster, each saying all it finds."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.reading import Row
from ilc_canvas.roster.rows import Sheet

_CODE = re.compile(r"[A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
LONGEST_NAME, LONGEST_LOGIN = 255, 100  # what Canvas takes (live-server 6)
AFFILIATIONS = ("continuing", "pilot", "guest", "partner", "staff")
ROLE_TYPES = ("teacher", "site_leader", "administrator", "higher_ed", "ipd_staff", "primary_contact_staff", "partner")
STATUSES = ("planned", "active", "cancelled", "done")
REGIONS = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Sheets:
    """The three files: rows in the order of the roster's people, teams and COPs, and where findings go."""

    roster: Roster
    rows: Mapping[str, Sequence[Row]]  # people, teams, cops
    people: Sheet
    teams: Sheet
    cops: Sheet
    counties: Mapping[str, str]


def check_all(sheets: Sheets) -> None:
    """Run every check; findings are collected in the sheets."""
    for check in _CHECKS:
        check(sheets)


def _codes(sheets: Sheets) -> None:
    """What becomes part of a SIS id must be fit for one."""
    for sheet, rows, column in _identities(sheets):
        for row in rows:
            if not _CODE.fullmatch(row[column]):
                sheet.error(row, column, "cannot be part of a SIS id.", "Use letters, digits, dots, hyphens and underscores only.")


def _identities(sheets: Sheets) -> Sequence[tuple[Sheet, Sequence[Row], str]]:
    return (
        (sheets.people, sheets.rows["people"], "person_id"),
        (sheets.teams, sheets.rows["teams"], "team_id"),
        (sheets.cops, sheets.rows["cops"], "cop_code"),
    )


def _doubles(sheets: Sheets) -> None:
    """Ids and addresses are compared trimmed and in lower case: Canvas's logins know no case, and two codes that differ by it confuse."""
    for sheet, rows, column in _identities(sheets):
        _twice(sheet, rows, column, "Give it a code of its own; codes that differ by case alone are the same here.")
    _twice(
        sheets.people,
        sheets.rows["people"],
        "email",
        "Two people cannot share an address. Correct one of them, then import the file again.",
    )


def _twice(sheet: Sheet, rows: Sequence[Row], column: str, fix: str) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        earlier = first.setdefault(row[column].casefold(), row)
        if earlier is not row and row[column]:
            sheet.error(row, column, f"stands in line {earlier.line} already.", fix)


def _people(sheets: Sheets) -> None:
    teams = sheets.roster.team_by_id
    for row in sheets.rows["people"]:
        _words(sheets.people, row, {"affiliation": AFFILIATIONS, "role_type": ROLE_TYPES})
        _names(sheets.people, row)
        _address(sheets.people, row)
        if row["region"] and row["region"] not in REGIONS:
            sheets.people.error(row, "region", "is no region.", "Write I, II, III or IV.")
        if row["team_id"] and row["team_id"] not in teams:
            sheets.people.error(row, "team_id", "is not in the teams file.", "Correct the team, or add it to the teams file.")
        expected = sheets.counties.get(row["county"])
        if expected and row["region"] and row["region"] != expected:
            text = f"but {row['county']} county is in Region {expected} by the table of counties."
            sheets.people.warning(row, "region", text, "Staff decide the region; sign if it is meant.")


def _words(sheet: Sheet, row: Row, allowed: Mapping[str, Sequence[str]]) -> None:
    for column, words in allowed.items():
        if row[column] not in words:
            sheet.error(row, column, "is not known here.", f"Use one of: {', '.join(words)}.")


def _names(sheet: Sheet, row: Row) -> None:
    for column in ("display_name", "sortable_name"):
        if not row[column]:
            sheet.error(row, column, "The name is missing.", "Write the name as it shall stand in Canvas.")
        elif len(row[column]) > LONGEST_NAME:
            sheet.error(row, column, f"has more than {LONGEST_NAME} characters.", "Shorten it: Canvas refuses longer names.")


def _address(sheet: Sheet, row: Row) -> None:
    if not _ADDRESS.fullmatch(row["email"]):
        sheet.error(row, "email", "is no e-mail address.", "It is the login in Canvas: correct it.")
    elif len(row["email"]) > LONGEST_LOGIN:
        sheet.error(row, "email", f"has more than {LONGEST_LOGIN} characters.", "It is the login in Canvas, which takes no more.")


def _places(sheets: Sheets) -> None:
    """COP codes that people name, and guests where none may be."""
    cops = {cop.code: cop for cop in sheets.roster.cops}
    for row, person in zip(sheets.rows["people"], sheets.roster.people, strict=True):
        for column, codes in (
            ("cop_participant", person.participates),
            ("cop_facilitator", person.facilitates),
            ("cop_guest", person.visits),
        ):
            for code in codes:
                if code not in cops:
                    sheets.people.error(
                        row, column, f"names the COP {code}, which is not in the catalogue.", "Correct the code, or add the COP."
                    )
                elif column == "cop_guest" and not cops[code].open_to_guests:
                    sheets.people.error(
                        row, column, f"is a guest in {code}, which is closed to guests.", "Take the guest out, or open the COP."
                    )
                elif column == "cop_facilitator" and person.person_id not in cops[code].facilitator_ids:
                    text = f"names {code}, whose facilitators in the catalogue are others."
                    sheets.people.error(row, column, text, "Make roster and catalogue say the same.")


def _teams(sheets: Sheets) -> None:
    people, members = sheets.roster.person_by_id, Counter(person.team_id for person in sheets.roster.people)
    for row, team in zip(sheets.rows["teams"], sheets.roster.teams, strict=True):
        _words(sheets.teams, row, {"component": ("network", "pilot"), "region": REGIONS})
        if len(team.name) > LONGEST_NAME or not team.name:
            sheets.teams.error(row, "team_name", f"needs 1 to {LONGEST_NAME} characters.", "It becomes a section's name.")
        for lead in team.lead_ids:
            if lead not in people or people[lead].team_id != team.team_id:
                sheets.teams.error(row, "lead_ids", f"names {lead}, who is not in this team.", "Make roster and teams say the same.")
        contact = team.primary_contact_staff_id
        if contact and contact not in people:
            sheets.teams.error(row, "primary_contact_staff_id", "is not on the roster.", "Add the person, or correct the id.")
        if team.member_count != members[team.team_id]:
            text = f"but the roster has {members[team.team_id]} people in this team."
            sheets.teams.warning(row, "member_count", text, "Correct the number, or see whether somebody is missing.")


def _cops(sheets: Sheets) -> None:
    for row, cop in zip(sheets.rows["cops"], sheets.roster.cops, strict=True):
        _words(sheets.cops, row, {"status": STATUSES, "open_to_guests": ("yes", "no")})
        if cop.school_year != sheets.roster.school_year:
            sheets.cops.error(
                row, "school_year", f"but this roster is of {sheets.roster.school_year}.", "Take the row out, or correct the year."
            )
        if len(cop.title) > LONGEST_NAME or not cop.title:
            sheets.cops.error(row, "title", f"needs 1 to {LONGEST_NAME} characters.", "Shorten it: Canvas refuses longer names.")
        if cop.end_date < cop.start_date:
            sheets.cops.error(row, "end_date", "is before the start.", "Correct one of the dates.")


def _facilitators(sheets: Sheets) -> None:
    people = sheets.roster.person_by_id
    for row, cop in zip(sheets.rows["cops"], sheets.roster.cops, strict=True):
        if cop.status == "active" and not cop.facilitator_ids:
            sheets.cops.error(row, "facilitator_ids", "This COP has no facilitator.", "Name one: no course is built without.")
        for person_id in dict.fromkeys((*cop.facilitator_ids, *filter(None, (cop.lead_facilitator_id,)))):
            if person_id not in people:
                sheets.cops.error(
                    row, "facilitator_ids", f"names {person_id}, who is not on the roster.", "Add the person, or correct the id."
                )


def _capacity(sheets: Sheets) -> None:
    joined = Counter(code for person in sheets.roster.people for code in person.participates)
    for row, cop in zip(sheets.rows["cops"], sheets.roster.cops, strict=True):
        if cop.capacity is not None and joined[cop.code] > cop.capacity:
            text = f"but {joined[cop.code]} people take part."
            sheets.cops.warning(row, "capacity", text, "Staff decide who stays; sign if it is meant.")


def _twins(sheets: Sheets) -> None:
    first: dict[str, Row] = {}
    for row in sheets.rows["cops"]:
        earlier = first.setdefault(" ".join(row["title"].casefold().split()), row)
        if earlier is not row:
            text = f"is also the title of {earlier['cop_code']} (line {earlier.line})."
            sheets.cops.warning(row, "title", text, "People will not tell the two courses apart.")


_CHECKS: Sequence[Callable[[Sheets], None]] = (_codes, _doubles, _people, _places, _teams, _cops, _facilitators, _capacity, _twins)
