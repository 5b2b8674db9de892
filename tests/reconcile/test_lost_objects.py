"""What lost runs have made, as the plan takes it back."""

from dataclasses import replace

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Adopt, Plan
from ilc_canvas.reconcile.compare.lost_objects import Lost, OwnedScope, taken_back, with_lost
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Fields, Key, Ledger, Record, State, enrollment_key

OURS = OwnedScope("ilc:p:", "ilc:2021-22", frozenset({"StudentEnrollment"}))
COURSE = Record(Key(Kind.COURSE, "ilc:2021-22:cop:EQ"), {"name": "Equity", "state": "available"})
SECTION = Record(Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R1"), {"name": "R1"}, (COURSE.key,))


def seat(user: str = "ilc:p:P1", role: str = "StudentEnrollment", section: Record = SECTION, **fields: str) -> Record:
    """An enrollment as Canvas shows it."""
    person = Key(Kind.USER, user)
    shown: Fields = {"state": "active", "base": role, "limited": False, **fields}
    return Record(enrollment_key(section.key, person, role), shown, (COURSE.key, section.key, person), 7)


def taken(*observed: Record, desired: tuple[Record, ...] = (), ledger: Ledger | None = None, lost: Lost | None = None) -> Plan:
    """The plan by what is observed, with all that it takes back."""
    plan = Plan((), of_roster(1), "ilc:2021-22", "http://canvas", by_hand=tuple(row for row in observed if row.key.kind is Kind.ENROLLMENT))
    return with_lost(
        plan, State.of(desired), State.of(observed), ledger=ledger or {}, lost=lost or Lost(), ours=OURS, selected=lambda _: True
    )


def test_only_what_our_runs_make() -> None:
    """Only existing placements of people with our ids, in sections with our ids, in our roles."""
    alien = replace(SECTION, key=Key(Kind.SECTION, "canvas:9"))
    others = (seat("canvas:5"), seat(role="Observer"), seat(section=alien), seat("ilc:p:P2", state="completed"))
    plan = taken(COURSE, SECTION, seat(), *others)
    assert set(taken_back(plan)) == {COURSE.key, SECTION.key, seat().key}
    assert {row.key for row in plan.by_hand} == {row.key for row in others}


def test_known_by_hand_stays_by_hand() -> None:
    """What the last plan before the backup listed as added by hand is not offered."""
    plan = taken(seat(), lost=Lost(frozenset({seat().key})))
    assert (plan.changes, [row.key for row in plan.by_hand]) == ((), [seat().key])


def test_concluded_course_is_left() -> None:
    """A course that has ended is neither reopened nor concluded again."""
    assert taken(replace(COURSE, fields={"state": "completed"})).changes == ()


def test_renamed_since_is_drift() -> None:
    """A name that differs from the roster's counts as changed by people, and stays."""
    wanted = replace(COURSE, fields={"name": "Equity & Justice"})
    (change,) = taken(COURSE, desired=(wanted,)).changes
    assert isinstance(change, Adopt)
    assert (change.how, change.before.fields["name"], change.after.fields["name"]) == ("created", "Equity", "Equity & Justice")
