"""One small world in one process: a Canvas, a store in a file, a roster, the people who decide; and what each of them did."""

import copy
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import requests

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.program.basis import roster_number
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import user_key
from ilc_canvas.program.people.new_ids import pairs
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import ApprovalError, IlcError
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.store.runs.decisions.approvals import approve, reject
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.sync import Canvas, Journal, run_once
from tests.properties.books import Books
from tests.properties.sheet import Sheet
from tests.properties.turns import SEND, DeathError, Doom, Doomed
from tests.properties.wire import READ, URL, Inside, Sent, Wire, new_inside
from tests.properties.witness import Witness
from tests.sync.roster import YEAR
from tests.sync.world import AT_ONCE, POLICY, SCOPE, SWIFT, Setting

START = datetime.fromisoformat("2021-08-16T16:00:00+00:00")
TICK = timedelta(seconds=10)  # between two steps: Canvas's time stamps have whole seconds


_STORES: dict[Path, Store] = {}


def store_at(path: Path) -> Store:
    """The store in this file, made where there is none. What SQLAlchemy has compiled for an earlier file there stays good."""
    empty = path.parent.parent / "empty.db"
    if not empty.exists():
        open_store(f"sqlite:///{empty}", create=True).close()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty, path)
    if path not in _STORES:
        _STORES[path] = open_store(f"sqlite:///{path}")
    return _STORES[path]


@dataclass
class Grant:
    """A person's yes: to these changes, for this roster version, until a time, once."""

    names: frozenset[str]
    version: int
    until: datetime
    spent: bool = False


@dataclass
class Backup:
    """The store as it once was, and what was granted then."""

    path: Path
    grants: list[Grant]


