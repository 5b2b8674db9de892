"""Bad files and bad options, as an office types them: what is said names file, line, value and remedy, and nothing is stored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Said
from tests.cli.people_cast import Office
from tests.roster.calendar.cast import table as calendar_table
from tests.roster.forms import KINDS, Forms, written

KEPT = "Nothing was"  # stored, changed, done, read, recorded


@dataclass(frozen=True)
class Bad:
    """What is done to an input, and the words that are said of it, in this order."""

    name: str
    says: tuple[str, ...]
    cells: dict[str, str] = field(default_factory=dict)
    data: Callable[[bytes], bytes] | None = None


def cell(name: str, value: str, *says: str) -> Bad:
    """One cell of the first row: file, line, column, and the value as it is shown."""
    return Bad(f"{name}={value!a}", ("line 2", f"column {name}", *says), {name: value})


def whole(name: str, data: Callable[[bytes], bytes], *says: str) -> Bad:
    """The whole file."""
    return Bad(name, says, data=data)


ROSTER = [
    cell("person_id", "ILC 1", '"ILC 1"', "Use up to 64 letters"),
    cell("person_id", "", "is missing.", "Fill it in."),
    cell("display_name", "JosÃ©", '"JosÃ©"', "CSV UTF-8"),
    cell("display_name", "Jos\ufffd", "a character was lost".capitalize(), "CSV UTF-8"),
    cell("display_name", "Jo\u202esé", '"Jo\\u202esé"', "Retype it"),
    cell("email", "nobody", '"nobody"', "Ask the person"),
    cell("email", "a@b@example.org", '"a@b@example.org"', "Ask the person"),
    cell("role_type", "boss", '"boss"', "Use one of"),
    cell("affiliation", "continuning", '"continuning"', "Is it continuing?"),
    cell("region", "V", '"V"', "Use one of I, II, III, IV"),
    cell("team_id", "T999", '"T999"', "or add the team to the teams file"),
    cell("cop_participant", "XX", '"XX"', "or add the COP to the catalog"),
    cell("cds_code", "123", '"123"', "A school has 14 digits"),
    whole("empty", lambda _: b"", "people.csv", "is empty", "Nobody is taken to have left"),
    whole("zero bytes", lambda data: data + b"\0", "people.csv", "zero bytes", "CSV UTF-8"),
    whole("another encoding", lambda data: data + "é".encode("cp1252"), "people.csv", "line 326", "CSV UTF-8"),
    whole("cut off", lambda data: data[:-40], "people.csv", "cut off", "Fetch the file again"),
    whole("a quotation mark", lambda data: data + b'"open', "people.csv", "line 326", "never closed"),
    whole("no rows", lambda data: data.split(b"\n")[0] + b"\n", "people.csv", "no rows", "Nobody is taken to have left"),
    whole("a lost column", lambda data: data.replace(b"email,", b"mail,", 1), "people.csv", '"mail"', 'Is it "email"?'),
]
CALENDAR = [
    cell("title", "RÃ©union", '"RÃ©union"', "CSV UTF-8"),
    cell("date", "2021-13-01", '"2021-13-01"', "Write it as year-month-day"),
    cell("date", "1999-10-05", '"1999-10-05"', "Correct the year"),
    cell("start_time", "4:30 pm", '"4:30 pm"', "16:30"),
    cell("end_time", "15:00", '"15:00"', "Correct one of the two"),
    cell("timezone", "PST", '"PST"', "America/Los_Angeles"),
    cell("join_url", "http://x y", "the link is not a web address", "Begin it with https://"),
    cell("audience_type", "everybody", '"everybody"', "Use one of"),
    cell("status", "maybe", '"maybe"', "Use one of"),
    whole("empty", lambda _: b"", "calendar.csv", "is empty", "No meeting is taken to be off"),
    whole("a line of another file", lambda data: data + b"\xff\n", "calendar.csv", "not every row has 16 fields", "line 3"),
    whole("a lost column", lambda data: data.replace(b"title", b"titel", 1), "calendar.csv", '"titel"', 'Is it "title"?'),
]
ANSWERS = {
    "no such table": ("a,b\n1,2\n", ('"person_id" and "answer"', "people review --csv FILE")),
    "a workbook": ("PK\x03\x04", ("is a workbook", 'Save it as "CSV UTF-8"')),
    "nobody": ("person_id,answer\nP99,new\n", ("answers.csv, line 2, column person_id", '"P99"', "Write it as in the file")),
    "another word": ("person_id,answer\nP1,perhaps\n", ("answers.csv, line 2, column answer", '"perhaps"', "Use one of")),
    "a number that lost digits": ("person_id,answer\nP1,1.2E+05\n", ("line 2, column answer", '"1.2E+05"', "Use one of")),
    "a comma": ("person_id,answer\nP1,new,x\n", ("answers.csv, line 2", '"x"', "quotation marks")),
    "a quotation mark": ('person_id,answer\nP1,"new\n', ("answers.csv, line 2", "a quotation mark is not closed", "Correct the file")),
}
OPTIONS = {
    ("plan", "--only", "EQ"): ("'EQ'", "cop:EQ, net:R1"),
    ("runs", "--limit", "-1"): ("--limit", "greater than or equal to 1", "runs --limit -1"),
    ("show", "three"): ("valid integer", "show three"),
    ("roster", "import", "gone.csv", "--teams", "t", "--cops", "c", "--school-year", "2021-22"): ("does not exist", "gone.csv"),
    ("people", "decide", "gone.csv", "--reason", "x"): ("gone.csv", "does not exist"),
    ("sync", "--approv", "x"): ("--approv", "--approve"),
    ("snyc",): ("snyc", "sync"),
    ("pause", "--until", "tomorrow", "--reason", "x"): ("'tomorrow'", "%Y-%m-%d"),
}
_TOLD: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def _table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All that was said, for a person to read: in a file, and on the screen with -s."""
    yield
    path = tmp_path_factory.mktemp("bad") / "said.txt"
    path.write_text("\n".join(_TOLD), "utf-8")
    with path.open(encoding="utf-8") as file:
        print("", *file, sep="", end="\n")  # noqa: T201


