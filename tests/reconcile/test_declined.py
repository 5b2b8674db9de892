"""What a change is known by when a person has decided about it."""

from dataclasses import replace

from ilc_canvas.reconcile.change import Adopt, Create, Remove, Update, desired_digest, slot
from ilc_canvas.reconcile.deferral.declined import Declined, left_undone, named
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.reconcile.cast import NOON, enrollment

COURSE = Record(Key(Kind.COURSE, "ilc:2021-22:cop:EQ"), {"name": "Equity", "state": "unpublished"})
ADA = Record(Key(Kind.USER, "ilc:p:P1"), {"name": "Ada", "login": "a@example.org"}, handle=7)


def renamed(before: Record, name: str = "Justice") -> Update:
    """A new name for a course as it is."""
    return Update(before, replace(before, fields={**before.fields, "name": name}))


def test_edits_beside_do_not_count() -> None:
    """A rename wants the same when the course has been opened meanwhile; another name is another change."""
    opened = replace(COURSE, fields={**COURSE.fields, "state": "available"})
    assert desired_digest(renamed(COURSE)) == desired_digest(renamed(opened)) != desired_digest(renamed(COURSE, "Fairness"))


def test_account_is_wanted_by_its_number() -> None:
    """That an account is taken stays the same change when its owner changes the name; another account is another one."""
    other = replace(ADA, fields={**ADA.fields, "name": "Ada L."})
    assert desired_digest(Adopt(ADA, ADA, "matched")) == desired_digest(Adopt(other, other, "matched"))
    assert desired_digest(Adopt(ADA, ADA)) != desired_digest(Adopt(replace(ADA, handle=8), replace(ADA, handle=8)))


def test_only_that_change_stays_undone() -> None:
    """The contrary, or another change about the same thing, is not meant."""
    create = Create(enrollment(1))
    kept = {create.key: Declined(create.key, desired_digest(create), "create", "declined", NOON)}
    assert left_undone([create], kept, redo=False) == {create.key: "declined"}
    assert left_undone([Remove(enrollment(1)), Create(enrollment(2))], kept, redo=False) == {}


def test_redo_is_for_what_was_undone() -> None:
    """An undone change is made again if somebody asks for it; a declined one is not."""
    changes = [Create(enrollment(1)), Create(enrollment(2))]
    kept = {c.key: Declined(c.key, desired_digest(c), "create", why, NOON) for c, why in zip(changes, ("undone", "declined"), strict=True)}
    assert left_undone(changes, kept, redo=True) == {changes[1].key: "declined"}


def test_login_for_the_time_between_is_a_step() -> None:
    """Of two changes of one login the one that lasts is decided about."""
    between = Update(ADA, replace(ADA, fields={**ADA.fields, "login": "ilc:p:P1:moving"}), turn=2)
    last = Update(between.after, replace(ADA, fields={**ADA.fields, "login": "b@example.org"}), turn=3)
    assert named([between, last]) == {slot(last): last}
