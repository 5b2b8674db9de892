"""A file is read whole or refused; the refusal says what is the matter and what to do."""

import os
import unicodedata
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import COPS, Layout
from ilc_canvas.roster.intake import Files
from ilc_canvas.roster.reading import File, Table, read_file, read_table
from tests.roster.cast import files, sample, taken

PAIR = Layout("list", frozenset({"id", "name"}), frozenset({"notes"}))


def table(data: bytes) -> Table:
    """A file with the columns id and name, read."""
    return read_table(File("list.csv", data), PAIR)


REFUSED = {
    "nothing in it": (b"", "is empty"),
    "header alone": (b"id,name\n", "no rows. Nobody is taken to have left"),
    "blank rows alone": (b"id,name\n,\n\n", "no rows"),
    "cut in a row": (b"id,name\n1,Ada\n2", "cut off: line 3, the last one, ends after 1 of 2 fields"),
    "cut in quotes": (b'id,name\n1,"Ada', "line 2, .* never closed, or the file is cut off"),
    "row too short": (b"id,name\n1\n2,Bo\n", "not every row has 2 fields. See line 2"),
    "row too long": (b"id,name\n1,Ada,x\n", "See line 2"),
    "text after quotes": (b'id,name\n1,"Ada"x\n', "line 2, cannot be read as CSV"),
    "utf-8 with a broken letter": ("id,name\n1,Zoë\n2,Zo".encode() + b"\xeb\n", "line 3, is not UTF-8, as the rest of the file is"),
    "utf-8 that ends in a letter": (b"id,name\n1,Ada\n2,Zo\xc3", "line 3, is not UTF-8, as the rest"),
    "utf-8 by its mark": (b"\xef\xbb\xbfid,name\n1,Zo\xeb\n", "line 2, is not UTF-8"),
    "mac letters": ("id,name\n1,Mu\u00f1oz\n".encode("mac-roman"), "line 2, is not UTF-8, and read as Windows-1252 .* within a word"),
    "dos letters": ("id,name\n1,Jos\u00e9 Pe\u00f1a\n".encode("cp437"), "line 2, is not UTF-8, and read as"),
    "bytes of no letter": (b"id,name\n1,Zo\x81\n", "line 2, is not UTF-8, nor Windows-1252"),
    "utf-16 cut in a letter": ("id,name\n1,Ada\n".encode("utf-16")[:-1], "begins as UTF-16 .*, and ends or breaks within a character"),
    "utf-16 cut in a row": ("id,name\n1,Ada\n2".encode("utf-16"), "cut off: line 3"),
    "semicolons cut in a row": (b"id;name\n1;Ada\n2", "cut off: line 3"),
    "tabs with a row too long": (b"id\tname\n1\tAda\tx\n2\tBo\n", "not every row has 2 fields. See line 2"),
    "column without a name": (b"id,name,\n1,Ada,\n2,Bo,x\n", "column C has no name in the header, and 1 filled cell, the first in line 3"),
    "row above the header": (b"9,Cy,Ha,Ho\nid,name,,\n1,Ada,,\n", "line 1, fills 4 cells above the header, which is line 2"),
    "utf-16 without mark": ("id,name\n1,Ada\n".encode("utf-16-le"), "zero bytes"),
    "column missing": (b"id\n1\n", 'column "name" is missing'),
    "column misspelled": (b"id,nmae\n1,Ada\n", 'column "nmae" is not known here. Is it "name"'),
    "column twice": (b"id,name,name\n1,Ada,Bo\n", 'column "name" is there 2 times'),
    "birth dates": (b"id,name,birth_date\n1,Ada,x\n", 'column "birth_date" is not known'),
    "many columns": (b",".join([b"c"] * 65) + b"\n", "65 columns"),
    "many rows": (b"id,name\n" + b"1,Ada\n" * 50_001, "more than 50,000 rows.*The setting roster.most_rows allows more"),
    "endless cell": (b'id,name\n1,"' + b"x" * 200_000 + b'"\n', "line 2, cannot be read"),
}


@pytest.mark.parametrize(("data", "text"), REFUSED.values(), ids=REFUSED)
def test_useless_file_is_refused_whole(data: bytes, text: str) -> None:
    """No row of such a file is taken, and the reason is said."""
    with pytest.raises(RosterError, match=text):
        table(data)


