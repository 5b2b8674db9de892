"""Reasons why a person must look before something is written into a course beside its people. Only what they name waits for them."""

from collections.abc import Iterator, Sequence

from ilc_canvas.reconcile.change import Adopt, Change, Plan, Update
from ilc_canvas.reconcile.guards.verdict import Limits, Reason
from ilc_canvas.reconcile.state import Key, Ledger, State, course_of
from ilc_canvas.reconcile.words.wording import count, form


def about_content(plan: Plan, observed: State, ledger: Ledger, *, limits: Limits) -> Iterator[Reason]:
    """A course that is furnished for the first time although it was there before, or in which others have begun; courses that are open
    already; and many texts at once.
    """
    changes = [change for change in plan.changes if change.key.rule.is_content]
    if not changes:
        return
    furnished = {course_of(key) for key in ledger if key.rule.is_content}
    begun = {course_of(key) for key in ledger}  # by us, in an earlier run
    first = [change for change in changes if change.subject.course not in furnished and change.subject.course in begun]
    others = _by_others(observed, ledger)
    by_hand = [change for change in changes if (change in first and change.subject.course in others) or isinstance(change, Adopt)]
    yield from _held(
        "content-by-hand", by_hand, one="already holds what others have put there", many="already hold what others have put there"
    )
    plain = [change for change in first if change.subject.course not in others]
    yield from _held("content-first", plain, one="gets its pages for the first time", many="get their pages for the first time")
    opened = _open(observed)
    rest = [change for change in changes if change not in first and change.subject.course in opened]
    yield from _held("content-open", rest, one="is open", many="are open")
    texts = [change.key for change in changes if isinstance(change, Update) and not {"text", "part"}.isdisjoint(change.fields)]
    limit = limits.texts_per_run.of(sum("text" in owned.fields for owned in ledger.values()))
    if len(texts) > limit:
        what = count(len(texts), "text would be refreshed", "texts would be refreshed")
        yield Reason("content-many", f"{what}; the limit without approval is {limit:,}.", len(texts), limit, tuple(texts))


def _held(code: str, changes: Sequence[Change], *, one: str, many: str) -> Iterator[Reason]:
    if changes:
        courses = len({change.subject.course for change in changes})
        text = f"{count(len(changes), 'change')} in {count(courses, 'course')} that {form(courses, one, many)}."
        yield Reason(code, text, len(changes), 0, tuple(change.key for change in changes))


def _by_others(observed: State, ledger: Ledger) -> frozenset[Key | None]:
    """Courses with content that we neither made nor hold. Menu entries and home pages are in every course."""
    made = (record for record in observed if record.rule.is_content and not record.rule.is_noted and record.key not in ledger)
    return frozenset(record.course for record in made)


def _open(observed: State) -> frozenset[Key | None]:
    """Courses whose people see what is in them."""
    return frozenset(course.key for course in observed.containers() if course.fields.get("state") == "available")
