"""A whole world for a run: a sandbox Canvas, a store, the small programme; and what must be true of them afterwards."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import text

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.http.transport import Timing
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.content_records import Furnishing
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.guards.guard import Limits
from ilc_canvas.reconcile.kinds import MAIN, Kind
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key, channel_key
from ilc_canvas.store.audit.chain import verify
from ilc_canvas.store.audit.reader import Event, events
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import is_there, open_store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.decisions.approvals import approve
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.sync import ApplySettings, Canvas, Journal, OnProgress, no_progress, run_once
from tests.sandbox.person import Person as Human
from tests.sandbox.process import Sandbox
from tests.stores import POSTGRES, copied, new_store
from tests.sync.roster import FIRST, YEAR

NOW = "2021-08-16T16:00:00Z"
SCOPE = f"ilc:{YEAR}"
POLICY = Policy()
LIVE = ("active", "invited", "creation_pending")
AT_ONCE = Timing(sleep=lambda _: None, jitter=lambda _, __: 0.0)
SWIFT = ApplySettings(in_flight=6, settle_seconds=0.0, reread_seconds=0.0)
Complaints = list[str]


def now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Setting:
    """How one run is made: everything that `run_once` wants from outside, and wrappers for its two ports."""

    apply_settings: ApplySettings = SWIFT
    limits: Limits = field(default_factory=Limits)
    policy: Policy = POLICY
    year: str = YEAR
    ask: RunRequest = field(default_factory=lambda: RunRequest("ana", "sync"))
    token: str = "sandbox"
    now: Callable[[], datetime] = now
    sleep: Callable[[float], None] = lambda _: None
    on_progress: OnProgress = no_progress
    furnish: Callable[[Roster, Calendar | None], Furnishing] = lambda _roster, _calendar: Furnishing()
    stop: Callable[[], bool] = lambda: False
    canvas: Callable[[CanvasClient], Canvas] = lambda client: client
    journal: Callable[[SqlJournal], Journal] = lambda journal: journal


def run_at(url: str, store: str, setting: Setting) -> Report:
    """One run as the command makes it: open the store, take the lease, run, close."""
    with opened(store) as there, take_lease(there, "worker", renewal=None) as lease:
        journal = SqlJournal(there, lease=lease, scope=f"ilc:{setting.year}", base_url=url, now=setting.now)
        client = CanvasClient(
            base_url=url, token=setting.token, school_year=setting.year, in_flight=setting.apply_settings.in_flight, timing=AT_ONCE
        )
        return run_once(
            ask=setting.ask,
            canvas=setting.canvas(client),
            journal=setting.journal(journal),
            policy=setting.policy,
            limits=setting.limits,
            apply_settings=setting.apply_settings,
            now=setting.now,
            sleep=setting.sleep,
            on_progress=setting.on_progress,
            furnish=setting.furnish,
            stop=setting.stop,
        )


_STORES: dict[str, Store] = {}
_MOST_STORES = 8  # what is compiled for each takes megabytes


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store at this URL, made if it is not there. What SQLAlchemy has compiled for a file stays good for the next one at the same URL;
    a server's connections would stay open if one thread closed the pool of another.
    """
    known = None if POSTGRES else _STORES.get(url)
    store = known if known and is_there(known) else open_store(url, create=True)
    _STORES.pop(url, None)
    _STORES[url] = store
    while len(_STORES) > _MOST_STORES:
        del _STORES[next(iter(_STORES))]
    try:
        yield store
    finally:
        store.close()


ZONE_STEP = ("update", "account=ilc")


