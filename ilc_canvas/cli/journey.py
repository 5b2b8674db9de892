"""One person on the way through a run: found in the roster, found in Canvas, decided, done, verified."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ilc_canvas.cli.output import count
from ilc_canvas.reconcile.sentence import has_all, sentence

if TYPE_CHECKING:
    from ilc_canvas.program.roster import Person
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail


def journey(settings: "Settings", store: "Store", person_id: str, *, number: int) -> list[str]:
    """Five lines, in the order in which it happened; `number` is the run."""
    from ilc_canvas.program.basis import roster_number
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.store.runs import details

    detail = details.run(store, number)
    roster = versions.read(store, roster_number(detail.info.basis))
    person = next((each for each in roster.people if each.person_id == person_id), None)
    lines = [*_lines(settings, person_id, person, detail=detail), f"Verified   {_verified(store, detail)}"]
    return [f"  {line}" for line in lines]


def _lines(settings: "Settings", person_id: str, person: "Person | None", *, detail: "RunDetail") -> Iterator[str]:
    from ilc_canvas.program.basis import roster_number

    version = roster_number(detail.info.basis)
    if person is None:
        yield f"Roster     {person_id} is not in version {version}"
    else:
        yield f"Roster     {person.display_name}, version {version}, line {person.line}"
    yield f"Canvas     {_account(settings, person_id, detail)}"
    if detail.reasons:
        yield f"Decided    held for a person: {'; '.join(reason.text for reason in detail.reasons)}"
    else:
        yield f"Decided    {count(len(detail.steps), 'change')}" if detail.steps else "Decided    nothing is to be changed"
    yield f"Done       {_done(detail)}"


def _account(settings: "Settings", person_id: str, detail: "RunDetail") -> str:
    from ilc_canvas.program.names import user_key

    key = user_key(settings.prefix, person_id)
    new = any(step.change.key == key and step.change.verb == "create" for step in detail.steps)
    return "no account yet" if new else f"account {key.id}"


def _done(detail: "RunDetail") -> str:
    done = sum(step.outcome is not None and step.outcome.done for step in detail.steps)
    return f"{done} of {len(detail.steps)}" if detail.steps else "nothing"


def _verified(store: "Store", detail: "RunDetail") -> str:
    """Canvas was read whole: by the run itself where it found nothing to do, by another one after it where it changed something."""
    from ilc_canvas.store.runs import details

    again = [info for info in details.runs(store, 5) if info.number > detail.info.number and info.trigger == "verify"]
    last = details.run(store, again[0].number) if again else detail
    read = "Canvas was read again" if again else "Canvas was read"
    if last.report is None or last.report.status == "failed":
        return f"not yet: ilc-canvas show {last.info.number}"
    if has_all(last.report) and (again or last.report.status == "converged"):
        return f"{read}: all is as the roster asks"
    return f"{read}. {sentence(last.report)} See: ilc-canvas show {last.info.number}"
