"""The guard: every reason why a person must look at a plan before it goes ahead."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Remove, Update, fingerprint, without_steps
from ilc_canvas.reconcile.kinds import Kind, plural
from ilc_canvas.reconcile.lost import Lost, taken_back
from ilc_canvas.reconcile.plan import active_by_course, active_by_section
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.words import count


@dataclass(frozen=True, slots=True)
class Share:
    """A limit: held if a count is above both a number and a share (0.05 = 5 %) of what there is."""

    count: int
    share: float

    def of(self, whole: int) -> int:
        """The largest count that still passes."""
        return max(self.count, int(self.share * whole))


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds; the defaults are those of the providers that this was learnt from."""

    removals_per_run: Share = Share(5, 0.05)
    """Removals in one run, against our active enrollments."""
    removals_per_course: Share = Share(2, 0.20)
    """Removals in one course, against our active enrollments there."""
    removals_per_day: Share = Share(10, 0.10)
    """Removals in a rolling day, this run's included."""
    changes_per_run: Share = Share(50, 0.25)
    """Changes of any kind, against everything that is ours."""
    new_courses: int = 5
    """New courses in one run."""
    new_sections: int = 10
    """New sections in one run."""
    observed_drop: float = 0.20
    """Share of the active enrollments that may be gone since Canvas was last read."""
    adds_go_on: bool = False
    """Whether all else goes on while only removals wait for a yes."""

    @property
    def new(self) -> Mapping[Kind, int]:
        """How many new ones of a kind one run may make."""
        return {Kind.COURSE: self.new_courses, Kind.SECTION: self.new_sections}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to hold; `course` is set where it holds that course alone and not the run."""

    code: str  # first-run, restored, lost-runs, settings-changed, removals, removals-per-day, changes, new-courses, new-sections,
    # raised-role, adopted, reopened, decided, changed-person, observed-drop, course-removals, course-emptied, course-concluded,
    # section-removals, section-emptied, ended-with-course, held-before
    text: str  # one sentence for a person, with its numbers; keys, no names
    count: int
    limit: int
    keys: tuple[Key, ...] = ()
    course: Key | None = None


_REMOVALS = ("removals", "removals-per-day")
HELD_BEFORE = "held-before"
"""Holds the changes that it names, and nothing else."""


@dataclass(frozen=True)
class Verdict:
    """All reasons. One without a course holds the whole run; one with a course holds that course whole; `held-before` holds its keys."""

    reasons: tuple[Reason, ...] = ()

    @property
    def held(self) -> bool:
        """Nothing may be written without a person's yes."""
        return any(reason.course is None and reason.code != HELD_BEFORE for reason in self.reasons)

    @property
    def about_removals(self) -> bool:
        """Whether the run is held for nothing but its removals."""
        return self.held and all(reason.code in (*_REMOVALS, HELD_BEFORE) for reason in self.reasons if reason.course is None)

    @property
    def singly(self) -> frozenset[Key]:
        """Changes that are held one by one."""
        return frozenset(key for reason in self.reasons if reason.code == HELD_BEFORE for key in reason.keys)

    @property
    def courses(self) -> frozenset[Key]:
        """Courses that are held while others go on."""
        return frozenset(reason.course for reason in self.reasons if reason.course is not None)


@dataclass(frozen=True)
class History:
    """What the journal remembers, as far as the guard needs it."""

    first: bool = True
    """No run has changed anything here yet."""
    restored: bool = False
    """The store was restored, and nobody has said yes to a whole plan since."""
    lost: Lost | None = None
    """That runs have been lost with it."""
    removals_last_day: int = 0
    """Removals applied in the last 24 hours."""
    last_seen: Mapping[Key, int] = field(default_factory=dict)
    """Active enrollments per course when Canvas was last read."""


_RANK = {"TeacherEnrollment": 3, "DesignerEnrollment": 3, "TaEnrollment": 2}  # who can change a course; all others: 0