@dataclass
class World:
    """A sandbox, a store, and the roster that holds."""

    sandbox: Sandbox
    store: str  # its URL
    roster: Roster = FIRST
    setting: Setting = field(default_factory=Setting)
    by_hand: dict[str, Any] = field(default_factory=dict)  # the enrollment that a person has added
    before: Counter[str] = field(default_factory=Counter)  # what was there already, by table, when the log of requests began

    def finalize(self, roster: Roster) -> int:
        """A new version, signed off (by two, however much it shrinks)."""
        self.roster = roster
        with opened(self.store) as store:
            versions.add_draft(store, roster, rows={}, hashes={}, findings=[], imported_by="ana", manifest_version=None, at=now())
            return versions.finalize(store, signed_by="Ana", second="Ben", reason="test", at=now())

    def run(self, **change: Any) -> Report:
        """One run; whatever it finds, nobody says yes."""
        return run_at(self.sandbox.url, self.store, replace(self.setting, **change))

    def approve(self, digest: str, fingerprints: frozenset[str] | None = None, *, year: str = YEAR) -> None:
        """A person's yes."""
        with opened(self.store) as store:
            yes = {"actor": "ana", "reason": "seen", "scope": f"ilc:{year}", "base_url": self.sandbox.url, "now": now()}
            approve(store, digest, **yes, fingerprints=fingerprints)  # type: ignore[arg-type]

    def sync(self, **change: Any) -> Report:
        """One run, and where it is held a person's yes and the run again."""
        report = self.run(**change)
        if report.status == "held":
            self.approve(report.digest, year=change.get("year", YEAR))
            report = self.run(**change)
        return report

    def heal(self, most: int = 2) -> Report:
        """Runs without faults until one leaves nothing undone: at most `most`."""
        report = self.sync()
        for _ in range(most - 1):
            if report.status in ("applied", "converged"):
                break
            report = self.sync()
        return report

    def rows(self, question: str, **values: object) -> list[Any]:
        """What is committed in the store, as another process sees it."""
        with opened(self.store) as store, store.read() as connection:
            return list(connection.execute(text(question), values))

    def lose_lease(self) -> None:
        """Another worker has taken it, as the store says."""
        with opened(self.store) as store, store.write() as connection:
            connection.execute(text("UPDATE lease SET token = token + 1"))

    def log(self) -> list[Event]:
        """All audit events."""
        with opened(self.store) as store:
            return events(store, limit=100_000)

    def human(self) -> Human:
        """Somebody who works in Canvas by hand."""
        return Human(self.sandbox.url)

    def add_by_hand(self) -> None:
        """Somebody of no roster is enrolled in one of our sections, where there is one yet."""
        section = next((row for row in self.sandbox.state()["sections"] if ours(row["sis_section_id"])), None)
        if section and not self.by_hand:
            human = self.human()
            user = human.user("by-hand@example.org")
            answer = human.enroll(section["course_id"], user, course_section_id=section["id"])
            assert answer.status == 200, answer.text
            self.by_hand = answer.body

    def wanted(self) -> set[Key]:
        """What the roster asks for."""
        return {key for key in desired_state(self.roster, POLICY).records if key.kind is not Kind.CHANNEL}

    def applied(self) -> Counter[tuple[str, str]]:
        """How often each change was recorded as applied, by verb and key; a new account's time zone is part of it."""
        done = (event for event in self.log() if event.kind == "happened" and event.body["result"] == "applied")
        return Counter((event.body["verb"], str(event.key)) for event in done if (event.body["verb"], str(event.key)) != ZONE_STEP)

    def complaints(self, reference: Mapping[tuple[str, str], int] | None = None) -> Complaints:
        """All that is wrong after everything has healed; `reference`: what a run without faults records as applied."""
        state = self.sandbox.state()
        found = [*not_converged(state, self.roster), *duplicates(state), *self.double_effects(), *self.audit(state), *self.hand(state)]
        if reference is not None:
            applied = self.applied()
            found += [f"audit: {key} applied {applied[key]} times, not {reference.get(key, 0)}" for key in sorted({*applied, *reference})
                      if applied[key] != reference.get(key, 0)]  # fmt: skip
        return found

    def double_effects(self) -> Complaints:
        """More creates carried out, by Canvas's own log, than there are objects."""
        done = [row for row in self.sandbox.requests() if row["method"] == "POST" and row["done"]]
        state, found = self.sandbox.state(), []
        for table, ending in (("users", "users"), ("courses", "courses"), ("sections", "sections"), ("terms", "terms"), ("roles", "roles")):
            made = sum(row["path"].split("?")[0].endswith(f"/{ending}") for row in done)
            there = self.counted(state, table) - self.before[table]
            found += [f"double: {made} {table} made, {there} there"] if made > there else []
        return found

    def counted(self, state: Mapping[str, list[dict[str, Any]]], table: str) -> int:
        """How many rows of a table are there that we made, or a person by hand."""
        return sum(is_ours(table, row) for row in state[table]) + (table == "users" and bool(self.by_hand))

    def begun_with(self, state: Mapping[str, list[dict[str, Any]]]) -> None:
        """Later worlds begin with this, and with an empty log of requests."""
        self.before = Counter({table: self.counted(state, table) for table in (*_SIS, "roles")})

    def audit(self, state: Mapping[str, list[dict[str, Any]]]) -> Complaints:
        """The chain verifies, each intent has one outcome, and nothing of ours is in Canvas without an intent."""
        log, found = self.log(), list[str]()
        with opened(self.store) as store:
            try:
                verify(store)
            except ChainError as error:
                found.append(f"audit: {error}")
        outcomes = Counter(event.intent for event in log if event.kind == "happened")
        intents = {event.seq: event for event in log if event.kind == "intended"}
        found += [f"audit: intent {n} of {event.key} has {outcomes[n]} outcomes" for n, event in intents.items() if outcomes[n] != 1]
        running = [event for event in log if event.kind == "began"]
        closed = Counter(event.run for event in log if event.kind == "closed")
        found += [f"audit: run {event.run} was closed {closed[event.run]} times" for event in running if closed[event.run] != 1]
        return found + self.unannounced(state)

    def unannounced(self, state: Mapping[str, list[dict[str, Any]]]) -> Complaints:
        """What is in Canvas and was never intended: it must not be so at any moment, whatever was killed."""
        intended = {key for (key,) in self.rows("SELECT key FROM audit_event WHERE kind = 'intended'")}
        return [f"audit: {key} is there without an intent" for key in sorted(map(str, keys_in(state))) if key not in intended]

    def hand(self, state: Mapping[str, list[dict[str, Any]]]) -> Complaints:
        """The person whom somebody added by hand is still there as before."""
        rows = [row for row in state["enrollments"] if row["id"] == self.by_hand.get("id")]
        kept = not self.by_hand or (len(rows) == 1 and rows[0]["enrollment_state"] == "active")
        return [] if kept else ["hand: the person added by hand is gone"]


