"""Three files become a roster, or are refused as a whole."""

import unicodedata
from pathlib import Path

import pytest

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.counties import read_counties
from ilc_canvas.roster.intake import Intake, read_roster, take
from ilc_canvas.roster.reading import read_file
from tests.program.sample import CONFIG, NAMES, SAMPLE, counties, roster
from tests.roster.forms import KINDS, Forms, edited, name, sample, taken, with_file

TRUNCATED = SAMPLE / "roster_2021-22_truncated.csv"


def read(version: int, *, people: Path | None = None, signed_by: int | None = None, year: str = "2021-22") -> Intake:
    """The sample's files, perhaps with another roster file, another manifest (0: none) or another year."""
    files = [SAMPLE / file for file in NAMES[version][:3]]
    signed = version if signed_by is None else signed_by
    manifest = SAMPLE / NAMES[signed][3] if signed else None
    return read_roster(people or files[0], files[1], files[2], manifest=manifest, school_year=year, counties=counties())


@pytest.mark.parametrize("version", [3, 4])
def test_clean_sample_has_no_findings(version: int) -> None:
    """The signed sample files are read without any finding, under the number and name of their manifest."""
    intake = read(version)
    assert intake.findings == ()
    assert (intake.manifest_version, intake.roster.version) == (version, version)
    assert intake.roster.signed_by == "ILC program coordinator (fictional)"
    assert tuple(intake.rows.values()) == (324, 70, 10)


def test_without_manifest_there_is_no_number() -> None:
    """Without a manifest the roster has the same people and no number yet."""
    intake = read(3, signed_by=0)
    assert (intake.manifest_version, intake.roster.version, intake.findings) == (None, 0, ())
    assert intake.roster.people == roster(3).people


def test_cut_roster_is_refused_everywhere() -> None:
    """A file cut inside a row is refused with and without a manifest; nobody is taken to have left."""
    for signed_by in (3, 0):
        with pytest.raises(RosterError, match=r"roster_2021-22_truncated\.csv"):
            read(3, people=TRUNCATED, signed_by=signed_by)


@pytest.mark.parametrize("at", [2, 10, 200, -2, -1])
def test_signed_roster_cut_anywhere_is_refused(at: int) -> None:
    """Whatever is cut off from the end of a file, by whole rows too, its manifest does not fit any more."""
    with pytest.raises(RosterError, match="do not belong"):
        take(
            with_file("people", b"".join(sample("people").splitlines(keepends=True)[:at])),
            manifest=read_file(SAMPLE / NAMES[3][3]),
            school_year="2021-22",
            counties=counties(),
        )


def test_cut_between_cells_is_refused() -> None:
    """Without a manifest, a last row with too few fields is a cut file."""
    whole = sample("people").rstrip(b"\n")
    with pytest.raises(RosterError, match="is cut off"):
        taken(with_file("people", whole[: whole.rindex(b",") - 3]))


@pytest.mark.parametrize(("files", "manifest"), [(3, 4), (4, 3)])
def test_swapped_manifest_is_refused(files: int, manifest: int) -> None:
    """Files of one version with the manifest of the other are refused, both ways."""
    with pytest.raises(RosterError, match="do not belong"):
        read(files, signed_by=manifest)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep", [0, 1])
def test_no_rows_are_never_taken(kind: str, keep: int) -> None:
    """An empty file, and one with its header alone, are refused, whichever of the three it is."""
    with pytest.raises(RosterError, match=name(kind)):
        taken(with_file(kind, b"".join(sample(kind).splitlines(keepends=True)[:keep])))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"email,", b"", 'The column "email" is missing.'),
        (b"email,", b"e-mail,", 'The column "e-mail" is not known here. Is it "email"?'),
        (b"email,", b"Email,", 'The column "Email" is not known here. Is it "email"?'),
        (b"email,", b"email,email,", 'The column "email" is there 2 times.'),
        (b"email,", b"email,shoe size,", 'The column "shoe size" is not known here.'),
    ],
)
def test_misfit_columns_are_named(old: bytes, new: bytes, said: str) -> None:
    """A missing, unknown or doubled column refuses the file and is named, with the nearest that is missing."""
    with pytest.raises(RosterError) as refused:
        taken(with_file("people", sample("people").replace(old, new, 1)))
    assert said in str(refused.value)


def test_all_refusals_come_at_once() -> None:
    """Where all three files are of no use, one refusal names them all."""
    with pytest.raises(RosterError) as refused:
        taken(with_file("people", b"a,b\n1,2\n")._replace(teams=with_file("teams", b"").teams, cops=with_file("cops", b"\xff").cops))
    assert all(name(kind) in str(refused.value) for kind in KINDS)