@dataclass
class Stage:
    """All of it. `new` makes one; `close` ends it."""

    folder: Path
    inside: Inside
    setting: Setting
    sheet: Sheet = field(default_factory=Sheet)
    version: int = 0
    skew: timedelta = timedelta()  # our clock against Canvas's
    grants: list[Grant] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)
    last: Report | None = None
    tally: Counter[str] = field(default_factory=Counter)
    restored: bool = False
    deeds: int = 0  # of people in Canvas
    error: IlcError | None = None  # the last one
    store: Store = field(init=False)
    witness: Witness = field(init=False)

    def __post_init__(self) -> None:
        self.store = store_at(self.path)
        self.witness = Witness(self.inside, Books(self.path))
        self.inside.on_progress, self.inside.seen = self.witness.on_progress, self.witness.seen

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.folder / "store.db"

    @property
    def books(self) -> Books:
        """The store from outside."""
        return self.witness.books

    def now(self) -> datetime:
        """Our clock."""
        return self.inside.clock.now() + self.skew

    def tick(self) -> None:
        """A little later."""
        self.inside.clock.move(TICK)

    def finalize(self, sheet: Sheet) -> None:
        """A new version, signed off by two, who know that nobody in a sheet ever changes the id."""
        self.sheet, roster = sheet, sheet.meant()
        self._tell_apart(roster)
        versions.add_draft(self.store, roster, rows={}, hashes={}, findings=[], imported_by="ana", manifest_version=None, at=self.now())
        self.version = versions.finalize(self.store, signed_by="Ana", second="Ben", reason="test", at=self.now())
        self.witness.wanted = frozenset(str(key) for key in desired_state(roster, POLICY).records)
        self.witness.ever |= {f"ilc:p:{person.person_id}" for person in roster.people}

    def _tell_apart(self, roster: Roster) -> None:
        """Whoever joins with the address of somebody who leaves is another person."""
        before = versions.latest(self.store)
        for pair in pairs(before, roster, rekey.known(self.store)) if before else ():
            old, new = (user_key(POLICY.prefix, person.person_id) for person in (pair.leaver, pair.joiner))
            rekey_decisions.decide(self.store, old, new, decision="different", actor="ana", reason="seen", at=self.now())

    def draft(self, sheet: Sheet) -> None:
        """A version that nobody signs."""
        versions.add_draft(
            self.store, sheet.meant(), rows={}, hashes={}, findings=[], imported_by="ana", manifest_version=None, at=self.now()
        )

    def run(self, *, dry: bool = False, doom: Doom | None = None, in_flight: int = 1) -> Report | None:
        """One run; None if it ended in an error of ours, or died. The store is opened anew after a death."""
        doom = doom or Doom("nowhere")
        first = len(self.inside.sent)
        self.last = None
        try:
            self.last = self._once(doom, RunRequest("ana", "sync", dry_run=dry), in_flight)
        except IlcError as error:
            self.tally[f"error {type(error).__name__}"] += 1
            self.error = error
        except DeathError:
            self.tally["deaths"] += 1
            self.tally["deaths with an open intent"] += bool(self.books.open_intents())
            self._reopen()
        self._count(self.inside.sent[first:])
        self.tick()
        return self.last

    def _once(self, doom: Doom, ask: RunRequest, in_flight: int) -> Report:
        setting = self.setting
        with take_lease(self.store, "worker", renewal=None) as lease:
            journal = setting.journal(SqlJournal(self.store, lease=lease, scope=SCOPE, base_url=URL, now=self.now))
            client = CanvasClient(base_url=URL, token=setting.token, school_year=YEAR, in_flight=in_flight, timing=AT_ONCE)
            client._transport._session.mount("https://", DoomedWire(self.inside, doom))
            return run_once(
                ask=ask,
                canvas=cast(Canvas, Doomed(setting.canvas(client), doom)),
                journal=cast(Journal, Doomed(journal, doom)),
                policy=POLICY,
                limits=setting.limits,
                apply_settings=replace(SWIFT, in_flight=in_flight),
                now=self.now,
                sleep=lambda _: None,
            )

    def _count(self, sent: list[Sent]) -> None:
        writes = [each for each in sent if each.method != READ]
        self.tally["runs"] += 1
        self.tally["requests"] += len(sent)
        self.tally["writes done"] += sum(each.done for each in writes)
        self.tally["removals done"] += sum(each.done and "/enrollments/" in each.path for each in writes)
        self.tally["answers lost"] += sum(each.done and each.fault in ("reset-after", "truncate") for each in writes)

    def approve(self, digest: str, names: frozenset[str] | None = None) -> None:
        """A person's yes to a plan, or to some of its changes; what is not to be had is not granted."""
        with suppress(ApprovalError):
            word: dict[str, Any] = {"actor": "ana", "reason": "seen", "scope": SCOPE, "base_url": URL, "now": self.now()}
            given = approve(self.store, digest, **word, fingerprints=names)
            self.grants.append(Grant(given.fingerprints, roster_number(given.basis) or 0, self.now() + timedelta(hours=24)))

    def reject(self, digest: str) -> None:
        """A person's no, which takes back a yes."""
        names = self.names()
        with suppress(ApprovalError):
            reject(self.store, digest, actor="ana", reason="not so", scope=SCOPE, base_url=URL, now=self.now())
            self.grants = [grant for grant in self.grants if grant.names != names or grant.version != self.version]

    def names(self) -> frozenset[str]:
        """The fingerprints of the last run's plan."""
        return frozenset(self.books.planned(self.books.last_run()))

    def granted(self) -> frozenset[str]:
        """What a person has said yes to, and is still good."""
        good = [grant for grant in self.grants if not grant.spent and grant.version == self.version and grant.until > self.now()]
        return frozenset[str]().union(*(grant.names for grant in good))

    def backup(self) -> None:
        """Keep the store as it is."""
        path = self.folder / f"backup-{len(self.backups)}.db"
        shutil.copyfile(self.path, path)
        self.backups.append(Backup(path, copy.deepcopy(self.grants)))

    def restore(self, backup: Backup) -> None:
        """The store as it was; the people sign the roster that holds once more."""
        self.close()
        shutil.copyfile(backup.path, self.path)
        self._open()
        self.grants, self.restored = copy.deepcopy(backup.grants), True
        self.finalize(self.sheet)

    def _reopen(self) -> None:
        self.close()
        self._open()

    def _open(self) -> None:
        self.store = store_at(self.path)
        self.witness.books = Books(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()
        self.books.close()


class DoomedWire(Wire):
    """A wire that may be cut by the death of the process."""

    def __init__(self, inside: Inside, doom: Doom) -> None:
        super().__init__(inside)
        self._doom = doom

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Hand it over, where there is somebody to do it."""
        call: Callable[..., requests.Response] = self._doom.around(SEND if request.method != READ else "read", self.inside.take)
        return call(request)


def new_stage(folder: Path, setting: Setting) -> Stage:
    """An empty Canvas and an empty store."""
    folder.mkdir(parents=True, exist_ok=True)
    return Stage(folder, new_inside(START), setting)


@dataclass(frozen=True)
class Template:
    """A stage to be copied: its file, Canvas's tables, what is known beside them."""

    stage: Stage

    def copy(self, folder: Path, setting: Setting) -> Stage:
        """Another stage like it."""
        old = self.stage
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(old.path, folder / "store.db")
        (folder / "store.db").chmod(0o600)
        inside = new_inside(old.inside.clock.now())
        inside.canvas._world = inside.canvas._older = copy.deepcopy(old.inside.canvas._world)
        inside.sent = list(old.inside.sent)
        made = Stage(folder, inside, setting, old.sheet, old.version, grants=copy.deepcopy(old.grants))
        witness = old.witness
        made.witness.wanted, made.witness.ever, made.witness.ours = witness.wanted, set(witness.ever), set(witness.ours)
        return made