def ours(sis_id: str | None) -> bool:
    """Whether this SIS id lies in our scope."""
    return str(sis_id or "").startswith("ilc")


_SIS = {
    "accounts": (Kind.ACCOUNT, "sis_account_id"),
    "terms": (Kind.TERM, "sis_term_id"),
    "users": (Kind.USER, "sis_user_id"),
    "courses": (Kind.COURSE, "sis_course_id"),
    "sections": (Kind.SECTION, "sis_section_id"),
}


def is_ours(table: str, row: Mapping[str, Any]) -> bool:
    """Whether this row of the sandbox is one that only we make."""
    return row["label"].startswith("ILC") if table == "roles" else ours(row.get(_SIS[table][1]))


def keys_in(state: Mapping[str, list[dict[str, Any]]]) -> list[Key]:
    """Our objects in the sandbox, live enrollments among them, each as often as it is there."""
    keys = [Key(kind, row[name]) for table, (kind, name) in _SIS.items() for row in state[table] if ours(row.get(name))]
    keys += [Key(Kind.ROLE, row["label"]) for row in state["roles"] if is_ours("roles", row)]
    live = seats([row for row in state["enrollments"] if row["enrollment_state"] in LIVE], state)
    return keys + [key for key in live if "|ilc:p:" in key.id]


