"""python -m tests.bench.large: CPU and memory of comparing a roster that is many times the sample, without Canvas or a store.

The sample is repeated with other ids, so that people, teams, and COPs grow together. Each step is one that every run goes through.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from ilc_canvas.program.basis import of_roster
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.program.roster import Cop, Person, Roster, Team
from ilc_canvas.reconcile.compare.fields import CompareSettings
from ilc_canvas.reconcile.guards.guard import History, Limits, check
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Owned, State
from tests.program.sample import roster

POLICY = Policy(
    prefix="ilc",
    roles={
        "teacher": RoleRule("TeacherEnrollment", "TeacherEnrollment"),
        "lead": RoleRule("TaEnrollment", "TaEnrollment"),
        "student": RoleRule("StudentEnrollment", "StudentEnrollment"),
        "guest": RoleRule("StudentEnrollment", "StudentEnrollment"),
    },
    limited=frozenset({"lead"}),
)
FRAME = CompareSettings(of_roster(1), "ilc:2021-22", "https://canvas.example.edu")
T = TypeVar("T")
AT = datetime(2021, 9, 1, tzinfo=UTC)


def repeated(sample: Roster, times: int) -> Roster:
    """A roster with the people, teams, and COPs of this one so many times over."""
    return replace(
        sample,
        people=tuple(_person(person, n) for n in range(times) for person in sample.people),
        teams=tuple(_team(team, n) for n in range(times) for team in sample.teams),
        cops=tuple(_cop(cop, n) for n in range(times) for cop in sample.cops),
    )


def _again(codes: tuple[str, ...], n: int) -> tuple[str, ...]:
    return tuple(f"{code}-{n}" for code in codes)


def _person(person: Person, n: int) -> Person:
    return replace(
        person,
        person_id=f"{person.person_id}-{n}",
        email=f"{n}.{person.email}",
        team_id=person.team_id and f"{person.team_id}-{n}",
        participates=_again(person.participates, n),
        facilitates=_again(person.facilitates, n),
        visits=_again(person.visits, n),
    )


def _team(team: Team, n: int) -> Team:
    contact = team.primary_contact_staff_id and f"{team.primary_contact_staff_id}-{n}"
    return replace(team, team_id=f"{team.team_id}-{n}", lead_ids=_again(team.lead_ids, n), primary_contact_staff_id=contact)


def _cop(cop: Cop, n: int) -> Cop:
    return replace(cop, code=f"{cop.code}-{n}", facilitator_ids=_again(cop.facilitator_ids, n))


def in_canvas(state: State) -> State:
    """The same, as Canvas would show it when all is done; numbers of the kinds do not overlap."""
    return State.of((replace(record, handle=1_000_000 + number) for number, record in enumerate(state)), AT)


def booked(state: State) -> dict[Key, Owned]:
    """A ledger that knows all of it."""
    return {record.key: Owned(record.key, record.fields, "created", AT, record.handle) for record in state}


def steps(times: int) -> Iterator[tuple[str, float]]:
    """Each step with its CPU seconds."""
    large = repeated(roster(3), times)
    wanted, spent = _timed(lambda: desired_state(large, POLICY))
    yield f"desired: {len(large.people):,} people, {len(wanted):,} records", spent
    _, spent = _timed(lambda: make_plan(wanted, State.of(()), {}, frame=FRAME))
    yield "first plan", spent
    observed = in_canvas(wanted)
    ledger = booked(observed)
    _, spent = _timed(lambda: make_plan(wanted, observed, ledger, frame=FRAME))
    yield "plan, nothing to do", spent
    amended = desired_state(repeated(roster(4), times), POLICY)
    plan, spent = _timed(lambda: make_plan(amended, observed, ledger, frame=FRAME))
    yield f"plan of the amended roster: {len(plan.changes):,} changes", spent
    _, spent = _timed(lambda: check(plan, observed, ledger, history=History(first=False), limits=Limits()))
    yield "guard of that plan", spent


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    before = time.process_time()
    result = call()
    return result, time.process_time() - before


def main() -> None:
    """Print one line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=36, help="how many times the sample (36: about 20,000 people)")
    for name, seconds in steps(parser.parse_args().times):
        print(f"{name:<60} {seconds:8.2f} s CPU")
    print(f"{'most memory':<60} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8,} MB")


if __name__ == "__main__":
    main()
