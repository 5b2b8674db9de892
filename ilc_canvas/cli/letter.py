"""A plan as a letter to a colleague: counts, then course by course, then what is left alone, held, and to be done."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ilc_canvas import clock
from ilc_canvas.cli.blocking import told_why
from ilc_canvas.cli.marks import Marks
from ilc_canvas.cli.names import WITHOUT_ID, Names
from ilc_canvas.cli.output import count, cut
from ilc_canvas.cli.repairing import how_to_repair, repairing
from ilc_canvas.reconcile.change import Adopt, Change, Create, Remove, Update, without_steps
from ilc_canvas.reconcile.declined import DECIDED, Declined
from ilc_canvas.reconcile.guard import Reason
from ilc_canvas.reconcile.kinds import LAST, RULES, Count, Kind, is_inside, kinds, plural
from ilc_canvas.reconcile.said import QUESTIONS, SAID
from ilc_canvas.reconcile.sentence import goes, parting, sentence
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, course_of, person_of
from ilc_canvas.store.runs.details import RunDetail

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


def letter(detail: RunDetail, names: Names, *, roster: str, all_rows: bool, marks: Mapping[str, str] | None = None) -> list[str]:
    """The plan of a run, in the order in which a colleague would want to know it; `roster` says which one, and who signed it.

    `marks` are words behind single changes, by fingerprint.
    """
    changes = [step.change for step in detail.steps]
    at = f", looked at on {clock.at(detail.info.planned_at)}" if detail.info.planned_at else ""
    lines = [f"{roster} against Canvas ({detail.info.base_url}){at}", ""]
    if not changes:
        lines += [f"  {sentence(detail.report)}"] if detail.report else []
    else:
        parts = [f"  {parting(detail.report)[:1].upper()}{parting(detail.report)[1:]}."] if detail.report and goes(detail.report) else []
        lines += [f"  {_counts(changes)}", f"  {_courses(changes)}", *parts, ""]
        lines += _by_course(changes, names, Marks(_raised(detail.reasons), marks or {}), all_rows=all_rows)
    return [*lines, *left_alone(detail, names, all_rows=all_rows), *held_lines(detail, names)]


def _counts(changes: Sequence[Change]) -> str:
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
    joined = any(isinstance(change, Create) and change.key.rule.is_place for change in left)
    for part in sorted(_kinds_of_changes(), key=lambda part: part.turn):
        meant = [change for change in left if part.is_meant(change)]
        left = [change for change in left if not part.is_meant(change)]
        if meant:
            leaving = joined and isinstance(meant[0], Remove) and meant[0].key.rule.is_place
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


def _courses(changes: Sequence[Change]) -> str:
    touched = {change.subject.course for change in changes if change.subject.course}
    return f"{count(len(touched), 'course changes', 'courses change')}; all others stay as they are." if touched else "No course changes."


def _raised(reasons: Sequence[Reason]) -> frozenset[Key]:
    """Enrollments that give their person more rights."""
    return frozenset(key for reason in reasons if reason.code == "raised-role" for key in reason.keys)


def _by_course(changes: Sequence[Change], names: Names, marks: Marks, *, all_rows: bool) -> list[str]:
    groups: dict[Key | None, list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.subject.course].append(change)
    lines = []
    for course in sorted(groups, key=lambda key: (key is not None, key.id if key else "")):
        lines.append(_heading(course, names) if course else "People, term and roles")
        if course and not all_rows and any(isinstance(change, Create) and change.key.rule.is_container for change in groups[course]):
            lines.append(f"  + new course, {_filled(groups[course])}{marks.of_all(groups[course])}")
        else:
            shown = without_steps(groups[course])
            lines += cut((f"  {_line(change, names)}{marks.of(change)}" for change in shown), all_rows=all_rows)
            along = (line for change in shown if isinstance(change, Remove) for line in _with_it(change, names))
            lines += cut((f"    {line}" for line in along), all_rows=all_rows)
    return lines


def _heading(course: Key, names: Names) -> str:
    """COP EQ · Equity & Justice in Every Classroom (2021-22)"""
    kind, _, code = course.id.rpartition(":")
    word = f"COP {code} · " if kind.endswith(":cop") else ""
    return f"{word}{names[course]}"


def _filled(changes: Sequence[Change]) -> str:
    """6 sections, 3 teachers, 32 participants: a new course in one line."""
    roles = Counter(_role(change) for change in changes if change.key.rule.is_place)
    things = Counter(change.key.kind for change in changes)
    inside = [kind for kind in kinds(is_inside) if things[kind] or kind.rule.section]
    return ", ".join(
        [
            *(count(things[kind], kind.rule.noun, plural(kind)) for kind in inside),
            *(count(number, role) for role, number in sorted(roles.items())),
        ]
    )


def _line(change: Change, names: Names) -> str:
    subject = change.subject
    mark = {"create": "+", "remove": "-", "update": "~", "adopt": "="}[change.verb]
    if subject.rule.is_place:
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


def _with_it(change: Remove, names: Names) -> Iterator[str]:
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


def left_alone(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """What a plan does not touch, and why: added and changed by hand, made by others, deferred."""
    lines = []
    if detail.by_hand:
        places = Counter(_where(key, names) for key in detail.by_hand)
        where = "; ".join(f"{number} in {place}" for place, number in sorted(places.items()))
        lines += ["", f"Not touched: {count(len(detail.by_hand), 'enrollment')} added by hand in Canvas ({where})."]
    if detail.not_ours:
        lines += ["", f"Not touched: {count(len(detail.not_ours), 'difference')} of accounts that others made:"]
        lines += cut((f"  {_drifted(key, field, names)}" for key, field in detail.not_ours), all_rows=all_rows)
    if detail.drift:
        lines += ["", f"Not touched: {count(len(detail.drift), 'thing')} that people changed by hand in Canvas:"]
        lines += cut((f"  {_drifted(key, field, names)}" for key, field in detail.drift), all_rows=all_rows)
        lines += how_to_repair([key for key, _ in detail.drift])
    return [*lines, *_set_aside(detail, names, all_rows=all_rows)]


def _set_aside(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """People first, each once: those whom somebody must decide about, and those who cannot have an account; then single changes."""
    asked = {person_of(key): why for _, key, why in detail.aside if why.startswith("asked-") and why != "asked-changed"}
    impossible = {person_of(key): why for _, key, why in detail.aside if why.startswith("account-") and key not in asked}
    rest = [(key, why) for _, key, why in detail.aside if person_of(key) not in {**asked, **impossible} and why != "asked-changed"]
    others = [(key, why) for key, why in rest if why not in DECIDED]
    lines = _decided([(key, why) for key, why in rest if why in DECIDED], detail, names, all_rows=all_rows)
    if asked:
        lines += ["", f"Somebody must decide about {count(len(asked), 'person', 'people')}: ilc-canvas people review"]
        lines += cut((f"  {names[key]}: {why_asked(why)}" for key, why in sorted(asked.items())), all_rows=all_rows)
    if impossible:
        lines += ["", f"Cannot be given an account: {count(len(impossible), 'person', 'people')}."]
        lines += cut((f"  {told_aside(key, why, names)}" for key, why in sorted(impossible.items())), all_rows=all_rows)
    if others:
        lines += ["", f"Set aside: {count(len(others), 'change')}."]
        lines += (f"  {line}" for line in told_asides(others, names, all_rows=all_rows))
    return lines


def _decided(left: Sequence[tuple[Key, str]], detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """What stays undone because somebody decided so: by decision, who and why."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in left:
        each = detail.decision(key, why)
        groups[decision(each) if each else SAID[why].rstrip(".")].append(key)
    lines = ["", f"Left undone, as was decided: {count(len(left), 'change')}. See: ilc-canvas declined"] if left else []
    for who, keys in groups.items():
        lines += [f"  {count(len(keys), 'change')} {who}:", *cut((f"    {place_of(key, names)}" for key in keys), all_rows=all_rows)]
    return lines


