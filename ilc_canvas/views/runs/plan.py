"""A plan in plain words: counts, and a line for each change, each thing left alone, and each reason to hold it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ilc_canvas import clock
from ilc_canvas.reconcile.change import Adopt, Change, Remove, Update, without_steps
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.kinds import LAST, RULES, Count, Kind, Value, is_inside, kinds, plural
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, course_of, person_of, section_of
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import WITHOUT_ID, Names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.sentences import about, called, heading, hours, place_of

_FIELDS = {
    "state": "ended or deleted",
    "sortable_name": "sorted differently",
    "address": "another e-mail",
    "code": "course code",
    "when": "another time",
    "place": "another place",
    "text": "another text",
    "part": "another text in the box that is kept up to date",
    "published": "published or not",
    "pinned": "pinned or not",
    "threaded": "another kind of discussion",
    "module": "in another module",
    "hidden": "shown in the menu",
    "front": "another front page",
    "view": "another home",
    "restricted": "dates",
    "stands_in": "cross-listed into another course",
    "known_as": "another SIS id or label",
}


def counts(changes: Sequence[Change]) -> str:
    """How many changes of each kind, in one sentence."""
    return ", ".join(_parts(changes)) + "."


@dataclass(frozen=True, slots=True)
class _Part:
    """A group of changes, with its singular and plural wording."""

    turn: int
    is_meant: Callable[[Change], bool]
    one: str
    many: str


def _parts(changes: Sequence[Change]) -> Iterator[str]:
    """One phrase for each group that is not empty."""
    alike: dict[object, list[Change]] = defaultdict(list)  # a part means all of them or none
    for change in without_steps(changes):
        alike[change.key.kind, change.verb, is_match(change), tuple(change.fields) if isinstance(change, Update) else ()].append(change)
    rest = list(alike.values())
    for part in sorted(_kinds_of_changes(), key=lambda part: part.turn):
        matches = [group for group in rest if part.is_meant(group[0])]
        rest = [group for group in rest if not part.is_meant(group[0])]
        if matches:
            yield count(sum(map(len, matches)), part.one, part.many)
    if rest:
        yield f"{count(sum(map(len, rest)), 'other change')} (account, term, roles)"


def _kinds_of_changes() -> Iterator[_Part]:
    """The groups that have their own wording: those of the kinds' rules, matched accounts, and adopted objects."""
    yield _Part(50, is_match, "person has an account here", "people have an account here")
    yield _Part(LAST, lambda change: change.verb == "adopt", "object taken over", "objects taken over")
    for rule in RULES.values():
        yield from (_Part(each.turn, partial(_is_counted, rule.kind, each), each.one, each.many) for each in rule.counts)


def _is_counted(kind: Kind, count: Count, change: Change) -> bool:
    same = (change.key.kind, change.verb) == (kind, count.verb)
    return same and (not count.field or (isinstance(change, Update) and count.field in change.fields))


def is_match(change: Change) -> bool:
    """Whether an account that others made is used, unchanged, for a person in the roster."""
    return isinstance(change, Adopt) and change.how == "matched"


def courses(changes: Sequence[Change]) -> str:
    """How many courses change, in one sentence."""
    touched = {change.subject.course for change in changes if change.subject.course}
    return f"{count(len(touched), 'course changes', 'courses change')}; all others stay as they are." if touched else "No course changes."


def with_more_rights(reasons: Sequence[Reason]) -> frozenset[Key]:
    """Enrollments that give a person more rights than before."""
    return frozenset(key for reason in reasons if reason.code == "raised-role" for key in reason.keys)


def filled(changes: Sequence[Change]) -> str:
    """6 sections, 3 teachers, 32 participants: a new course in one line."""
    roles = Counter(role_of(change.key) for change in changes if change.key.rule.is_placement)
    things = Counter(change.key.kind for change in changes)
    inside = [kind for kind in kinds(is_inside) if (things[kind] or kind.rule.section) and not kind.rule.is_detail]
    return ", ".join(
        [
            *(count(things[kind], kind.rule.noun, plural(kind)) for kind in inside),
            *(count(number, role) for role, number in sorted(roles.items())),
        ]
    )


