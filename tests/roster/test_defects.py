"""Files with one defect each, as they come from offices: one finding or one refusal says it, once, with its rows and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from ilc_canvas.roster.intake import Files
from ilc_canvas.roster.reading import File
from tests.roster.cast import V3, sample, taken
from tests.roster.files.books import as_text, rows_of

Rows = list[list[str]]
Change = Callable[[Rows], object]
ROSTER, TEAMS, COPS = "roster", "teams", "cops"


@dataclass(frozen=True)
class Expected:
    """The one finding."""

    severity: str
    column: str
    text: str
    fix: str = ""
    cell: str = ""
    rows: tuple[int, ...] = ()


def error(column: str, text: str, fix: str = "", cell: str = "", rows: Sequence[int] = ()) -> Expected:
    """An error."""
    return Expected("error", column, text, fix, cell, tuple(rows))


def warning(column: str, text: str, fix: str = "", cell: str = "", rows: Sequence[int] = ()) -> Expected:
    """A warning."""
    return Expected("warning", column, text, fix, cell, tuple(rows))


def changed(kind: str, *changes: Change) -> Files:
    """Version 3, one of whose files is changed."""
    files = Files(*map(sample, V3))
    file: File = getattr(files, kind)
    rows = rows_of(file)
    for change in changes:
        change(rows)
    return files._replace(**{kind: File(file.name, as_text(_file(rows)).data)})


def _file(rows: Rows) -> File:
    quoted = ("".join(f'"{cell.replace(chr(34), chr(34) * 2)}",' for cell in row)[:-1] for row in rows)
    return File("x.csv", ("\n".join(quoted) + "\n").encode())


def column(name: str, value: Callable[[str], str] | str, lines: Sequence[int] = ()) -> Change:
    """Other cells in a column: in these lines, or in all where something stands."""

    def change(rows: Rows) -> None:
        place = rows[0].index(name)
        for line, row in enumerate(rows[1:], start=2):
            if line in lines or (not lines and row[place]):
                row[place] = value if isinstance(value, str) else value(row[place])

    return change


def insert(line: int, *cells: str) -> Change:
    """A row of these cells at a line; the cells of the row before for "="."""

    def change(rows: Rows) -> None:
        row = rows[line - 2][:] if cells == ("=",) else [*cells, *[""] * (len(rows[0]) - len(cells))]
        rows.insert(line - 1, row)

    return change


def repeat_header(*places: int) -> Change:
    """The header once more, before the rows at these places."""

    def change(rows: Rows) -> None:
        for place in places:
            rows.insert(place, rows[0])

    return change


def american(day: str) -> str:
    """2021-10-05 as 10/5/2021."""
    year, month, number = day.split("-")
    return f"{int(month)}/{int(number)}/{year}"


def in_words(day: str) -> str:
    """2021-10-05 as Oct 5, 2021."""
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    year, month, number = day.split("-")
    return f"{names[int(month) - 1]} {int(number)}, {year}"


ALL_COPS = tuple(range(2, 12))
FOUND: dict[str, tuple[str, Sequence[Change], Expected]] = {
    "american dates": (
        COPS,
        [column("start_date", american)],
        error("start_date", "is not a date", "Write it as 2021-10-05", "F2", ALL_COPS),
    ),
    "dates in words": (
        COPS,
        [column("start_date", in_words)],
        error("start_date", "is not a date", "Write it as 2021-10-05.", "F2", ALL_COPS),
    ),
    "dates with midnight": (
        COPS,
        [column("end_date", lambda day: f"{day} 00:00:00")],
        error("end_date", "is not a date", "Write it as 2022-04-30.", "G2", ALL_COPS),
    ),
    "dates as numbers": (
        COPS,
        [column("start_date", "44474")],
        error("start_date", "is not a date", "Write it as 2021-10-05.", "F2", ALL_COPS),
    ),
    "one date without a zero": (
        COPS,
        [column("start_date", "9/4/2021", [4])],
        error("start_date", "is not a date", "Write it as 2021-09-04", "F4"),
    ),
    "day first": (COPS, [column("start_date", "25.10.2021", [4])], error("start_date", "is not a date", "Write it as 2021-10-25.", "F4")),
    "no date at all": (
        COPS,
        [column("start_date", "in October", [4])],
        error("start_date", "is not a date", "Write it as year-month-day: 2021-10-05.", "F4"),
    ),
    "dates missing": (COPS, [column("end_date", "")], error("end_date", "is missing", "", "G2", ALL_COPS)),
    "another school year": (
        COPS,
        [column("school_year", "2020-21")],
        error("school_year", "is another school year", "Every row says so", "B2", ALL_COPS),
    ),
    "another school year once": (
        COPS,
        [column("school_year", "2020-21", [5])],
        error("school_year", "is another school year", "Correct the year", "B5"),
    ),
    "school year in full": (
        COPS,
        [column("school_year", "2021-2022")],
        error("school_year", "written in another way", "Write it as 2021-22.", "B2", ALL_COPS),
    ),
    "catalog row twice": (COPS, [insert(4, "=")], error("cop_code", "is also the code in line 3, SEL", "another code", "A4")),
    "catalog row three times": (
        COPS,
        [insert(4, "="), insert(4, "=")],
        error("cop_code", "is also the code in line 3, SEL", "", "A4", [4, 5]),
    ),
    "capacity with a word": (COPS, [column("capacity", "60 people", [2])], error("capacity", "is not a number", "Write it as 60.", "K2")),
    "capacity with a point": (
        COPS,
        [column("capacity", lambda text: f"{text}.0", [2])],
        error("capacity", "is not a number", "Write it as 60.", "K2"),
    ),
    "yes as a truth value": (
        COPS,
        [column("open_to_guests", "TRUE", [2])],
        error("open_to_guests", "is not known here", "Is it yes?", "J2"),
    ),
    "status in capitals": (COPS, [column("status", "ACTIVE")], error("status", "is not known here", "Is it active?", "E2", ALL_COPS)),
    "person twice": (ROSTER, [insert(5, "=")], error("person_id", "is also the id of", "", "A5")),
    "blank rows": (ROSTER, [insert(5), insert(9), insert(9)], warning("", "the rows are blank", "They are left out.", "", [5, 9, 10])),
    "one blank row": (ROSTER, [insert(5)], warning("", "the row is blank", "It is left out.")),
    "header again": (ROSTER, [repeat_header(20)], error("", "the header is repeated", "Take it out")),
    "header on each page": (
        ROSTER,
        [repeat_header(20, 40, 60)],
        error("", "the header is repeated", "", "", [21, 41, 61]),
    ),
    "heading within the table": (
        ROSTER,
        [insert(20, "Region I")],
        error("", "stands in a row that holds nearly nothing else", "Fill the row in"),
    ),
    "headings within the table": (
        ROSTER,
        [insert(20, "Region"), insert(40, "Region")],
        error("", "holds nearly nothing else", "", "", [20, 40]),
    ),
    "total below": (
        ROSTER,
        [lambda rows: insert(len(rows) + 1, "Total", "324")(rows)],
        error("", "holds nearly nothing else", "Notes go below the table"),
    ),
    "notes below": (
        ROSTER,
        [lambda rows: [insert(len(rows) + 1, *note)(rows) for note in ((), ("Note",), ("See T",))]],
        warning("", "is below the table", "", "", [327, 328]),
    ),
    "roles as the office says": (
        ROSTER,
        [column("team_role", "Team Lead", [3, 14])],
        error("team_role", "is not known here", "Is it lead?", "L3", [3, 14]),
    ),
    "regions as numbers": (ROSTER, [column("region", "Region 2", [4])], error("region", "is not known here", "Is it II?", "N4")),
    "professions in capitals": (
        ROSTER,
        [column("role_type", "TEACHER", [2, 3])],
        error("role_type", "is not known here", "Is it teacher?", "H2", [2, 3]),
    ),
    "addresses as links": (
        ROSTER,
        [column("email", lambda text: f"mailto:{text}", [2])],
        error("email", "is not an e-mail address", "Write it as mariajose.delacruz@example.org", "G2"),
    ),
    "addresses with names": (
        ROSTER,
        [column("email", lambda text: f"Ada <{text}>", [2])],
        error("email", "is not an e-mail address", "Write it as mariajose", "G2"),
    ),
    "addresses with commas": (
        ROSTER,
        [column("email", lambda text: text.replace(".org", ",org"), [2])],
        error("email", "is not an e-mail address", "Ask the person", "G2"),
    ),
    "addresses missing": (ROSTER, [column("email", "", [2, 5, 6, 7])], error("email", "is missing", "Ask the person", "G2", [2, 5, 6, 7])),
    "one address for two": (
        ROSTER,
        [column("email", "mariajose.delacruz@example.org", [5])],
        error("email", "is also the address of ILC-0001 (line 2)", "", "G5"),
    ),
    "ids with blanks": (
        ROSTER,
        [column("person_id", "ILC 0316", [317])],
        error("person_id", "cannot be part of an id", "Such as ILC-0316.", "A317"),
    ),
    "codes with dashes": (
        ROSTER,
        [column("cds_code", "43-69427-4330312", [2])],
        error("cds_code", "is not a CDS code", "Write it as 43694274330312.", "P2"),
    ),
    "codes in scientific notation": (
        ROSTER,
        [column("cds_code", "4.36943E+13", [2, 3])],
        error("cds_code", "is not a CDS code", "keep the column as text", "P2", [2, 3]),
    ),
    "codes without their zero": (
        ROSTER,
        [column("cds_code", lambda text: text.lstrip("0"))],
        warning("cds_code", "lacks a leading zero", "It is read as 0", "", []),
    ),
    "a team that is not there": (
        ROSTER,
        [column("cop_participant", "EQTY", [2, 5])],
        error("cop_participant", "is not a COP in the catalog", "", "T2", [2, 5]),
    ),
    "a county misspelled": (
        ROSTER,
        [column("county", "Santa Carla", [2, 3])],
        warning("county", "is not in the county table", "Is it Santa Clara?", "O2", [2, 3]),
    ),
    "characters that cannot be seen": (
        ROSTER,
        [column("team_id", lambda text: text + "\u200b", [4])],
        error("team_id", "holds characters that cannot be seen", "", "J4"),
    ),
    "team row twice": (TEAMS, [insert(8, "=")], error("team_id", "is also the id of", "", "A8")),
    "count of members missing": (
        TEAMS,
        [column("member_count", "many", [2, 3])],
        error("member_count", "is not a number", "", "J2", [2, 3]),
    ),
    "lead with a name": (
        TEAMS,
        [column("lead_ids", lambda text: f"{text};ILC-9999", [2])],
        error("lead_ids", "is not on the roster", "", "I2"),
    ),
}


@pytest.mark.parametrize(("kind", "changes", "expected"), FOUND.values(), ids=FOUND)
def test_one_defect_is_one_finding(kind: str, changes: Sequence[Change], expected: Expected) -> None:
    """Nothing else is said, whatever follows from the defect; the hint is made of the cell's own value."""
    intake = taken(changed(kind, *changes))
    (finding,) = intake.findings
    assert (finding.severity, finding.column) == (expected.severity, expected.column)
    assert expected.text in finding.text
    assert expected.fix in finding.fix
    assert not expected.cell or finding.cell == expected.cell
    assert not expected.rows or finding.rows == expected.rows
