"""The guard: every reason why a person must review a plan before it goes ahead."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Remove, Update, fingerprint, without_steps
from ilc_canvas.reconcile.compare.lost_objects import taken_back
from ilc_canvas.reconcile.compare.publication import INVITED
from ilc_canvas.reconcile.guards.content_guard import about_content
from ilc_canvas.reconcile.guards.forecast import notifications
from ilc_canvas.reconcile.guards.verdict import HELD_BEFORE, OPENING, History, Limits, Reason, Share, Verdict
from ilc_canvas.reconcile.kinds import plural
from ilc_canvas.reconcile.plan import active_by_course, active_by_section
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.words.wording import count, form

__all__ = ["HELD_BEFORE", "History", "Limits", "Reason", "Share", "Verdict", "check", "with_held_before"]


_RANK = {"TeacherEnrollment": 3, "DesignerEnrollment": 3, "TaEnrollment": 2}  # roles that can change a course; all others: 0


def check(plan: Plan, observed: State, ledger: Ledger, *, history: History, limits: Limits) -> Verdict:
    """Every reason, never only the first. An empty plan gives no reason of its own, but the observed state may still have shrunk."""
    active = active_by_course(observed, ledger)
    reasons = [*_drop(sum(active.values()), ledger, history, limits=limits)]
    if plan.changes:
        reasons += [*_run_level(plan, ledger, sum(active.values()), history=history, limits=limits), *_sensitive(plan, observed)]
        reasons += [*_course_level(plan, observed, ledger, limits=limits), *_announced(plan, observed, ledger, limits=limits)]
        reasons += about_content(plan, observed, ledger, limits=limits)
    return Verdict(tuple(reasons))


def with_held_before(verdict: Verdict, plan: Plan, before: Collection[str], *, limits: Limits) -> Verdict:
    """The verdict with every change that an earlier plan held (`before`, by fingerprint) still held, even if no limit holds it any more:
    people were told that these wait for them.
    """
    if verdict.held and not (limits.adds_go_on and verdict.about_removals):
        return verdict
    still_held = [change for change in plan.changes if change.subject.course not in verdict.courses and fingerprint(change) in before]
    if verdict.held:
        still_held = [change for change in still_held if not isinstance(change, Remove)]
    if not still_held:
        return verdict
    size = len(without_steps(still_held))
    what = count(size, "change was held before, and still waits", "changes were held before, and still wait")
    reason = Reason(HELD_BEFORE, f"{what} for approval.", size, 0, tuple(change.key for change in still_held))
    return Verdict((*verdict.reasons, reason))


def _above_limit(code: str, number: int, limit: int, *, what: str) -> Iterator[Reason]:
    if number > limit:
        yield Reason(code, f"{what}; the limit without approval is {limit:,}.", number, limit)


def _run_level(plan: Plan, ledger: Ledger, active: int, *, history: History, limits: Limits) -> Iterator[Reason]:
    changes = without_steps(plan.changes)
    removals, size, counted = removed(plan.changes), len(changes), sum(change.key.rule.holds_back for change in changes)
    if history.restored:
        text = f"The store was restored from a backup, and this is the first plan since: {count(size, 'change')}."
        yield Reason("restored", text, size, 0)
    elif history.first:
        them = form(size, "it", "them")
        yield Reason("first-run", f"This is the first run here: {count(size, 'change')}, and nobody has seen {them} yet.", size, 0)
    limit, what = limits.removals_per_run.of(active), count(removals, "enrollment")
    yield from _above_limit("removals", removals, limit, what=f"{what} would end")
    if removals:
        day, limit = removals + history.removals_last_day, limits.removals_per_day.of(active)
        what = count(day, "enrollment")
        yield from _above_limit("removals-per-day", day, limit, what=f"{what} would have ended within 24 hours")
    limit = limits.changes_per_run.of(sum(key.rule.counts_in_limits for key in ledger))
    besides = f", besides {size - counted:,} that nobody waits for" if counted < size else ""
    yield from _above_limit("changes", counted, limit, what=f"{count(counted, 'change')} in one run{besides}")
    new = Counter(change.key.kind for change in plan.changes if isinstance(change, Create))
    for kind, limit in limits.new.items():
        what = count(new[kind], f"new {kind.rule.noun}", f"new {plural(kind)}")
        yield from _above_limit(f"new-{plural(kind)}", new[kind], limit, what=what)


def removed(changes: tuple[Change, ...]) -> int:
    """How many active enrollments these changes end."""
    return sum(change.covers for change in changes if isinstance(change, Remove))


def _sensitive(plan: Plan, observed: State) -> Iterator[Reason]:
    """Reasons that always need a person."""
    raised = _raised(plan, observed)
    if raised:
        people = len({record.user for record in raised})
        what = count(people, "person gets", "people get")
        yield Reason("raised-role", f"{what} more rights than before.", people, 0, tuple(record.key for record in raised))
    reopened = tuple(c.key for c in plan.changes if isinstance(c, Update) and c.key.rule.is_container and "state" in c.fields)
    if reopened:
        yield Reason("reopened", f"{count(len(reopened), 'concluded course')} would be opened again.", len(reopened), 0, reopened)
    adopted = tuple(c.key for c in plan.changes if isinstance(c, Adopt) and c.how == "adopted" and not c.key.rule.is_content)
    if adopted:
        what = count(len(adopted), "object in Canvas has our SIS id but is", "objects in Canvas have our SIS ids but are")
        yield Reason("adopted", f"{what} not in our ledger.", len(adopted), 0, adopted)
    yield from _opened(plan, observed)
    yield from _lost(plan)
    yield from _people(plan)


def _opened(plan: Plan, observed: State) -> Iterator[Reason]:
    """Courses that would be opened to their people, but for those that somebody has approved for this day."""
    opening = tuple(change for change in plan.changes if change.key.rule.is_opening and _is_asked(change.subject, plan))
    if opening:
        courses = {change.subject.course for change in opening}
        rows = [row for row in observed.placements() if row.course in courses and row.is_live]
        people, invited = len({row.user for row in rows}), len({row.user for row in rows if row.fields.get("state") in INVITED})
        mailed = f"Canvas mails {count(invited, 'person who is', 'people who are')} only invited." if invited else "Canvas mails nobody."
        text = f"{count(len(opening), 'course')} would be opened to {count(people, 'person', 'people')}. {mailed}"
        yield Reason(OPENING, text, len(opening), 0, tuple(change.key for change in opening))


def _is_asked(opening: Record, plan: Plan) -> bool:
    return bool(opening.fields.get("open")) and opening.key not in plan.approved


def _announced(plan: Plan, observed: State, ledger: Ledger, *, limits: Limits) -> Iterator[Reason]:
    """Meetings: many that are moved at once, and those in open courses, of which Canvas may tell people. Nothing else waits for them."""
    moving = tuple(change.key for change in plan.changes if _moves(change))
    limit = limits.moved_per_run.of(sum(bool(key.rule.announced) for key in ledger))
    what = count(len(moving), "meeting would be moved or called off", "meetings would be moved or called off")
    if len(moving) > limit:
        yield Reason("events-moved", f"{what}; the limit without approval is {limit:,}.", len(moving), limit, moving)
    told = [change for change in plan.changes if change.key.rule.announced and notifications(change, observed)]
    if told:
        courses = len({change.subject.course for change in told})
        what = count(len(told), "meeting is new or moved", "meetings are new or moved")
        where = count(courses, "course that is open", "courses that are open")
        text = f"{what} in {where}: Canvas tells those who asked it for calendar notices."
        yield Reason("events-open", text, len(told), 0, tuple(change.key for change in told))


def _moves(change: Change) -> bool:
    names = change.key.rule.announced
    return bool(names) and (isinstance(change, Remove) or (isinstance(change, Update) and not names.isdisjoint(change.fields)))


def _lost(plan: Plan) -> Iterator[Reason]:
    """What the plan treats as created by runs that a restored store does not know."""
    if keys := tuple(taken_back(plan)):
        text = (
            f"{count(len(keys), 'object')} with our SIS ids must have been made by runs that this store no longer knows, "
            f"or by hand since the backup. Once approved, {form(len(keys), 'it is', 'they are')} ours again; "
            "the next run removes what the roster does not ask for."
        )
        yield Reason("lost-runs", text, len(keys), 0, keys)


def _people(plan: Plan) -> Iterator[Reason]:
    """Decisions about people, and ids that may have been given to somebody else."""
    touched = {change.key for change in plan.changes}
    decided, renamed = tuple(sorted(plan.decided & touched)), tuple(sorted(plan.renamed & touched))
    if decided:
        what = count(len(decided), "person gets the account", "people get the accounts")
        yield Reason("decided", f"{what} that somebody chose.", len(decided), 0, decided)
    if renamed:
        who = count(len(renamed), "person changes", "people change")
        same = form(len(renamed), "is it still the same person", "are they still the same people")
        text = f"{who} name and address at once: {same}?"
        yield Reason("changed-person", text, len(renamed), 0, renamed)


def _raised(plan: Plan, observed: State) -> list[Record]:
    """New enrollments that give their person more rights in the course than any active enrollment of theirs there."""
    rows = [change.after for change in plan.changes if isinstance(change, Create) and change.key.rule.is_placement]
    ranked = [row for row in rows if _rank(row)]
    before = _ranks(observed) if ranked else {}
    return [row for row in ranked if _rank(row) > before.get((row.user, row.course), 0)]


def _ranks(observed: State) -> Mapping[tuple[Key | None, Key | None], int]:
    """The highest rank that each person currently has in each course."""
    ranks: dict[tuple[Key | None, Key | None], int] = {}
    for row in observed:
        if row.rule.is_placement and row.fields.get("state") == "active" and _rank(row):
            place = (row.user, row.course)
            ranks[place] = max(_rank(row), ranks.get(place, 0))
    return ranks


def _rank(record: Record) -> int:
    return _RANK.get(str(record.fields.get("base")), 0)


def _course_level(plan: Plan, observed: State, ledger: Ledger, *, limits: Limits) -> Iterator[Reason]:
    active = active_by_course(observed, ledger)
    for change in plan.changes:
        if isinstance(change, Remove) and change.key.rule.is_container:
            yield _concluded(change)
    yield from _returning(plan)
    yield from _places("course", plan, active, limits=limits, place=lambda record: record.course)
    yield from _places("section", plan, active_by_section(observed, ledger), limits=limits, place=lambda record: record.section)


def _concluded(change: Remove) -> Reason:
    """A course to be concluded, with everybody whose place ends with it, including those added by hand."""
    rows = (*change.ends, *change.others)
    people, others = len({row.user for row in rows}), len({row.user for row in change.others})
    added = f", {others:,} of them added by hand" if others else ""
    text = f"{change.key.id} would be concluded, and {count(people, 'person', 'people')} with it{added}."
    return Reason("course-concluded", text, people, 0, (change.key, *(row.key for row in rows)), change.key)


def _returning(plan: Plan) -> Iterator[Reason]:
    """People who lost a place when the course was concluded and get it back now that it is open."""
    rows: dict[Key, list[Record]] = defaultdict(list)
    for row in plan.returning:
        if row.course:
            rows[row.course].append(row)
    for course, returning in rows.items():
        people = len({row.user for row in returning})
        who = count(people, "person whose place", "people whose places")
        text = f"{who} ended with the course {form(people, 'comes', 'come')} back into {course.id}."
        yield Reason("ended-with-course", text, people, 0, tuple(row.key for row in returning), course)


def _places(what: str, plan: Plan, active: Mapping[Key, int], *, limits: Limits, place: Callable[[Record], Key | None]) -> Iterator[Reason]:
    """Courses or sections that too many people would leave, or that would become empty; either way the whole course is held."""
    rows = [change for change in plan.changes if change.key.rule.is_placement]
    leaving = Counter(place(change.subject) for change in rows if isinstance(change, Remove))
    joining = Counter(place(change.subject) for change in rows if isinstance(change, Create))
    course_of = {place(change.subject): change.subject.course for change in rows}
    for key, number in leaving.items():
        course = course_of[key]
        if key and course:
            yield from _one_place(what, (key, course), (number, joining[key], active.get(key, 0)), limits=limits)


def _one_place(what: str, keys: tuple[Key, Key], counts: tuple[int, int, int], *, limits: Limits) -> Iterator[Reason]:
    (key, course), (leaving, joining, active) = keys, counts
    limit = limits.removals_per_course.of(active)
    if leaving > limit:
        text = f"{leaving:,} of {count(active, 'person', 'people')} would leave {key.id}; the limit without approval is {limit:,}."
        yield Reason(f"{what}-removals", text, leaving, limit, (key,), course)
    if active >= 3 and active - leaving + joining <= 0:
        text = f"{key.id} would become empty; it has {count(active, 'person', 'people')}."
        yield Reason(f"{what}-emptied", text, leaving, active - 1, (key,), course)


def _drop(active: int, ledger: Ledger, history: History, *, limits: Limits) -> Iterator[Reason]:
    """Fewer active enrollments than at the last reading, not counting our own removals since: maybe a wrong answer, maybe an accident."""
    recorded = sum(owned.key.rule.is_placement and owned.stands for owned in ledger.values())
    before = min(sum(history.last_seen.values()), recorded)
    limit = int(before * limits.observed_drop)
    text = f"Canvas shows {active} of our enrollments; the last reading showed {before}. At most {limit:,} may be missing without approval."
    if before - active > limit:
        yield Reason("observed-drop", text, before - active, limit)
