"""approve, reject: a person's yes or no to a plan"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Only, Reason
from ilc_canvas.cli.output import count, say, say_json
from ilc_canvas.cli.runs import checked

if TYPE_CHECKING:
    from ilc_canvas.reconcile.change import Change
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.engine import Store
    from ilc_canvas.store.runs import RunDetail, Step

Digest = Annotated[str, typer.Argument(help="The digest of a held plan, as plan shows it.")]
Except = Annotated[list[str] | None, typer.Option("--except", help="All but this: words as for --only; may be given several times.")]


def approve(digest: Digest, only: Only = None, but: Except = None, *, reason: Reason = "", as_json: Json = False) -> None:
    """Say yes to a held plan, or to some of its changes, for 24 hours; the next sync carries them out."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import runs

    chosen, spared = checked(only), checked(but)
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        detail = runs.planned(store, digest, bootstrap.place_of_plan(settings, store, digest))
        steps = _chosen(detail, chosen, spared)
        names = frozenset(step.fingerprint for step in steps) if chosen or spared else None
        words = {"only": chosen, "except": spared}
        approval = bootstrap.say_yes(settings, store, digest, reason=reason, fingerprints=names, selection=words)
        if as_json:
            changes = [{"verb": step.change.verb, "key": str(step.change.key)} for step in steps]
            numbers = {"approved": len(steps), "of": len(detail.steps)}
            say_json({"digest": digest, **numbers, "expires": approval.expires, "changes": changes})
            return
        say(
            *_told(settings, store, detail, steps=steps),
            f"Good until {clock.at(approval.expires)}. To do it now: ilc-canvas sync",
        )


def _chosen(detail: "RunDetail", only: tuple[str, ...], but: tuple[str, ...]) -> "list[Step]":
    """The steps that are meant, with the parents that they need."""
    from ilc_canvas.program.selection import selected
    from ilc_canvas.reconcile.plan import with_parents

    prefix, _, year = detail.info.scope.partition(":")

    def means(change: "Change", words: tuple[str, ...]) -> bool:
        return selected(change.subject, words, prefix=prefix, school_year=year)

    changes = [step.change for step in detail.steps]
    wanted = [change for change in changes if (not only or means(change, only)) and not (but and means(change, but))]
    keys = {change.key for change in with_parents(wanted, {change.key: change for change in changes})}
    return [step for step in detail.steps if step.change.key in keys]


def _told(settings: "Settings", store: "Store", detail: "RunDetail", *, steps: "list[Step]") -> Iterable[str]:
    """How much is permitted, and everybody who leaves, by name: a number alone is easily nodded through."""
    from ilc_canvas.cli.known import known_names
    from ilc_canvas.cli.letter import about
    from ilc_canvas.reconcile.change import Remove

    yield f"Approved: {len(steps):,} of {count(len(detail.steps), 'change')} of the plan {detail.info.digest}."
    names = known_names(settings, store)
    leaving = [step.change for step in steps if isinstance(step.change, Remove)]
    if leaving:
        yield f"Among them {count(len(leaving), 'removal')}:"
        yield from (f"  {names[about(change.key)]} ({change.key.id.split('|')[0]})" for change in leaving)


def reject(digest: Digest, reason: Reason = "", as_json: Json = False) -> None:
    """Say no to a held plan, and take back a yes to it that has not been used. Wants a reason."""
    from ilc_canvas import bootstrap

    if not reason.strip():
        raise typer.BadParameter('A no wants a reason, so that others understand it: --reason "..."')
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        bootstrap.say_no(settings, store, digest, reason=reason)
    if as_json:
        say_json({"digest": digest, "rejected": True})
    else:
        say(f"Rejected: the plan {digest} will not be carried out. The next plan that comes out the same waits again.")
