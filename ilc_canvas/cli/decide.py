"""approve, reject: a person's yes or no to a plan; what is not approved stays undone"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Only, Reason
from ilc_canvas.cli.output import count, say, say_json
from ilc_canvas.cli.runs import checked

if TYPE_CHECKING:
    from ilc_canvas.reconcile.change import Change
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail, Step

Digest = Annotated[str, typer.Argument(help="The digest of a held plan, as plan shows it.")]
Except = Annotated[list[str] | None, typer.Option("--except", help="All but this: words as for --only; may be given several times.")]


def approve(digest: Digest, only: Only = None, but: Except = None, *, reason: Reason = "", as_json: Json = False) -> None:
    """Say yes to a held plan, or to some of its changes, for 24 hours; the next sync carries them out, and the others stay undone."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.runs import declines, details

    chosen, spared = checked(only), checked(but)
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        detail = details.planned(store, digest, bootstrap.place_of_plan(settings, store, digest))
        _require_meant(detail, {"--only": chosen, "--except": spared})
        steps = _chosen(detail, chosen, spared)
        names = frozenset(step.fingerprint for step in steps) if chosen or spared else None
        but_these = frozenset(step.fingerprint for step in detail.steps if spared and _means(detail, step.change, spared))
        words = {"only": chosen, "except": spared}
        approval = bootstrap.say_yes(settings, store, digest, reason=reason, fingerprints=names, selection=words, spared=but_these)
        place = bootstrap.place_of_plan(settings, store, digest)
        left = [each for each in declines.listing(store, [place]) if each.run == detail.info.number]
        if as_json:
            changes = [{"verb": step.change.verb, "key": str(step.change.key)} for step in steps]
            numbers = {"approved": len(steps), "of": len(detail.steps), "declined": len(left)}
            say_json({"digest": digest, **numbers, "expires": approval.expires, "changes": changes})
            return
        again = "sync" if detail.info.undo is None else f'undo {detail.info.undo} --approve {digest} --reason "..."'
        say(
            *_told(settings, store, detail, steps=steps),
            *([_stays(len(left))] if left else []),
            f"Good until {clock.at(approval.expires)}. To do it now: ilc-canvas {again}",
        )


def _stays(number: int) -> str:
    changes, stay = count(number, "change"), "stays" if number == 1 else "stay"
    return f"Declined: {changes}, which {stay} undone until the roster changes or somebody approves. See: ilc-canvas declined"


def _require_meant(detail: "RunDetail", given: Mapping[str, tuple[str, ...]]) -> None:
    """ApprovalError for a word that no change of the plan lies in: misspelt, it would spare nobody, and nobody would notice."""
    from ilc_canvas.reconcile.errors import ApprovalError

    for option, words in given.items():
        for word in words:
            if not any(_means(detail, step.change, (word,)) for step in detail.steps):
                raise ApprovalError(f"{option} {word}: no change of the plan {detail.info.digest} lies in that. Nothing was changed.")


def _chosen(detail: "RunDetail", only: tuple[str, ...], but: tuple[str, ...]) -> "list[Step]":
    """The steps that are meant, with the parents that they need."""
    from ilc_canvas.reconcile.plan import with_parents

    changes = [step.change for step in detail.steps]
    wanted = [change for change in changes if (not only or _means(detail, change, only)) and not (but and _means(detail, change, but))]
    keys = {change.key for change in with_parents(wanted, {change.key: change for change in changes})}
    return [step for step in detail.steps if step.change.key in keys]


def _means(detail: "RunDetail", change: "Change", words: tuple[str, ...]) -> bool:
    from ilc_canvas.program.selection import selected

    prefix, _, year = detail.info.scope.partition(":")
    return selected(change.subject, words, prefix=prefix, school_year=year)


def _told(settings: "Settings", store: "Store", detail: "RunDetail", *, steps: "list[Step]") -> Iterable[str]:
    """How much is permitted, and everybody who leaves, by name: a number alone is easily nodded through."""
    from ilc_canvas.cli.known import known_names
    from ilc_canvas.cli.letter import place_of
    from ilc_canvas.reconcile.change import Remove

    yield f"Approved: {len(steps):,} of {count(len(detail.steps), 'change')} of the plan {detail.info.digest}."
    names = known_names(settings, store)
    leaving = [step.change for step in steps if isinstance(step.change, Remove)]
    if leaving:
        yield f"Among them {count(len(leaving), 'removal')}:"
        yield from (f"  {place_of(change.key, names)}" for change in leaving)


def reject(digest: Digest, reason: Reason = "", as_json: Json = False) -> None:
    """Decline a held plan, and take back a yes to it that has not been used: its changes stay undone. Wants a reason."""
    from ilc_canvas import bootstrap

    if not reason.strip():
        raise typer.BadParameter('A no wants a reason, so that others understand it: --reason "..."')
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        number = bootstrap.say_no(settings, store, digest, reason=reason)
    if as_json:
        say_json({"digest": digest, "rejected": True, "declined": number})
    else:
        say(f"The plan {digest} will not be carried out.", *([_stays(number)] if number else []))
