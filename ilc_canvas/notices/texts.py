"""Notices from what has happened: counts first, then why, then what to do.

Mail leaves this machine and lies about for years: a notice holds no names and no addresses of people, only keys, counts and commands
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
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.notice import Changed, Notice
from ilc_canvas.reconcile.quarantine import Quarantine
from ilc_canvas.reconcile.run import Report
from ilc_canvas.reconcile.said import SAID
from ilc_canvas.reconcile.sentence import sentence
from ilc_canvas.reconcile.state import EnrollmentKey, Key
from ilc_canvas.reconcile.words import count

CUT = 10  # rows of a long list
LONGEST = 500  # characters of a line


def of_run(report: Report, quarantine: Quarantine | None = None, *, only: Sequence[str] = ()) -> list[Notice]:
    """What a run that nobody watched has to tell: its result, a plan that waits, a quarantine; nothing where all is as it was.

    `quarantine` is the one in force after the run, `only` are the words of --only that the run had.
    """
    told = [quarantined(quarantine)] if quarantine else []
    if report.status == "held":
        return [held(report, only), *told]
    if report.status == "failed":
        return told or [failed(report.sentence, report)]
    if report.status == "applied" or (report.status == "partial" and (report.applied or not quarantine)):
        return [result(report), *told]
    return told


def about_year(notice: Notice, school_year: str) -> Notice:
    """The same, where several school years are cared for: it says which one it is about, and another year's run does not end its reason."""
    kind, _, rest = notice.about.partition(":")
    about = f"{kind}:{school_year}:{rest}" if rest else f"{kind}:{school_year}"
    subject = notice.subject.replace("ilc-canvas: ", f"ilc-canvas: {school_year}: ", 1)
    return replace(notice, about=about, subject=subject, lines=(f"School year {school_year}.", *notice.lines))


def over(report: Report, *, only: Sequence[str] = ()) -> tuple[str, ...]:
    """Which reasons this run shows to be over: to be cleared before its own notices are queued. A part says nothing of the whole."""
    if report.trouble or report.status not in ("converged", "applied", "partial", "held"):
        return ()
    good = () if report.status == "held" else ("silence",)
    free = () if only or report.reasons else ("held",)
    done = () if only or report.status in ("partial", "held") else ("aside",)
    return ("quarantine", "failed", *good, *free, *done)


def result(report: Report) -> Notice:
    """47 of 50 changes done, 3 failed; why, and what next."""
    numbers = _done(report)
    aside = not (report.applied or report.failed or report.withheld)
    about = f"aside:{report.parked} parked, {report.asked} asked" if aside else f"result:run {report.run}"
    lines = [sentence(report), *_undone(report), f"All of it: {Next.SHOW_RUN.of(report.run)}"]
    names = ("run", "status", "digest", "applied", "failed", "withheld", "requests", "parked", "asked", "sentence")
    data = {**{name: getattr(report, name) for name in names}, **as_json(report.basis)}
    data |= {"counts": dict(report.counts), "failures": {why: len(keys) for why, keys in _by_reason(report.failures).items()}}
    subject = "some changes are deferred" if aside else numbers
    return _notice("result", about, subject=subject, lines=lines, data=data)


def _done(report: Report) -> str:
    numbers = f"{report.applied:,} of {count(sum(report.counts.values()), 'change')} done"
    numbers += f", {report.failed:,} failed" if report.failed else ""
    return numbers + (f", {report.withheld:,} waiting" if report.withheld else "")


def _undone(report: Report) -> Iterator[str]:
    """What failed and why, and what comes next."""
    if report.failures:
        yield f"{count(report.failed, 'change')} could not be done:"
        yield from _cut([f"  {len(keys):,}: {SAID.get(why, why)} ({_few(keys)})" for why, keys in _by_reason(report.failures).items()])
    if report.withheld:
        yield f"What was not begun, and what waits for a person: {Next.PLAN}"
    if report.parked:
        yield f"What is deferred, and until when: {Next.PARKED}"
    if report.asked:
        yield f"Who must be decided about: {Next.REVIEW_PEOPLE}"
    if report.failures or report.withheld:
        yield f"What is left is tried again by the next run; what Canvas refused, at its time ({Next.PARKED})."