def why_asked(why: str) -> str:
    """What is unclear about a person, without what to do about it."""
    return QUESTIONS.get(why.removeprefix("asked-"), why)


def _where(enrollment: Key, names: Names) -> str:
    return WITHOUT_ID if enrollment.id.startswith("canvas:") else _heading(course_of(enrollment) or enrollment, names)


def _drifted(key: Key, field: str, names: Names) -> str:
    where = place_of(key, names) if key.rule.is_place else f"{key.rule.noun} {names[about(key)]}"
    return f"{where}: {_FIELDS.get(field, field)}"


def told_aside(key: Key, why: str, names: Names) -> str:
    """A person, or a thing, and why nothing is done about it now."""
    return f"{place_of(key, names)}: {told_why(why, names)}"


def place_of(key: Key, names: Names) -> str:
    """A person, in a section of a course or as such; anything else by its name."""
    if not key.rule.is_place:
        return names[about(key)]
    place, course = EnrollmentKey.of(key), course_of(key) or key
    return f'{names[place.user]} in "{names[place.section]}" of {_heading(course, names)}'


def told_asides(rows: Sequence[tuple[Key, str]], names: Names, *, all_rows: bool) -> Iterator[str]:
    """Each reason once, with the people and things that it is about."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in rows:
        groups[why].append(key)
    alone = {why for why, keys in groups.items() if len(keys) == 1}
    yield from cut((told_aside(groups[why][0], why, names) for why in groups if why in alone), all_rows=all_rows)
    for why in (each for each in groups if each not in alone):
        told = told_why(why, names)
        yield f"{told[:1].upper()}{told[1:]}"
        yield from cut((f"  {place_of(key, names)}" for key in groups[why]), all_rows=all_rows)


def decision(each: Declined) -> str:
    """declined by ana, 16 Aug 2021 ("not before September")"""
    by = f" by {each.actor}" if each.actor else ""
    why = f' ("{each.reason}")' if each.reason else ""
    return f"{each.why.replace('-', ' ')}{by}, {clock.day(each.at)}{why}"


def tried(change: Change, names: Names) -> str:
    """Michael Wójcik into "Region II" of Equity & Justice ..., or a name and its kind."""
    subject = change.subject
    if not subject.rule.is_place or subject.course is None:
        return f"{subject.rule.noun} {names[about(subject.key)]}"
    way = "out of" if isinstance(change, Remove) else "into"
    return f'{names[about(subject.key)]} {way} "{names[EnrollmentKey.of(subject.key).section]}" of {names[subject.course]}'


def about(key: Key) -> Key:
    """The person of an enrollment; anything else is itself."""
    return person_of(key)


def held_lines(detail: RunDetail, names: Names) -> list[str]:
    """Why a plan, or a part of it, waits for a person, and the command that permits it."""
    undo = detail.info.undo
    lines = []
    if detail.reasons:
        lines = [
            "",
            f"Held for a person: {count(len(detail.reasons), 'reason')}.",
            *(f"  {_reason(reason, names)}" for reason in detail.reasons),
        ]
    elif undo is None or not detail.steps:
        return _next(detail)
    command = "sync" if undo is None else f"undo {undo}"
    command += f" --approve {detail.info.digest}{_only(detail)}{repairing(detail)}"
    return [*lines, "To let exactly this happen:", f'  ilc-canvas {command} --reason "..."']


def _next(detail: RunDetail) -> list[str]:
    """How a plan that waits for nobody is carried out."""
    if detail.report is None or detail.report.status != "planned" or not detail.steps:
        return []
    why = ' --reason "..."' if repairing(detail) else ""
    return ["", f"To do it: ilc-canvas sync{_only(detail)}{repairing(detail)}{why}"]


def _only(detail: RunDetail) -> str:
    return "".join(f" --only {word}" for word in detail.info.only)


def _reason(reason: Reason, names: Names) -> str:
    people = list(dict.fromkeys(names[about(key)] for key in reason.keys if key.rule.is_place or key.rule.is_person))
    shown = f" ({', '.join(people[:5])}{', ...' if len(people) > 5 else ''})" if people else ""
    text = reason.text.replace(reason.course.id, _heading(reason.course, names)) if reason.course else reason.text
    return f"{text}{shown}"
