"""A person's yes or no to a plan; what is not approved stays undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.selection import selected
from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.plan import with_parents
from ilc_canvas.reconcile.run import Approval
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.documents import signing
from ilc_canvas.store.runs import approvals, declines, details
from ilc_canvas.store.runs.details import RunDetail, Step
from ilc_canvas.views import years


@dataclass(frozen=True)
class Approved:
    """What was permitted of a plan, and how many of its changes stay undone."""

    approval: Approval
    plan: RunDetail
    steps: Sequence[Step]
    declined: int


def approve(
    settings: Settings,
    store: Store,
    digest: str,
    *,
    only: tuple[str, ...] = (),
    but: tuple[str, ...] = (),
    actor: str,
    reason: str,
    at: datetime,
) -> Approved:
    """Permit the plan of this digest, or what these words choose of it.

    ApprovalError if it cannot be, by somebody else alone, or if a word names no change of the plan.
    """
    place = years.of_plan(settings, store, digest)
    plan = details.planned(store, digest, place)
    _require_meant(plan, {"--only": only, "--except": but})
    steps = _chosen(plan, only, but)
    _require_other_person(settings, store, plan, actor)
    approval = approvals.approve(
        store,
        digest,
        actor=actor,
        reason=reason,
        scope=place.scope,
        base_url=place.base_url,
        now=at,
        fingerprints=frozenset(step.fingerprint for step in steps) if only or but else None,
        selection={"only": only, "except": but},
        spared=frozenset(step.fingerprint for step in plan.steps if but and _means(plan, step.change, but)),
    )
    return Approved(approval, plan, steps, _left_undone(store, place, plan))


def approve_whole(settings: Settings, store: Store, digest: str, *, undo: int | None, actor: str, reason: str, at: datetime) -> Approval:
    """Permit all of the plan of this digest, which takes back the run `undo`, or is that of a sync.

    ApprovalError for a plan of another command: a yes to it would be kept, and used by a later run.
    """
    place = years.of_plan(settings, store, digest)
    plan = details.planned(store, digest, place)
    if plan.info.undo != undo:
        of = "a sync" if plan.info.undo is None else f"taking back run {plan.info.undo}"
        raise ApprovalError(f"The plan {digest} is for {of}. Nothing was changed. See it: {Next.SHOW_RUN.of(plan.info.number)}")
    _require_other_person(settings, store, plan, actor)
    return approvals.approve(store, digest, actor=actor, reason=reason, scope=place.scope, base_url=place.base_url, now=at)


def reject(settings: Settings, store: Store, digest: str, *, actor: str, reason: str, at: datetime) -> int:
    """Decline the plan of this digest; how many changes stay undone. ApprovalError if it cannot be."""
    place = years.of_plan(settings, store, digest)
    return approvals.reject(store, digest, actor=actor, reason=reason, scope=place.scope, base_url=place.base_url, now=at)


def _require_other_person(settings: Settings, store: Store, plan: RunDetail, actor: str) -> None:
    if settings.guard.four_eyes:
        signing.require_other_approver(store, plan.info.basis, actor)


def _left_undone(store: Store, place: Place, plan: RunDetail) -> int:
    return sum(each.run == plan.info.number for each in declines.listing(store, [place]))


def _require_meant(plan: RunDetail, given: Mapping[str, tuple[str, ...]]) -> None:
    """ApprovalError for a word that no change of the plan lies in: misspelt, it would spare nobody, and nobody would notice."""
    for option, words in given.items():
        for word in words:
            if not any(_means(plan, step.change, (word,)) for step in plan.steps):
                raise ApprovalError(f"{option} {word}: no change of the plan {plan.info.digest} lies in that. Nothing was changed.")


def _chosen(plan: RunDetail, only: tuple[str, ...], but: tuple[str, ...]) -> list[Step]:
    """The steps that are meant, with the parents that they need."""
    changes = [step.change for step in plan.steps]
    wanted = [change for change in changes if (not only or _means(plan, change, only)) and not (but and _means(plan, change, but))]
    keys = {change.key for change in with_parents(wanted, {change.key: change for change in changes})}
    return [step for step in plan.steps if step.change.key in keys]


def _means(plan: RunDetail, change: Change, words: tuple[str, ...]) -> bool:
    prefix, _, year = plan.info.scope.partition(":")
    return selected(change.subject, words, prefix=prefix, school_year=year)
