"""A canary token, canary people and break-outs go through every command: they are found nowhere they do not belong."""

import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.office import CLOCK, SAMPLE, importing, write_rows
from tests.faults.canary import BREAK_OUT, GARBAGE, NAME, REFUSED, TOKEN, Canary, Said, garbage, rows

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("canary")]
NB = ("--only", "cop:NB")
SHOWS = {("plan",), ("sync",), ("show",), ("roster", "show"), ("roster", "import"), ("roster", "finalize"), ("audit", "export")}
"""Commands whose screen is meant for somebody who may read names."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    """An office after a whole story: signed, planned, approved, refused, answered with garbage, asked about, exported."""
    with Canary(tmp_path_factory.mktemp("canary"), *CLOCK) as office:
        _sign(office)
        _sync(office)
        _trouble(office)
        _ask(office)
        yield office


def _sign(office: Canary) -> None:
    path = office.folder / "canary.csv"
    found = rows()
    for row, text in zip(found, REFUSED, strict=False):
        row["given_name"] = f"{NAME}{text}"
    write_rows(path, found)
    refused = office.do(*importing(path), expect=1)
    assert refused.out.count(" holds characters that cannot be seen.") == len(REFUSED)
    write_rows(path, rows())
    office.do(*importing(path), expect=0)
    office.do("roster", "finalize", "--signed-by", "R. Alvarez", "--json", expect=0)
    office.do("roster", "show", "1", expect=0)


def _sync(office: Canary) -> None:
    digest = office.digest(*NB)
    office.do("plan", *NB, "--all", expect=3)
    office.do("sync", "--approve", digest, "--reason", BREAK_OUT, *NB, "--json", LOGNAME=BREAK_OUT, expect=0)
    office.do("sync", *NB, expect=0)


def _trouble(office: Canary) -> None:
    """A token that is refused, one that is no header, and a Canvas that answers anything but what it was asked."""
    for token in (f"{TOKEN}x", f"{TOKEN}\n{TOKEN}"):
        (office.folder / "token").write_text(token)
        office.do("sync", *NB, "--json", expect=1)
    (office.folder / "token").write_text(f"{TOKEN}\n")
    with ThreadPoolExecutor(len(GARBAGE)) as pool:
        list(pool.map(lambda answer: _garbled(office, answer, "doctor"), GARBAGE))
    _garbled(office, GARBAGE[2], "plan", *NB)


def _garbled(office: Canary, answer: tuple[int, str, str], *words: str) -> None:
    with garbage(answer) as url:
        office.do_alone(*words, "--json", ILC_CANVAS_URL=url, expect=1)


def _ask(office: Canary) -> None:
    office.do("doctor", expect=0)
    for words in ("audit list --limit 2000", "runs", "audit list --limit 2000 --json", "runs --json", "show 3", "status"):
        office.do(*words.split(), expect=0)
    for words in ("audit verify", "audit head"):
        office.do(*words.split(), expect=0)
    office.do("audit", "export", "--csv", str(office.folder / "audit.csv"), expect=0)
    office.do("audit", "export", "--csv", "-", expect=0)
    office.do("show", "99", expect=1)


def _shows(said: Said) -> bool:
    return said.words[:1] in SHOWS or said.words[:2] in SHOWS


def _has_name(text: str) -> bool:
    return NAME.lower() in text.lower()


def test_story_reached_canvas(office: Canary) -> None:
    """The canaries were really sent: Canvas has the people under their names, and the screen shows them to whoever asked."""
    people = [user for user in office.sandbox.state()["users"] if _has_name(str(user["name"]))]
    assert len(people) == 17
    assert {said.words[0] for said in office.said if _has_name(said.out)} >= {"plan", "roster", "audit"}
    assert len(office.said) > 25


def test_token_is_nowhere(office: Canary) -> None:
    """No output, no file of the store, no command line and no environment of a process holds the token."""
    for said in office.said:
        assert TOKEN not in said.out + said.err, said.words
        assert TOKEN.encode() not in said.seen, said.words
    assert not [path for path, content in office.files() if TOKEN.encode() in content]
    assert TOKEN not in (office.folder / "audit.csv").read_text()


def test_no_name_in_any_log(office: Canary) -> None:
    """No name, address or login is on stderr, at whatever level and in whatever error."""
    assert not [(said.words, said.err) for said in office.said if _has_name(said.err) and said.words[:2] != ("roster", "import")]


def test_names_are_shown_where_meant(office: Canary) -> None:
    """Only commands that are meant to show people do."""
    assert not [said.words for said in office.said if _has_name(said.out) and not _shows(said)]


def test_no_name_in_the_chain(office: Canary) -> None:
    """The chained events hold keys; names and addresses lie beside them."""
    with sqlite3.connect(office.folder / "store" / "store.db") as store:
        events = [str(row) for row in store.execute("SELECT * FROM audit_event")]
        beside = [str(row) for row in store.execute("SELECT * FROM audit_personal")]
    store.close()
    assert not [event for event in events if _has_name(event)]
    assert [row for row in beside if _has_name(row)]
    assert not [path.name for path, content in office.files() if path.suffix != ".db" and NAME.encode() in content]


def test_each_log_line_is_an_object(office: Canary) -> None:
    """However hostile a name, a reason or a user is: one JSON object a line, of our own making."""
    lines = [line for said in office.said for line in said.log]
    events = [json.loads(line)["event"] for line in lines]
    assert {"run.closed", "audit.head"} <= set(events)
    assert "forged" not in events
    assert all(line.isprintable() for line in lines)


def test_no_traceback_on_the_screen(office: Canary) -> None:
    """Whatever Canvas answers, a person reads a sentence."""
    assert not [said.words for said in office.said if "Traceback" in said.out + said.err]


_RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def test_screen_is_not_taken_over(office: Canary) -> None:
    """No colour, cursor or line of another's making gets onto the screen from a reason, a user's name or a file."""
    bare = [said for said in office.said if said.words[:2] != ("audit", "export")]
    assert not [(said.words, found[0]) for said in bare if (found := _RAW.search(said.out + said.err))]
    listed = next(said for said in office.said if said.words == ("runs",))
    assert len(listed.out.splitlines()) == len(json.loads(next(said.out for said in office.said if said.words == ("runs", "--json"))))


def test_export_is_whole_and_safe(office: Canary) -> None:
    """A name that is a formula stays text, in a file for its owner alone."""
    path = office.folder / "audit.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert _has_name(path.read_text())
    assert SAMPLE.is_dir()