READ = {
    "plain": b"id,name\n1,Ada\n",
    "with a mark": b"\xef\xbb\xbfid,name\n1,Ada\n",
    "windows lines": b"id,name\r\n1,Ada\r\n",
    "old mac lines": b"id,name\r1,Ada\r",
    "all quoted": b'"id","name"\n"1","Ada"\n',
    "other order": b"name,id\nAda,1\n",
    "spaces around": b" id , name\n 1 , Ada \n",
    "optional column": b"id,name,notes\n1,Ada,\n",
    "empty column": b"id,name,\n1,Ada,\n",
    "empty column without a header": b"id,name\n1,Ada,,\n",
}


@pytest.mark.parametrize("data", READ.values(), ids=READ)
def test_all_honest_csv_reads_alike(data: bytes) -> None:
    """Mark, line ends, quotes, order and spaces make no difference."""
    (row,) = table(data).rows
    assert (row.cells["id"], row.cells["name"], row.at.line) == ("1", "Ada", 2)
    assert table(data).findings == ()


FORMS = {
    "semicolons": (b"id;name\n1;Ada\n", "CSV in UTF-8, with semicolons"),
    "separator named": (b"sep=;\r\nid;name\r\n1;Ada\r\n", "CSV in UTF-8, with semicolons"),
    "tabs": (b"id\tname\n1\tAda\n", "CSV in UTF-8, with tabs"),
    "little-endian": (b"\xff\xfe" + "id\tname\n1\tAda\n".encode("utf-16-le"), "CSV in UTF-16 (little-endian), with tabs"),
    "big-endian": (b"\xfe\xff" + "id,name\n1,Ada\n".encode("utf-16-be"), "CSV in UTF-16 (big-endian), with commas"),
    "windows": (
        "id,name\n1,Ada\n2,Zo\u00eb\n".encode("cp1252"),
        'CSV in Windows-1252 (cp1252, so that one word is "Zo\u00eb"), with commas',
    ),
    "title": (b"Our list,\n,\nid,name\n1,Ada\n", 'CSV in UTF-8, with commas; "Our list" above the header is taken for its title'),
}


@pytest.mark.parametrize(("data", "form"), FORMS.values(), ids=FORMS)
def test_unusual_form_is_read_and_named(data: bytes, form: str) -> None:
    """Another encoding, another separator, or a title above the header is read without a finding, and one sentence says so."""
    read = table(data)
    assert (read.rows[0].cells["id"], read.rows[0].cells["name"], read.findings) == ("1", "Ada", ())
    assert (read.form, read.usual) == (f"list.csv is read as {form}.", False)


def test_usual_form_needs_no_word() -> None:
    """CSV in UTF-8 with commas, with or without a mark, is what is expected."""
    for data in (b"id,name\n1,Ada\n", b"\xef\xbb\xbfid,name\r\n1,Ada\r\n"):
        assert table(data).usual


def test_lines_are_those_of_the_editor() -> None:
    """After a cell with line breaks and a blank line, the number is still that of the physical line."""
    read = table(b'id,name,notes\n1,Ada,"two\nlines"\n\n2,Bo,\n')
    assert [row.at.line for row in read.rows] == [2, 5]
    assert [(finding.line, finding.text) for finding in read.findings] == [(4, "the row is blank.")]


def test_missing_last_line_break_warns() -> None:
    """It may be an editor's habit, or a file that was cut off between two rows."""
    (finding,) = table(b"id,name\n1,Ada").findings
    assert (finding.severity, finding.line) == ("warning", 2)


HIDDEN = {"tab": "\t", "escape": "\x1b", "right-to-left override": "\u202e", "isolate": "\u2066", "zero width": "\u200b", "line": "\u2028"}


@pytest.mark.parametrize("char", HIDDEN.values(), ids=HIDDEN)
def test_invisible_characters_are_errors(char: str) -> None:
    """The finding shows them escaped, and they do not get into the roster."""
    read = table(f"id,name\n1,A{char}da\n".encode())
    (finding,) = read.findings
    assert (finding.severity, finding.line, finding.column) == ("error", 2, "name")
    assert char not in str(finding)
    assert read.rows[0].cells["name"] == "A\ufffdda"


def test_formulas_are_plain_text() -> None:
    """What a spreadsheet would run is a text here, unchanged."""
    (row,) = table(b'id,name\n1,"=HYPERLINK(""x"")"\n').rows
    assert row.cells["name"] == '=HYPERLINK("x")'


