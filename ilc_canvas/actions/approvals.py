"""Approving and declining a plan. Changes that are not approved stay undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.selection import selected, suggestion
from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.reconcile.kinds import of_account
from ilc_canvas.reconcile.plan import with_parents
from ilc_canvas.reconcile.run.values import Approval
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents import signing
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals, declines
from ilc_canvas.store.runs.details import RunDetail, Step
from ilc_canvas.views import years
from ilc_canvas.views.selectors import words_of


@dataclass(frozen=True)
class ApprovalResult:
    """What was approved of a plan, and how many of its changes stay undone."""

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
) -> ApprovalResult:
    """Approve the plan with this digest, or the part of it that these words select.

    ApprovalError if it cannot be approved, if somebody else has to do it, or if a word does not match any change in the plan.
    """
    canvas_scope = years.of_plan(settings, store, digest)
    plan = details.planned(store, digest, canvas_scope)
    _require_matches(plan, {"--only": only, "--except": but})
    steps = _chosen(plan, only, but)
    _require_other_person(settings, store, plan, actor=actor)
    approval = approvals.approve(
        store,
        digest,
        actor=actor,
        reason=reason,
        scope=canvas_scope.scope,
        base_url=canvas_scope.base_url,
        now=at,
        fingerprints=frozenset(step.fingerprint for step in steps) if only or but else None,
        selection={"only": only, "except": but},
        spared=frozenset(step.fingerprint for step in plan.steps if but and _means(plan, step.change, but)),
    )
    return ApprovalResult(approval, plan, steps, _left_undone(store, canvas_scope, plan))


def approve_changes(
    settings: Settings,
    store: Store,
    digest: str,
    *,
    fingerprints: Collection[str],
    actor: str,
    reason: str,
    at: datetime,
    seen: int | None = None,
) -> ApprovalResult:
    """Approve these changes of a plan, with the steps and the parents that they need. All others stay undone.

    ApprovalError as in `approve`, and for a change that the plan does not have. OutrunError if there are other decisions about the plan
    than those `seen`.
    """
    canvas_scope = years.of_plan(settings, store, digest)
    plan = details.planned(store, digest, canvas_scope)
    if unknown := set(fingerprints) - {step.fingerprint for step in plan.steps}:
        raise ApprovalError(f"The plan {digest} has no change {min(unknown)}. Nothing was changed.")
    steps = with_companions(plan, fingerprints)
    _require_other_person(settings, store, plan, actor=actor)
    chosen = frozenset(step.fingerprint for step in steps)
    approval = approvals.approve(
        store,
        digest,
        actor=actor,
        reason=reason,
        scope=canvas_scope.scope,
        base_url=canvas_scope.base_url,
        now=at,
        fingerprints=chosen,
        spared=frozenset(step.fingerprint for step in plan.steps) - chosen,
        seen=seen,
    )
    return ApprovalResult(approval, plan, steps, _left_undone(store, canvas_scope, plan))


def with_companions(plan: RunDetail, fingerprints: Collection[str]) -> list[Step]:
    """The steps that these fingerprints choose, with the parents they need; of a person's account all or nothing."""
    chosen = with_parents(
        [step.change for step in plan.steps if step.fingerprint in fingerprints],
        {step.change.key: step.change for step in plan.steps},
    )
    people = {person_of(change.key) for change in chosen if of_account(change.key.rule)}
    keys = {change.key for change in chosen}
    return [step for step in plan.steps if step.change.key in keys or _is_of(step.change.key, people)]


def _is_of(key: Key, people: Collection[Key]) -> bool:
    """Whether this is the account of one of these people, or part of it."""
    return of_account(key.rule) and person_of(key) in people


def approve_whole(
    settings: Settings, store: Store, digest: str, *, undo: int | None, actor: str, reason: str, at: datetime, seen: int | None = None
) -> Approval:
    """Approve the whole plan with this digest: the plan to undo run `undo`, or the plan of a sync.

    ApprovalError for the plan of another command: its approval would be stored and used by a later run.
    """
    canvas_scope = years.of_plan(settings, store, digest)
    plan = details.planned(store, digest, canvas_scope)
    if plan.info.undo != undo:
        of = "a sync" if plan.info.undo is None else f"taking back run {plan.info.undo}"
        raise ApprovalError(f"The plan {digest} is for {of}. Nothing was changed. See it: {Next.SHOW_RUN.of(plan.info.number)}")
    _require_other_person(settings, store, plan, actor=actor)
    return approvals.approve(
        store, digest, actor=actor, reason=reason, scope=canvas_scope.scope, base_url=canvas_scope.base_url, now=at, seen=seen
    )


def reject(settings: Settings, store: Store, digest: str, *, actor: str, reason: str, at: datetime, seen: int | None = None) -> int:
    """Decline the plan with this digest and return how many changes stay undone. ApprovalError if it cannot be declined.

    OutrunError if there are other decisions about the plan than those `seen`.
    """
    canvas_scope = years.of_plan(settings, store, digest)
    return approvals.reject(
        store, digest, actor=actor, reason=reason, scope=canvas_scope.scope, base_url=canvas_scope.base_url, now=at, seen=seen
    )


def _require_other_person(settings: Settings, store: Store, plan: RunDetail, *, actor: str) -> None:
    if settings.guard.four_eyes:
        signing.require_other_approver(store, plan.info.basis, actor)


def _left_undone(store: Store, canvas_scope: CanvasScope, plan: RunDetail) -> int:
    return sum(each.run == plan.info.number for each in declines.listing(store, [canvas_scope]))


def _require_matches(plan: RunDetail, selection: Mapping[str, tuple[str, ...]]) -> None:
    """ApprovalError for a word that matches no change: if it were misspelled, it would exempt nobody and nobody would notice."""
    for option, words in selection.items():
        for word in words:
            if not any(_means(plan, step.change, (word,)) for step in plan.steps):
                text = f"{option} {word} does not match any change in the plan {plan.info.digest}. Nothing was changed."
                raise ApprovalError(text + suggestion(word, words_of(step.change.key for step in plan.steps)))


def _chosen(plan: RunDetail, only: tuple[str, ...], but: tuple[str, ...]) -> list[Step]:
    """The selected steps, with the parents they need."""
    changes = [step.change for step in plan.steps]
    selection = [change for change in changes if (not only or _means(plan, change, only)) and not (but and _means(plan, change, but))]
    keys = {change.key for change in with_parents(selection, {change.key: change for change in changes})}
    return [step for step in plan.steps if step.change.key in keys]


def _means(plan: RunDetail, change: Change, words: tuple[str, ...]) -> bool:
    prefix, _, year = plan.info.scope.partition(":")
    return selected(change.subject, words, prefix=prefix, school_year=year)
