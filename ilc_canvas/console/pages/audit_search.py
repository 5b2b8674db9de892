"""What somebody looks for in the audit log: in an address by keys alone, so that no name stands there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from ilc_canvas.console.visit import Visit
from ilc_canvas.program.selection import meant, words_of
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import reader
from ilc_canvas.store.audit.reader import Wanted
from ilc_canvas.store.rosters import known_people, school_years

PERSON = "person:"
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "decisions": (
        "decisions and ends of runs",
        (
            "approved", "rejected", "closed", "identity-decided", "drift-decided", "decline-forgotten", "roster-signed-first",
            "roster-finalized", "calendar-finalized", "openings-finalized", "paused", "resumed", "wished", "wish-cancelled", "released",
            "accepted", "erased",
        ),
    ),
    "changes": ("changes in Canvas", ("intended", "happened")),
    "rosters": (
        "rosters and calendars",
        (
            "roster-checked", "roster-drafted", "roster-signed-first", "roster-finalized", "calendar-checked", "calendar-drafted",
            "calendar-finalized",
        ),
    ),
    "people": (
        "sign-ins, roles and exports",
        (
            "signed-in", "signed-out", "sign-in-refused", "sign-in-limited", "account-made", "roles-changed", "sessions-ended", "exported",
            "access-refused", "audit-searched", "code-renewed", "credentials-renewed", "password-changed",
            "identity-linked", "identity-unlinked",
        ),
    ),
    "all": ("everything", ()),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `about` is person:ILC-0006 or cop:EQ, `actor` the short digest of a name."""

    kind: str = "decisions"
    about: str = ""
    actor: str = ""
    run: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: value for name, value in self.body.items() if value not in ("", None)})

    @property
    def undated(self) -> "Search":
        """The same at any time."""
        return replace(self, first=None, last=None)

    @property
    def body(self) -> dict[str, object]:
        """As it stands in the log."""
        days = {"from": self.first.isoformat() if self.first else "", "to": self.last.isoformat() if self.last else ""}
        return {"kind": self.kind, "about": self.about, "actor": self.actor, "run": self.run, **days}


def digest_of(actor: str) -> str:
    """Stands for a name in an address."""
    return hashlib.sha256(actor.encode()).hexdigest()[:12]


def asked_for(visit: Visit) -> Search:
    """The search that an address names; whatever does not fit narrows nothing."""
    kind = visit.asked("kind")
    return Search(
        kind=kind if kind in GROUPS else "decisions",
        about=visit.asked("about")[:100],
        actor=visit.asked("actor")[:20],
        run=number_of(visit.asked("run")),
        first=day_of(visit.asked("from")),
        last=day_of(visit.asked("to")),
    )


def number_of(text: str) -> int | None:
    """A number as somebody has typed it; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def day_of(text: str) -> date | None:
    """A day as a browser sends it; None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wanted(visit: Visit, search: Search) -> Wanted:
    """The events that it means, with days in the program's time zone."""
    person, courses, words = _about(visit, search.about)
    return Wanted(
        run=search.run,
        since=_midnight(visit, search.first),
        until=_midnight(visit, search.last + timedelta(days=1)) if search.last and search.last < date.max else None,
        kinds=GROUPS[search.kind][1],
        people=person,
        courses=courses,
        words=words,
        actor=_actor(visit, search.actor),
    )


def _midnight(visit: Visit, day: date | None) -> datetime | None:
    return datetime.combine(day, time(), visit.settings.zone) if day else None


def _actor(visit: Visit, digest: str) -> str:
    """The name; what names nobody finds nothing."""
    return next((name for name in reader.actors(visit.store) if digest_of(name) == digest), "\n") if digest else ""


def _about(visit: Visit, word: str) -> tuple[tuple[Key, ...] | None, tuple[Key, ...] | None, tuple[str, ...]]:
    """The keys of a person, or those of a course in every school year; what names nothing finds nothing."""
    if not word:
        return None, None, ()
    prefix = visit.settings.prefix
    try:
        if word.startswith(PERSON):
            return known_people.keys(visit.store, prefix, word.removeprefix(PERSON)), None, ()
        years = school_years.signed_years(visit.store)
        return None, tuple(meant(word, prefix=prefix, school_year=year) for year in years), (word,)
    except (RosterError, ValueError):
        return (), None, ()


def word_of(visit: Visit, text: str) -> str:
    """The word for what somebody has typed: a course, or a person by id, address or name. RosterError if it means nothing, or several."""
    plain = "".join(text.split())
    kind, colon, code = plain.partition(":")
    spellings = (plain, f"{kind.casefold()}{colon}{code.upper()}", *_spelled_out(text))
    if found := [word for word in spellings if not word.startswith(PERSON) and _is_word(word)]:
        there = {word for year in school_years.signed_years(visit.store) for word in words_of(school_years.roster(visit.store, year))}
        return next((word for word in found if word in there), found[0])
    (user, *_) = known_people.keys(visit.store, visit.settings.prefix, text.removeprefix(PERSON))
    return f"{PERSON}{user.id.rpartition(':')[2]}"


def _spelled_out(text: str) -> list[str]:
    """COP EQ, as pages call it."""
    first, *rest = text.split()
    return [f"{first.casefold()}:{rest[0].upper()}"] if len(rest) == 1 else []


def _is_word(word: str) -> bool:
    try:
        meant(word, prefix="ilc", school_year="2021-22")
    except ValueError:
        return False
    return True