def change_text(change: Change, names: Names) -> str:
    """One change in one line, with a mark for its kind."""
    subject = change.subject
    mark = {"create": "+", "remove": "-", "update": "~", "adopt": "="}[change.verb]
    if subject.rule.is_placement:
        name, text = placement_words(change, names)
        return f"{mark} {name:<28} {text}"
    what = subject.rule.noun
    if is_match(change):
        return f'{mark} person "{names[subject.key]}" has an account here, number {subject.handle}: taken as it is'
    if subject.rule.is_stepwise:
        before = f'"{change.before.fields.get("address")}" is' if change.before else "is"
        return f'~ person "{names[person_of(subject.key)]}": e-mail {before} now "{subject.fields.get("address")}"'
    if subject.rule.is_person and isinstance(change, Remove):
        return f'{mark} person "{names[subject.key]}": Canvas account {subject.handle} is let go, as it is'
    if subject.rule.is_opening:
        opened = subject.fields.get("open")
        return f"{mark} opened: its people see it from then on" if opened else f"{mark} closed: its people do not see it any more"
    if isinstance(change, Update):
        return f"{mark} {what} {_updated(change, names)}"
    verb = {"create": "new", "remove": _ENDS.get(subject.rule.ended_as, "removed"), "adopt": "taken over"}[change.verb]
    when = f", {hours(subject.fields['when'])}" if subject.fields.get("when") else ""
    return f'{mark} {what} "{names[subject.key]}"{when} {verb}'


def placement_words(change: Change, names: Names) -> tuple[str, str]:
    """Whose enrollment changes, and how: becomes participant in "Region II"."""
    return names[_user(change.subject)], _enrolled(change, names)


_ENDS = {"completed": "concluded", "cancelled": "is marked as cancelled"}


def with_it(change: Remove, names: Names) -> Iterator[str]:
    """Who loses a place when a course is concluded, people who are not in the roster first."""
    for rows, added in ((change.others, ", added by hand"), (change.ends, "")):
        yield from (f"- {names[_user(row)]}{added}" for row in rows)


def _user(record: Record) -> Key:
    return record.user or record.key


def _enrolled(change: Change, names: Names) -> str:
    verb = {"remove": "no longer", "adopt": "is already"}.get(change.verb, "becomes")
    return f'{verb} {role_of(change.key)} in "{names[EnrollmentKey.of(change.key).section]}"'


def _updated(change: Update, names: Names) -> str:
    """ "Old name" is now "new name"; or the name, and what else has changed."""
    before, after = change.before.fields, change.fields
    renamed = f'"{before.get("name")}" is now "{after["name"]}"' if "name" in after else f'"{names[change.key]}"'
    others = [name for name in after if name not in ("name", "sortable_name", "login")]
    details = [_changed(name, before.get(name), after[name], texts=change.key.rule.rewritten or {}) for name in others]
    if not details and "name" not in after:
        details = ["sorted differently" if "sortable_name" in after else f'login "{before.get("login")}" is now "{after["login"]}"']
    return ": ".join([renamed, *(["; ".join(details)] if details else [])])


def _changed(name: str, before: Value, after: Value, *, texts: Collection[str]) -> str:
    """One field that changes; of a text only that it does: it may be long, and hold a passcode."""
    if name in texts:
        return _FIELDS.get(name, name)
    if name == "when":
        return f"{hours(before)} is now {hours(after)}"
    return f'{name} "{before}" is now "{after}"'


def places_text(by_hand: Mapping[Key, Key | None], names: Names) -> Iterator[tuple[str, int]]:
    """In which courses these enrollments are, and how many in each."""
    places = Counter(heading(course, names) if course else WITHOUT_ID for course in by_hand.values())
    yield from sorted(places.items())


def drift_text(key: Key, field: str, names: Names) -> str:
    """What people changed by hand, and where."""
    where = (
        place_of(key, names)
        if key.rule.is_placement
        else f"{key.rule.noun} {called(key, names) if key.rule.is_content else names[about(key)]}"
    )
    return f"{where}: {_FIELDS.get(field, field)}"


def drift_line(detail: RunDetail, each: tuple[Key, str], names: Names) -> str:
    """`drift_text`, with the day of the edit where Canvas tells it, and whether somebody must choose."""
    when = f", edited on {clock.day(detail.edited[each])}" if each in detail.edited else ""
    also = ", and so did the program: somebody must choose" if each in detail.conflicts else ""
    return f"{drift_text(*each, names)}{when}{also}"


def reason_text(reason: Reason, names: Names) -> str:
    """Why a plan is held, and whom it concerns."""
    people = list(dict.fromkeys(names[about(key)] for key in reason.keys if key.rule.is_placement or key.rule.is_person))
    listed = f" ({', '.join(people[:5])}{', ...' if len(people) > 5 else ''})" if people else ""
    return f"{_without_ids(reason, names)}{listed}"


def _without_ids(reason: Reason, names: Names) -> str:
    """Its text, with names in place of the SIS ids of courses and sections."""
    text = reason.text
    for key in sorted({key for key in (*reason.keys, reason.course) if key and section_of(key) == key}, key=lambda key: -len(key.id)):
        text = text.replace(key.id, f'"{names[key]}" of {heading(course_of(key) or key, names)}')
    return text.replace(reason.course.id, heading(reason.course, names)) if reason.course else text
