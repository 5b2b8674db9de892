"""What people do in Canvas to the things that our people stand in, and how to tell what became of those people."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from tests.sync.roster import FIRST, YEAR, person
from tests.sync.world import LIVE, POLICY, World

EQUITY, ARTS = f"ilc:{YEAR}:cop:EQ", f"ilc:{YEAR}:cop:AI"
LEAD = "ILC Team Lead"


def wanted_below() -> Roster:
    """P2 leaves EQ and leads no more, P3 leads instead; P4 joins EQ, P5 moves there from AI, P8 is new there; EQ has another title."""
    one, two, three, four, five, six, seven = FIRST.people
    people = (
        one,
        replace(two, team_role="member", participates=()),
        replace(three, team_role="lead"),
        replace(four, participates=("AI", "EQ")),
        replace(five, participates=("EQ",)),
        six,
        seven,
        person(8, "New", affiliation="pilot", team_id="P417", team_role="member", component="pilot", participates=("EQ",)),
    )
    team, pilot = FIRST.teams
    cop, other = FIRST.cops
    teams = (replace(team, lead_ids=("P3",)), replace(pilot, member_count=2))
    return replace(FIRST, people=people, teams=teams, cops=(replace(cop, title="Equity for All"), other))


@dataclass
class Hands:
    """Somebody who works in Canvas, on things as our ledger knows them."""

    world: World

    def number(self, kind: str, name: str) -> int:
        """Canvas's number of one of our things."""
        ((number,),) = self.world.rows("SELECT handle FROM ledger WHERE key = :key", key=f"{kind}={name}")
        return int(number)

    def ask(self, method: str, path: str, **form: Any) -> Any:
        """One request that Canvas carries out; `group__field` is `group[field]`."""
        fields = {f"{group}[{name}]" if name else group: value for key, value in form.items() for group, _, name in [key.partition("__")]}
        answer = self.world.human().ask(method, path, fields)
        assert answer.status == 200, answer.text
        return answer.body

    def state_of(self, table: str, number: int) -> str:
        """In which state something is."""
        return next(str(row["workflow_state"]) for row in self.world.sandbox.state()[table] if row["id"] == number)

    def course(self) -> str:
        return f"courses/{self.number('course', EQUITY)}"

    def section(self) -> str:
        return f"sections/{self.number('section', f'{EQUITY}:R1')}"

    def role(self) -> str:
        return f"accounts/{self.number('account', 'ilc')}/roles/{self.number('role', LEAD)}"

    def foreign_course(self) -> int:
        """A course of somebody else's."""
        return self.world.human().course(name="District PD")

    def crosslist(self, course: int) -> None:
        """The section into another course."""
        self.ask("POST", f"{self.section()}/crosslist/{course}")

    def empty(self, section: str) -> None:
        """Everybody out of a section for good, so that it can be deleted."""
        for row in self.world.human().get(f"{section}/enrollments", query={"state[]": "active", "per_page": "100"}).body:
            self.ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}", task="delete")

    def move_courses(self) -> None:
        """All courses out of our account, into one that is not below it."""
        other = self.ask("POST", "accounts/1/sub_accounts", account__name="Elsewhere")["id"]
        for (number,) in self.world.rows("SELECT handle FROM ledger WHERE key LIKE 'course=%'"):
            self.ask("PUT", f"courses/{number}", course__account_id=other)

    def other_term(self) -> None:
        """All courses into another term."""
        term = self.ask("POST", "accounts/1/terms", enrollment_term__name="Another")["id"]
        for (number,) in self.world.rows("SELECT handle FROM ledger WHERE key LIKE 'course=%'"):
            self.ask("PUT", f"courses/{number}", course__term_id=term)


Deed = Callable[[Hands], Any]


def _crosslisted_and_back(hands: Hands) -> None:
    hands.crosslist(hands.foreign_course())
    hands.ask("DELETE", f"{hands.section()}/crosslist")


def _crosslisted_into_concluded(hands: Hands) -> None:
    course = hands.foreign_course()
    hands.crosslist(course)
    hands.ask("DELETE", f"courses/{course}", event="conclude")


def _crosslisted_into_ours_concluded(hands: Hands) -> None:
    number = hands.number("course", ARTS)
    hands.crosslist(number)
    hands.ask("DELETE", f"courses/{number}", event="conclude")


def _delete_section(hands: Hands) -> None:
    hands.empty(hands.section())
    hands.ask("DELETE", hands.section())


def _delete_term(hands: Hands) -> None:
    hands.other_term()
    hands.ask("DELETE", f"accounts/1/terms/{hands.number('term', f'ilc:{YEAR}')}")


def _delete_account(hands: Hands) -> None:
    hands.move_courses()
    hands.ask("DELETE", f"accounts/1/sub_accounts/{hands.number('account', 'ilc')}")


def _below_account(hands: Hands) -> None:
    below = hands.ask("POST", f"accounts/{hands.number('account', 'ilc')}/sub_accounts", account__name="COPs")["id"]
    hands.ask("PUT", hands.course(), course__account_id=below)


