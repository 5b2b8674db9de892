"""approve, reject: a person's yes or no to a plan; what is not approved stays undone"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Only, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.runs import checked
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.actions.approvals import Approved
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail, Step

Digest = Annotated[str, typer.Argument(help="The digest of a held plan, as plan shows it.")]
Except = Annotated[list[str] | None, typer.Option("--except", help="All but this: words as for --only; may be given several times.")]


def approve(digest: Digest, only: Only = None, but: Except = None, *, reason: Reason = "", as_json: Json = False) -> None:
    """Say yes to a held plan, or to some of its changes, for 24 hours; the next sync carries them out, and the others stay undone."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.audit import heads

    chosen, spared = checked(only), checked(but)
    settings = begin()
    with bootstrap.opened(settings) as store:
        heads.require_kept(store)
        done = approvals.approve(
            settings, store, digest, only=chosen, but=spared, actor=bootstrap.actor(), reason=reason, at=bootstrap.now()
        )
        say_json(_as_json(done)) if as_json else say(*_lines(settings, store, done))


def _as_json(done: "Approved") -> dict[str, object]:
    changes = [{"verb": step.change.verb, "key": str(step.change.key)} for step in done.steps]
    numbers = {"approved": len(done.steps), "of": len(done.plan.steps), "declined": done.declined}
    return {"digest": done.plan.info.digest, **numbers, "expires": done.approval.expires, "changes": changes}


def _lines(settings: "Settings", store: "Store", done: "Approved") -> Iterable[str]:
    """What was permitted, what stays undone, and how to do it now."""
    yield from _told(settings, store, done.plan, steps=done.steps)
    yield from [_stays(done.declined)] if done.declined else []
    undo, digest = done.plan.info.undo, done.plan.info.digest
    again = "sync" if undo is None else f'undo {undo} --approve {digest} --reason "..."'
    yield f"Good until {clock.at(done.approval.expires)}. To do it now: ilc-canvas {again}"


def _stays(number: int) -> str:
    changes, stay = count(number, "change"), "stays" if number == 1 else "stay"
    return f"Declined: {changes}, which {stay} undone until the roster changes or somebody approves. See: ilc-canvas declined"


def _told(settings: "Settings", store: "Store", detail: "RunDetail", *, steps: "Sequence[Step]") -> Iterable[str]:
    """How much is permitted, and everybody who leaves, by name: a number alone is easily nodded through."""
    from ilc_canvas.reconcile.change import Remove
    from ilc_canvas.views.names import known_names
    from ilc_canvas.views.sentences import place_of

    yield f"Approved: {len(steps):,} of {count(len(detail.steps), 'change')} of the plan {detail.info.digest}."
    names = known_names(settings, store)
    leaving = [step.change for step in steps if isinstance(step.change, Remove)]
    if leaving:
        yield f"Among them {count(len(leaving), 'removal')}:"
        yield from (f"  {place_of(change.key, names)}" for change in leaving)


def reject(digest: Digest, reason: Reason = "", as_json: Json = False) -> None:
    """Decline a held plan, and take back a yes to it that has not been used: its changes stay undone. Wants a reason."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('A no wants a reason, so that others understand it: --reason "..."')
    settings = begin()
    with bootstrap.opened(settings) as store:
        number = approvals.reject(settings, store, digest, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    if as_json:
        say_json({"digest": digest, "rejected": True, "declined": number})
    else:
        say(f"The plan {digest} will not be carried out.", *([_stays(number)] if number else []))
