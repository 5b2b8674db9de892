"""What people do in Canvas by hand, each to one thing that a number picks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ilc_canvas.sandbox.world.records import Course, Enrollment, Section, User
from ilc_canvas.sandbox.world.world import World
from tests.properties.stage import Stage
from tests.properties.witness import LIVE
from tests.sandbox.person import grouped

PASSER_BY = "by-hand-{}@example.org"


@dataclass(frozen=True)
class Hand:
    """A person at work in Canvas; `pick` says which of the things that there are."""

    stage: Stage
    pick: int

    @property
    def world(self) -> World:
        """Canvas's tables."""
        return self.stage.witness.world

    def ask(self, method: str, path: str, group: str = "", **fields: Any) -> Any:
        """One request; what Canvas refuses is not done."""
        status, body = self.stage.inside.by_hand(method, path, grouped(group, fields) if group else fields)
        return body if status == 200 else None

    def one_of(self, things: list[Any]) -> Any:
        """The one that the number picks; None if there is none."""
        return things[self.pick % len(things)] if things else None

    def courses(self) -> list[Course]:
        """Ours that are still going on."""
        return [row for row in self.world.courses if row.sis_id and row.state not in ("deleted", "completed")]

    def sections(self) -> list[Section]:
        """Ours in such courses."""
        open_courses = {course.id for course in self.courses()}
        return [row for row in self.world.sections if row.sis_id and row.state != "deleted" and row.course_id in open_courses]

    def people(self) -> list[User]:
        """Ours who are still there."""
        ids = {login.user_id for login in self.world.logins if login.state != "deleted" and str(login.sis_id).startswith("ilc:p:")}
        return [self.world.users[number] for number in sorted(ids)]

    def enrollments(self) -> list[Enrollment]:
        """Live ones in our courses."""
        open_courses = {course.id for course in self.courses()}
        return [row for row in self.world.enrollments if row.state in LIVE and row.course_id in open_courses]

    def newcomer(self) -> int | None:
        """A person of no roster."""
        form = {"user[name]": "Ada Passer-By", "user[skip_registration]": "true"}
        login = {"pseudonym[unique_id]": PASSER_BY.format(len(list(self.world.users)))}
        made = self.ask("POST", "accounts/1/users", **form, **login)
        self.keep_user(made["id"])
        return int(made["id"])

    def keep_user(self, number: int) -> None:
        """From here on nobody else may touch this person."""
        kept = [("users", number)]
        kept += [("logins", row.id) for row in self.world.logins if row.user_id == number]
        kept += [("channels", row.id) for row in self.world.channels if row.user_id == number]
        self.stage.witness.kept.update(kept)

    def enroll(self, section: Section, user: int) -> None:
        """A student in a section; where there was no such row before, it is nobody's but this person's."""
        given = {"user_id": user, "type": "StudentEnrollment", "enrollment_state": "active", "course_section_id": section.id}
        known = {row.id for row in self.world.enrollments}
        made = self.ask("POST", f"courses/{section.course_id}/enrollments", "enrollment", **given)
        if made and made["id"] not in known:
            self.stage.witness.kept.add(("enrollments", made["id"]))

    def add_stranger(self) -> None:
        """Somebody of no roster into one of our sections."""
        section = self.one_of(self.sections())
        if section:
            self.enroll(section, self.newcomer() or 0)

    def add_known(self) -> None:
        """One of ours into a section where they are not, or not any more."""
        section, user = self.one_of(self.sections()), self.one_of(self.people())
        if section and user and not [row for row in self.enrollments() if row.section_id == section.id and row.user_id == user.id]:
            self.enroll(section, user.id)

    def end(self) -> None:
        """A person is taken out of a section."""
        row, task = self.one_of(self.enrollments()), ("conclude", "deactivate", "delete")[self.pick % 3]
        if row:
            self.ask("DELETE", f"courses/{row.course_id}/enrollments/{row.id}", task=task)

    def rename_course(self) -> None:
        """Another name for a course."""
        row = self.one_of(self.courses())
        if row:
            self.ask("PUT", f"courses/{row.id}", "course", name=f"By hand {row.id}")

    def rename_section(self) -> None:
        """Another name for a section."""
        row = self.one_of(self.sections())
        if row:
            self.ask("PUT", f"sections/{row.id}", "course_section", name=f"By hand {row.id}")

    def rename_person(self) -> None:
        """Another name for a person."""
        row = self.one_of(self.people())
        if row:
            self.ask("PUT", f"users/{row.id}", "user", name=f"Hand Written {row.id}")

    def delete_course(self) -> None:
        """A course is deleted."""
        row = self.one_of(self.courses())
        if row:
            self.ask("DELETE", f"courses/{row.id}", event="delete")

    def conclude_course(self) -> None:
        """A course is concluded."""
        row = self.one_of(self.courses())
        if row:
            self.ask("DELETE", f"courses/{row.id}", event="conclude")

    def delete_person(self) -> None:
        """A person is deleted."""
        row = self.one_of(self.people())
        if row:
            self.ask("DELETE", f"accounts/1/users/{row.id}")

    def merge_strangers(self) -> None:
        """One of ours turns out to be the same as somebody whom a person has made: ours is merged into that one."""
        row = self.one_of(self.people())
        if row:
            self._merge(row.id, self.newcomer() or 0)

    def merge_known(self) -> None:
        """Two of ours turn out to be one."""
        people = self.people()
        if len(people) > 1:
            self._merge(people[self.pick % len(people)].id, people[(self.pick + 1) % len(people)].id)

    def _merge(self, gone: int, kept: int) -> None:
        """Whose each row is cannot be told any more."""
        self.ask("PUT", f"users/{gone}/merge_into/{kept}")
        witness = self.stage.witness
        tables = ("logins", "channels", "enrollments")
        mine = {(table, row.id) for table in tables for row in getattr(self.world, table) if row.user_id == kept}
        witness.kept -= mine | {("users", kept)}
        witness.ours |= {number for table, number in mine if table == "enrollments"}

    def take_login(self) -> None:
        """Somebody makes an account with an address that a person of the roster will have."""
        login = ("p5@example.org", "p4-new@example.org", "office@example.org")[self.pick % 3]
        form = {"user[name]": "Ada Early", "user[skip_registration]": "true", "pseudonym[unique_id]": login}
        made = self.ask("POST", "accounts/1/users", **form)
        if made:
            self.keep_user(made["id"])


DEEDS: Mapping[str, Callable[[Hand], None]] = {
    "add a stranger": Hand.add_stranger,
    "add somebody known": Hand.add_known,
    "end an enrollment": Hand.end,
    "rename a course": Hand.rename_course,
    "rename a section": Hand.rename_section,
    "rename a person": Hand.rename_person,
    "conclude a course": Hand.conclude_course,
    "delete a course": Hand.delete_course,
    "take a login": Hand.take_login,
    "delete a person": Hand.delete_person,
    "merge into a stranger": Hand.merge_strangers,
    "merge two of ours": Hand.merge_known,
}