def check(plan: Plan, observed: State, ledger: Ledger, *, history: History, limits: Limits) -> Verdict:
    """Every reason, never only the first. An empty plan has none, but what was observed may still have shrunk."""
    active = active_by_course(observed, ledger)
    reasons = [*_drop(sum(active.values()), ledger, history, limits=limits)]
    if plan.changes:
        reasons += [*_run_level(plan, ledger, sum(active.values()), history=history, limits=limits), *_rows(plan, observed)]
        reasons += [*_course_level(plan, observed, ledger, limits=limits)]
    return Verdict(tuple(reasons))


def with_held_before(verdict: Verdict, plan: Plan, before: Collection[str], *, limits: Limits) -> Verdict:
    """What an earlier plan has held (`before`, by fingerprint) waits for a person still, though no limit holds it any more: nothing is
    written that people have read to be waiting for them.
    """
    if verdict.held and not (limits.adds_go_on and verdict.about_removals):
        return verdict
    kept = [change for change in plan.changes if change.subject.course not in verdict.courses and fingerprint(change) in before]
    if verdict.held:
        kept = [change for change in kept if not isinstance(change, Remove)]
    if not kept:
        return verdict
    size = len(without_steps(kept))
    what = count(size, "change was held before, and still waits", "changes were held before, and still wait")
    reason = Reason(HELD_BEFORE, f"{what} for a yes.", size, 0, tuple(change.key for change in kept))
    return Verdict((*verdict.reasons, reason))


def _over(code: str, number: int, limit: int, *, text: str) -> Iterator[Reason]:
    if number > limit:
        yield Reason(code, text.format(count=number, limit=limit), number, limit)


def _run_level(plan: Plan, ledger: Ledger, active: int, *, history: History, limits: Limits) -> Iterator[Reason]:
    removals, size = removed(plan.changes), len(without_steps(plan.changes))
    if history.restored:
        text = f"The store was restored from a backup, and this is the first plan since: {count(size, 'change')}."
        yield Reason("restored", text, size, 0)
    elif history.first:
        seen = "seen it yet" if size == 1 else "seen them yet"
        yield Reason("first-run", f"This is the first run here: {count(size, 'change')}, and nobody has {seen}.", size, 0)
    yield from _over(
        "removals",
        removals,
        limits.removals_per_run.of(active),
        text="{count:,} people would leave a section; {limit:,} may without a yes.",
    )
    day, ceiling = removals + history.removals_last_day, limits.removals_per_day.of(active)
    if removals:
        yield from _over(
            "removals-per-day", day, ceiling, text="{count:,} people would have left within 24 hours; {limit:,} may without a yes."
        )
    most = limits.changes_per_run.of(sum(key.rule.counts_in_limits for key in ledger))
    yield from _over("changes", size, most, text="{count:,} changes in one run; {limit:,} may without a yes.")
    new = Counter(change.key.kind for change in plan.changes if isinstance(change, Create))
    for kind, most in limits.new.items():
        nouns = plural(kind)
        yield from _over(f"new-{nouns}", new[kind], most, text=f"{{count:,}} new {nouns}; {{limit:,}} may be made without a yes.")


def removed(changes: tuple[Change, ...]) -> int:
    """How many active enrollments these changes end."""
    return sum(change.covers for change in changes if isinstance(change, Remove))


def _rows(plan: Plan, observed: State) -> Iterator[Reason]:
    """Rows that a person must always see."""
    raised = _raised(plan, observed)
    if raised:
        people = len({record.user for record in raised})
        what = count(people, "person gets", "people get")
        yield Reason("raised-role", f"{what} more rights than before.", people, 0, tuple(record.key for record in raised))
    reopened = tuple(c.key for c in plan.changes if isinstance(c, Update) and c.key.rule.is_container and "state" in c.fields)
    if reopened:
        yield Reason("reopened", f"{count(len(reopened), 'concluded course')} would be opened again.", len(reopened), 0, reopened)
    adopted = tuple(change.key for change in plan.changes if isinstance(change, Adopt) and change.how == "adopted")
    if adopted:
        what = count(len(adopted), "object stands in Canvas under our SIS id", "objects stand in Canvas under our SIS ids")
        yield Reason("adopted", f"{what}, but not in our ledger.", len(adopted), 0, adopted)
    yield from _lost(plan)
    yield from _people(plan)


