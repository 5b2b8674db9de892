"""The texts of notices: counts first, then why, then what to do.

Mail leaves this machine and is kept for years: a notice contains no names or addresses of people, only keys, counts and commands
that show the rest to somebody who may see it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from ilc_canvas import clock
from ilc_canvas.program.basis import as_json
from ilc_canvas.reconcile.kinds import Kind, plural
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.run.notice import Changed, Notice
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.sentence import hearing, sentence
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import EnrollmentKey, Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count

CUT = 10  # rows of a long list
LONGEST = 500  # characters of a line


def of_run(report: Report, quarantine: Quarantine | None = None, *, only: Sequence[str] = ()) -> list[Notice]:
    """The notices about a run that nobody watched: its result, a plan that waits, a quarantine; none if nothing has changed.

    `quarantine` is the one in force after the run; `only` are the words that the run was limited to.
    """
    notices = [quarantined(quarantine)] if quarantine else []
    if report.status == "held":
        return [held(report, only), *notices]
    if report.status == "failed":
        return notices or [failed(report.sentence, report)]
    if report.status == "applied" or (report.status == "partial" and (report.applied or not quarantine)):
        return [result(report), *notices]
    return notices


def about_year(notice: Notice, school_year: str) -> Notice:
    """The same notice if several school years are maintained: it names its year, and another year's run does not clear its reason."""
    kind, _, rest = notice.about.partition(":")
    about = f"{kind}:{school_year}:{rest}" if rest else f"{kind}:{school_year}"
    subject = notice.subject.replace("ilc-canvas: ", f"ilc-canvas: {school_year}: ", 1)
    return replace(notice, about=about, subject=subject, lines=(f"School year {school_year}.", *notice.lines))


def over(report: Report, *, only: Sequence[str] = ()) -> tuple[str, ...]:
    """The reasons that this run shows to have passed, to clear before its own notices are queued. A part says nothing of the rest."""
    if report.trouble or report.status not in ("converged", "applied", "partial", "held"):
        return ()
    good = () if report.status == "held" else ("silence",)
    free = () if only or report.reasons else ("held",)
    done = () if only or report.status in ("partial", "held") else ("aside",)
    return ("quarantine", "failed", *good, *free, *done)


def result(report: Report) -> Notice:
    """47 of 50 changes done, 3 failed; why, and what to do next."""
    numbers = _counts(report)
    deferred = not (report.applied or report.failed or report.withheld)
    about = f"aside:{report.parked} parked, {report.asked} asked" if deferred else f"result:run {report.run}"
    lines = [sentence(report), *_undone(report), f"Details: {Next.SHOW_RUN.of(report.run)}"]
    names = ("run", "status", "digest", "applied", "failed", "withheld", "requests", "parked", "asked", "sentence")
    data = {**{name: getattr(report, name) for name in names}, **as_json(report.basis)}
    data |= {"counts": dict(report.counts), "failures": {why: len(keys) for why, keys in _by_reason(report.failures).items()}}
    subject = "some changes are deferred" if deferred else numbers
    return _notice("result", about, subject=subject, lines=lines, data=data)


def _counts(report: Report) -> str:
    numbers = f"{report.applied:,} of {count(sum(report.counts.values()), 'change')} done"
    numbers += f", {report.failed:,} failed" if report.failed else ""
    return numbers + (f", {report.withheld:,} waiting" if report.withheld else "")


def _undone(report: Report) -> Iterator[str]:
    """What failed, why, and what happens next."""
    if report.failures:
        yield f"{count(report.failed, 'change')} could not be done:"
        yield from _cut([f"  {len(keys):,}: {SAID.get(why, why)} ({_few(keys)})" for why, keys in _by_reason(report.failures).items()])
    if report.withheld:
        yield f"What was not started, and what waits for a person: {Next.PLAN}"
    if report.parked:
        yield f"What is deferred, and until when: {Next.PARKED}"
    if report.asked:
        yield f"People to decide about: {Next.REVIEW_PEOPLE}"
    if report.failures or report.withheld:
        yield f"The next run tries the rest again; what Canvas refused, at its time ({Next.PARKED})."


def _by_reason(failures: Mapping[Key, str]) -> dict[str, list[Key]]:
    """The most frequent reason first."""
    by_reason: defaultdict[str, list[Key]] = defaultdict(list)
    for key, why in failures.items():
        by_reason[why].append(key)
    return dict(sorted(by_reason.items(), key=lambda each: -len(each[1])))