def addresses_in(state: Mapping[str, list[dict[str, Any]]]) -> list[Key]:
    """The first addresses of our people: an account is made with one."""
    return [channel_key(Key(Kind.USER, row["sis_user_id"]), MAIN) for row in state["users"] if is_ours("users", row) and row["email"]]


def seat(row: Mapping[str, Any], state: Mapping[str, list[dict[str, Any]]]) -> Key:
    """The key of an enrollment, from the numbers in its row."""
    return seats([row], state)[0]


def seats(rows: Sequence[Mapping[str, Any]], state: Mapping[str, list[dict[str, Any]]]) -> list[Key]:
    """The keys of enrollments."""
    sections = {section["id"]: section["sis_section_id"] for section in state["sections"]}
    users = {user["id"]: user["sis_user_id"] for user in state["users"]}
    parts = ((sections.get(row["course_section_id"]), users.get(row["user_id"]), row["role"]) for row in rows)
    return [Key(Kind.ENROLLMENT, f"{section}|{user}|{role}") for section, user, role in parts]


def duplicates(state: Mapping[str, list[dict[str, Any]]]) -> Complaints:
    """Per SIS id one object; per section, person and role one live row."""
    return [f"double: {key} is there {count} times" for key, count in Counter(keys_in(state)).items() if count > 1]


def not_converged(state: Mapping[str, list[dict[str, Any]]], roster: Roster) -> Complaints:
    """What the roster asks for and is not there as wanted, and live enrollments of ours that it does not ask for."""
    wanted, there = desired_state(roster, POLICY), {*keys_in(state), *addresses_in(state)}
    found = [f"converged: {key} is missing" for key in sorted(wanted.records) if key not in there]
    found += [
        f"converged: {key} is there unasked"
        for key in sorted(there)
        if key not in wanted.records and key.kind in (Kind.ENROLLMENT, Kind.COURSE)
    ]
    return found + _wrong_fields(state, roster)


def _wrong_fields(state: Mapping[str, list[dict[str, Any]]], roster: Roster) -> Complaints:
    """Names, addresses, time zones that are not as wanted."""
    pairs = {"name": "name", "email": "email", "login": "login_id", "code": "course_code", "sortable_name": "sortable_name"}
    zones = {Kind.ACCOUNT: "default_time_zone", Kind.COURSE: "time_zone"}
    rows = {Key(kind, row[name]): row for table, (kind, name) in _SIS.items() for row in state[table] if ours(row.get(name))}
    found = []
    for record in desired_state(roster, POLICY):
        row = rows.get(record.key, {})
        names = {ours: theirs for ours, theirs in {**pairs, "time_zone": zones.get(record.key.kind, "")}.items() if ours in record.fields}
        found += [
            f"converged: {record.key} has another {ours}" for ours, theirs in names.items() if row and row[theirs] != record.fields[ours]
        ]
    return found


def prepared(sandbox: Sandbox, folder: Path) -> str:
    """A store that holds the first roster, its plan for an empty Canvas and a person's yes: to be copied."""
    sandbox.reset()
    world = World(sandbox, new_store(folder))
    world.finalize(FIRST)
    held = world.run()
    assert held.status == "held"
    world.approve(held.digest)
    return world.store


def fresh(sandbox: Sandbox, template: str, folder: Path) -> World:
    """The world before its first permitted run."""
    sandbox.reset()
    return World(sandbox, copied(template, folder))


W = TypeVar("W", bound="World")


def again(kept: W, folder: Path) -> W:
    """A world as it was when its sandbox kept it, with a copy of its store."""
    kept.sandbox.go_back()
    return replace(kept, store=copied(kept.store, folder))


def approved(sandbox: Sandbox, url: str) -> World:
    """An empty Canvas, a new store, a plan and a yes to it."""
    sandbox.reset()
    world = World(sandbox, url)
    world.finalize(FIRST)
    held = world.run()
    assert held.status == "held"
    world.approve(held.digest)
    sandbox.forget_requests()
    return world
