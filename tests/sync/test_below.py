"""What stands below something that people changed: done where it stands now, or deferred by name; never silent."""

from dataclasses import replace

import pytest

from tests.sampling import sampled
from tests.sync.below import ARTS, DEFERRED, DONE, EQUITY, Hands, newest, silent, wanted_below
from tests.sync.roster import FIRST
from tests.sync.world import SWIFT, World

REPAIR = replace(SWIFT, repair=True)
STAYS = (
    "course concluded",
    "section into a course that is concluded",
    "section into one of ours that is concluded",
    "account deleted when its courses were moved",
)
"""What repair does not set right: nothing reopens a course, and nothing is known that brings back an account."""


def kind_of(deed: str) -> tuple[bool, bool]:
    """Whether what stands below is deferred, and whether repair leaves it so."""
    return deed in DEFERRED, deed in STAYS


@pytest.mark.parametrize("deed", DONE)
def test_done_where_things_stand(filled: World, deed: str) -> None:
    """Joins, leaves and moves below what people renamed, moved or cross-listed are carried out there, and then nothing is left to do; but
    for a name that people and roster have changed both, about which somebody must choose.
    """
    DONE[deed](Hands(filled))
    filled.finalize(wanted_below())
    report = filled.sync()
    done, then = ("partial", "partial") if report.conflicts else ("applied", "converged")
    assert (report.status, report.conflicts, newest(filled, "deferred"), silent(filled)) == (done, deed == "course renamed", [], [])
    again = filled.run()
    assert (again.status, again.writes, silent(filled)) == (then, 0, [])


@pytest.mark.parametrize("deed", DEFERRED)
def test_deferred_by_name(filled: World, deed: str) -> None:
    """What cannot be done below what people closed is deferred with its cause, never green, and not tried in vain."""
    act, code = DEFERRED[deed]
    act(Hands(filled))
    filled.finalize(wanted_below())
    report = filled.sync()
    whys = {why for _, _, why in newest(filled, "deferred")}
    assert report.status == "partial"
    assert report.failures == {}
    assert any(why.startswith(code) for why in whys)
    assert silent(filled) == []
    again = filled.run()
    assert (again.status, again.writes, again.failures, silent(filled)) == ("partial", 0, {}, [])


@pytest.mark.parametrize("deed", sampled("deeds that repair is about", [*DONE, *DEFERRED], 12, kind=kind_of))
def test_repaired_without_refusals(filled: World, deed: str) -> None:
    """With repair on, what can be brought back comes back in two runs, nothing is tried in vain, and the rest is deferred by name."""
    act = DONE[deed] if deed in DONE else DEFERRED[deed][0]
    act(Hands(filled))
    filled.finalize(wanted_below())
    reports = [filled.sync(apply_settings=REPAIR), filled.sync(apply_settings=REPAIR)]
    last = filled.run(apply_settings=REPAIR)
    assert [report.failures for report in (*reports, last)] == [{}, {}, {}]
    assert (last.status, last.writes) == ("partial" if deed in STAYS else "converged", 0)
    assert silent(filled) == []


def test_single_reads_only_of_what_is_missing(filled: World) -> None:
    """A run that finds all in its lists reads nothing singly; a section that is gone costs one request, each time."""
    usual = filled.run().requests
    DEFERRED["section deleted"][0](Hands(filled))
    assert filled.sync().requests == usual + 1


def without_arts(world: World) -> None:
    """The COP "Arts Integration" is no more, and those who took part in it and led it are nowhere instead."""
    people = tuple(replace(each, participates=tuple(set(each.participates) - {"AI"}), facilitates=tuple(set(each.facilitates) - {"AI"}))
                   for each in FIRST.people)  # fmt: skip
    world.finalize(replace(FIRST, people=people, cops=FIRST.cops[:1]))


def test_host_of_other_people_stays_open(filled: World) -> None:
    """A course into which people have cross-listed a section that goes on is left by its own people, and not concluded."""
    hands = Hands(filled)
    hands.crosslist(hands.number("course", ARTS))
    without_arts(filled)
    report = filled.sync()
    assert (report.status, silent(filled)) == ("partial", [])
    assert [key for _, key, why in newest(filled, "deferred") if why.startswith("blocked-host")] == [f"course={ARTS}"]
    assert (filled.run().writes, hands.state_of("courses", hands.number("course", ARTS))) == (0, "unpublished")


def test_section_elsewhere_is_emptied_when_its_course_ends(filled: World) -> None:
    """The people of a course that is concluded also leave a section of it that stands in another course, which stays open."""
    hands = Hands(filled)
    course = hands.foreign_course()
    hands.ask("POST", f"sections/{hands.number('section', f'{ARTS}:R1')}/crosslist/{course}")
    without_arts(filled)
    assert (filled.sync().status, silent(filled)) == ("applied", [])
    assert (filled.run().status, hands.state_of("courses", course)) == ("converged", "available")


def test_course_out_of_sight(filled: World) -> None:
    """Who is to join or to leave a course that this token may not read any more is named, and everything else goes on."""
    hands = Hands(filled)
    hands.ask("PUT", hands.course(), course__account_id=hands.ask("POST", "accounts/1/sub_accounts", account__name="Elsewhere")["id"])
    filled.finalize(wanted_below())
    filled.sandbox.deny("read_course_content")
    try:
        report = filled.sync()
        assert (report.status, report.failures, silent(filled)) == ("partial", {}, [])
        assert {why for _, _, why in newest(filled, "deferred")} >= {f"blocked-unseen course={EQUITY}"}
        assert filled.run().writes == 0
    finally:
        filled.sandbox.deny()
