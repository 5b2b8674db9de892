"""The ledger: what each outcome makes of it."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Adopt, Change, Create, Remove, Update
from ilc_canvas.reconcile.kinds import MAIN, Kind
from ilc_canvas.reconcile.state import Key, Record, channel_key, course_of
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import ledger
from tests.store.cast import BASE, COURSE, EQUITY, NOON, ROSA, SCOPE, Desk, ended, seat

SEAT = seat()


def _how(desk: Desk, key: Key = SEAT.key) -> str | None:
    ours = desk.journal.ledger().get(key)
    return ours.how if ours else None


def _renamed(record: Record, name: str) -> Record:
    return replace(record, fields={**record.fields, "name": name})


def test_created_is_ours(desk: Desk) -> None:
    """What we created is ours, with the fields as Canvas answered them."""
    desk.do(desk.run(), Create(ROSA), after={"name": "Rosa N."})
    ours = desk.journal.ledger()[ROSA.key]
    assert (ours.how, ours.removable, ours.at) == ("created", True, NOON)
    assert {**ours.fields, "email": ROSA.fields["email"]} == {**ROSA.fields, "name": "Rosa N."}


def test_account_is_booked_with_address(desk: Desk) -> None:
    """The address that an account was made with is a row of its own, with the account's number."""
    desk.do(desk.run(), Create(ROSA), handle=77)
    main = desk.journal.ledger()[channel_key(ROSA.key, MAIN)]
    assert (main.fields, main.how, main.handle) == ({"address": ROSA.fields["email"]}, "created", 77)


@pytest.mark.parametrize("result", ["refused", "unavailable", "in_doubt", "not_applied"])
def test_undone_changes_nothing(desk: Desk, result: str) -> None:
    """What was not done leaves the ledger as it is."""
    desk.do(desk.run(), Create(SEAT), result)
    assert _how(desk) is None


def test_existing_is_adopted(desk: Desk) -> None:
    """What was there before us is adopted, and never removed."""
    desk.do(desk.run(), Create(SEAT), "noop")
    assert _how(desk) == "adopted"
    assert not desk.journal.ledger()[SEAT.key].removable


def test_active_row_of_others_is_adopted(desk: Desk) -> None:
    """An enrollment that people made and we corrected is adopted; one that was over and we brought back is ours."""
    corrected, revived = seat(2), seat(3)
    desk.do(desk.run(), Create(corrected, before=seat(2)))
    desk.do(desk.run(), Create(revived, before=ended(revived)))
    assert (_how(desk, corrected.key), _how(desk, revived.key)) == ("adopted", "created")


def test_hand_edit_survives_other_update(desk: Desk) -> None:
    """What people changed by hand does not become ours because we change another field: the ledger keeps what we left there."""
    desk.do(desk.run(), Create(EQUITY))
    edited = replace(EQUITY, fields={**EQUITY.fields, "code": "BY-HAND"})
    desk.do(desk.run(), Update(edited, _renamed(edited, "Fairness")))
    assert desk.journal.ledger()[COURSE].fields == {**EQUITY.fields, "name": "Fairness"}


def test_adoption_by_approval(desk: Desk) -> None:
    """An adopted object is adopted, and stays so when it is changed."""
    desk.do(desk.run(), Adopt(EQUITY, EQUITY))
    assert _how(desk, COURSE) == "adopted"
    desk.do(desk.run(), Update(EQUITY, _renamed(EQUITY, "Fairness")))
    ours = desk.journal.ledger()[COURSE]
    assert (ours.how, ours.fields["name"]) == ("adopted", "Fairness")


def test_update_keeps_how(desk: Desk) -> None:
    """An update, or a repeated POST of an enrollment, changes fields and not how the object came to be ours."""
    desk.do(desk.run(), Create(SEAT))
    limited = replace(SEAT, fields={**SEAT.fields, "limited": True})
    desk.do(desk.run(), Create(limited, before=SEAT))
    ours = desk.journal.ledger()[SEAT.key]
    assert (ours.how, ours.fields["limited"]) == ("created", True)