def _by_reason(failures: Mapping[Key, str]) -> dict[str, list[Key]]:
    """The most frequent reason first."""
    found: defaultdict[str, list[Key]] = defaultdict(list)
    for key, why in failures.items():
        found[why].append(key)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def held(report: Report, only: Sequence[str] = ()) -> Notice:
    """A plan that waits for a person: why, and the commands that show, permit and refuse it."""
    waiting = count(report.held or sum(report.counts.values()), "change waits", "changes wait")
    lines = [
        f"{sentence(report)} {str(report.basis).capitalize()}, run {report.run}.",
        f"{report.counts.get('create', 0):,} new, {report.counts.get('update', 0):,} changed, {report.counts.get('remove', 0):,} ended.",
        f"Held for {count(len(report.reasons), 'reason')}:",
        *_cut([f"  {reason.text}" for reason in report.reasons]),
        f"See who and what:        {Next.SHOW_RUN.of(report.run)}",
        f"Let exactly this happen: {Next.APPROVE_PLAN.of(report.digest, *only)}",
        f"Or say no:               {Next.REJECT_PLAN.of(report.digest)}",
    ]
    reasons = [{"code": each.code, "text": each.text, "count": each.count, "limit": each.limit} for each in report.reasons]
    data = {"run": report.run, "digest": report.digest, "counts": dict(report.counts), **as_json(report.basis)}
    data |= {"only": list(only), "reasons": reasons[:CUT]}
    return _notice("held", f"held:{report.digest}", subject=f"{waiting} for a person", lines=lines, data=data, lasting=True)


def failed(sentence: str, report: Report | None = None) -> Notice:
    """A run that came to nothing, or not to its end, for a reason that does not put everything into quarantine."""
    reason = sha256(re.sub(r"\d", "", sentence).encode()).hexdigest()[:12]  # the same trouble with another number is no other trouble
    until = f"Until then {count(report.applied, 'change was', 'changes were')} done." if report else ""
    where = f"{until} All of it: {Next.SHOW_RUN.of(report.run)}" if report else "No run was begun."
    lines = [sentence, where, f"The next run tries again. How things stand: {Next.STATUS}"]
    data = {"run": report.run if report else None, "status": "failed", "sentence": sentence}
    return _notice("result", f"failed:{reason}", subject="a run has failed", lines=lines, data=data, lasting=True)


def quarantined(trouble: Quarantine) -> Notice:
    """Nothing is written for now: what is the trouble, since when, when it is looked at again, what to do."""
    what, advice = _TROUBLES.get(trouble.trouble, ("something is wrong", f"Look: {Next.DOCTOR}"))
    again = f"It is looked at again on {clock.at(trouble.next_at)}." if trouble.next_at else "It is not looked at again by itself."
    lines = [f"Nothing has been written to Canvas since {clock.at(trouble.since)}.", trouble.text, again, advice]
    data = {"trouble": trouble.trouble, "text": trouble.text, "since": trouble.since.isoformat(), "probes": trouble.probes}
    data |= {"next_at": trouble.next_at.isoformat() if trouble.next_at else None}
    return _notice(
        "quarantine", f"quarantine:{trouble.trouble}", subject=f"nothing is written: {what}", lines=lines, data=data, lasting=True
    )