def _said(name: str, said: Said, says: tuple[str, ...], code: int = 1) -> None:
    text = " ".join((said.out + said.err).replace("│", " ").split())
    _TOLD.append(f"{name}\n  {text[:600]}\n")
    at = 0
    for word in says:
        assert word in text[at:], (word, text)
        at = text.index(word, at)
    assert said.code == code
    assert "Traceback" not in text


@pytest.mark.parametrize("bad", ROSTER, ids=lambda bad: bad.name)
def test_bad_roster(cli: Cli, tmp_path: Path, bad: Bad) -> None:
    """What is wrong in a roster file is said with its place, the value, and what to do; nothing is stored."""
    forms = Forms()
    forms.people[0].update(bad.cells)
    paths = {kind: tmp_path / f"{kind}.csv" for kind in KINDS}
    for kind, path in paths.items():
        data = written(getattr(forms, kind))
        path.write_bytes(bad.data(data) if bad.data and kind == "people" else data)
    words = ("roster", "import", str(paths["people"]), "--teams", str(paths["teams"]), "--cops", str(paths["cops"]))
    said = cli(*words, "--school-year", "2021-22")
    _said(f"roster, {bad.name}", said, bad.says)
    assert cli("roster", "list", "--json").out.strip() in ("[]", "")


@pytest.mark.parametrize("bad", CALENDAR, ids=lambda bad: bad.name)
def test_bad_calendar(cli: Cli, tmp_path: Path, bad: Bad) -> None:
    """What is wrong in a calendar is said in the same way."""
    data, path = calendar_table(bad.cells).data, tmp_path / "calendar.csv"
    path.write_bytes(bad.data(data) if bad.data else data)
    _said(f"calendar, {bad.name}", cli("calendar", "import", str(path), "--school-year", "2021-22"), bad.says)


@pytest.mark.parametrize(("text", "says"), ANSWERS.values(), ids=ANSWERS)
def test_bad_answers(office: Office, tmp_path: Path, text: str, says: tuple[str, ...]) -> None:
    """What is wrong in a table of answers is said in the same way, and no answer is recorded."""
    office.sign()
    path = tmp_path / "answers.csv"
    path.write_text(text, "utf-8")
    said = office.cli("people", "decide", str(path), "--reason", "they said so")
    _said(f"answers, {text!a}", said, says)
    assert "Nothing was recorded" in said.out + said.err


@pytest.mark.parametrize(("words", "says"), OPTIONS.items(), ids=[" ".join(words)[:30] for words in OPTIONS])
def test_bad_options(cli: Cli, words: tuple[str, ...], says: tuple[str, ...]) -> None:
    """What is wrong in a command is said with the value and what would be right."""
    _said(f"options, {' '.join(words)}", cli(*words), says, 64)