def test_long_cells_are_errors() -> None:
    """A cell of over 1,000 characters is cut and said; notes may have 4,000."""
    read = table(b"id,name,notes\n1," + b"x" * 1001 + b"," + b"y" * 4000 + b"\n")
    assert [(finding.severity, finding.column) for finding in read.findings] == [("error", "name")]
    assert len(read.rows[0].cells["name"]) == 1000


def test_large_file_is_not_read(tmp_path: Path) -> None:
    """Over 10 MB nothing is looked at."""
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    with pytest.raises(RosterError, match="larger than 10 MB"):
        read_file(path)


def test_pipes_and_devices_are_refused(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once instead of waited for, and so is a device that never ends."""
    pipe, link = tmp_path / "roster.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(RosterError, match=f"{path.name} is not an ordinary file. Nothing was read."):
            read_file(path)


def test_missing_file_is_said(tmp_path: Path) -> None:
    """A path without a file is a RosterError like any other."""
    with pytest.raises(RosterError, match=r"none\.csv cannot be read"):
        read_file(tmp_path / "none.csv")


def test_truncated_sample_is_refused() -> None:
    """58 % of version 3, cut inside a row, without a manifest: never read as if the others had left."""
    with pytest.raises(RosterError, match=r"truncated\.csv is cut off: line 180, the last one, ends after 9 of 23 fields"):
        taken(files(roster=sample("roster_2021-22_truncated.csv")))


def test_cut_between_rows_contradicts_teams() -> None:
    """Cut cleanly after a row, the file still disagrees with the teams' leads and counts and with the facilitators."""
    roster = sample("roster_2021-22_truncated.csv")
    whole = replace(roster, data=roster.data[: roster.data.rindex(b"\n") + 1])
    intake = taken(files(roster=whole))
    assert {finding.column for finding in intake.errors} == {"lead_ids", "facilitator_ids", "primary_contact_staff_id"}
    assert any(finding.column == "member_count" for finding in intake.warnings)


def test_scale_files_are_refused() -> None:
    """The files of the scale set are for benchmarks: their catalog lacks columns that a roster needs."""
    header = b"cop_code,school_year,title,status,start_date,end_date\nEQ001,2021-22,Scale cohort EQ001,active,2021-10-05,2022-04-30\n"
    with pytest.raises(RosterError, match='"capacity" is missing'):
        read_table(File("cops_scale.csv", header), COPS)


def test_every_refused_file_is_named() -> None:
    """Where two of three files are refused, both are told at once."""
    with pytest.raises(RosterError, match=r"(?s)r\.csv is empty.*c\.csv is empty"):
        taken(Files(File("r.csv", b""), sample("teams_2021-22.csv"), File("c.csv", b"")))


@given(st.binary(max_size=300))
def test_any_bytes_read_or_refused(data: bytes) -> None:
    """Whatever the bytes are, nothing but RosterError comes out."""
    with suppress(RosterError):
        table(b"id,name\n" + data)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_cells_come_out_in_nfc(text: str) -> None:
    """A name in any form comes out composed, trimmed and without anything unseen."""
    cell = '"' + text.replace('"', '""') + '"'
    try:
        rows = table(f"id,name\n1,{cell}\n".encode()).rows
    except RosterError:
        return
    for row in rows:
        name = row.cells["name"]
        assert unicodedata.is_normalized("NFC", name)
        assert name == name.strip()
        assert not {unicodedata.category(char) for char in name} & {"Cc", "Co", "Cs", "Zl", "Zp"}


@given(st.data())
def test_spoilt_sample_reads_or_is_refused(data: st.DataObject) -> None:
    """A byte changed, lost or doubled anywhere in the catalog: findings or a RosterError, never a crash."""
    cops = sample("cops_2021-22.csv")
    at = data.draw(st.integers(0, len(cops.data) - 1))
    instead = data.draw(st.binary(max_size=2))
    spoilt = cops.data
    with suppress(RosterError):
        taken(Files(_short(), sample("teams_2021-22.csv"), replace(cops, data=spoilt[:at] + instead + spoilt[at + 1 :])))


def _short() -> File:
    """The first 20 people: enough to be a roster."""
    roster = sample("roster_2021-22_final.csv")
    return replace(roster, data=b"\n".join(roster.data.split(b"\n")[:21]) + b"\n")
