"""What a plan means to people: counts, and a line for each change, for what it leaves alone, and for each reason to hold it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ilc_canvas.reconcile.change import Adopt, Change, Create, Remove, Update, without_steps
from ilc_canvas.reconcile.guard import Reason
from ilc_canvas.reconcile.kinds import LAST, RULES, Count, Kind, is_inside, kinds, plural
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, course_of, person_of
from ilc_canvas.reconcile.words import count
from ilc_canvas.views.names import WITHOUT_ID, Names
from ilc_canvas.views.sentences import about, heading, place_of

_ROLES = {"TeacherEnrollment": "teacher", "StudentEnrollment": "participant", "TaEnrollment": "assistant"}

_FIELDS = {
    "state": "ended or deleted",
    "sortable_name": "sorted otherwise",
    "address": "another e-mail",
    "code": "course code",
    "restricted": "dates",
    "stands_in": "cross-listed into another course",
    "known_as": "another SIS id or label",
}


def counts(changes: Sequence[Change]) -> str:
    """How many of each sort, in one sentence."""
    return ", ".join(_parts(changes)) + "."


_LEAVE_ONE = ("leaves one", "leave one")
"""After those who join one."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the changes, and the words for one and for many."""

    turn: int
    is_meant: Callable[[Change], bool]
    one: str
    many: str


def _parts(changes: Sequence[Change]) -> Iterator[str]:
    """Only what there is."""
    left = without_steps(changes)
    joined = any(isinstance(change, Create) and change.key.rule.is_placement for change in left)
    for part in sorted(_kinds_of_changes(), key=lambda part: part.turn):
        meant = [change for change in left if part.is_meant(change)]
        left = [change for change in left if not part.is_meant(change)]
        if meant:
            leaving = joined and isinstance(meant[0], Remove) and meant[0].key.rule.is_placement
            yield count(len(meant), *(_LEAVE_ONE if leaving else (part.one, part.many)))
    if left:
        yield f"{count(len(left), 'other change')} (account, term, roles)"


def _kinds_of_changes() -> Iterator[_Part]:
    """What is counted in words of its own: by the rules of the kinds, and what is taken as it is."""
    yield _Part(50, is_match, "person has an account here", "people have an account here")
    yield _Part(LAST, lambda change: change.verb == "adopt", "object taken over", "objects taken over")
    for rule in RULES.values():
        yield from (_Part(each.turn, partial(_is_counted, rule.kind, each), each.one, each.many) for each in rule.counts)


def _is_counted(kind: Kind, count: Count, change: Change) -> bool:
    same = (change.key.kind, change.verb) == (kind, count.verb)
    return same and (not count.field or (isinstance(change, Update) and count.field in change.fields))


def is_match(change: Change) -> bool:
    """Whether an account that others made is taken, as it is, for a person of ours."""
    return isinstance(change, Adopt) and change.how == "matched"


def courses(changes: Sequence[Change]) -> str:
    """How many courses change, in one sentence."""
    touched = {change.subject.course for change in changes if change.subject.course}
    return f"{count(len(touched), 'course changes', 'courses change')}; all others stay as they are." if touched else "No course changes."


def with_more_rights(reasons: Sequence[Reason]) -> frozenset[Key]:
    """Enrollments that give their person more rights."""
    return frozenset(key for reason in reasons if reason.code == "raised-role" for key in reason.keys)


def filled(changes: Sequence[Change]) -> str:
    """6 sections, 3 teachers, 32 participants: a new course in one line."""
    roles = Counter(_role(change) for change in changes if change.key.rule.is_placement)
    things = Counter(change.key.kind for change in changes)
    inside = [kind for kind in kinds(is_inside) if things[kind] or kind.rule.section]
    return ", ".join(
        [
            *(count(things[kind], kind.rule.noun, plural(kind)) for kind in inside),
            *(count(number, role) for role, number in sorted(roles.items())),
        ]
    )


def told_change(change: Change, names: Names) -> str:
    """One change in a line, with a mark for its sort."""
    subject = change.subject
    mark = {"create": "+", "remove": "-", "update": "~", "adopt": "="}[change.verb]
    if subject.rule.is_placement:
        return f"{mark} {names[_user(subject)]:<28} {_enrolled(change, names)}"
    what = subject.rule.noun
    if is_match(change):
        return f'{mark} person "{names[subject.key]}" has an account here, number {subject.handle}: taken as it is'
    if subject.rule.is_stepwise:
        before = f'"{change.before.fields.get("address")}" is' if change.before else "is"
        return f'~ person "{names[person_of(subject.key)]}": e-mail {before} now "{subject.fields.get("address")}"'
    if subject.rule.is_person and isinstance(change, Remove):
        return f'{mark} person "{names[subject.key]}": Canvas account {subject.handle} is let go, as it is'
    if isinstance(change, Update):
        return f"{mark} {what} {_updated(change, names)}"
    verb = {"create": "new", "remove": "concluded" if subject.rule.is_container else "removed", "adopt": "taken over"}[change.verb]
    return f'{mark} {what} "{names[subject.key]}" {verb}'


def with_it(change: Remove, names: Names) -> Iterator[str]:
    """Who loses a place when a course is concluded; those first who are not in the roster."""
    for rows, added in ((change.others, ", added by hand"), (change.ends, "")):
        yield from (f"- {names[_user(row)]}{added}" for row in rows)


def _user(record: Record) -> Key:
    return record.user or record.key


def _enrolled(change: Change, names: Names) -> str:
    verb = {"remove": "no longer", "adopt": "is already"}.get(change.verb, "becomes")
    return f'{verb} {_role(change)} in "{names[EnrollmentKey.of(change.key).section]}"'


def _role(change: Change) -> str:
    """facilitator of a COP, teacher elsewhere, participant, or the label of a custom role."""
    place = EnrollmentKey.of(change.key)
    if place.role == "TeacherEnrollment" and place.section.id.endswith(":FAC"):
        return "facilitator"
    return _ROLES.get(place.role, place.role)


def _updated(change: Update, names: Names) -> str:
    """ "Old name" is now "new name"; or the name, and what else has changed."""
    before, after = change.before.fields, change.fields
    renamed = f'"{before.get("name")}" is now "{after["name"]}"' if "name" in after else f'"{names[change.key]}"'
    others = [name for name in after if name not in ("name", "sortable_name", "login")]
    told = [f'{name} "{before.get(name)}" is now "{after[name]}"' for name in others]
    if not told and "name" not in after:
        told = ["sorted anew" if "sortable_name" in after else f'login "{before.get("login")}" is now "{after["login"]}"']
    return ": ".join([renamed, *(["; ".join(told)] if told else [])])


def told_place(enrollment: Key, names: Names) -> str:
    """The course of an enrollment."""
    return WITHOUT_ID if enrollment.id.startswith("canvas:") else heading(course_of(enrollment) or enrollment, names)


def told_drift(key: Key, field: str, names: Names) -> str:
    """What people changed by hand, and of what."""
    where = place_of(key, names) if key.rule.is_placement else f"{key.rule.noun} {names[about(key)]}"
    return f"{where}: {_FIELDS.get(field, field)}"


def told_reason(reason: Reason, names: Names) -> str:
    """Why a plan is held, and for whom."""
    people = list(dict.fromkeys(names[about(key)] for key in reason.keys if key.rule.is_placement or key.rule.is_person))
    shown = f" ({', '.join(people[:5])}{', ...' if len(people) > 5 else ''})" if people else ""
    text = reason.text.replace(reason.course.id, heading(reason.course, names)) if reason.course else reason.text
    return f"{text}{shown}"
