"""The differences between two versions, in the words of the people who sign."""

from dataclasses import replace

import pytest

from ilc_canvas.program.diff import RosterChange, roster_diff
from ilc_canvas.program.roster import Cop, Person, Roster
from tests.program.cast import expected, version

CHANGES = roster_diff(version(3), version(4))

TOLD = {
    "left": [RosterChange("left", "ILC-0012", old="Ayesha Ramanathan")],
    "email": [RosterChange("email", "ILC-0027", old="daniel.kim@example.org", new="new.daniel.kim@example.org")],
    "name": [RosterChange("name", "ILC-0043", old="Minh Trần", new="Minh Ríos-Hartmann")],
    "moved": [RosterChange("moved", "ILC-0080", old="T202", new="T401")],
    "cop_switch": [RosterChange("cop", "ILC-0102", old="SEL", new="EQ")],
    "cop_add": [RosterChange("cop", "ILC-0140", new="NGSS")],
    "facilitator_replaced": [
        RosterChange("cop", "ILC-0006", old="ELD", new="ELD (facilitator)"),
        RosterChange("cop", "ILC-0185", old="ELD (facilitator)"),
    ],
    "team_renamed": [
        RosterChange("team_renamed", team_id="T102", old="Lakeport Unified – Math Alliance", new="Lakeport Unified – Renamed Team")
    ],
    "guest_to_member": [
        RosterChange("moved", "ILC-0304", new="P417"),
        RosterChange("role", "ILC-0304", old="guest", new="pilot, member"),
        RosterChange("cop", "ILC-0304", old="MATH (guest), SEL (guest)", new="MATH, SEL"),
    ],
    "joined": [RosterChange("joined", "ILC-0325", new="Ximena Ñáñez O'Hara")],
}


@pytest.mark.parametrize("row", expected("expected_v4.json")["changes"], ids=lambda row: str(row["change"]))
def test_every_expected_change_is_told(row: dict[str, str]) -> None:
    """Each of the ten rows, for the person or team that it names."""
    told = TOLD[row["change"]]
    assert all(change in CHANGES for change in told)
    assert (row["person_id"] or row["team_id"]) in {change.person_id or change.team_id for change in told}


def test_nothing_else_is_told() -> None:
    """The ten rows are all that is different."""
    assert sorted(map(str, CHANGES)) == sorted(str(change) for told in TOLD.values() for change in told)


def test_equal_versions_have_no_difference() -> None:
    """A version against itself gives nothing; against an empty one everybody joins or leaves."""
    empty = replace(version(3), people=(), teams=(), cops=())
    assert roster_diff(version(3), version(3)) == ()
    assert {change.kind for change in roster_diff(version(3), empty)} == {"left", "team_removed", "cop_removed"}
    assert {change.kind for change in roster_diff(empty, version(3))} == {"joined", "team_added", "cop_added"}


def person(**other: str) -> Roster:
    """Version 3 with the first person otherwise."""
    first: Person = version(3).people[0]
    return replace(version(3), people=(replace(first, **other), *version(3).people[1:]))  # type: ignore[arg-type]


PERSON = [
    ({"team_role": "lead"}, RosterChange("role", "ILC-0001", old="member", new="lead")),
    ({"role_type": "administrator"}, RosterChange("role", "ILC-0001", old="teacher", new="administrator")),
    ({"region": "II"}, RosterChange("region", "ILC-0001", old="I", new="II")),
    ({"sortable_name": "Cruz"}, RosterChange("name", "ILC-0001", old="De la Cruz, María José", new="Cruz")),
]


@pytest.mark.parametrize(("other", "told"), PERSON, ids=["team role", "profession", "region", "sortable name"])
def test_other_changes_of_a_person(other: dict[str, str], told: RosterChange) -> None:
    """Every change to a person's place or name is reported, once."""
    assert roster_diff(version(3), person(**other)) == (told,)


COP = [
    ({"status": "cancelled"}, "active", "cancelled"),
    ({"title": "Equity"}, "Equity & Justice in Every Classroom", "Equity"),
    ({"capacity": None}, "capacity 60", ""),
    ({"open_to_guests": False}, "open to guests", ""),
]


@pytest.mark.parametrize(("other", "old", "new"), COP, ids=["status", "title", "capacity", "guests"])
def test_changes_of_a_cop(other: dict[str, object], old: str, new: str) -> None:
    """A COP that is cancelled or renamed is reported as well."""
    eq: Cop = version(3).cops[0]
    cops = (replace(eq, **other), *version(3).cops[1:])  # type: ignore[arg-type]
    assert roster_diff(version(3), replace(version(3), cops=cops)) == (RosterChange("cop_changed", cop_code="EQ", old=old, new=new),)


def test_team_of_another_region() -> None:
    """A team that moves to another region's network is reported."""
    teams = (replace(version(3).teams[0], region="II"), *version(3).teams[1:])
    told = RosterChange("team_moved", team_id="T101", old="network, Region I", new="network, Region II")
    assert roster_diff(version(3), replace(version(3), teams=teams)) == (told,)


def test_amendment_turned_round_is_mirrored() -> None:
    """Read backwards, who joined has left, and old and new change places."""
    turned = {"joined": "left", "left": "joined"}
    back = {
        RosterChange(turned.get(one.kind, one.kind), one.person_id, one.team_id, one.cop_code, old=one.new, new=one.old) for one in CHANGES
    }
    assert set(roster_diff(version(4), version(3))) == back


def test_order_of_rows_is_no_difference() -> None:
    """The same rows in another order are the same roster, and so are the same COPs in a cell."""
    mixed = replace(version(3), people=version(3).people[::-1], teams=version(3).teams[::-1], cops=version(3).cops[::-1])
    turned = tuple(replace(person, participates=person.participates[::-1]) for person in mixed.people)
    assert roster_diff(version(3), replace(mixed, people=turned)) == ()


def test_what_canvas_never_sees_is_silent() -> None:
    """A school, a district or an association gives nothing to sign."""
    assert roster_diff(version(3), person(school="Other", district="Other", local_association="Other")) == ()


def _rekeyed(new: str) -> Roster:
    """Version 3 with a new id for ILC-0006, who facilitates a COP and leads nobody."""
    ids = {"ILC-0006": new}
    people = tuple(replace(each, person_id=ids.get(each.person_id, each.person_id)) for each in version(4).people)
    cops = tuple(replace(cop, facilitator_ids=tuple(ids.get(each, each) for each in cop.facilitator_ids)) for cop in version(4).cops)
    return replace(version(4), people=people, cops=cops)


def test_new_id_is_the_same_person() -> None:
    """Somebody with a new id neither leaves nor joins, and is otherwise compared as before; nothing else is different."""
    told = RosterChange("rekeyed", "ILC-0006", old="ILC-0006", new="ilc-0006")
    assert roster_diff(version(4), _rekeyed("ilc-0006"), {"ILC-0006": "ilc-0006"}) == (told,)
    both = roster_diff(version(3), _rekeyed("ilc-0006"), {"ILC-0006": "ilc-0006"})
    assert [change for change in both if change.person_id.casefold() == "ilc-0006"] == [
        told,
        RosterChange("cop", "ilc-0006", old="ELD", new="ELD (facilitator)"),
    ]


def test_new_id_that_nobody_noted() -> None:
    """Without the decision it is two people."""
    assert {change.kind for change in roster_diff(version(4), _rekeyed("ilc-0006"))} >= {"left", "joined"}