def _namesake_role(hands: Hands) -> None:
    hands.ask("PUT", hands.role(), label="Team Lead")
    hands.ask("POST", f"accounts/{hands.number('account', 'ilc')}/roles", label=LEAD, base_role_type="TaEnrollment")


DONE: dict[str, Deed] = {
    "nothing": lambda _: None,
    "section renamed": lambda hands: hands.ask("PUT", hands.section(), course_section__name="Our region"),
    "section into a course of others": lambda hands: hands.crosslist(hands.foreign_course()),
    "section into a course of ours": lambda hands: hands.crosslist(hands.number("course", ARTS)),
    "section out and back": _crosslisted_and_back,
    "section without its SIS id": lambda hands: hands.ask("PUT", hands.section(), course_section__sis_section_id=""),
    "section with another SIS id": lambda hands: hands.ask("PUT", hands.section(), course_section__sis_section_id="PD-7"),
    "course renamed": lambda hands: hands.ask("PUT", hands.course(), course__name="Our Equity"),
    "course published": lambda hands: hands.ask("PUT", hands.course(), course__event="offer"),
    "course below our account": _below_account,
    "course without its SIS id": lambda hands: hands.ask("PUT", hands.course(), course__sis_course_id=""),
    "course with another SIS id": lambda hands: hands.ask("PUT", hands.course(), course__sis_course_id="PD-7"),
    "course reset": lambda hands: hands.ask("POST", f"{hands.course()}/reset_content"),
    "courses in another term": Hands.other_term,
    "term renamed": lambda hands: hands.ask("PUT", f"accounts/1/terms/{hands.number('term', f'ilc:{YEAR}')}", enrollment_term__name="Year"),
    "term without its SIS id": lambda hands: hands.ask(
        "PUT", f"accounts/1/terms/{hands.number('term', f'ilc:{YEAR}')}", enrollment_term__sis_term_id=""
    ),
    "term deleted when its courses were moved": _delete_term,
    "role renamed": lambda hands: hands.ask("PUT", hands.role(), label="Team Lead"),
    "role renamed and a namesake made": _namesake_role,
    "account renamed": lambda hands: hands.ask("PUT", f"accounts/{hands.number('account', 'ilc')}", account__name="Ours"),
    "account without its SIS id": lambda hands: hands.ask("PUT", f"accounts/{hands.number('account', 'ilc')}", account__sis_account_id=""),
}
"""What people do, and all below it is done where it stands now."""
DEFERRED: dict[str, tuple[Deed, str]] = {
    "section into a course that is concluded": (_crosslisted_into_concluded, "blocked-concluded"),
    "section into one of ours that is concluded": (_crosslisted_into_ours_concluded, "blocked-concluded"),
    "section deleted": (_delete_section, "blocked-deleted"),
    "course concluded": (lambda hands: hands.ask("DELETE", hands.course(), event="conclude"), "blocked-concluded"),
    "course deleted": (lambda hands: hands.ask("DELETE", hands.course(), event="delete"), "blocked-deleted"),
    "courses moved to another account": (Hands.move_courses, "blocked-moved"),
    "role switched off": (lambda hands: hands.ask("DELETE", hands.role()), "blocked-off"),
    "account deleted when its courses were moved": (_delete_account, "blocked-"),
}
"""What people do, and the code of what is deferred then."""


def newest(world: World, column: str) -> list[Any]:
    """What the newest run left out, or left as it is: as JSON."""
    (row,) = world.rows("SELECT deferred, drift FROM run ORDER BY number DESC LIMIT 1")
    return list(json.loads(getattr(row, column)))


def places(world: World) -> set[Key]:
    """Where our people are by now, by the numbers of our ledger: whatever things are called, wherever they stand."""
    ours = {(key.kind, number): key for text, number in world.rows("SELECT key, handle FROM ledger") for key in [Key.parse(text)]}
    found = set()
    for row in world.sandbox.state()["enrollments"]:
        section, user = ours.get((Kind.SECTION, row["course_section_id"])), ours.get((Kind.USER, row["user_id"]))
        role = ours.get((Kind.ROLE, row["role_id"]))
        if section and user and row["enrollment_state"] in LIVE:
            found.add(Key(Kind.ENROLLMENT, f"{section.id}|{user.id}|{role.id if role else row['role']}"))
    return found


def silent(world: World) -> list[str]:
    """What is not as the roster asks, and of which the newest run says nothing: neither deferred nor changed by hand, nor ended with
    its course, which is named.
    """
    wanted = {record.key for record in desired_state(world.roster, POLICY) if record.key.kind is Kind.ENROLLMENT}
    drift = newest(world, "drift")
    named = {key for _, key, _ in newest(world, "deferred")} | {key for key, *_ in drift}
    closed = {key for key, field, *_ in drift if field == "state"}
    there = places(world)
    lost = {key for key in wanted - there if f"course={key.id.split('|')[0].rpartition(':')[0]}" in closed}
    missing = [key for key in sorted(wanted - there - lost) if str(key) not in named]
    left = [key for key in sorted(there - wanted) if str(key) not in named]
    return [*(f"missing: {key}" for key in missing), *(f"left: {key}" for key in left)]
