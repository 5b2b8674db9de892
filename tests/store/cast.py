"""The same people, courses and plans in all tests of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta

from ilc_canvas.program.basis import of_roster
from ilc_canvas.program.roster import Cop, Person, Roster, Team
from ilc_canvas.reconcile.change import Change, Outcome, Plan, ordered
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.run.values import Intent, Report, RunRequest, Tenant
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.journal import SqlJournal

NOON = datetime(2021, 8, 2, 12, 0, tzinfo=UTC)
SCOPE, BASE = "ilc:2021-22", "https://canvas.example.org"
COURSE = Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
SECTION = Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R1")
ROSA = Record(
    Key(Kind.USER, "ilc:p:ILC-0001"),
    {"name": "Rosa Núñez", "sortable_name": "Núñez, Rosa", "email": "rosa@example.org", "login": "rosa@example.org"},
    handle=10_000_000_000_017,
)
EQUITY = Record(COURSE, {"name": "Equity", "code": "EQ", "restricted": False}, handle=7)
TENANT = Tenant(BASE, 4, 1, "ILC", "77", {"manage_roles": True}, NOON)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


def seat(person: int = 1, state: Value = "active") -> Record:
    """An enrollment of one person in the section of region I."""
    user = Key(Kind.USER, f"ilc:p:ILC-{person:04}")
    key = Key(Kind.ENROLLMENT, f"{SECTION.id}|{user.id}|student")
    return Record(key, {"state": state, "limited": False, "base": "StudentEnrollment"}, (COURSE, SECTION, user), handle=person)


def roster(people: int = 3, version: int = 0, school_year: str = "2021-22") -> Roster:
    """A small roster with a team and a COP."""
    team = Team("T1", "Team 1", "network", "I", "Alameda", "0161119", "Alameda Unified", "", ("ILC-0001",), people)
    cop = Cop("EQ", school_year, "Equity", "equity", "active", date(2021, 9, 1), date(2022, 5, 31), True, None, "ILC-0002", ("ILC-0002",))
    return Roster(
        school_year, version, tuple(person(n) for n in range(1, people + 1)), (team,), (cop,), "Manifest", "2021-07-15T16:30:00-07:00"
    )


def person(number: int) -> Person:
    """One row of the roster."""
    text = dict.fromkeys((each.name for each in fields(Person) if each.type in (str, "str")), "")
    given = {
        "person_id": f"ILC-{number:04}",
        "family_name": f"Núñez {number}",
        "email": f"r{number}@example.org",
        "cds_code": "01611190130229",
    }
    return Person(**{**text, **given}, participates=("EQ",), visits=("SP", "AI"), line=number + 1)  # type: ignore[arg-type]


def draft(
    store: Store,
    people: int = 3,
    *,
    files: str = "a",
    manifest: int | None = None,
    year: str = "2021-22",
    errors: int = 0,
    warnings: Sequence[Mapping[str, str]] = ({"text": "odd"},),
    **more: str | bool,
) -> int:
    """A draft of this many people, from files of this content."""
    findings = [{"level": "error", "text": "no e-mail"}] * errors + [{"level": "warning", **each} for each in warnings]
    given = {"rows": {"roster.csv": people}, "hashes": {"roster.csv": files * 64}, "findings": findings, "imported_by": "ana"}
    return versions.add_draft(store, roster(people, school_year=year), manifest_version=manifest, at=NOON, **given, **more)  # type: ignore[arg-type]


def finalized(store: Store, people: int = 3, *, files: str = "a", **more: str | Sequence[Mapping[str, str]]) -> int:
    """A finalized version."""
    draft(store, people, files=files, **more)  # type: ignore[arg-type]
    return versions.finalize(store, signed_by="Ana", at=NOON)


def plan_of(*changes: Change, version: int = 1, settled: tuple[Record, ...] = (), over: tuple[Key, ...] = ()) -> Plan:
    """A plan of these changes."""
    return Plan(ordered(changes), of_roster(version), SCOPE, BASE, settled=settled, over=over)


@dataclass
class Desk:
    """A worker with its store, lease, clock and journal."""

    store: Store
    lease: Lease
    clock: Clock
    journal: SqlJournal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = self.journal_of(self.lease)

    def journal_of(self, lease: Lease, base_url: str = BASE) -> SqlJournal:
        return SqlJournal(self.store, lease=lease, scope=SCOPE, base_url=base_url, now=self.clock)

    def run(
        self,
        *changes: Change,
        status: str | None = None,
        verdict: Verdict | None = None,
        settled: tuple[Record, ...] = (),
        over: tuple[Key, ...] = (),
    ) -> int:
        """A run that planned these changes; closed where a status is given."""
        number = self.journal.begin(RunRequest("ana", "sync"), of_roster(1))
        plan = plan_of(*changes, settled=settled, over=over)
        self.journal.planned(number, plan, verdict or Verdict(), asked=(), whole=True)
        if status:
            self.close(number, status, plan.digest)
        return number

    def close(self, number: int, status: str, digest: str = "") -> None:
        self.journal.closed(Report(number, status, digest, of_roster(1), {"create": 0, "update": 0, "remove": 0}))

    def do(self, run: int, change: Change, result: str = "applied", **more: object) -> Intent:
        """One change with its intent and outcome."""
        intent = self.journal.intended(run, change, self.clock())
        self.journal.happened(intent, Outcome(result, **more))  # type: ignore[arg-type]
        return intent

    def carried(self, *changes: Change, status: str = "applied") -> int:
        """A whole run that did all of this."""
        number = self.run(*changes)
        for change in changes:
            self.do(number, change)
        self.close(number, status, plan_of(*changes).digest)
        return number


def ended(record: Record, state: Value = "inactive") -> Record:
    """The record, over."""
    return replace(record, fields={**record.fields, "state": state})
