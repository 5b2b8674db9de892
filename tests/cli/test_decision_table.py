"""people review --csv and people decide: many answers in one table, in any form a spreadsheet saves it."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from stat import S_IMODE
from typing import NamedTuple

import pytest

from tests.cli.conftest import Said
from tests.cli.people_cast import PEOPLE, Office, address

Table = list[list[str]]


class Asked(NamedTuple):
    """An office in which three people are asked about, and the numbers of the accounts."""

    office: Office
    numbers: Mapping[str, int]

    @property
    def file(self) -> Path:
        """The table."""
        return self.office.folder / "questions.csv"

    def table(self) -> Table:
        """What review writes, read as CSV."""
        self.file.unlink(missing_ok=True)
        said = self.office.cli("people", "review", "--csv", str(self.file))
        assert said.code == 0, said
        return list(csv.reader(io.StringIO(self.file.read_text("utf-8-sig"), newline="")))

    def filled(self, **answers: str) -> Table:
        """The same with answers, by person."""
        head, *body = self.table()
        return [head, *([*row[:-1], answers.get(row[0], "")] for row in body)]

    def decide(self, data: bytes | str, *words: str) -> Said:
        """Give this file back."""
        path = self.office.folder / "answers.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return self.office.cli("people", "decide", str(path), "--reason", "they said so", *words)


@pytest.fixture
def asked(office: Office) -> Asked:
    """P2 and P3 have accounts under other names, P4 one under another login."""
    numbers = {
        "P2": office.account("Benjamin Ok", address(PEOPLE["P2"]), sis_id="900123"),
        "P3": office.account('=HYPERLINK("http://x","C; T")', address(PEOPLE["P3"])),
        "P4": office.account(PEOPLE["P4"], "d.patel@example.org", email=address(PEOPLE["P4"])),
    }
    office.sign()
    office.plan()
    return Asked(office, numbers)


def _text(table: Table, separator: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(table)
    return out.getvalue()


def test_table_has_all_that_decides(asked: Asked) -> None:
    """One row for each person: the question, the accounts with all that is known, the possible answers, and an empty one."""
    head, *body = asked.table()
    assert head == ["person_id", "name", "email", "question", "account_1", "answers_possible", "answer"]
    assert [row[0] for row in body] == ["P2", "P3", "P4"]
    number, login = asked.numbers["P2"], address(PEOPLE["P2"])
    assert body[0][1:4] == [PEOPLE["P2"], login, "An account has this login, but another name."]
    assert body[0][4].startswith(f"{number}: Benjamin Ok; login {login}; address {login}; SIS id 900123; last login ")
    assert body[0][5:] == [f"{number} | new | leave out", ""]


def test_table_is_for_few_eyes(asked: Asked) -> None:
    """It is for its owner alone, begins with a mark that Excel knows, is never written over, and the log says that it was taken."""
    asked.table()
    assert (S_IMODE(asked.file.stat().st_mode), asked.file.read_bytes()[:3]) == (0o600, b"\xef\xbb\xbf")
    again = asked.office.cli("people", "review", "--csv", str(asked.file))
    assert (again.code, "already exists" in again.err) == (1, True)
    last = asked.office.cli("audit", "list", "--json").json[0]
    assert (last["kind"], last["body"]) == ("exported", {"of": "questions about people", "people": 3})


def test_no_cell_is_a_formula(asked: Asked) -> None:
    """What a spreadsheet would take for a formula, in the roster or in Canvas, is text."""
    asked.office.hand("PUT", f"users/{asked.numbers['P3']}", user={"name": "@SUM(1)\n=1"})
    cells = [cell for row in asked.table() for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r")) or "\n" in cell]


def test_no_question_no_file(office: Office) -> None:
    """If nobody waits, no file is written."""
    office.sign()
    path = office.folder / "questions.csv"
    said = office.cli("people", "review", "--csv", str(path))
    assert (said.code, path.exists(), "There are no questions" in said.out) == (0, False, True)


def test_table_is_read_back(asked: Asked) -> None:
    """Answers are recorded, rows without one are counted, and the next step is shown."""
    said = asked.decide(_text(asked.filled(P2=str(asked.numbers["P2"]), P4="leave out")))
    assert said.code == 0
    assert said.out.splitlines() == [
        f"Recorded for P2: account {asked.numbers['P2']}.",
        "Recorded for P4: leave out.",
        "2 answers were recorded. 1 row has no answer yet.",
        "It takes effect with the next plan, which needs approval: ilc-canvas plan",
    ]
    assert set(asked.office.review()) == {"P3"}


def _semicolons(table: Table) -> bytes:
    return _text(table, ";").encode("utf-8-sig")


def _tabs(table: Table) -> bytes:
    return _text(table, "\t").encode("utf-16")


def _system(table: Table) -> bytes:
    return ("sep=;\r\n" + _text([[*row[:2], "Núñez", *row[3:]] for row in table], ";")).encode("cp1252")


def _moved(table: Table) -> bytes:
    wider = [["", *reversed(row), "", ""] for row in table]
    wider[0][0], wider[0][-1] = "Note", " Checked "
    return _text([[f" {cell} " for cell in row] for row in wider], end="\n").encode()


def _short(table: Table) -> bytes:
    """Only what is needed, empty lines, and no empty cells at the ends of lines."""
    rows = [f'{row[0]},"{row[-1]}"' if row[-1] else row[0] for row in table]
    return "\n\n".join(["Person_ID,ANSWER", *rows[1:]]).encode()


@pytest.mark.parametrize("spoil", [_semicolons, _tabs, _system, _moved, _short])
def test_spoilt_tables_are_read(asked: Asked, spoil: Callable[[Table], bytes]) -> None:
    """Other separators, encodings and orders, more columns, blanks, and missing cells make no difference."""
    table = asked.filled(P2=f"{asked.numbers['P2']}.0", P3=f"{asked.numbers['P3']:,}", P4="NEW")
    said = asked.decide(spoil(table), "--json")
    assert said.code == 0, said
    found = {each["person"]: (each["decision"], each["account"]) for each in said.json["noted"]}
    assert found == {"P2": ("adopt", asked.numbers["P2"]), "P3": ("adopt", asked.numbers["P3"]), "P4": ("create", None)}


@pytest.mark.parametrize(
    ("word", "decision", "login"),
    [
        ("this account", "adopt", ""),
        ("Account {number}", "adopt", ""),
        ("#{number},00", "adopt", ""),
        ("{number:,}.00", "adopt", ""),
        ("A new  account", "create", ""),
        ("create", "create", ""),
        ("New Dev.P@Example.org", "create", "Dev.P@Example.org"),
        ("Leave-Out", "leave-out", ""),
    ],
)
def test_words_of_answers(asked: Asked, word: str, decision: str, login: str) -> None:
    """An answer may be put as people put it, in any letter case."""
    table = asked.filled(P4=word.format(number=asked.numbers["P4"]))
    (noted,) = asked.decide(_text(table), "--json").json["noted"]
    assert (noted["decision"], noted["login"], noted["account"] in (None, asked.numbers["P4"])) == (decision, login, True)


def test_all_or_nothing(asked: Asked) -> None:
    """With one bad cell nothing is recorded; each bad cell is named by line and column, with the possible answers."""
    number = asked.numbers["P2"]
    said = asked.decide(_text(asked.filled(P2=str(number), P3="1.2E+05", P4=str(number))))
    assert said.code == 1
    assert said.out.splitlines() == [
        'answers.csv, line 3, column answer: "1.2E+05" is not a possible answer.',
        f"  Use one of: {asked.numbers['P3']}, new, leave out. Or leave the cell empty.",
        f'answers.csv, line 4, column answer: "{number}" cannot be recorded for P4: '
        f"account {number} is not one that the review shows for P4.",
        f"  It shows: {asked.numbers['P4']}. See: ilc-canvas people review",
        "2 errors. Nothing was recorded. Correct the file, then run the command again.",
    ]
    assert set(asked.office.review()) == {"P2", "P3", "P4"}


def test_findings_for_programs(asked: Asked) -> None:
    """The same as JSON: file, line, column, value."""
    said = asked.decide("person_id,answer\nP22,new\nP2,new\nP2,leave out\n", "--json")
    assert (said.code, said.json["noted"]) == (1, [])
    found = [(each["line"], each["column"], each["value"]) for each in said.json["findings"]]
    assert found == [(2, "person_id", "P22"), (4, "answer", "leave out")]
    assert "already" in said.json["findings"][1]["text"]


def test_administrator_in_a_file(asked: Asked) -> None:
    """An administrator's account is noted only with that word behind its number."""
    number = asked.numbers["P4"]
    asked.office.hand("POST", "accounts/self/admins", user_id=number)
    refused = asked.decide(f"person_id,answer\nP4,{number}\n")
    assert (refused.code, "administrator" in refused.out) == (1, True)
    noted = asked.decide(f"person_id,answer\nP4,{number} Administrator\n", "--json")
    assert noted.json["noted"][0]["administrator"] is True