def held(report: Report, only: Sequence[str] = ()) -> Notice:
    """A plan that waits for a person: why, and the commands that show, approve and reject it."""
    waiting = count(report.held or sum(report.counts.values()), "change waits", "changes wait")
    lines = [
        f"{sentence(report)} {str(report.basis).capitalize()}, run {report.run}.",
        f"{report.counts.get('create', 0):,} new, {report.counts.get('update', 0):,} changed, {report.counts.get('remove', 0):,} ended.",
        f"Held for {count(len(report.reasons), 'reason')}:",
        *_cut([f"  {reason.text}" for reason in report.reasons]),
        *([hearing(report.forecast)] if report.forecast.notified else []),
        f"See who and what:        {Next.SHOW_RUN.of(report.run)}",
        f"Approve exactly this:    {Next.APPROVE_PLAN.of(report.digest, *only)}",
        f"Or reject it:            {Next.REJECT_PLAN.of(report.digest)}",
    ]
    reasons = [{"code": each.code, "text": each.text, "count": each.count, "limit": each.limit} for each in report.reasons]
    data = {"run": report.run, "digest": report.digest, "counts": dict(report.counts), **as_json(report.basis)}
    data |= {"only": list(only), "reasons": reasons[:CUT]}
    return _notice("held", f"held:{report.digest}", subject=f"{waiting} for a person", lines=lines, data=data, lasting=True)


def failed(sentence: str, report: Report | None = None) -> Notice:
    """A run that failed or did not finish, for a reason that does not cause a quarantine."""
    reason = sha256(re.sub(r"\d", "", sentence).encode()).hexdigest()[:12]  # a different number does not make it a different trouble
    until = f"Until then {count(report.applied, 'change was', 'changes were')} done." if report else ""
    where = f"{until} Details: {Next.SHOW_RUN.of(report.run)}" if report else "No run was started."
    lines = [sentence, where, f"The next run tries again. How things stand: {Next.STATUS}"]
    data = {"run": report.run if report else None, "status": "failed", "sentence": sentence}
    return _notice("result", f"failed:{reason}", subject="a run has failed", lines=lines, data=data, lasting=True)


def quarantined(trouble: Quarantine) -> Notice:
    """Nothing is written for now: what the trouble is, since when, when it is checked again, what to do."""
    what, advice = _TROUBLES.get(trouble.trouble, ("something is wrong", f"Check: {Next.DOCTOR}"))
    again = f"It is checked again on {clock.at(trouble.next_at)}." if trouble.next_at else "It is not checked again by itself."
    lines = [f"Nothing has been written to Canvas since {clock.at(trouble.since)}.", trouble.text, again, advice]
    data = {"trouble": trouble.trouble, "text": trouble.text, "since": trouble.since.isoformat(), "probes": trouble.probes}
    data |= {"next_at": trouble.next_at.isoformat() if trouble.next_at else None}
    return _notice(
        "quarantine", f"quarantine:{trouble.trouble}", subject=f"nothing is written: {what}", lines=lines, data=data, lasting=True
    )


_RELEASE = f"then: {Next.RELEASE}"
_LOOK = f"If Canvas is down for maintenance, there is nothing to do. Otherwise check: {Next.DOCTOR}"
_TROUBLES = {
    "token": ("Canvas refuses the token", f"Put a valid one into the file that ILC_CANVAS_TOKEN_FILE names, then check: {Next.DOCTOR}"),
    "right": ("the token lacks a right", f"To see which one: {Next.DOCTOR}. Ask the Canvas administrator for it."),
    "canvas": ("Canvas gives no usable answer", _LOOK),
    "writes": ("Canvas fails at too many changes", _LOOK),
    "tenant": (
        "this is not the same Canvas as before",
        f"To see what has changed: {Next.DOCTOR}. Make sure that ILC_CANVAS_URL and ILC_CANVAS_STORE are right, {_RELEASE}",
    ),
    "recovery": ("what a dead run left unfinished cannot be settled", f"See what it is: {Next.AUDIT_LOG}; fix it, {_RELEASE}"),
}


def silence(last_good: datetime | None, hours: float, now: datetime, *, begun: datetime | None = None) -> Notice | None:
    """No good run for this many hours; None if it is not that long. If there never was one, counts from `begun`, the worker's start."""
    last_good = None if last_good and clock.from_fast_clock(last_good, now) else last_good
    since = last_good or begun
    if since is None or now - since < timedelta(hours=hours):
        return None
    long = count(round((now - since) / timedelta(hours=1)), "hour")
    never = f"There has been none since the worker started on {clock.at(since)}."
    last = f"The last good one ended on {clock.at(last_good)}." if last_good else never
    lines = [
        f"No run has ended well for {long}; the limit is {hours:g}. {last}",
        "Canvas may no longer agree with the roster.",
        f"How things stand: {Next.STATUS} · What was tried: {Next.RUNS} · What is wrong: {Next.DOCTOR}",
    ]
    data = {"last_good": last_good.isoformat() if last_good else None, "hours": hours, "at": now.isoformat()}
    return _notice("silence", "silence", subject=f"no good run for {long}", lines=lines, data=data, lasting=True)