def test_columns_come_in_any_order() -> None:
    """The same columns turned round are the same roster."""
    forms = Forms()
    forms.people = [dict(reversed(row.items())) for row in forms.people]
    assert forms.read().roster.people == roster(3).people


@pytest.mark.parametrize("kind", KINDS)
def test_byte_order_mark_is_accepted(kind: str) -> None:
    """The mark that Excel writes before UTF-8 is no part of the first column's name."""
    intake = taken(with_file(kind, b"\xef\xbb\xbf" + sample(kind)))
    assert intake.findings == ()


def test_windows_line_breaks_are_accepted() -> None:
    """Lines that end as Windows ends them are the same rows on the same lines."""
    intake = taken(with_file("people", sample("people").replace(b"\n", b"\r\n")))
    assert (intake.findings, intake.roster.people) == ((), roster(3).people)


def test_utf_32_is_refused() -> None:
    """UTF-32, which no spreadsheet writes, is refused."""
    with pytest.raises(RosterError, match=r"is UTF-32.*CSV UTF-8"):
        taken(with_file("people", sample("people").decode().encode("utf-32")))


def test_zero_bytes_are_refused() -> None:
    """A file with zero bytes is refused as a whole."""
    with pytest.raises(RosterError, match="zero bytes"):
        taken(with_file("people", sample("people").replace(b"Thomas", b"Tho\0mas", 1)))


@pytest.mark.parametrize("char", ["\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u200e", "\u202e", "\u2066", "\u2028", "\ufeff", "\ue000"])
@pytest.mark.parametrize("column", ["display_name", "email", "school"])
def test_unseen_characters_are_errors(char: str, column: str) -> None:
    """A control, direction-changing, zero-width or private character is an error with its line and column, and is not kept."""

    def edit(forms: Forms) -> None:
        forms.people[1][column] = f"a{char}b@example.org"

    intake = edited(edit)
    found = [(finding.line, finding.column) for finding in intake.errors if "cannot be seen" in finding.text]
    assert found == [(3, column)]
    assert char not in intake.roster.people[1].display_name + intake.roster.people[1].email + intake.roster.people[1].school


def test_line_break_in_name_is_error() -> None:
    """A line break belongs into notes and descriptions, not into a name."""

    def edit(forms: Forms) -> None:
        forms.people[0]["display_name"] = "María\nDe la Cruz"
        forms.people[0]["notes"] = "one\ntwo\tthree"

    assert [(finding.line, finding.column) for finding in edited(edit).findings] == [(2, "display_name")]


def test_decomposed_letters_are_composed() -> None:
    """Letters with their accents apart become NFC; the roster is the same as from composed ones."""
    intake = taken(with_file("people", unicodedata.normalize("NFD", sample("people").decode()).encode()))
    assert (intake.findings, intake.roster.people) == ((), roster(3).people)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-Smith", "@ada"])
def test_formulas_are_plain_text(text: str) -> None:
    """A name that a spreadsheet would run as a formula is kept as it is."""

    def edit(forms: Forms) -> None:
        forms.people[0]["display_name"] = text

    intake = edited(edit)
    assert (intake.findings, intake.roster.people[0].display_name) == ((), text)


def test_spaces_around_cells_are_trimmed() -> None:
    """Spaces around a cell, no-break ones too, are not part of it."""

    def edit(forms: Forms) -> None:
        forms.people[0] |= {key: f" \u00a0{value} " for key, value in forms.people[0].items()}

    intake = edited(edit)
    assert (intake.findings, intake.roster.people) == ((), roster(3).people)


def test_line_breaks_keep_physical_lines() -> None:
    """After a cell of several lines, findings and people still name the line that an editor shows."""

    def edit(forms: Forms) -> None:
        forms.people[0]["notes"] = 'one\ntwo "quoted"\nthree'
        forms.people[1]["email"] = "nobody"

    intake = edited(edit)
    assert [person.line for person in intake.roster.people[:3]] == [2, 5, 6]
    assert [(finding.line, finding.column) for finding in intake.findings] == [(5, "email")]


def test_endless_quote_is_refused_with_line() -> None:
    """A quotation mark that is never closed refuses the file, with the line where it was opened."""
    lines = sample("people").splitlines(keepends=True)
    lines[5] = b'"' + lines[5]
    with pytest.raises(RosterError, match=r"line 6, cannot be read as CSV"):
        taken(with_file("people", b"".join(lines)))


