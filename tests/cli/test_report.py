"""report run: a page to print and a table for a spreadsheet."""

import csv
import io
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ilc_canvas.cli.reports.chart import bars
from ilc_canvas.cli.store.new_file import whole_file
from ilc_canvas.reconcile.errors import IlcError
from tests.cli.people_cast import Office, renamed, row, rows

HOSTILE = '=HYPERLINK("http://x.example")<script>alert("&")</script>'
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    @property
    def text(self) -> str:
        """All of it on one line."""
        return " ".join(filter(None, self.texts))


@pytest.fixture
def done(office: Office) -> Office:
    """Run 1 was held, run 2 did it; the reason is a hostile text."""
    office.sign(rows(P3=renamed("Zoë <b>Ünal</b>", email="z@example.org")))
    assert office.cli("sync", "--approve", office.plan()["digest"], "--reason", HOSTILE).code == 0
    return office


def _page(office: Office, run: int) -> Page:
    path = office.folder / f"run{run}.html"
    said = office.cli("report", "run", str(run), "--html", str(path))
    assert (said.code, said.err) == (0, "")
    return Page(path.read_text("utf-8"))


def _table(office: Office, run: int) -> list[dict[str, str]]:
    path = office.folder / f"run{run}.csv"
    assert office.cli("report", "run", str(run), "--csv", str(path)).code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_page_of_a_run_that_is_done(done: Office) -> None:
    """The page says how the run ended, who asked for it, which roster, who approved it and why, and every change by course."""
    page = _page(done, 2)
    assert page.text.count("Run 2 of 2021-22: done") == 2
    assert "Canvas agrees with roster version 1" in page.text
    assert "2021-22, version 1, signed by R. Alvarez on " in page.text
    assert "Held because This is the first run here" in page.text
    assert f"Reason: {HOSTILE}" in page.text
    number = len(_table(done, 2))
    assert f"Done {number} Not done 0 Waiting 0 Changes Done {number} Not done 0 Waiting 0" in page.text
    assert "COP EQ · Equity (2021-22)" in page.text


def test_page_is_safe_and_prints(done: Office) -> None:
    """Texts of people stay texts, nothing is loaded or run, there is one picture, and the paper is letter."""
    page = _page(done, 2)
    assert {"script", "b", "link", "img", "iframe"}.isdisjoint(page.tags)
    assert not {"src", "href", "onclick", "style"} & {name for name, _ in page.attributes}
    assert page.tags.count("svg") == 1
    raw = (done.folder / "run2.html").read_text("utf-8")
    assert "@page { size: letter;" in raw
    assert "@media print" in raw
    assert "default-src &#x27;none&#x27;" in raw or "default-src 'none'" in raw
    assert "Zoë &lt;b&gt;Ünal&lt;/b&gt;" in raw


def test_page_of_a_plan_that_waits(office: Office) -> None:
    """What waits for a person is listed with that reason, and that nobody has decided."""
    office.sign()
    office.plan()
    page = _page(office, 1)
    assert "Run 1 of 2021-22: held for a person" in page.text
    assert "Decision nobody has decided about it" in page.text
    assert re.search(r"Done 0 Not done 0 Waiting \d+ Changes", page.text)
    assert "waiting for a person" in page.text


def test_page_of_a_run_that_failed(office: Office) -> None:
    """What was not done says so, and why."""
    office.sign()
    digest = office.plan()["digest"]
    office.canvas.fault("401", method="POST", times=9)
    assert office.cli("sync", "--approve", digest, "--reason", "seen").code == 1
    page, table = _page(office, 2), _table(office, 2)
    assert "Run 2 of 2021-22: failed" in page.text
    assert re.search(r"Done 0 Not done \d+ Waiting 0 Changes", page.text)
    assert {line["result"] for line in table} == {"not-done"}
    assert all(line["why"] for line in table)


def test_page_of_what_was_left_out(done: Office) -> None:
    """Somebody about whom a question is open is left out, with the question."""
    newcomer = row("P6", "Gus Holm")
    done.account("Somebody Else", newcomer["email"])
    done.sign([*rows(), newcomer])
    done.plan()
    page = _page(done, 3)
    assert "Left out: " in page.text
    assert "Gus Holm" in page.text
    assert "an account has this login, but another name." in page.text