def test_ended_and_created_again(desk: Desk) -> None:
    """An enrollment that we ended is ended, with its state; created again it is ours again."""
    desk.do(desk.run(), Create(SEAT))
    desk.do(desk.run(), Remove(SEAT), after={"state": "completed"})
    ours = desk.journal.ledger()[SEAT.key]
    assert (ours.how, ours.fields["state"], ours.removable) == ("ended", "completed", False)
    desk.do(desk.run(), Create(SEAT, before=ended(SEAT)))
    assert _how(desk) == "created"


def test_ledger_of_some_courses(desk: Desk) -> None:
    """It has the courses and all that is in them, whatever the kind, and nothing of a course whose code begins with theirs."""
    other = replace(seat(), key=Key(Kind.ENROLLMENT, "ilc:2021-22:cop:EQX:R1|ilc:p:ILC-0001|student"))
    pages = [Record(Key(Kind.PAGE, f"{course}:home"), {"name": "Home"}) for course in (COURSE.id, f"{COURSE.id}X")]
    for change in map(Create, (EQUITY, SEAT, other, *pages, ROSA)):
        desk.do(desk.run(), change)
    store, scope = desk.store, CanvasScope(BASE, SCOPE)
    everything = ledger.everything(store, scope)
    another = Key(Kind.COURSE, f"{COURSE.id}X")
    for courses in ([COURSE], [another], [COURSE, another]):
        assert ledger.in_courses(store, scope, courses) == {key: row for key, row in everything.items() if course_of(key) in courses}
    assert {key.kind for key in ledger.in_courses(store, scope, [COURSE])} == {Kind.COURSE, Kind.ENROLLMENT, Kind.PAGE}


def test_concluded_course_ends_its_rows(desk: Desk) -> None:
    """With a concluded course its enrollments that we created are over; those of other courses are not."""
    other = replace(seat(), key=Key(Kind.ENROLLMENT, "ilc:2021-22:cop:EQX:R1|ilc:p:ILC-0001|student"))
    for change in (Create(EQUITY), Create(SEAT), Create(other), Remove(EQUITY, covers=1)):
        desk.do(desk.run(), change)
    assert [_how(desk, key) for key in (COURSE, SEAT.key, other.key)] == ["ended", "ended", "created"]
    assert desk.journal.ledger()[COURSE].fields["state"] == "completed"


def test_note_of_what_agrees(desk: Desk) -> None:
    """What people set as the roster wants it is taken note of; things that are not ours are not."""
    desk.do(desk.run(), Create(ROSA))
    desk.run(settled=(_renamed(ROSA, "R. Núñez"), EQUITY))
    ours = desk.journal.ledger()
    assert (ours[ROSA.key].fields["name"], ours[ROSA.key].how, sorted(ours)) == (
        "R. Núñez",
        "created",
        [channel_key(ROSA.key, MAIN), ROSA.key],
    )


def test_each_canvas_has_its_own(desk: Desk) -> None:
    """The ledger of one Canvas and scope says nothing about another."""
    changes: list[Change] = [Create(SEAT)]
    desk.carried(*changes)
    assert desk.journal_of(desk.lease, "https://other.example.org").ledger() == {}


def test_place_that_people_made_is_adopted(desk: Desk) -> None:
    """Somebody whom people enrolled as the roster asks has that place by them: it is adopted, and theirs again once they end it."""
    desk.run(settled=(SEAT,))
    assert (_how(desk), desk.journal.ledger()[SEAT.key].removable) == ("adopted", False)
    desk.run(over=(SEAT.key,))
    assert _how(desk) is None


def test_place_that_came_back_is_ours(desk: Desk) -> None:
    """What we ended, people brought back and the roster asks for again is ours as before; what people ended for good is over."""
    desk.do(desk.run(), Create(SEAT))
    desk.do(desk.run(), Remove(SEAT))
    desk.run(settled=(SEAT,))
    assert (_how(desk), desk.journal.ledger()[SEAT.key].fields["state"]) == ("created", "active")
    desk.run(over=(SEAT.key,))
    assert _how(desk) == "ended"