def test_blank_rows_are_left_out() -> None:
    """A row of commas is a warning and no person."""
    intake = taken(with_file("people", sample("people") + b"," * 22 + b"\n"))
    assert [(finding.severity, finding.line) for finding in intake.findings] == [("warning", 326)]
    assert intake.roster.people == roster(3).people


def test_row_of_other_width_is_refused() -> None:
    """A row with a field too many refuses the file with its line: the columns may have shifted."""
    with pytest.raises(RosterError, match=r"not every row has 23 fields\. See line 3"):
        taken(with_file("people", sample("people").replace(b"ILC-0002,", b"ILC-0002,,", 1)))


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    """A file above 10 MB is refused unread."""
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(10 * 1024 * 1024 + 1)
    with pytest.raises(RosterError, match=r"large\.csv is larger than 10 MB"):
        read(3, people=large, signed_by=0)


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is not there is refused by its name, without the path to it."""
    with pytest.raises(RosterError, match=r"gone\.csv cannot be read") as refused:
        read(3, people=tmp_path / "gone.csv", signed_by=0)
    assert str(tmp_path) not in str(refused.value)


def test_too_many_columns_are_refused() -> None:
    """A header of more than 64 columns is refused, and the refusal does not list them."""
    with pytest.raises(RosterError, match="has 65 columns; more than 64 are not read") as refused:
        taken(with_file("people", b",".join(b"c%d" % number for number in range(65)) + b"\n"))
    assert len(str(refused.value)) < 200


def test_too_many_rows_are_refused() -> None:
    """More than 50,000 rows are refused."""
    with pytest.raises(RosterError, match="more than 50,000 rows"):
        taken(with_file("people", sample("people").splitlines(keepends=True)[0] + b"x\n" * 50_001))


@pytest.mark.parametrize(("column", "most"), [("school", 1_000), ("notes", 4_000)])
def test_too_long_cell_is_an_error(column: str, most: int) -> None:
    """A cell takes 1,000 characters, prose 4,000; one more is an error with its place."""

    def write(forms: Forms, length: int) -> None:
        forms.people[0][column] = "x" * length

    assert edited(lambda forms: write(forms, most)).findings == ()
    (finding,) = edited(lambda forms: write(forms, most + 1)).findings
    assert (finding.severity, finding.line, finding.column) == ("error", 2, column)


def test_endless_cell_is_refused() -> None:
    """A cell of a megabyte is refused before it is looked at."""
    with pytest.raises(RosterError, match="field larger than field limit"):
        taken(with_file("people", sample("people").replace(b"Thomas", b"x" * 1_000_000, 1)))


def test_generated_scale_files_are_refused() -> None:
    """A list of people with other columns, as for a benchmark, is no roster."""
    with pytest.raises(RosterError, match="does not have the columns of a roster"):
        taken(with_file("people", b"person_id,name,email,district,school,cop\nS-1,Ada,ada@example.org,D1,S1,C1\n"))


def test_swapped_files_are_refused() -> None:
    """Teams given as the roster are refused, and so is the roster given as the teams."""
    files = with_file("people", sample("teams"))
    with pytest.raises(RosterError, match=r"is a teams file and was given as the roster"):
        taken(files)


def test_one_file_twice_is_refused() -> None:
    """The same file given for two is refused."""
    files = with_file("people", sample("people"))
    with pytest.raises(RosterError, match="same name"):
        taken(files._replace(teams=files.roster))


@pytest.mark.parametrize("year", ["", "2021", "2021/22", "2021-23", "2021-2022", "21-22", "2021-22 ", "20２１-22", "２０２１-22"])
def test_wrong_school_year_is_refused(year: str) -> None:
    """A school year is written 2021-22, two years that follow each other, and nothing else."""
    with pytest.raises(RosterError, match="is not a school year"):
        read(3, signed_by=0, year=year)


def test_turn_of_century_is_a_year() -> None:
    """2099-00 is a school year; the catalog is then of another one."""
    assert {finding.column for finding in read(3, signed_by=0, year="2099-00").errors} == {"school_year"}


def test_counties_come_from_the_table() -> None:
    """The table of counties gives a region for all 58."""
    assert read_counties(CONFIG / "counties.csv") == counties()
    assert (len(counties()), set(counties().values())) == (58, {"I", "II", "III", "IV"})


def test_intake_means_the_same_state() -> None:
    """The rows written anew by another program mean the same state."""
    assert desired_state(Forms().read().roster, Policy()) == desired_state(roster(3), Policy())
