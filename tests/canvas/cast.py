"""The cast of these tests: a host, a clock that runs only by waiting; a small program, and a client that does not wait."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.http.transport import Timing
from ilc_canvas.reconcile.change import Change, Create, Outcome, Update
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.people.accounts import WantedPerson
from ilc_canvas.reconcile.state import Key, Record, State, channel_key, enrollment_key
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

HOST = "https://canvas.test"
ONE = f"{HOST}/api/v1/accounts/1"
NOW = "2021-08-16T16:00:00Z"
ILC = Key(Kind.ACCOUNT, "ilc")
YEAR = Key(Kind.TERM, "ilc:2021-22")
LEAD = Key(Kind.ROLE, "Region Lead")
EQ = Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
R1 = Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R1")
ADA = Key(Kind.USER, "ilc:p:1")


class Waits(list[float]):
    """Seconds waited, in order; its clock stands still in between."""

    extra = 0.0

    def monotonic(self) -> float:
        return sum(self) + self.extra


def person(number: int, name: str = "Ada Lovelace") -> Record:
    """A person; number 1 is Ada."""
    key, address = Key(Kind.USER, f"ilc:p:{number}"), f"p{number}@example.org"
    names = {"name": name, "sortable_name": ", ".join(reversed(name.split(" ", 1)))}
    return Record(key, {**names, "email": address, "login": address, "sis_id": key.id})


def course(key: Key = EQ, name: str = "Equity & Justice") -> Record:
    """A course with dates that hold."""
    times: dict[str, Value] = {
        "start_at": "2021-08-16T06:00:00Z",
        "end_at": "2022-06-11T05:59:59Z",
        "restricted": True,
        "time_zone": "America/Los_Angeles",
    }
    fields: dict[str, Value] = {"name": name, "code": "EQ", "term": YEAR.id, "account": ILC.id, **times}
    return Record(key, fields, (ILC, YEAR))


def section(key: Key = R1, name: str = "Region I", course: Key = EQ) -> Record:
    """A section of a course."""
    return Record(key, {"name": name}, (course,))


def enrollment(user: Key = ADA, role: str = "StudentEnrollment", section: Key = R1, course: Key = EQ) -> Record:
    """A person in a section; a role of our own builds on the TA."""
    base = role if role.endswith("Enrollment") else "TaEnrollment"
    fields: dict[str, Value] = {"state": "active", "limited": role == LEAD.id, "base": base}
    return Record(enrollment_key(section, user, role), fields, (course, section, user))


ACCOUNT = Record(ILC, {"name": "Inclusive Leaders", "time_zone": "America/Los_Angeles"})
TERM = Record(YEAR, {"name": "ILC 2021-22", "start_at": "2021-08-01T07:00:00Z", "end_at": "2022-07-01T07:00:00Z"})
ROLE = Record(LEAD, {"base": "TaEnrollment"}, (ILC,))
SMALL = (ACCOUNT, TERM, ROLE, person(1), person(2, "Grace Hopper"), course(), section(), enrollment(), enrollment(person(2).key, LEAD.id))


def client(sandbox: Sandbox, **options: Any) -> CanvasClient:
    """A client that knows the sandbox's tenant, and never waits."""
    made = CanvasClient(base_url=sandbox.url, token=sandbox.token, school_year="2021-22", timing=Timing(sleep=lambda _: None), **options)
    made.tenant()
    return made


def write(canvas: CanvasClient, records: Iterable[Record]) -> None:
    """Make all of these, or fail."""
    for record in records:
        outcome = canvas.apply(Create(record))
        assert outcome.result == "applied", (record.key, outcome)


def upto(kind: Kind) -> Sequence[Record]:
    """What of the small program must be there before an object of this kind can be made."""
    return [record for record in SMALL if record.key.rule.rank < kind.rule.rank]


def first(kind: Kind) -> Record:
    """The one of this kind in the small program that tests speak of."""
    return next(record for record in SMALL if record.key.kind is kind)


def changed(record: Record, **fields: Value) -> Update:
    """These fields of a record shall change."""
    return Update(record, replace(record, fields={**record.fields, **fields}))


def address(place: str, text: str, number: int | None) -> Record:
    """One of Ada's addresses; `number` is that of her account."""
    return Record(channel_key(ADA, place), {"address": text}, (ADA,), number)


def sought(which: int, number: int | None = None, login: str = "", **more: str) -> WantedPerson:
    """What is asked about a person; `number` is that of the account, if it is known."""
    text = f"p{which}@example.org"
    return WantedPerson(Key(Kind.USER, f"ilc:p:{which}"), login or text, text, number, **more)


def writes(sandbox: Sandbox) -> list[str]:
    """Methods of the writes that the sandbox has seen."""
    return [entry["method"] for entry in sandbox.requests() if entry["method"] != "GET"]


def channels(sandbox: Sandbox, number: int) -> list[tuple[str, str]]:
    """The addresses of an account by position, and their states."""
    rows = Person(sandbox.url).get(f"users/{number}/communication_channels").body
    return [(row["address"], row["workflow_state"]) for row in rows]


def numbered(sandbox: Sandbox, change: Update) -> Update:
    """The same change, with Canvas's number of what is there."""
    number = there(sandbox, change.before)[0]["id"]
    return replace(change, before=replace(change.before, handle=number), after=replace(change.after, handle=number))


def owners(sandbox: Sandbox) -> dict[int, Key]:
    """Whose account each number is: of all people who have a SIS id of ours, as the ledger would know."""
    rows = sandbox.state()["users"]
    return {row["id"]: Key(Kind.USER, row["sis_user_id"]) for row in rows if str(row["sis_user_id"]).startswith("ilc:p:")}


def there(sandbox: Sandbox, record: Record) -> list[dict[str, Any]]:
    """All objects of this key that the sandbox holds."""
    key, rows = record.key, sandbox.state()[f"{record.key.kind}s"]
    if key.kind is Kind.ENROLLMENT:
        section, user, role = key.id.split("|")
        return [row for row in rows if (row["sis_section_id"], row["sis_user_id"], row["role"]) == (section, user, role)]
    name = "label" if key.kind is Kind.ROLE else f"sis_{key.kind}_id"
    return [row for row in rows if row.get(name) == key.id]


def settle(canvas: CanvasClient, change: Change) -> Outcome:
    """As a run does after a failure: look, and apply again what did not happen."""
    seen = canvas.look(change)
    return seen if seen.result == "applied" else canvas.apply(change)


def same_as(observed: State, wanted: Iterable[Record]) -> bool:
    """Whether these are there with all the fields that they were written with, under the same parents."""
    return all(
        (found := observed.get(record.key)) is not None
        and dict(record.fields).items() <= dict(found.fields).items()
        and found.parents == record.parents
        for record in wanted
    )
