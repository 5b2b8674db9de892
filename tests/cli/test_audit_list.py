"""Reading the log: the newest first, narrowed by time, kind and person; and taking it away."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_runs import NB, sign
from tests.e2e.office import read_rows

PERSON = next(row for row in read_rows() if row["cop_participant"] == "NB")


@pytest.fixture
def filled(connected: Cli) -> Cli:
    """One COP exists, after an approval with a reason, and somebody has requested one person."""
    sign(connected)
    digest = connected("plan", "--json", *NB).json["digest"]
    assert connected("sync", "--approve", digest, "--reason", "agreed on Monday", *NB).code == 0
    assert connected("resync", "--only", f"person:{PERSON['person_id']}", "--reason", "her mail bounced").code == 0
    return connected


def _events(cli: Cli, *words: str) -> list[dict[str, object]]:
    said = cli("audit", "list", "--limit", "5000", "--json", *words)
    assert said.code == 0, said
    found: list[dict[str, object]] = said.json
    return found


def test_newest_event_first(filled: Cli) -> None:
    """The list starts with the latest event, on the screen and as JSON; the output says how many are not shown."""
    numbers = [event["seq"] for event in _events(filled)]
    assert numbers == sorted(numbers, reverse=True)  # type: ignore[type-var]
    said = filled("audit", "list", "--limit", "3").out.splitlines()
    assert [line.split()[0] for line in said[:3]] == [str(number) for number in numbers[:3]]
    assert said[3] == f"These are the newest 3 of {len(numbers):,}. For more: --limit {len(numbers)}"
    assert len(filled("audit", "list", "--limit", str(len(numbers))).out.splitlines()) == len(numbers)
    last = filled("audit", "list", "--limit", "1").out.splitlines()[-1]
    assert last == f"This is the newest of {len(numbers):,}. For more: --limit {len(numbers)}"


def test_reason_and_scope_are_shown(filled: Cli) -> None:
    """A line says why, and for which part; so does the JSON."""
    out = filled("audit", "list", "--kind", "approved", "--kind", "wished").out
    assert "only cop:NB: agreed on Monday" in out
    assert f"only person:{PERSON['person_id']}: her mail bounced" in out
    wished, approved = _events(filled, "--kind", "approved", "--kind", "wished")
    assert (approved["reason"], approved["scope"]) == ("agreed on Monday", {"only": ["cop:NB"]})
    assert (wished["reason"], wished["scope"]) == ("her mail bounced", {"only": [f"person:{PERSON['person_id']}"]})


NAMED = ("{person_id}", " {lower} ", "{email}", "{upper}", "{display_name}", "{family_name}, {given_name}", "{family_name} {given_name}")


@pytest.mark.parametrize("words", NAMED)
def test_events_about_one_person(filled: Cli, words: str) -> None:
    """A person is meant by id in any case, by address, or by name in any order: account, places and requests, nobody else's."""
    given = words.format(**PERSON, lower=PERSON["person_id"].lower(), upper=PERSON["email"].upper())
    found = _events(filled, "--person", given)
    assert {event["kind"] for event in found} == {"intended", "happened", "wished"}
    assert all(f"ilc:p:{PERSON['person_id']}" in str(event["key"]) for event in found if event["key"])
    assert len(found) > 3


@pytest.mark.parametrize("given", ["ILC-99999", "Nobody Here", "x@example.org"])
def test_unknown_person_is_said(filled: Cli, given: str) -> None:
    """Somebody who is in no roster and no event: exit 1 and one sentence."""
    said = filled("audit", "list", "--person", given)
    assert (said.code, said.out, len(said.err.strip().splitlines())) == (1, "", 1)
    assert given in said.err


def test_events_since_a_day(filled: Cli) -> None:
    """Events are listed since a day or minute in the office's zone; for the future the output says that there are none."""
    assert len(_events(filled, "--since", "2020-01-01")) == len(_events(filled))
    assert _events(filled, "--since", "2199-01-01T08:00") == []
    assert filled("audit", "list", "--since", "2199-01-01").out == "There are no such events.\n"
    assert filled("audit", "list", "--since", "yesterday").code == 64


def test_unknown_kind_is_said(filled: Cli) -> None:
    """A misspelled kind does not give an empty list but names the existing kinds; case does not matter."""
    said = filled("audit", "list", "--kind", "aproved")
    assert (said.code, "approved" in said.err) == (1, True)
    assert len(_events(filled, "--kind", " Approved ")) == 1


def test_export_opens_in_a_spreadsheet(filled: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is marked as UTF-8, the screen is not. The number of events is shown, or logged if the table goes to the screen."""
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "info")
    path = tmp_path / "audit.csv"
    said, screen = filled("audit", "export", "--csv", str(path)), filled("audit", "export", "--csv", "-")
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert f"{len(rows) - 1:,} events are in {path}" in said.out
    assert screen.out.startswith("seq,")
    assert f'"events": {len(rows)}' in screen.err
    assert "agreed on Monday" in text.decode()


def test_export_overwrites_nothing(filled: Cli, tmp_path: Path) -> None:
    """A file that is there is left as it is, the log does not say that anything was taken, and the sentence says what to do."""
    path = tmp_path / "audit.csv"
    path.write_text("mine")
    for target in (path, tmp_path / "link.csv"):
        if target != path:
            target.symlink_to(path)
        said = filled("audit", "export", "--csv", str(target))
        assert (said.code, said.out, path.read_text()) == (1, "", "mine")
        assert "already exists" in said.err
    assert _events(filled)[0]["kind"] != "exported"
