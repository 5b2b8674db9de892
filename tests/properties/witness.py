"""Stands beside Canvas and looks at each write at its instant: is it announced, is it wanted, does it touch what it may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ilc_canvas.sandbox.world.records import Enrollment
from ilc_canvas.sandbox.world.world import World
from tests.properties.books import Books
from tests.properties.wire import Inside, Sent

Rows = dict[tuple[str, int], dict[str, Any]]
TABLES = ("accounts", "terms", "roles", "users", "logins", "channels", "courses", "sections", "enrollments")
# What a write of ours may change in a row that was there already; Canvas itself lets short name, position and time stamps follow.
OURS: Mapping[str, frozenset[str]] = {
    "accounts": frozenset({"name", "time_zone"}),
    "terms": frozenset({"name", "start_at", "end_at"}),
    "users": frozenset({"name", "sortable_name", "short_name", "updated_at"}),
    "logins": frozenset({"unique_id"}),
    "channels": frozenset({"state", "position"}),
    "courses": frozenset({"name", "code", "term_id", "time_zone", "state", "start_at", "end_at", "restricted"}),
    "sections": frozenset({"name"}),
    "enrollments": frozenset({"state", "limited", "updated_at", "start_at", "end_at"}),
}
LIVE = ("active", "invited", "creation_pending")


def rows(world: World) -> Rows:
    """Every record of Canvas, field by field."""
    return {(table, row.id): dict(vars(row)) for table in TABLES for row in getattr(world, table)}


@dataclass
class Witness:
    """What is known beside the program: who was in which roster, who has added what by hand; and what it has seen go wrong."""

    inside: Inside
    books: Books
    wanted: frozenset[str] = frozenset()  # keys that the finalized roster asks for
    ever: set[str] = field(default_factory=set)  # SIS ids of all who were ever in a finalized roster
    ours: set[int] = field(default_factory=set)  # enrollments that are live because we made them so
    kept: set[tuple[str, int]] = field(default_factory=set)  # records that people made and nobody else may touch
    complaints: list[str] = field(default_factory=list)
    _before: Rows = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Canvas's tables."""
        return self.inside.canvas._world

    def say(self, text: str) -> None:
        """Keep a complaint: it is raised when the run has ended, for an exception here could be swallowed."""
        self.complaints.append(text)

    def on_progress(self, sent: Sent) -> None:
        """Before a write: its intent is committed, and the roster wants it so."""
        key = self.key_of(sent)
        found = self.books.open_intents(key)
        if len(found) != 1:
            self.say(f"1/2: {sent.method} {sent.path} of {key} has {len(found)} open intents")
        sent.about = found[0] if found else None
        if ends(sent) == (subject_of(key) in self.wanted):
            self.say(f"4/6: {sent.method} {sent.path} of {key} is not what the finalized roster says")
        if sent.method == "DELETE" and "/enrollments/" in sent.path and self._is_theirs(number_at_end(sent)):
            self.say(f"4: {key} was not made by us, and is ended")
        self._before = rows(self.world)

    def key_of(self, sent: Sent) -> str:
        """What a write is about: the key as the audit log writes it."""
        parts = [unquote(part) for part in sent.path.partition("?")[0].removeprefix("/api/v1/").split("/")]
        last = parts[-1]
        if sent.method == "POST" and last in _GROUPS:
            kind, name = _GROUPS[last]
            return f"{kind}={sent.form.get(name)}"
        if "enrollments" in parts:
            return self._place(sent) if sent.method == "POST" else self._of_row(self.world.enrollments[number_at_end(sent)])
        if "logins" in parts:
            return f"user={self._person(self.world.logins[int(last)].user_id)}"
        if parts[0] == "users":
            return self._of_person(sent, self._person(int(parts[1])))
        if "terms" in parts:
            return f"term={last.partition(':')[2]}"
        return f"{parts[0].removesuffix('s')}={parts[1].partition(':')[2]}"

    def _person(self, number: int) -> str:
        """Whose account it is: by the ledger, else by our SIS id on any of its logins."""
        ids = (login.sis_id for login in self.world.logins if login.user_id == number and str(login.sis_id).startswith("ilc:p:"))
        return self.books.owners().get(number) or str(next(ids, None))

    def _of_person(self, sent: Sent, person: str) -> str:
        """Names, or one of the steps of a new address: of these one at a time is under way."""
        if "communication_channels" not in sent.path:
            return f"channel={person}|main" if "user[email]" in sent.form else f"user={person}"
        steps = {intent.key for intent in self.books.open_intents() if intent.key.startswith(f"channel={person}|")}
        return next(iter(steps), f"channel={person}|?")

    def _place(self, sent: Sent) -> str:
        form = {name.removeprefix("enrollment[").removesuffix("]"): value for name, value in sent.form.items()}
        role = self.world.roles[int(form["role_id"])].name if "role_id" in form else form.get("role", form["type"])
        return f"enrollment={form['course_section_id'].partition(':')[2]}|{self._person(int(form['user_id']))}|{role}"

    def _of_row(self, row: Enrollment) -> str:
        section = self.world.sections[row.section_id]
        return f"enrollment={section.sis_id}|{self._person(row.user_id)}|{self.world.roles[row.role_id].name}"

    def _is_theirs(self, number: int) -> bool:
        """Whether an enrollment is live, and not by our doing."""
        return self.world.enrollments[number].state in LIVE and number not in self.ours

    def seen(self, sent: Sent) -> None:
        """After a write: nothing but what is ours was touched."""
        after = rows(self.world)
        changed = [at for at, row in after.items() if self._before.get(at) != row]
        for at in changed:
            if ends(sent) and at[0] == "enrollments" and "/enrollments/" not in sent.path:
                continue  # a concluded course ends all that is in it
            self._touched(at, self._before.get(at), after[at])
        self._note(sent, after)

    def _touched(self, at: tuple[str, int], before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        table, _ = at
        if at in self.kept:
            self.say(f"5: {at}, made by a person, was changed")
        fields = {name for name in after if before and before[name] != after[name]}
        if fields - OURS.get(table, frozenset()):
            self.say(f"9: {at} changed in {sorted(fields - OURS.get(table, frozenset()))}")
        owner = after["id"] if table == "users" else after.get("user_id")
        if owner is not None and not self._is_ours(owner):
            self.say(f"5: {at} belongs to somebody who never was in a roster")

    def _is_ours(self, user: int) -> bool:
        sis_ids = {login.sis_id for login in self.world.logins if login.user_id == user}
        return bool(sis_ids & self.ever)

    def _note(self, sent: Sent, after: Rows) -> None:
        """Whose doing it is that an enrollment is live."""
        for (table, number), row in after.items():
            before = self._before.get((table, number))
            if table == "enrollments" and before != row:
                was, now = bool(before) and before["state"] in LIVE, row["state"] in LIVE  # type: ignore[index]
                if now and not was:
                    self.ours.add(number)
                if was and not now:
                    self.ours.discard(number)
        del sent


def ends(sent: Sent) -> bool:
    """Whether it ends an enrollment or concludes a course."""
    return (sent.method == "DELETE" and "/enrollments/" in sent.path) or sent.form.get("course[event]") == "conclude"


def number_at_end(sent: Sent) -> int:
    """The number that the path ends with."""
    return int(sent.path.partition("?")[0].rpartition("/")[2])


_GROUPS = {
    "sub_accounts": ("account", "account[sis_account_id]"),
    "terms": ("term", "enrollment_term[sis_term_id]"),
    "users": ("user", "pseudonym[sis_user_id]"),
    "courses": ("course", "course[sis_course_id]"),
    "sections": ("section", "course_section[sis_section_id]"),
    "roles": ("role", "label"),
}


def subject_of(key: str) -> str:
    """A step of a new address stands for its person."""
    return f"user={key.removeprefix('channel=').rpartition('|')[0]}" if key.startswith("channel=") else key
