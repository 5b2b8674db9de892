"""approve, reject: approving and declining a held plan"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Only, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.runs.runs import checked
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.actions.approvals import ApprovalResult
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail, Step

Digest = Annotated[str, typer.Argument(help="The digest of a held plan, as plan shows it.")]
Except = Annotated[
    list[str] | None, typer.Option("--except", help="Everything except this: words as for --only; may be given several times.")
]


def approve(digest: Digest, only: Only = None, but: Except = None, *, reason: Reason = "", as_json: Json = False) -> None:
    """Approve a held plan, or some of its changes, for 24 hours. The next sync applies them; the others stay undone."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import heads

    chosen, excluded = checked(only), checked(but)
    settings = begin()
    with bootstrap.open_store(settings) as store:
        heads.require_kept(store)
        result = approvals.approve(
            settings, store, digest, only=chosen, but=excluded, actor=process.actor(), reason=reason, at=process.now()
        )
        say_json(_as_json(result)) if as_json else say(*_lines(settings, store, result))


def _as_json(result: "ApprovalResult") -> dict[str, object]:
    changes = [{"verb": step.change.verb, "key": str(step.change.key)} for step in result.steps]
    numbers = {"approved": len(result.steps), "of": len(result.plan.steps), "declined": result.declined}
    return {"digest": result.plan.info.digest, **numbers, "expires": result.approval.expires, "changes": changes}


def _lines(settings: "Settings", store: "Store", result: "ApprovalResult") -> Iterable[str]:
    """What was approved, what stays undone, and how to apply it now."""
    yield from _approved_lines(settings, store, result.plan, steps=result.steps)
    yield from [_declined_line(result.declined)] if result.declined else []
    undo, digest = result.plan.info.undo, result.plan.info.digest
    again = "sync" if undo is None else f'undo {undo} --approve {digest} --reason "..."'
    yield f"Valid until {clock.at(result.approval.expires)}. To do it now: ilc-canvas {again}"


def _declined_line(number: int) -> str:
    changes = count(number, "change, which stays", "changes, which stay")
    return f"Declined: {changes} undone until the roster changes or somebody approves. See: ilc-canvas declined"


def _approved_lines(settings: "Settings", store: "Store", detail: "RunDetail", *, steps: "Sequence[Step]") -> Iterable[str]:
    """How much is approved, and everybody who leaves, by name: a number alone is easily overlooked."""
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
    """Decline a held plan, or withdraw an approval that has not been used. Its changes stay undone. Needs a reason."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Give a reason for declining, so that others understand it: --reason "..."')
    settings = begin()
    with bootstrap.open_store(settings) as store:
        number = approvals.reject(settings, store, digest, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json({"digest": digest, "rejected": True, "declined": number})
    else:
        say(f"The plan {digest} will not be applied.", *([_declined_line(number)] if number else []))
