"""One person's way through a run: roster, Canvas, decision, result, verification."""

from collections.abc import Sequence
from dataclasses import dataclass

from ilc_canvas.program.basis import roster_number
from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Person
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.run.sentence import has_all, sentence
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunDetail


@dataclass(frozen=True)
class PersonRun:
    """What happened to one person in one run, in order."""

    person_id: str
    person: Person | None  # the person in the roster, if named there
    version: int | None  # of the roster
    account: str  # key of the account; empty if there was none yet
    reasons: Sequence[Reason]  # why it was held
    changes: int
    done: int
    verified: str  # in a sentence: whether Canvas was read again, and what that showed


def person_run(settings: Settings, store: Store, person_id: str, *, run: int) -> PersonRun:
    """What happened to this person in this run."""
    detail = details.run(store, run)
    version, key = roster_number(detail.info.basis), user_key(settings.prefix, person_id)
    return PersonRun(
        person_id,
        versions.read(store, version).person_by_id.get(person_id),
        version,
        "" if any(step.change.key == key and step.change.verb == "create" for step in detail.steps) else key.id,
        detail.reasons,
        len(detail.steps),
        sum(step.outcome is not None and step.outcome.done for step in detail.steps),
        _verified(store, detail),
    )


def _verified(store: Store, detail: RunDetail) -> str:
    """Whether Canvas was read in full: by this run if it found nothing to do, or by a later run if this one changed something."""
    again = [info for info in details.runs(store, 5) if info.number > detail.info.number and info.trigger == "verify"]
    last = details.run(store, again[0].number) if again else detail
    read = "Canvas was read again" if again else "Canvas was read"
    if last.report is None or last.report.status == "failed":
        return f"not yet: {Next.SHOW_RUN.of(last.info.number)}"
    if has_all(last.report) and (again or last.report.status == "converged"):
        return f"{read}: everything matches the roster"
    return f"{read}. {sentence(last.report)} See: {Next.SHOW_RUN.of(last.info.number)}"
