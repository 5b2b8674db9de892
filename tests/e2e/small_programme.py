"""A small programme of invented people: one team for each of two regions, two COPs, and the files in which the office sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS, Layout
from tests.cli.people_cast import Row, row
from tests.e2e.office import write_rows

_TEAMS = {"T1": ("Alder Team", "I", "P01"), "T2": ("Birch Team", "II", "P08")}
_STAFF = {"role_type": "ipd_staff", "affiliation": "staff", "team_id": "", "team_role": "", "component": "", "region": ""}
_GUEST = {"role_type": "higher_ed", "affiliation": "guest", "team_id": "", "team_role": "", "component": "", "region": ""}
_NAMES = {
    "P01": "Ana Reyes",
    "P02": "Ben Okafor",
    "P03": "Chloe Tran",
    "P04": "Dev Patel",
    "P05": "Eve Lund",
    "P06": "Farid Amini",
    "P07": "Gwen Ito",
    "P08": "Hugo Marsh",
    "P09": "Ines Costa",
    "P10": "Jun Park",
    "P11": "Kofi Boateng",
    "P12": "Lena Vogel",
    "P13": "Mara Quinn",
    "P14": "Noor Haddad",
}


@dataclass(frozen=True)
class Programme:
    """Rows of the three files of one school year."""

    people: Mapping[str, Row]
    cops: Mapping[str, Row]
    year: str = "2021-22"

    def person(self, person_id: str, **cells: str) -> "Programme":
        """The same with other cells in one row."""
        return replace(self, people={**self.people, person_id: {**self.people[person_id], **cells}})

    def joined(self, person_id: str, name: str, **cells: str) -> "Programme":
        """The same with one more person."""
        return replace(self, people={**self.people, person_id: row(person_id, name, **cells)})

    def left(self, *person_ids: str) -> "Programme":
        """The same without these people."""
        return replace(self, people={key: cells for key, cells in self.people.items() if key not in person_ids})

    def renumbered(self, old: str, new: str) -> "Programme":
        """The same with another id for one person."""
        changed = {**self.people[old], "person_id": new}
        return replace(self, people={**{key: cells for key, cells in self.people.items() if key != old}, new: changed})

    def cop(self, code: str, **cells: str) -> "Programme":
        """The same with other cells in the row of one COP."""
        return replace(self, cops={**self.cops, code: {**self.cops[code], **cells}})

    def next_year(self) -> "Programme":
        """The same people a school year later."""
        dates = {"school_year": "2022-23", "start_date": "2022-10-04", "end_date": "2023-04-30"}
        return replace(self, cops={code: {**cells, **dates} for code, cells in self.cops.items()}, year="2022-23")

    def write(self, folder: Path) -> list[str]:
        """The files in a folder, and the words that import them."""
        folder.mkdir()
        teams = [_team(team_id) for team_id in _TEAMS]
        files = [(ROSTER, self.people.values()), (TEAMS, teams), (COPS, self.cops.values())]
        paths = [_written(folder / f"{name}.csv", layout, list(rows)) for name, (layout, rows) in zip(_FILES, files, strict=True)]
        return ["roster", "import", paths[0], "--teams", paths[1], "--cops", paths[2], "--school-year", self.year]


_FILES = ("roster", "teams", "cops")


def first_programme() -> Programme:
    """P01 leads Alder Team and P08 Birch Team; P13 facilitates EQ and P14 SEL; P12 is a guest of EQ; four take part in each COP."""
    special: dict[str, Row] = {
        "P01": {"team_role": "lead"},
        "P08": {"team_role": "lead"},
        "P12": {"cop_guest": "EQ", **_GUEST},
        "P13": {"cop_facilitator": "EQ", **_STAFF},
        "P14": {"cop_facilitator": "SEL", **_STAFF},
        **{key: {"cop_participant": "EQ"} for key in ("P02", "P03", "P04", "P09")},
        **{key: {"cop_participant": "SEL"} for key in ("P05", "P06", "P10", "P11")},
    }
    second = {"team_id": "T2", "region": "II"}
    people = {key: row(key, name, **(second if "P08" <= key <= "P11" else {}) | special.get(key, {})) for key, name in _NAMES.items()}
    return Programme(people, {"EQ": _cop("EQ", "Equity", "P13"), "SEL": _cop("SEL", "Social-Emotional Learning", "P14")})


def _team(team_id: str) -> Row:
    name, region, lead = _TEAMS[team_id]
    return {"team_id": team_id, "team_name": name, "component": "network", "region": region, "lead_ids": lead}


def _cop(code: str, title: str, facilitator: str) -> Row:
    dates = {"start_date": "2021-10-05", "end_date": "2022-04-30"}
    return {"cop_code": code, "school_year": "2021-22", "title": title, "status": "active", "open_to_guests": "yes", **dates} | {
        "facilitator_ids": facilitator
    }


def _written(path: Path, layout: Layout, rows: Sequence[Row]) -> str:
    write_rows(path, [{**dict.fromkeys(sorted(layout.required), ""), **cells} for cells in rows])
    return str(path)
