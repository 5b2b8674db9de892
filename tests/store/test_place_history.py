"""What the audit log tells of places."""

from ilc_canvas.reconcile.change import Adopt, Create, Remove
from ilc_canvas.reconcile.state import EnrollmentKey
from ilc_canvas.store.audit.place_history import Deed, deeds
from tests.store.cast import NOON, ROSA, SCOPE, Desk, seat

SEAT = seat()


def test_deeds_come_in_order(desk: Desk) -> None:
    """Places that were given or taken, with the time of each; accounts and courses are none."""
    desk.do(desk.run(), Create(ROSA))
    desk.do(desk.run(), Create(SEAT))
    desk.clock.pass_by(hours=1)
    desk.do(desk.run(), Remove(SEAT))
    place = EnrollmentKey.of(SEAT.key)
    assert list(deeds(desk.store, SCOPE)) == [Deed(place, NOON, True, False), Deed(place, desk.clock(), False, False)]


def test_only_what_was_done_counts(desk: Desk) -> None:
    """What Canvas refused, or what has no outcome, gave nobody a place."""
    desk.do(desk.run(), Create(SEAT), "refused")
    desk.journal.intended(desk.run(), Create(SEAT), NOON)
    assert list(deeds(desk.store, SCOPE)) == []


def test_found_place_is_told(desk: Desk) -> None:
    """A place that was there before us is marked, since it began earlier."""
    desk.do(desk.run(), Create(SEAT), "noop")
    desk.do(desk.run(), Adopt(seat(2), seat(2)))
    assert [deed.found for deed in deeds(desk.store, SCOPE)] == [True, True]


def test_other_scope_is_another_year(desk: Desk) -> None:
    """What was done in another school year is not told."""
    desk.do(desk.run(), Create(SEAT))
    assert list(deeds(desk.store, "ilc:2020-21")) == []
