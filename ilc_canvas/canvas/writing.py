"""One change, one call: how each kind of object is made, changed and ended in Canvas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ilc_canvas.canvas import channels, people
from ilc_canvas.canvas.answers import Answer
from ilc_canvas.canvas.echo import check_echo, naming_right
from ilc_canvas.canvas.observe import Scope
from ilc_canvas.canvas.reach import Reach
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.comparing import REOPENED
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, RefusedError
from ilc_canvas.reconcile.state import Fields, Key, Kind, Record


@dataclass
class Writer:
    """Writes to one Canvas; remembers the numbers of what it has seen and made."""

    transport: Transport
    scope: Scope
    ending: str = "deactivate"  # or conclude: what removing an enrollment means
    handles: dict[Key, int] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)

    def write(self, change: Create | Update | Remove) -> Answer:
        """The call, or calls, of one change; CanvasError where Canvas did not do it."""
        with naming_right(change.key):
            if change.key.kind is Kind.CHANNEL:
                return channels.write(self.transport, change)
            if isinstance(change, Remove):
                return self._end(change.before)
            if isinstance(change, Update):
                return self._update(change)
            if change.key.kind is Kind.USER:
                return self.create_user(change.after, revive=change.before is not None)
            if change.key.kind is Kind.ROLE and change.before:
                return self.create_role(change.after, revive=change.before.handle)
            if change.key.kind is Kind.SECTION and change.before:
                return self.create_section(change.after, revive=True)
            return _CREATE[change.key.kind](self, change.after)

    def create_account(self, after: Record) -> Answer:
        """Canvas ignores the time zone of a new sub-account (live-client 2.7): a second call sets it.

        Where that one fails, the account is there all the same, and the ledger learns its real time zone: the next run sets it.
        """
        fields = {"name": after.fields["name"], "sis_account_id": after.key.id}
        made = self._made(after, self._post(f"accounts/{self.scope.parent}/sub_accounts", account=fields), fields)
        try:
            return self.set_account(after.key, {"default_time_zone": after.fields["time_zone"]})
        except CanvasError:  # whatever it was: the account is made
            return made

    def set_account(self, key: Key, fields: Mapping[str, Any]) -> Answer:
        """Change fields of our account."""
        answer = self.transport.call("PUT", f"accounts/{self.reach.path(key)}", account=dict(fields))
        check_echo(key, fields, answer.json)
        return answer

    def create_term(self, after: Record) -> Answer:
        """A term of the root account."""
        fields = {**after.fields, "sis_term_id": after.key.id}
        path = f"accounts/{self.scope.root}/terms"
        return self._made(after, self._post(path, enrollment_term=fields), fields)

    def create_role(self, after: Record, *, revive: int | None = None) -> Answer:
        """A custom role of our account; one that was switched off is switched on again by its number (contract-core 10)."""
        if revive is not None:
            path = f"accounts/{self.reach.path(self.scope.account)}/roles/{revive}/activate"
            return self._made(after, self.transport.call("POST", path), {})
        fields = {"label": after.key.id, "base_role_type": after.fields["base"]}
        return self._made(after, self._post(f"accounts/{self.reach.path(self.scope.account)}/roles", **fields), fields)

    def create_user(self, after: Record, *, revive: bool) -> Answer:
        """A person, with a confirmed address, in one call."""
        answer, echoed = people.create(self.transport, self.scope.root, after, revive=revive)
        return self._made(after, answer, echoed)

    def create_course(self, after: Record) -> Answer:
        """A course with its SIS id in one call."""
        term = self.reach.value(Key(Kind.TERM, str(after.fields["term"])))
        fields = {**course_form(after.fields), "term_id": term, "sis_course_id": after.key.id}
        answer = self._post(f"accounts/{self.reach.path(self.scope.account)}/courses", course=fields)
        return self._made(after, answer, {name: value for name, value in fields.items() if name != "term_id"})

    def create_section(self, after: Record, *, revive: bool = False) -> Answer:
        """A section with its SIS id; one of ours that was deleted comes back, as it was called then (contract-core 7)."""
        fields = {"name": after.fields["name"], "sis_section_id": after.key.id}
        also = {"enable_sis_reactivation": True} if revive else {}
        answer = self._post(f"courses/{self.reach.path(after.parents[0])}/sections", course_section=fields, **also)
        return self._made(after, answer, {"sis_section_id": after.key.id} if revive else fields)

    def enroll(self, after: Record) -> Answer:
        """All fields every time: what a repeat leaves out goes back to its default (contract-core 8.3).

        It is an upsert, so it may be sent again.
        """
        course, section, user, *_ = after.parents
        state = {"enrollment_state": "active", "limit_privileges_to_course_section": bool(after.fields["limited"])}
        fields = {
            "user_id": self._number_of(user),
            "type": after.fields["base"],
            "course_section_id": self.reach.value(section),
            "notify": False,
            **self._role_of(after),
            **state,
        }
        answer = self.transport.call("POST", f"{self.reach.enrolling(course, section)}/enrollments", enrollment=fields)
        return self._made(after, answer, {**state, "type": after.fields["base"]})

    def _number_of(self, user: Key) -> int:
        """People are enrolled by number: an account that others made does not have our SIS id (live-people 7)."""
        if user not in self.handles:
            raise RefusedError(f"Nobody knows the Canvas account of {user.id}.")
        return self.handles[user]

    def _role_of(self, after: Record) -> dict[str, Any]:
        """A custom role by its number, which survives a new label (live-server 3)."""
        label = after.key.id.rsplit("|", 1)[1]
        if label == after.fields["base"]:
            return {}
        handle = self.handles.get(Key(Kind.ROLE, label))
        return {"role_id": handle} if handle else {"role": label}

    def _post(self, path: str, **form: Any) -> Answer:
        """A create with a SIS id, which is not sent again after an unclear end."""
        return self.transport.call("POST", path, repeatable=False, **form)

    def _made(self, after: Record, answer: Answer, sent: Mapping[str, Any]) -> Answer:
        if not isinstance(answer.json, dict) or "id" not in answer.json:
            raise InDoubtError("Canvas's answer to a create is none of its objects: it may have happened.")
        check_echo(after.key, sent, answer.json)
        self.handles[after.key] = answer.json["id"]
        return answer

    def _update(self, change: Update) -> Answer:
        key, fields = change.key, change.fields
        if key.kind is Kind.USER:
            return people.update(self.transport, self.scope.root, change)
        if key.kind is Kind.ACCOUNT:
            names = {"time_zone": "default_time_zone", "known_as": "sis_account_id"}
            return self.set_account(key, {names.get(name, name): value for name, value in fields.items()})
        if key.kind is Kind.ROLE:
            path = f"accounts/{self.reach.path(self.scope.account)}/roles/{change.after.handle}"
            return self.transport.call("PUT", path, label=fields["known_as"])
        path, group, form = self._put(change.after, fields)
        if change.before.fields.get("state") == "deleted":
            form["event"] = "undelete"
        wrapped: dict[str, Any] = {group: form}
        answer = self.transport.call("PUT", path, **wrapped)
        check_echo(key, {name: value for name, value in form.items() if not name.endswith(("term_id", "account_id", "event"))}, answer.json)
        return answer

    def _put(self, after: Record, fields: Fields) -> tuple[str, str, dict[str, Any]]:
        """Path, parameter group and fields of a PUT."""
        if after.key.kind is Kind.TERM:
            return f"accounts/{self.scope.root}/terms/{self.reach.path(after.key)}", "enrollment_term", _called(fields, "sis_term_id")
        if after.key.kind is Kind.SECTION:
            return f"sections/{self.reach.path(after.key)}", "course_section", _called(fields, "sis_section_id")
        return f"courses/{self.reach.path(after.key)}", "course", _course_put(after.fields, fields)

    def _end(self, before: Record) -> Answer:
        if before.key.kind is Kind.COURSE:
            return self.transport.call("PUT", f"courses/{self.reach.path(before.key)}", course={"event": "conclude"})
        course = self.reach.course(before.parents[0], before.parents[1])
        return self.transport.call("DELETE", f"courses/{course}/enrollments/{before.handle}", task=self.ending)


_CREATE: Mapping[Kind, Callable[[Writer, Record], Answer]] = {
    Kind.ACCOUNT: Writer.create_account,
    Kind.TERM: Writer.create_term,
    Kind.ROLE: Writer.create_role,
    Kind.COURSE: Writer.create_course,
    Kind.SECTION: Writer.create_section,
    Kind.ENROLLMENT: Writer.enroll,
}


def _called(fields: Fields, sis_id: str) -> dict[str, Any]:
    """The fields with the SIS id under Canvas's name."""
    return {sis_id if name == "known_as" else name: value for name, value in fields.items()}


