"""The differences between two versions of a roster, in the words of the people who sign it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.program.roster import Cop, Person, Roster, Team


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One difference; one of person_id, team_id and cop_code is set.

    `kind` is joined, left, rekeyed (person_id is the old one), moved (team), region, role (in the team, affiliation or profession),
    name, email, cop;
    team_added, team_removed, team_renamed, team_moved (region or component); cop_added, cop_removed, cop_changed.
    """

    kind: str
    person_id: str = ""
    team_id: str = ""
    cop_code: str = ""
    old: str = ""
    new: str = ""


def roster_diff(before: Roster, after: Roster, rekeyed: Mapping[str, str] | None = None) -> tuple[RosterChange, ...]:
    """All differences: people in order of their ids, then teams, then COPs.

    `rekeyed` maps old ids to new ids for people whose id has changed: they neither leave nor join.
    """
    ids = rekeyed or {}
    return (
        *_people(_with_new_ids(before, ids), after, {new: old for old, new in ids.items()}),
        *_teams(before, after),
        *_cops(before, after),
    )


def _with_new_ids(before: Roster, ids: Mapping[str, str]) -> Roster:
    """The earlier roster with people under their new ids."""
    people = (replace(person, person_id=ids.get(person.person_id, person.person_id)) for person in before.people)
    cops = (replace(cop, facilitator_ids=tuple(ids.get(each, each) for each in cop.facilitator_ids)) for cop in before.cops)
    return replace(before, people=tuple(people), cops=tuple(cops))


def _people(before: Roster, after: Roster, former_ids: Mapping[str, str]) -> Iterator[RosterChange]:
    old, new = before.person_by_id, after.person_by_id
    was, now = _facilitators(before), _facilitators(after)
    for person_id in sorted(old.keys() | new.keys()):
        if former := former_ids.get(person_id):
            yield RosterChange("rekeyed", former, old=former, new=person_id)
        if person_id not in new:
            yield RosterChange("left", person_id, old=old[person_id].display_name)
        elif person_id not in old:
            yield RosterChange("joined", person_id, new=new[person_id].display_name)
        else:
            yield from _person(old[person_id], new[person_id])
            yield from _cops_of(old[person_id], new[person_id], was[person_id], leads=now[person_id])


def _person(old: Person, new: Person) -> Iterator[RosterChange]:
    columns: tuple[tuple[str, Callable[[Person], str]], ...] = (
        ("moved", lambda person: person.team_id),
        ("name", lambda person: person.display_name),
        ("email", lambda person: person.email),
    )
    for kind, value in columns:
        if value(old) != value(new):
            yield RosterChange(kind, old.person_id, old=value(old), new=value(new))
    if old.display_name == new.display_name and old.sortable_name != new.sortable_name:
        yield RosterChange("name", old.person_id, old=old.sortable_name, new=new.sortable_name)
    if old.region != new.region and old.team_id == new.team_id:
        yield RosterChange("region", old.person_id, old=old.region, new=new.region)
    yield from _role(old, new)


def _role(old: Person, new: Person) -> Iterator[RosterChange]:
    pairs = [(old.role_type, new.role_type), (old.affiliation, new.affiliation), (old.team_role, new.team_role)]
    changed = [(was, now) for was, now in pairs if was != now]
    if changed:
        was, now = (", ".join(filter(None, side)) for side in zip(*changed, strict=True))
        yield RosterChange("role", old.person_id, old=was, new=now)


def _cops_of(old: Person, new: Person, led: list[str], *, leads: list[str]) -> Iterator[RosterChange]:
    """Only the COPs lost and gained."""
    was, now = _in_cops(old, led), _in_cops(new, leads)
    if was != now:
        yield RosterChange("cop", old.person_id, old=", ".join(sorted(was - now)), new=", ".join(sorted(now - was)))


def _facilitators(roster: Roster) -> Mapping[str, list[str]]:
    """COP codes by person: the catalog says who facilitates."""
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for cop in roster.cops:
        for person_id in cop.facilitator_ids:
            codes[person_id].append(cop.code)
    return codes


def _in_cops(person: Person, facilitates: list[str]) -> frozenset[str]:
    """EQ, or EQ (facilitator), or EQ (guest)."""
    words = [f"{code} (facilitator)" for code in facilitates] + [f"{code} (guest)" for code in person.visits]
    return frozenset([*person.participates, *words])


def _teams(before: Roster, after: Roster) -> Iterator[RosterChange]:
    old, new = before.team_by_id, after.team_by_id
    for team_id in sorted(old.keys() | new.keys()):
        if team_id not in new:
            yield RosterChange("team_removed", team_id=team_id, old=old[team_id].name)
        elif team_id not in old:
            yield RosterChange("team_added", team_id=team_id, new=new[team_id].name)
        else:
            yield from _team(old[team_id], new[team_id])


def _team(old: Team, new: Team) -> Iterator[RosterChange]:
    if old.name != new.name:
        yield RosterChange("team_renamed", team_id=old.team_id, old=old.name, new=new.name)
    was, now = f"{old.component}, Region {old.region}", f"{new.component}, Region {new.region}"
    if was != now:
        yield RosterChange("team_moved", team_id=old.team_id, old=was, new=now)


def _cops(before: Roster, after: Roster) -> Iterator[RosterChange]:
    old, new = {cop.code: cop for cop in before.cops}, {cop.code: cop for cop in after.cops}
    for code in sorted(old.keys() | new.keys()):
        if code not in new:
            yield RosterChange("cop_removed", cop_code=code, old=old[code].title)
        elif code not in old:
            yield RosterChange("cop_added", cop_code=code, new=new[code].title)
        else:
            yield from _cop(old[code], new[code])


def _cop(old: Cop, new: Cop) -> Iterator[RosterChange]:
    """Status, title, dates, guests and capacity; facilitators are reported with the people."""
    pairs = [
        (old.status, new.status),
        (old.title, new.title),
        (f"{old.start_date} to {old.end_date}", f"{new.start_date} to {new.end_date}"),
        ("open to guests" * old.open_to_guests, "open to guests" * new.open_to_guests),
        (_capacity(old), _capacity(new)),
    ]
    for was, now in pairs:
        if was != now:
            yield RosterChange("cop_changed", cop_code=old.code, old=was, new=now)


def _capacity(cop: Cop) -> str:
    return "" if cop.capacity is None else f"capacity {cop.capacity}"
