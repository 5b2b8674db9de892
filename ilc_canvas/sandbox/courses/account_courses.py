"""The courses of an account and all below: the list with its filters, and changing many at once."""

from collections.abc import Callable

from ilc_canvas.sandbox.account import progress
from ilc_canvas.sandbox.account.rights import PEOPLE
from ilc_canvas.sandbox.courses import course_states
from ilc_canvas.sandbox.courses.course_json import as_json, included, is_over
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people.searching import SHORTEST
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Account, Course, Enrollment, Instant, Progress

EVENTS = {"offer", "conclude", "delete", "undelete"}
MOST = 500
Test = Callable[[Course], bool]


def index(call: Call) -> Answer:
    account = find.account(call, call.ids["account"])
    call.rights.need("read_course_list")
    past = call.of_lists()
    tests = filters(past)
    rows = [course for course in past.world.account_courses(account) if all(test(course) for test in tests)]
    return paging.uncounted(past, ordered(past, rows), lambda row: as_json(past, row) | included(past, row, listed=True))


def filters(call: Call) -> list[Test]:
    """One test for each filter that was sent; lists count with brackets only."""
    return [by_state(call), *by_flags(call), *by_people(call), *by_place(call), *by_dates(call), *by_words(call)]


def by_state(call: Call) -> Test:
    states = set(call.params.many("state"))
    if "all" in states:
        return lambda _: True
    wanted = states or {"created", "claimed", "available", "completed"}
    return lambda course: course.state in wanted


def by_flags(call: Call) -> list[Test]:
    """true or false; published=false only takes the published ones out, so completed ones stay."""
    flags: dict[str, Test] = {
        "published": lambda course: course.state == "available",
        "completed": lambda course: course.state == "completed" or is_over(call, course),
        "with_enrollments": lambda course: any(row.state != "deleted" for row in call.world.course_enrollments(course.id)),
        "blueprint": lambda _: False,
        "public": lambda course: bool(course.settings.get("is_public")),
    }
    asked = [name for name in flags if call.params.text(name)]
    return [flags[name] if call.params.flag(name) else negation(flags[name]) for name in asked]


def negation(test: Test) -> Test:
    return lambda course: not test(course)


def by_people(call: Call) -> list[Test]:
    kinds, teachers = call.params.many("enrollment_type"), call.params.many("by_teachers")
    states = call.params.many("enrollment_workflow_state")
    if set(kinds) - set(PEOPLE.values()):
        raise errors.message(400, "Invalid value provided to 'enrollment_type'")
    tests: list[Test] = []
    if kinds:
        tests.append(lambda course: any(PEOPLE[row.type] in kinds for row in call.world.course_enrollments(course.id)))
    if states:
        tests.append(lambda course: any(row.state in states for row in call.world.course_enrollments(course.id)))
    if teachers:
        people = find.known_numbers(call, find.user, teachers)
        tests.append(lambda course: any(row.user_id in people and row.type == "TeacherEnrollment" for row in rows_of(call, course)))
    return tests


def rows_of(call: Call, course: Course) -> list[Enrollment]:
    return [row for row in call.world.course_enrollments(course.id) if row.state != "deleted"]


def by_place(call: Call) -> list[Test]:
    terms, places = call.params.any_of("enrollment_term_id"), call.params.many("by_subaccounts")
    tests: list[Test] = []
    if terms:
        numbers = {find.term(call, ref).id for ref in terms}
        tests.append(lambda course: course.term_id in numbers)
    if places:
        tops = [call.world.accounts[number] for number in find.known_numbers(call, find.account, places)]
        below = {place.id for top in tops for place in call.world.at_and_below(top)}
        tests.append(lambda course: course.account_id in below)
    return tests


def by_dates(call: Call) -> list[Test]:
    """By the course's own dates, or its term's where it has none; no date passes."""
    before, after = call.instant(call.params, "starts_before"), call.instant(call.params, "ends_after")
    terms, tests = call.world.terms, list[Test]()
    if before:
        tests.append(lambda course: (course.start_at or terms[course.term_id].start_at or before) <= before)
    if after:
        tests.append(lambda course: (course.end_at or terms[course.term_id].end_at or after) >= after)
    return tests


def by_words(call: Call) -> list[Test]:
    words = (call.params.text("search_term") or "").strip().lower()
    if not words:
        return []
    if len(words) < SHORTEST:
        raise errors.short_search()
    return [
        lambda course: words == str(course.id) or any(words in text.lower() for text in (course.name, course.code, course.sis_id or ""))
    ]


def ordered(call: Call, rows: list[Course]) -> list[Course]:
    """By number, unless a sort is asked for."""
    keys: dict[str, Callable[[Course], str]] = {
        "course_name": lambda course: course.name.lower(),
        "sis_course_id": lambda course: course.sis_id or "",
        "account_name": lambda course: call.world.accounts[course.account_id].name.lower(),
        "term": lambda course: call.world.terms[course.term_id].name.lower(),
        "course_status": lambda course: course.state,
    }
    key = keys.get(call.params.text("sort") or "")
    return sorted(rows, key=key, reverse=call.params.text("order") == "desc") if key else rows


def bulk(call: Call) -> Answer:
    """One event for many courses, done by a job whose Progress says how many there were."""
    account = find.account(call, call.ids["account"])
    call.rights.insist(call.rights.may("change courses"))
    refs, event = call.params.many("course_ids"), call.params.text("event")
    if "course_ids" not in call.params.names:
        raise errors.message(400, "must specify course_ids[]")
    if len(refs) > MOST:
        raise errors.message(403, f"course batch size limit ({MOST}) exceeded")
    if not event:
        raise errors.message(400, "need to specify event")
    if event not in EVENTS:
        raise errors.message(400, "invalid event")
    job = progress.start(call, account, "course_batch_update")
    call.world.later(lambda now: run(call, account, known(call, refs), event=event, job=job, now=now))
    return Answer(progress.as_json(call, job))


def known(call: Call, refs: list[str]) -> list[int]:
    """The numbers meant; SIS ids that nobody has vanish here and are reported nowhere."""
    numbers = [find.as_number(ref) for ref in refs if ref]
    named = [find.in_table(call.world.courses, ref, "sis_course_id") for ref in refs if find.as_number(ref) is None]
    return [number for number in numbers if number is not None] + [course.id for course in named if course]


def run(call: Call, account: Account, numbers: list[int], *, event: str, job: Progress, now: Instant) -> None:
    within = {course.id: course for course in call.world.account_courses(account)}
    missing = [number for number in numbers if number not in within]
    done = [within[number] for number in numbers if number in within]
    for course in done:
        course_states.happen(call, course, event)
        if event == "delete":
            call.world.courses.set_sis(course, None)  # unlike a single deletion, which keeps it
    text = f"{len(done)} course{'' if len(done) == 1 else 's'} processed"
    lost = f"\nThe course was not found: {', '.join(map(str, missing))}" if missing else ""
    progress.finish(job, now, text + lost, failed=not done)
