"""What has changed between two versions of a roster."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ilc_canvas.program.roster import Person, Roster


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One difference: joined, left, moved, role, name, email, cop or team_renamed, of one person or team."""

    kind: str
    subject: str  # person_id or team_id
    old: str = ""
    new: str = ""


def difference(before: Roster, after: Roster) -> tuple[RosterChange, ...]:
    """Everything that a person who signs should see: who joined, left, moved, changed role, name, e-mail or COP; which team was renamed."""
    old, new = before.person_by_id, after.person_by_id
    return (
        *(RosterChange("joined", person_id, new=new[person_id].display_name) for person_id in new if person_id not in old),
        *(RosterChange("left", person_id, old=old[person_id].display_name) for person_id in old if person_id not in new),
        *(change for person_id in new if person_id in old for change in _person(old[person_id], new[person_id])),
        *_teams(before, after),
    )


def _person(old: Person, new: Person) -> Iterator[RosterChange]:
    for kind, shown in _SHOWN.items():
        if shown(old) != shown(new):
            yield RosterChange(kind, new.person_id, shown(old), shown(new))


_SHOWN: Mapping[str, Callable[[Person], str]] = {
    "moved": lambda person: person.team_id or "no team",
    "role": lambda person: " ".join(filter(None, (person.affiliation, person.role_type, person.team_role))),
    "name": lambda person: f"{person.display_name} ({person.sortable_name})",
    "email": lambda person: person.email,
    "cop": lambda person: _cops(person),
}


def _cops(person: Person) -> str:
    places = [f"{code} (facilitator)" for code in person.facilitates]
    places += [*person.participates, *(f"{code} (guest)" for code in person.visits)]
    return ", ".join(sorted(places)) or "none"


def _teams(before: Roster, after: Roster) -> Iterator[RosterChange]:
    old = before.team_by_id
    for team in after.teams:
        if team.team_id in old and old[team.team_id].name != team.name:
            yield RosterChange("team_renamed", team.team_id, old[team.team_id].name, team.name)
