"""Whom Canvas would notify of a plan.

`TABLE` says by kind and change what a Canvas of July 2022 was seen to queue, and for whom. Whether a queued notification becomes a mail
is each person's own setting: a forecast names at least those whom Canvas mails by default, and those who hear if they turned it on.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.compare.publication import INVITED
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, State

Mailed = Literal["now", "asked"]
"""now: mailed at once unless the person turned it off. asked: mailed only if the person turned it on."""

ACTIVE = frozenset({"active"})
ITSELF = frozenset[str]()
"""Instead of the states of enrollments: the one person whom the change is about."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One row: of such a change Canvas notifies the people of the course whose enrollment is in one of these states."""

    kind: str
    reason: str  # what people are told of, as a code
    happens: Callable[[Change, State], bool]
    to: frozenset[str] = ACTIVE
    mailed: Mailed = "asked"
    courses: frozenset[str] = frozenset({"available"})  # states of the course in which it happens


@dataclass(frozen=True, slots=True)
class Audience:
    """The people whom Canvas would notify in one course for one reason."""

    course: Key
    reason: str
    mailed: Mailed
    count: int
    people: tuple[Key, ...] = ()  # who; not kept with a run


@dataclass(frozen=True, slots=True)
class Forecast:
    """All whom Canvas would notify, each person counted once, and how many of them get mail without having turned it on."""

    notified: int = 0
    mailed: int = 0
    audiences: tuple[Audience, ...] = ()


NOBODY = Forecast()
_EVERY = frozenset({"unpublished", "available", "completed", "deleted"})
_SHOWN = frozenset({"active", "available", "published"})


def _is_new(change: Change, _observed: State) -> bool:
    return isinstance(change, Create) and change.before is None


def _is_moved(change: Change, _observed: State) -> bool:
    """A meeting that comes back at another time is moved, too."""
    return isinstance(change, Create | Update) and change.before is not None and _value(change, "when") != change.before.fields.get("when")


def _is_written(change: Change, _observed: State) -> bool:
    return isinstance(change, Create | Update)


def _is_published(change: Change, _observed: State) -> bool:
    """Whether it becomes visible to the people of the course, by its own flag or its state."""
    if not isinstance(change, Create | Update):
        return False
    before = change.before.fields if change.before else {}
    return _is_shown(change.after.fields) and not _is_shown(before)


def _is_shown(fields: Mapping[str, object]) -> bool:
    return fields.get("published") is True or fields.get("state") in _SHOWN


def _is_published_later(change: Change, observed: State) -> bool:
    """Of a page that was just made Canvas notifies nobody."""
    return isinstance(change, Update) and _is_published(change, observed)


def _publishes_drafts(change: Change, observed: State) -> bool:
    """Publishing a module publishes what stands in it, which may be any draft of the course."""
    drafts = (record for record in observed if record.rule.is_content and record.fields.get("published") is False)
    others = (record.course for record in drafts if record.key.kind != change.key.kind)
    return _is_published_later(change, observed) and change.subject.course in others


def _is_invited(change: Change, _observed: State) -> bool:
    return isinstance(change, Create | Update) and _value(change, "state") in INVITED


def _value(change: Create | Update, name: str) -> object:
    return change.after.fields.get(name)


TABLE = (
    Notification("event", "event-created", _is_new),
    Notification("event", "event-moved", _is_moved),
    Notification("enrollment", "invited", _is_invited, ITSELF, "now"),
    Notification("course", "invited", _is_published_later, INVITED, "now", _EVERY),
    Notification("publication", "invited", _is_written, INVITED, "now", _EVERY),
    Notification("announcement", "announcement", _is_new, mailed="now"),
    Notification("topic", "topic-published", _is_published),
    Notification("page", "page-updated", _is_published_later),
    Notification("module", "page-updated", _publishes_drafts),
)
"""Every notification that was seen. A new kind of thing in a course is one more row here, or a name in `SILENT`."""
_BY_KIND = {kind: tuple(row for row in TABLE if row.kind == kind) for kind in {row.kind for row in TABLE}}

