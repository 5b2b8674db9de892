"""The content of a roster version as JSON and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from functools import lru_cache
from typing import Any

from ilc_canvas.program.roster import Cop, Person, Roster, Team
from ilc_canvas.store.db.codec import dumps, loads

_NAMES = ("given_name", "family_name", "suffix", "display_name", "sortable_name", "email")


def content_to_json(roster: Roster) -> str:
    """People, teams and COPs in the order of their files."""
    people, teams, cops = map(asdict, roster.people), map(asdict, roster.teams), map(asdict, roster.cops)
    return dumps({"people": list(people), "teams": list(teams), "cops": [_plain(cop) for cop in cops]})


@lru_cache(maxsize=2)
def content_from_json(text: str) -> Mapping[str, Any]:
    """The arguments `people`, `teams` and `cops` of a Roster. A command reads one version several times, and a large one takes long."""
    value = loads(text)
    return {
        "people": tuple(Person(**row) for row in _with_tuples(value["people"], Person)),
        "teams": tuple(Team(**row) for row in _with_tuples(value["teams"], Team)),
        "cops": tuple(Cop(**_dates(row)) for row in _with_tuples(value["cops"], Cop)),
    }


def without_person(text: str, person_id: str) -> str:
    """The content with this person's names and address blank."""
    value = loads(text)
    for row in value["people"]:
        if row["person_id"] == person_id:
            row.update(dict.fromkeys(_NAMES, ""))
    return dumps(value)


def findings_without(findings: str, content: str, person_id: str) -> str:
    """The findings with everything blank that repeats a name or the address which this person has in the content."""
    people = [row for row in loads(content)["people"] if row["person_id"] == person_id]
    told = {row[name].casefold() for row in people for name in _NAMES if len(row[name]) > 1}
    found = loads(findings)
    for finding in found:
        blank = [name for name, text in finding.items() if isinstance(text, str) and any(word in text.casefold() for word in told)]
        finding.update(dict.fromkeys(blank, ""))
    return dumps(found)


def without_people(content: str, findings: str) -> tuple[str, str]:
    """Content and findings with everybody's names and addresses blank, and with the values that findings point to."""
    value, found = loads(content), loads(findings)
    told = {row[name].casefold() for row in value["people"] for name in _NAMES if len(row[name]) > 1}
    for finding in found:
        blank = {name for name, text in finding.items() if isinstance(text, str) and any(word in text.casefold() for word in told)}
        finding.update(dict.fromkeys(blank | ({"value"} & finding.keys()), ""))
    for row in value["people"]:
        row.update(dict.fromkeys(_NAMES, ""))
    return dumps(value), dumps(found)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _with_tuples(rows: Iterable[dict[str, Any]], kind: type[Person | Team | Cop]) -> Iterator[dict[str, Any]]:
    """These rows, with tuples where JSON has lists: only the fields that are tuples are looked at, for there may be 100,000 rows."""
    several = [field.name for field in fields(kind) if field.type == tuple[str, ...]]
    for row in rows:
        for name in several:
            if name in row:
                row[name] = tuple(row[name])
        yield row


def _dates(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name.endswith("_date") else value for name, value in row.items()}