_RELEASE = f"then: {Next.RELEASE}"
_LOOK = f"Nothing is to be done while Canvas is being maintained. Otherwise look: {Next.DOCTOR}"
_TROUBLES = {
    "token": ("Canvas refuses the token", f"Give a valid one in the file that ILC_CANVAS_TOKEN_FILE names, then look: {Next.DOCTOR}"),
    "right": ("the token lacks a right", f"Ask the Canvas administrator for it; which one says: {Next.DOCTOR}"),
    "canvas": ("Canvas gives no usable answer", _LOOK),
    "writes": ("Canvas fails at too many changes", _LOOK),
    "tenant": (
        "this is another Canvas than before",
        f"What has changed says: {Next.DOCTOR}. See that ILC_CANVAS_URL and ILC_CANVAS_STORE are right, {_RELEASE}",
    ),
    "recovery": ("what a dead run left open cannot be settled", f"See what it is: {Next.AUDIT_LOG}; put it right, {_RELEASE}"),
}


def silence(last_good: datetime | None, hours: float, now: datetime, *, begun: datetime | None = None) -> Notice | None:
    """No good run for so many hours; None while it is not so long. Where there never was one it counts from `begun`, the worker's start."""
    since = last_good or begun
    if since is None or now - since < timedelta(hours=hours):
        return None
    long = f"{(now - since) / timedelta(hours=1):,.0f} hours"
    never = f"There was none since the worker began on {clock.at(since)}."
    last = f"The last good one ended on {clock.at(last_good)}." if last_good else never
    lines = [
        f"No run has ended well for {long}; after {hours:g} somebody is told. {last}",
        "Canvas may no longer agree with the roster.",
        f"How things stand: {Next.STATUS} · What was tried: {Next.RUNS} · What is wrong: {Next.DOCTOR}",
    ]
    data = {"last_good": last_good.isoformat() if last_good else None, "hours": hours, "at": now.isoformat()}
    return _notice("silence", "silence", subject=f"no good run for {long}", lines=lines, data=data, lasting=True)


def digest(rows: Sequence[Changed], since: datetime, now: datetime, *, last: Report | None = None) -> Notice | None:
    """What has changed in Canvas by our hand since the last digest, by course, and how things stood after the `last` run; None where
    nothing has.
    """
    if not rows:
        return None
    courses: defaultdict[str, list[Changed]] = defaultdict(list)
    for row in rows:
        courses[row.course].append(row)
    whole, inside = sum(row.count for row in rows), sum(bool(course) for course in courses)
    subject = count(whole, "change") + (f" in {count(inside, 'course')}" if inside else "")
    told = [f"  {_in_year(course, rows) or 'in no course'}: {', '.join(map(_did, found))}" for course, found in sorted(courses.items())]
    stands = [f"After run {last.run}: {sentence(last)}"] if last else []
    head = f"{subject}, from {clock.at(since)} to {clock.at(now)}:"
    lines = [head, *told, *stands, f"Which and by whom: {Next.RUNS}, {Next.SHOW_RUN.of('RUN')}"]
    changes = [{"course": row.course, "kind": row.kind, "verb": row.verb, "count": row.count} for row in rows]
    data = {"since": since.isoformat(), "until": now.isoformat(), "changes": changes}
    return _notice("digest", f"digest:{now.isoformat()}", subject=subject, lines=lines, data=data)


def _did(row: Changed) -> str:
    one, many = _DID.get((row.kind, row.verb), (f"{row.kind} {_VERBS[row.verb]}", f"{row.kind}s {_VERBS[row.verb]}"))
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
    """A notice that says nothing but that notices arrive."""
    lines = [f"This is a test of {clock.at(now)}: notices arrive here. Nothing else has happened."]
    return _notice("test", f"test:{now.isoformat()}", subject="a test", lines=lines, data={})


def _notice(kind: str, about: str, *, subject: str, lines: Sequence[str], data: Mapping[str, object], lasting: bool = False) -> Notice:
    """Each line is one, and none is endless."""
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
    """cop:EQ, as in --only, for ilc:2021-22:cop:EQ"""
    return course.split(":", 2)[-1]


def _in_year(course: str, rows: Sequence[Changed]) -> str:
    """The same, with its school year where there are several: 2021-22 cop:EQ"""
    several = len({row.course.split(":")[1] for row in rows if row.course}) > 1
    return f"{course.split(':')[1]} {_word(course)}" if several and course else _word(course)