def _lost(plan: Plan) -> Iterator[Reason]:
    """What is taken as made by runs that a restored store does not know."""
    if keys := tuple(taken_back(plan)):
        text = (
            f"{count(len(keys), 'thing')} under our ids must have been made by runs that this store no longer knows, "
            "or by hand since the backup. "
            "With a yes they are ours again; what the roster does not ask for leaves with the next run."
        )
        yield Reason("lost-runs", text, len(keys), 0, keys)


def _people(plan: Plan) -> Iterator[Reason]:
    """What somebody has decided about people, and ids that were perhaps given to somebody else."""
    touched = {change.key for change in plan.changes}
    decided, renamed = tuple(sorted(plan.decided & touched)), tuple(sorted(plan.renamed & touched))
    if decided:
        what = count(len(decided), "person gets", "people get")
        yield Reason("decided", f"{what} the account that somebody decided on.", len(decided), 0, decided)
    if renamed:
        who = count(len(renamed), "person changes", "people change")
        text = f"{who} name and address at once: is it still the same person?"
        yield Reason("changed-person", text, len(renamed), 0, renamed)


def _raised(plan: Plan, observed: State) -> list[Record]:
    """New enrollments that give their person more rights in the course than any active one there does."""
    rows = [change.after for change in plan.changes if isinstance(change, Create) and change.key.rule.is_placement]
    strong = [row for row in rows if _rank(row)]
    before = _ranks(observed) if strong else {}
    return [row for row in strong if _rank(row) > before.get((row.user, row.course), 0)]


def _ranks(observed: State) -> Mapping[tuple[Key | None, Key | None], int]:
    """The highest rank that each person has in each course now."""
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
    """With everybody whom it ends, those whom people added as well."""
    rows = (*change.ends, *change.others)
    people, others = len({row.user for row in rows}), len({row.user for row in change.others})
    added = f", {others:,} of them added by hand" if others else ""
    text = f"{change.key.id} would be concluded, and {count(people, 'person', 'people')} with it{added}."
    return Reason("course-concluded", text, people, 0, (change.key, *(row.key for row in rows)), change.key)


def _returning(plan: Plan) -> Iterator[Reason]:
    """Who lost a place when the course was concluded, and gets it back now that it is open."""
    rows: dict[Key, list[Record]] = defaultdict(list)
    for row in plan.returning:
        if row.course:
            rows[row.course].append(row)
    for course, back in rows.items():
        people = len({row.user for row in back})
        who = count(people, "person whose place", "people whose places")
        text = f"{who} ended with the course {'comes' if people == 1 else 'come'} back into {course.id}."
        yield Reason("ended-with-course", text, people, 0, tuple(row.key for row in back), course)


def _places(what: str, plan: Plan, active: Mapping[Key, int], *, limits: Limits, place: Callable[[Record], Key | None]) -> Iterator[Reason]:
    """Courses, or sections, that too many people would leave, or that would become empty; either holds the whole course."""
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
        text = f"{leaving} of {active} people would leave {key.id}; {limit:,} may without a yes."
        yield Reason(f"{what}-removals", text, leaving, limit, (key,), course)
    if active >= 3 and active - leaving + joining <= 0:
        yield Reason(f"{what}-emptied", f"{key.id} would become empty; it has {active} people.", leaving, active - 1, (key,), course)


def _drop(active: int, ledger: Ledger, history: History, *, limits: Limits) -> Iterator[Reason]:
    """Fewer active enrollments than at the last reading, our own removals since then apart: perhaps a wrong answer, perhaps a mishap."""
    believed = sum(owned.key.rule.is_placement and owned.stands for owned in ledger.values())
    before = min(sum(history.last_seen.values()), believed)
    limit = int(before * limits.observed_drop)
    text = f"Canvas shows {active} of our enrollments; at the last reading there were {before}. {limit:,} may be gone without a yes."
    if before - active > limit:
        yield Reason("observed-drop", text, before - active, limit)
