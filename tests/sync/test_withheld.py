"""What of a stage is withheld, by itself and with work in proportion to the stage."""

from ilc_canvas.reconcile.change import Create, Remove
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record, enrollment_key
from ilc_canvas.sync.apply import _going
from ilc_canvas.sync.progress import Progress
from tests.work import growth

EQ, EQX = (Key(Kind.COURSE, f"ilc:2021-22:cop:{code}") for code in ("EQ", "EQX"))


def seat(course: Key, person: int) -> Record:
    """Somebody in the first section of a course."""
    section, user = Key(Kind.SECTION, f"{course.id}:R1"), Key(Kind.USER, f"ilc:p:{person}")
    return Record(enrollment_key(section, user, "StudentEnrollment"), {"state": "active"}, (course, section, user), person)


def test_removal_is_withheld_where_something_failed() -> None:
    """Not from another course whose id begins alike."""
    tally = Progress(failures={seat(EQ, 1).key: "no"})
    stage = [Remove(seat(EQ, 2)), Remove(seat(EQX, 2))]
    assert _going(stage, tally) == [stage[1]]
    assert tally.withheld == [stage[0]]


def test_what_was_withheld_holds_back_its_children() -> None:
    """A change below one that is withheld, or waits for a person, is withheld too; one beside it goes."""
    section = Record(Key(Kind.SECTION, f"{EQ.id}:R1"), {"name": "I"}, (EQ,))
    tally = Progress(failures={EQ: "no"}, waiting=[Create(Record(EQX, {"name": "X"}))])
    stage = [Create(section), Create(seat(EQ, 1)), Create(seat(EQX, 1))]
    assert _going(stage, tally) == []
    assert tally.withheld == stage


def withhold(removals: int) -> None:
    """That many removals from a course where something failed."""
    tally = Progress(failures={seat(EQ, 0).key: "no"})
    assert _going([Remove(seat(EQ, n)) for n in range(1, removals + 1)], tally) == []


def test_work_grows_with_what_is_withheld() -> None:
    """Twice as many removals from a course where something failed are twice the work."""
    assert growth(withhold, 500) < 2.2
