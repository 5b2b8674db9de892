"""One person on the way through a run: found in the roster, found in Canvas, decided, done, verified."""

from collections.abc import Sequence
from dataclasses import dataclass

from ilc_canvas.program.basis import roster_number
from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Person
from ilc_canvas.reconcile.guard import Reason
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.sentence import has_all, sentence
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunDetail


@dataclass(frozen=True)
class Journey:
    """One person in one run, in the order in which it happened."""

    person_id: str
    person: Person | None  # as the roster names the person, if it does
    version: int | None  # of the roster
    account: str  # the key of the account; empty: there was none yet
    reasons: Sequence[Reason]  # why it was held
    changes: int
    done: int
    verified: str  # whether Canvas was read again, and what was found, in a sentence


def journey(settings: Settings, store: Store, person_id: str, *, run: int) -> Journey:
    """How this run went for this person."""
    detail = details.run(store, run)
    version, key = roster_number(detail.info.basis), user_key(settings.prefix, person_id)
    return Journey(
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
    """Canvas was read whole: by the run itself if it found nothing to do, by another one after it if it changed something."""
    again = [info for info in details.runs(store, 5) if info.number > detail.info.number and info.trigger == "verify"]
    last = details.run(store, again[0].number) if again else detail
    read = "Canvas was read again" if again else "Canvas was read"
    if last.report is None or last.report.status == "failed":
        return f"not yet: {Next.SHOW_RUN.of(last.info.number)}"
    if has_all(last.report) and (again or last.report.status == "converged"):
        return f"{read}: all is as the roster asks"
    return f"{read}. {sentence(last.report)} See: {Next.SHOW_RUN.of(last.info.number)}"