def test_ask_again_in_a_file(asked: Asked) -> None:
    """An answer is taken back beside others that are given, in one go."""
    asked.office.answer("leave-out", "P2")
    said = asked.decide("person_id,answer\nP2,Ask again\nP4,new\n", "--json")
    assert [each["decision"] for each in said.json["noted"]] == ["ask-again", "create"]
    asked.office.plan()
    assert set(asked.office.review()) == {"P2", "P3"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04", "is a workbook, not CSV"),
        (b"name,email\nx,y\n", 'does not have the columns "person_id" and "answer"'),
        (b"person_id,answer,answer\nP2,new,\n", "each once"),
        (b'person_id,answer\nP2,"new\n', "line 2, cannot be read as CSV"),
        (b"", "does not have the columns"),
    ],
)
def test_other_files_are_refused(asked: Asked, data: bytes, reason: str) -> None:
    """A file that is not such a table is refused in one sentence."""
    said = asked.decide(data)
    assert (said.code, said.out, reason in said.err) == (1, "", True), said
    assert set(asked.office.review()) == {"P2", "P3", "P4"}


def test_torn_row_is_a_finding(asked: Asked) -> None:
    """A row with more cells than the header may have its answer in the wrong place."""
    said = asked.decide("person_id,answer,name\nP4,new,Dev, Patel\n")
    assert (said.code, '"Patel" is to the right of the last column' in said.out) == (1, True)


def test_empty_answers_note_nothing(asked: Asked) -> None:
    """A table that nobody has filled in changes nothing, and says so."""
    said = asked.decide(_text(asked.table()))
    assert (said.code, said.out) == (0, "0 answers were recorded. 3 rows have no answer yet.\n")