def course_form(fields: Fields) -> dict[str, Any]:
    """Our names of a course's fields as Canvas's; dates only with the restriction flag, else Canvas drops them (contract-core 6.1)."""
    form: dict[str, Any] = {"name": fields["name"], "course_code": fields["code"], "time_zone": fields["time_zone"]}
    if fields.get("restricted"):
        form |= {"start_at": fields["start_at"], "end_at": fields["end_at"], "restrict_enrollments_to_course_dates": True}
    return form


def _course_put(after: Fields, changed: Fields) -> dict[str, Any]:
    """The changed fields, and the dates with their flag every time: any PUT without it nulls them (contract-core 6.3)."""
    names = {"name": "name", "code": "course_code", "time_zone": "time_zone", "known_as": "sis_course_id"}
    form: dict[str, Any] = {names[name]: value for name, value in changed.items() if name in names}
    if "term" in changed:
        form["term_id"] = f"sis_term_id:{changed['term']}"
    if changed.get("state") == REOPENED:
        form["event"] = "claim"  # works from completed too (live.md 3)
    if "account" in changed:
        form["account_id"] = f"sis_account_id:{changed['account']}"
    if after.get("restricted"):
        form |= {"start_at": after["start_at"], "end_at": after["end_at"], "restrict_enrollments_to_course_dates": True}
    return form
