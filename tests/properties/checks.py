"""What must be true after each run, and what after all faults have stopped. The numbers are those of the list of invariants."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ilc_canvas.program.desired import desired_state
from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.sandbox.world.records import SisRecord
from ilc_canvas.sandbox.world.world import World
from ilc_canvas.store.audit.chain import verify
from tests.properties.books import Written
from tests.properties.stage import Stage
from tests.properties.wire import READ
from tests.properties.witness import LIVE
from tests.sync.world import POLICY, not_converged

RANK = {"TeacherEnrollment": 2, "TaEnrollment": 1}
Standing = dict[tuple[str, str], int]  # (course, person) -> the highest rank of a live enrollment


def standing(world: World) -> Standing:
    """Who can do how much in which course."""
    found: Standing = {}
    for row in world.enrollments:
        login, course = world.shown_login(row.user_id), world.courses[row.course_id]
        at = (str(course.sis_id), str(login and login.sis_id))
        if row.state in LIVE:
            found[at] = max(found.get(at, 0), RANK.get(row.type, 0))
    return found


def doubles(world: World) -> Iterator[str]:
    """Per section, person and role one live row; per SIS id one live object."""
    live = Counter((row.section_id, row.user_id, row.role_id) for row in world.enrollments if row.state in LIVE)
    tables: tuple[tuple[str, Iterable[SisRecord]], ...] = (("login", world.logins), ("course", world.courses), ("section", world.sections))
    ids = Counter((name, row.sis_id) for name, table in tables for row in table if row.sis_id and row.state != "deleted")
    yield from (f"3: {what} is there {count} times" for what, count in (*live.items(), *ids.items()) if count > 1)


@dataclass(frozen=True)
class Before:
    """What was true when a run began."""

    run: int
    requests: int
    granted: frozenset[str]
    standing: Standing


def before(stage: Stage) -> Before:
    """As it is now."""
    return Before(stage.books.last_run(), len(stage.inside.sent), stage.granted(), standing(stage.witness.world))


def after_run(stage: Stage, was: Before, report: Report | None, *, dry: bool) -> list[str]:
    """All that is wrong with the run that has just ended, however it ended."""
    run, writes = stage.books.last_run(), [each for each in stage.inside.sent[was.requests :] if each.method != READ]
    found = [*stage.witness.complaints, *doubles(stage.witness.world)]
    silent = dry or run == was.run or (report is not None and report.status in ("planned", "converged"))
    if silent and writes:
        found.append(f"6: {len(writes)} writes in a run that may not write ({report and report.status})")
    if run > was.run:
        found += [*_permitted(stage, run, was), *_closed(stage, run, report)]
    spend(stage, run, report)
    return found


def _permitted(stage: Stage, run: int, was: Before) -> Iterator[str]:
    """What was carried out was planned, and allowed by the guard or by a person."""
    planned, held, intents = stage.books.planned(run), stage.books.held_courses(run), stage.books.intents(run)
    singly = stage.books.held_singly(run)
    for intent in intents:
        if _is_rest(intent, intents):
            continue
        name, course = intent.fingerprint, planned.get(intent.fingerprint)
        if course is None:
            yield f"7: {intent.key} was not in the plan of run {run}"
        if (None in held or course in held or intent.key in singly) and name not in was.granted:
            yield f"7: {intent.key} was held in run {run}, and nobody said yes"
        if _raises(intent, was.standing) and name not in was.granted:
            yield f"8: {intent.key} raises a person's rights, and nobody said yes"


def _is_rest(intent: Written, intents: list[Written]) -> bool:
    """What a create of the same run has left to be done."""
    return any(other.key == intent.key and other.seq < intent.seq and other.body["verb"] == "create" for other in intents)


def _raises(intent: Written, were: Standing) -> bool:
    """Whether it gives a person more rights in a course than any live enrollment there did."""
    after = intent.body["after"]
    if not (after and intent.key.startswith("enrollment=")):
        return False
    course, user = after["parents"][0].partition("=")[2], intent.key.split("|")[1]
    return were.get((course, user), 0) < RANK.get(str(after["fields"].get("base")), 0)


def _closed(stage: Stage, run: int, report: Report | None) -> Iterator[str]:
    """Earlier runs are closed when one gets as far as its plan; a run that ended by itself is closed as well."""
    if stage.books.was_planned(run):
        left = [intent.key for intent in stage.books.open_intents() if intent.run != run]
        if left:
            yield f"24: run {run} left {left} of dead runs open"
        if [number for number in stage.books.unfinished() if number != run]:
            yield f"24: run {run} left dead runs running"
    if report is not None and stage.books.unfinished():
        yield f"24: run {run} ended by itself and is not closed"


def spend(stage: Stage, run: int, report: Report | None) -> None:
    """A yes is used up when its run has done all, or found all done."""
    if report is not None and report.status in ("applied", "converged"):
        used = set(stage.books.planned(run))
        for grant in stage.grants:
            grant.spent = grant.spent or report.status == "converged" or bool(grant.names & used)


def healed(stage: Stage, report: Report) -> list[str]:
    """All that is wrong when faults have stopped, people have said yes, and nothing moves any more."""
    state = stage.inside.state()
    excused = _excused(stage, report)
    over = {f"course={course.sis_id}" for course in stage.witness.world.courses if course.state == "completed"}
    ledger = {key: how for key, how in stage.books.ledger().items() if key not in over}
    found = [text for text in not_converged(state, stage.sheet.meant()) if not _is_excused(text, excused, ledger)]
    if stage.restored:  # a ledger of old may know neither what we renamed since nor what people did
        found = [text for text in found if " has another " not in text]
    drift = stage.books.drift(report.run)
    if drift and not stage.deeds and not stage.restored:
        found.append(f"{sorted(drift)} is said to be changed by hand, and no hand was there")
    return [*(f"16: {text}" for text in found), *_audit(stage)]


def _excused(stage: Stage, report: Report) -> set[str]:
    """Keys that people changed by hand (drift), that Canvas refuses, or about whom somebody must decide; and whatever lies below them."""
    marked = {str(key) for key in report.failures} | stage.books.drift(report.run)
    marked |= stage.books.asked() | stage.books.deferred(report.run) | _of_one_account(stage.witness.world)
    records = desired_state(stage.sheet.meant(), POLICY).records.values()
    below = {str(record.key) for record in records if marked & {str(parent) for parent in record.parents}}
    courses = {record.course for record in records if str(record.key) in marked | below and record.course}
    return marked | below | {f"course {course.id}" for course in courses}


def _of_one_account(world: World) -> set[str]:
    """People whose accounts somebody has merged: Canvas shows only one of their SIS ids, so that this state cannot say whose a place is."""
    ids: dict[int, set[str]] = defaultdict(set)
    for login in world.logins:
        if str(login.sis_id).startswith("ilc:p:"):
            ids[login.user_id].add(f"user={login.sis_id}")
    return {key for keys in ids.values() if len(keys) > 1 for key in keys}


def _is_excused(text: str, excused: set[str], ledger: dict[str, str]) -> bool:
    """An enrollment that nobody asks for may stay where we never made it, or where something in its course has failed."""
    key = text.partition("converged: ")[2].partition(" is ")[0].partition(" has ")[0]
    if "there unasked" in text:
        course = key.partition("=")[2].partition("|")[0].rpartition(":")[0]
        person = f"user={key.partition('|')[2].partition('|')[0]}"
        return ledger.get(key) != "created" or f"course {course}" in excused or person in excused
    return key in excused


def _audit(stage: Stage) -> Iterator[str]:
    try:
        verify(stage.store)
    except ChainError as error:
        yield f"12: {error}"
    outcomes, intents = stage.books.outcomes(), {intent.seq: intent for intent in stage.books.all_intents()}
    yield from (
        f"1: {intent.key} has {len(outcomes.get(seq, []))} outcomes" for seq, intent in intents.items() if len(outcomes.get(seq, [])) != 1
    )
    closed = stage.books.rows("SELECT run, count(*) FROM audit_event WHERE kind = 'closed' GROUP BY run HAVING count(*) > 1")
    yield from (f"24: run {run} was closed {count} times" for run, count in closed)
    if not stage.restored:
        yield from effects(stage)


def effects(stage: Stage) -> Iterator[str]:
    """Where what Canvas did and what the log says do not agree."""
    outcomes = {seq: found[0] for seq, found in stage.books.outcomes().items()}
    done = [each for each in stage.inside.sent if each.method != READ and each.done and each.about]
    counted = Counter(each.about.seq for each in done)
    for each in done:
        if each.about.seq not in outcomes:
            continue
        outcome, verb = outcomes[each.about.seq], each.about.body["verb"]
        plain = each.method == "POST" and "/enrollments" not in each.path and "/communication" not in each.path
        made = verb == "create" and plain
        if made and sum(other.about.seq == each.about.seq and other.method == "POST" for other in done) > 1:
            yield f"3: {each.about.key} was made twice by one intent"
        if (
            "/communication_channels" not in each.path
            and outcome.body["how"] != "recovered"
            and outcome.body["result"] not in ("applied", "noop")
        ):
            yield f"1: {each.about.key} was done, and the log says {outcome.body['result']}"
    for seq, outcome in outcomes.items():
        if (
            (outcome.body["result"], outcome.body["how"]) == ("applied", "response")
            and outcome.body["verb"] != "adopt"
            and not counted[seq]
        ):
            yield f"1: {outcome.key} is said to be applied, and Canvas did nothing"