def digest(
    rows: Sequence[Changed], since: datetime, now: datetime, *, last: Report | None = None, ready: Sequence[str] = ()
) -> Notice | None:
    """What we changed in Canvas since the last digest, by course, and the state after the `last` run; None if nothing changed. `ready` says
    how many courses are ready to open.
    """
    if not rows:
        return None
    courses: defaultdict[str, list[Changed]] = defaultdict(list)
    for row in rows:
        courses[row.course].append(row)
    total, in_courses = sum(row.count for row in rows), sum(bool(course) for course in courses)
    subject = count(total, "change") + (f" in {count(in_courses, 'course')}" if in_courses else "")
    by_course = sorted(courses.items())
    listed = [f"  {_in_year(course, rows) or 'in no course'}: {', '.join(map(_described, each))}" for course, each in by_course]
    state = [f"After run {last.run}: {sentence(last)}"] if last else []
    head = f"{subject}, from {clock.at(since)} to {clock.at(now)}:"
    lines = [head, *listed, *state, *ready, f"Which and by whom: {Next.RUNS}, {Next.SHOW_RUN.of('RUN')}"]
    changes = [{"course": row.course, "kind": row.kind, "verb": row.verb, "count": row.count} for row in rows]
    data = {"since": since.isoformat(), "until": now.isoformat(), "changes": changes}
    return _notice("digest", f"digest:{now.isoformat()}", subject=subject, lines=lines, data=data)


def _described(row: Changed) -> str:
    kind, done = Kind.parse(row.kind), _VERBS[row.verb]
    one, many = _DID.get((row.kind, row.verb), (f"{kind.rule.noun} {done}", f"{plural(kind)} {done}"))
    return count(row.count, one, many)


_VERBS = {"create": "made", "update": "changed", "adopt": "taken over", "remove": "concluded"}
_DID = {
    ("enrollment", "create"): ("person joined", "people joined"),
    ("enrollment", "remove"): ("person left", "people left"),
    ("user", "create"): ("new person", "new people"),
    ("user", "update"): ("person changed", "people changed"),
    ("user", "adopt"): ("person taken over", "people taken over"),
}


def trial(now: datetime) -> Notice:
    """A notice that only shows that notices arrive."""
    lines = [f"This is a test of {clock.at(now)}: notices arrive here. Nothing else happened."]
    return _notice("test", f"test:{now.isoformat()}", subject="a test", lines=lines, data={})


def _notice(kind: str, about: str, *, subject: str, lines: Sequence[str], data: Mapping[str, object], lasting: bool = False) -> Notice:
    """Splits and shortens the lines, so that each is one line of limited length."""
    cut = tuple(f"{line.rstrip()[:LONGEST]}" for text in lines for line in (text.splitlines() or [""]))
    return Notice(kind, about, f"ilc-canvas: {' '.join(subject.split())}"[:200], cut, data, lasting)


def _cut(rows: Sequence[str]) -> list[str]:
    more = len(rows) - CUT
    return list(rows) if more <= 1 else [*rows[:CUT], f"  and {more:,} more"]


def _few(keys: Sequence[Key]) -> str:
    more = len(keys) - 3
    named = ", ".join(_short(key) for key in keys[: 3 if more > 1 else 4])
    return f"{named} and {more:,} more" if more > 1 else named


def _short(key: Key) -> str:
    """ILC-0001 in cop:EQ:R1"""
    if key.rule.is_placement:
        place = EnrollmentKey.of(key)
        return f"{_person(place.user.id)} in {_word(place.section.id)}"
    return _person(key.id) if key.rule.is_person else _word(key.id)


def _person(user: str) -> str:
    return user.rpartition(":")[2]


def _word(course: str) -> str:
    """cop:EQ, as people name it, for ilc:2021-22:cop:EQ"""
    return course.split(":", 2)[-1]


def _in_year(course: str, rows: Sequence[Changed]) -> str:
    """The same with its school year if there are several: 2021-22 cop:EQ"""
    several = len({row.course.split(":")[1] for row in rows if row.course}) > 1
    return f"{course.split(':')[1]} {_word(course)}" if several and course else _word(course)