def test_long_lists_are_cut_on_the_page(office: Office) -> None:
    """A page lists forty changes of a kind at most, counts the others by course, and the table has all of them."""
    office.sign([*rows(), *(row(f"Q{number}", f"Quin{number} Marsh") for number in range(40))])
    office.plan()
    page, table = _page(office, 1), _table(office, 1)
    assert f"and {len(table) - 40:,} more" in page.text
    assert "By course Course Waiting" in page.text


def test_table_is_safe_for_a_spreadsheet(done: Office) -> None:
    """No cell can be a formula, times are ISO 8601 in UTC, and each row says what was done, where, and who approved it."""
    table = _table(done, 2)
    assert all(line["reason"] == line["approval_reason"] == f"'{HOSTILE}" for line in table)
    assert not [cell for line in table for cell in line.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(ISO.fullmatch(line[name]) for line in table for name in ("began_at", "planned_at", "closed_at", "approved_at"))
    (facilitator,) = [line for line in table if "becomes facilitator" in line["what"]]
    assert (facilitator["result"], facilitator["person_id"], facilitator["subject"]) == ("done", "P5", "Eve Lund")
    assert facilitator["course"] == "COP EQ · Equity (2021-22)"


def test_times_of_a_run(done: Office) -> None:
    """The page says how long the run took and for what, and how many requests; each row when it was done, between plan and end."""
    page, table = _page(done, 2), _table(done, 2)
    assert re.search(r"Took (.+): .+ to look and plan, .+ from then on Requests [\d,]+ to Canvas, [\d,]+ of them to write", page.text)
    assert all(line["began_at"] <= line["planned_at"] <= line["at"] <= line["closed_at"] for line in table)
    assert {line["at"] for line in _table(done, 1)} == {""}


@pytest.mark.parametrize("option", ["--html", "--csv"])
def test_report_is_private_and_whole(done: Office, option: str) -> None:
    """The file is for its owner alone; one that is there, or a link, even to nothing, is refused and stays as it is."""
    path, link, aim = done.folder / "report", done.folder / "link", done.folder / "aim"
    assert done.cli("report", "run", "2", option, str(path)).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    link.symlink_to(aim)
    for target in (path, link):
        said = done.cli("report", "run", "2", option, str(target))
        assert (said.code, said.err) == (1, f"{target} already exists and was left as it is. Nothing was done. Name another file.\n")
    assert (path.read_bytes(), aim.exists()) == (before, False)


def _fail_halfway(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"half")
        raise OSError("full")


def test_no_half_report_is_left(tmp_path: Path) -> None:
    """A file whose writing fails is removed; one that was there before is not touched."""
    path = tmp_path / "report"
    with pytest.raises(OSError, match="full"):
        _fail_halfway(path)
    assert not path.exists()
    path.write_bytes(b"mine")
    with pytest.raises(IlcError, match="already exists"), whole_file(path):
        pass
    assert path.read_bytes() == b"mine"


def test_report_is_noted_without_names(done: Office) -> None:
    """The audit log records that a report was taken away, by run and count only."""
    number = len(_table(done, 2))
    (event,) = done.cli("audit", "list", "--kind", "exported", "--json").json
    assert event["body"] == {"of": "report of run 2", "changes": number}


@pytest.mark.parametrize("words", [(), ("--html", "a", "--csv", "b")])
def test_one_file_is_named(done: Office, words: tuple[str, ...]) -> None:
    """Without a file, or with two, nothing is written."""
    said = done.cli("report", "run", "2", *words)
    assert (said.code, "Name one file: --html FILE" in said.err) == (64, True)


def test_report_of_no_run(done: Office) -> None:
    """A run that does not exist leaves no file."""
    path = done.folder / "none.html"
    said = done.cli("report", "run", "99", "--html", str(path))
    assert (said.code, said.err) == (1, "There is no run 99. See: ilc-canvas runs\n")
    assert not path.exists()


def test_bars_have_one_scale() -> None:
    """Bars are drawn to one scale with their numbers, and are spoken as text; nothing to show is no error."""
    picture = bars([("Done", 1_200), ("Not <done>", 300), ("Waiting", 0)])
    widths = [int(width) for width in re.findall(r'<rect[^>]* width="(\d+)"', picture)]
    assert abs(widths[0] - 4 * widths[1]) <= 2 < widths[1]
    assert widths[2] == 0
    assert 'aria-label="Done: 1,200, Not &lt;done&gt;: 300, Waiting: 0"' in picture
    assert "<svg" in bars([])