SILENT: Mapping[str, str] = {
    "account": "not seen to notify anybody",
    "term": "not seen to notify anybody",
    "role": "not seen to notify anybody",
    "user": "made with send_confirmation=false, so that nobody is asked to register",
    "channel": "made with skip_confirmation, so that nobody is asked to confirm",
    "section": "not seen to notify anybody",
    "item": "takes the state, published or not, of what it leads to",
    "tab": "hiding it notifies nobody",
    "home": "choosing it notifies nobody",
    "syllabus": "not seen to notify anybody",
}
"""Kinds of which Canvas notifies nobody as we write them, and why. Enrollments are made active, with notify=false."""


def notifications(change: Change, observed: State) -> list[Notification]:
    """The rows of the table that apply to this change, in its course as it is now."""
    rows = _BY_KIND.get(change.key.kind, ())
    course = observed.get(change.subject.course) if rows and change.subject.course else None
    state = course.fields.get("state") if course else None
    return [row for row in rows if state in row.courses and row.happens(change, observed)]


def forecast(changes: Sequence[Change], observed: State, *, author: str, done: Iterable[Change] = ()) -> Forecast:
    """Whom Canvas would notify of these changes, in this order, after those that are done already.

    Whoever joins before something is written hears of it; whoever leaves after it does, too. `author` is the number of the token's user,
    who is never notified of own writes.
    """
    every = [(change, notifications(change, observed)) for change in changes]
    if not any(rows for _, rows in every):
        return NOBODY
    told: dict[tuple[Key, str, Mailed], set[Key]] = defaultdict(set)
    members = _Members(observed)
    for change in done:
        members.follow(change)
    for change, rows in every:
        for row in rows:
            told[change.subject.course or change.key, row.reason, row.mailed].update(_people(change, row, members))
        members.follow(change)
    nobody = _author(observed, author)
    heard = [(place, sorted(people - nobody)) for place, people in sorted(told.items()) if people - nobody]
    audiences = [Audience(*place, len(people), tuple(people)) for place, people in heard]
    return Forecast(_distinct(audiences), _distinct(each for each in audiences if each.mailed == "now"), tuple(audiences))


def _distinct(audiences: Iterable[Audience]) -> int:
    return len({person for each in audiences for person in each.people})


class _Members:
    """The enrollments of each course, as a plan changes them."""

    def __init__(self, observed: State) -> None:
        self._observed = observed
        self._courses = {record.handle: record.key for record in observed.containers()}
        self._states: dict[Key | None, dict[Key, Value]] = defaultdict(dict)
        for row in observed.placements():
            self._put(row, row.fields.get("state"))

    def follow(self, change: Change) -> None:
        """Somebody joins, or a place ends; nothing else matters."""
        if change.key.rule.is_placement:
            self._put(change.subject, "ended" if isinstance(change, Remove) else change.after.fields.get("state"))

    def of(self, course: Key | None, states: Collection[str]) -> Iterator[Key]:
        """The people of a course whose enrollment is in one of these states."""
        return (EnrollmentKey.of(key).user for key, state in self._states[course].items() if state in states)

    def _put(self, row: Record, state: Value) -> None:
        """People in a cross-listed section belong to the course into which somebody has moved it."""
        section = self._observed.get(row.section) if row.section else None
        elsewhere = section.fields.get("stands_in") if section else None
        self._states[self._courses.get(int(elsewhere)) if elsewhere else row.course][row.key] = state


def _people(change: Change, row: Notification, members: _Members) -> Iterator[Key]:
    if row.to == ITSELF:
        return iter((EnrollmentKey.of(change.key).user,))
    return members.of(change.subject.course, row.to)


def _author(observed: State, number: str) -> frozenset[Key]:
    """The token's user, under our SIS id or under Canvas's number."""
    ours = {record.key for record in observed.people() if str(record.handle) == number}
    return frozenset({*ours, Key(Kind.USER, f"canvas:{number}")})
