"""roster check of files without a fixed set, order or name."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE
from tests.roster.cast import SIGNED, V3, sample
from tests.roster.files.books import as_book, as_text, book, rows_of

SOUND = "324 people, 70 teams, 10 COPs: no error, no warning. Nothing was stored.\n"
PARTS = ("roster", "teams file", "COP catalog")


def check(cli: Cli, *words: object) -> Said:
    """`roster check` with these words."""
    return cli("roster", "check", *map(str, words))


@pytest.fixture
def loose(tmp_path: Path) -> list[Path]:
    """The sample's three files under names that say nothing, each saved by another program."""
    made = (as_book(sample(V3[2])), as_text(sample(V3[0]), encoding="utf-16", separator=";"), sample(V3[1]))
    paths = [tmp_path / name for name in ("final FINAL(2).xlsx", "Export.txt", "list")]
    for path, file in zip(paths, made, strict=True):
        path.write_bytes(file.data)
    return paths


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_files_are_told_by_their_columns(cli: Cli, loose: list[Path], order: tuple[int, ...]) -> None:
    """In any order and under any name the three files are one roster, of the school year that the catalog names."""
    said = check(cli, *(loose[place] for place in order))
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith(f"{SOUND}Next: ilc-canvas roster import, with the same files.\n")


def test_loose_set_finds_what_a_fixed_one_does(cli: Cli, tmp_path: Path) -> None:
    """The findings are the same as with the files given by name."""
    rows = rows_of(sample(V3[0]))
    rows[5][rows[0].index("team_id")] = "T-99"
    roster, teams, cops = tmp_path / "r.xlsx", SAMPLE / V3[1], SAMPLE / V3[2]
    roster.write_bytes(book(rows))
    fixed = check(cli, roster, "--teams", teams, "--cops", cops, "--school-year", "2021-22", "--json").json
    assert fixed["errors"] > 0
    assert check(cli, cops, roster, "--teams", teams, "--json").json == fixed


def test_signed_set_is_checked_with_its_manifest(cli: Cli, tmp_path: Path) -> None:
    """A sign-off among the files is recognized, and names its school year; a file that is not the one that was signed is refused."""
    files = [SAMPLE / name for name in (SIGNED[V3], *V3)]
    assert check(cli, *files).out == f"{SOUND}Next: ilc-canvas roster import, with the same files.\n"
    path = tmp_path / V3[0]
    path.write_bytes((SAMPLE / V3[0]).read_bytes().replace(b"Teacher", b"Pedagogue", 1) + b"\n")
    said = check(cli, files[0], path, *files[2:])
    assert (said.code, "is not the file that was signed" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("part", "counted", "missing"),
    [
        (0, "324 people", ["teams file", "COP catalog"]),
        (1, "70 teams", ["roster", "COP catalog"]),
        (2, "10 COPs", ["roster", "teams file"]),
    ],
    ids=PARTS,
)
def test_one_file_alone(cli: Cli, part: int, counted: str, missing: list[str]) -> None:
    """A file by itself is checked as far as it goes; what was not checked is said, and nothing is found for want of the others."""
    said = check(cli, SAMPLE / V3[part])
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{counted}: no error, no warning. Nothing was stored.\n"
        f"Without the {' and '.join(missing)}, not everything could be checked. Before an import, check all three files together.\n"
    )
    assert check(cli, SAMPLE / V3[part], "--json").json["missing"] == missing


def test_two_files_are_compared(cli: Cli, tmp_path: Path) -> None:
    """Of a roster and a catalog without teams, what contradicts each other is found, and nothing about teams."""
    rows = rows_of(sample(V3[0]))
    rows[5][rows[0].index("cop_participant")] = "NOPE"
    rows[5][rows[0].index("team_id")] = "T-99"
    path = tmp_path / "r.xlsx"
    path.write_bytes(book(rows))
    found = check(cli, SAMPLE / V3[2], path, "--json").json["findings"]
    assert [(each["column"], each["value"]) for each in found] == [("cop_participant", "NOPE")]


def test_defects_of_one_file_are_found(cli: Cli, tmp_path: Path) -> None:
    """Without the other files a twice-used id and a lead-less team are found."""
    rows = rows_of(sample(V3[1]))
    rows[2][0], rows[3][rows[0].index("lead_ids")] = rows[1][0], ""
    path = tmp_path / "t.xlsx"
    path.write_bytes(book(rows))
    found = check(cli, path, "--json").json
    assert [(each["level"], each["column"]) for each in found["findings"]] == [("error", "team_id"), ("warning", "lead_ids")]


def test_every_stray_file_is_named(cli: Cli, tmp_path: Path) -> None:
    """Two of a kind, a file of another kind, and one that is none are all named, and nothing is checked."""
    (tmp_path / "shopping.csv").write_text("what,how many\nmilk,2\n")
    files = [SAMPLE / V3[0], SAMPLE / "roster_2021-22_v4_amended.csv", SAMPLE / "calendar_2021-22.csv", tmp_path / "shopping.csv"]
    said = check(cli, *files)
    assert (said.code, said.out) == (1, "")
    part = "is not part of a roster, which is a roster file, a teams file and a COP catalog"
    assert said.err.splitlines() == [
        "roster_2021-22_final.csv and roster_2021-22_v4_amended.csv are both a roster. Check them one after the other.",
        f"calendar_2021-22.csv {part}: it is a calendar.",
        f"shopping.csv {part}: it has the columns of none of these.",
    ]


def test_catalog_without_a_year(cli: Cli, tmp_path: Path) -> None:
    """A catalog from which no school year can be read asks for it, and is checked with it."""
    rows = rows_of(sample(V3[2]))
    for row in rows[1:]:
        row[rows[0].index("school_year")] = "next"
    path = tmp_path / "c.xlsx"
    path.write_bytes(book(rows))
    said = check(cli, path)
    assert (said.code, said.err) == (1, "c.xlsx does not say for which school year it is. Name the school year.\n")
    found = check(cli, path, "--school-year", "2021-22", "--json").json["findings"]
    assert [(each["column"], each["rows"]) for each in found] == [("school_year", 10)]


def test_broken_manifest_is_refused(cli: Cli, tmp_path: Path) -> None:
    """A JSON file that is no sign-off is refused in a sentence."""
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"kind": "other"}))
    said = check(cli, *(SAMPLE / name for name in V3), path)
    assert (said.code, "m.json is not a roster manifest" in said.err) == (1, True)
