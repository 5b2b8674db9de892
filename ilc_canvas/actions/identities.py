"""Identity decisions: checked against Canvas as it is now, and stored all together or not at all."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.program.people.decisions import (
    Decision,
    DecisionContext,
    Refusal,
    check,
    clashes,
    former_id,
    gives_id_away,
    kept_login,
    new_login,
)
from ilc_canvas.reconcile.errors import DecisionError, OutrunError
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years
from ilc_canvas.views.people.review import Look, read_context, stamp


class RefusedDecisionError(DecisionError):
    """Nothing was recorded. `refusals` has the reason for each decision that is not possible, by its position."""

    def __init__(self, refusals: Mapping[int, Refusal]) -> None:
        super().__init__("\n".join(f"{refusal.text} Nothing was changed. {refusal.fix}" for refusal in refusals.values()))
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as it was stored."""

    decision: Decision
    login: str = ""  # the account's login from now on, if it differs from the roster's
    former: Key | None = None  # the new key of the person who had this id, if the id now belongs to somebody else


def decide(
    settings: Settings,
    store: Store,
    decisions: Sequence[Decision],
    *,
    look: Look,
    holder: str,
    actor: str,
    reason: str,
    at: datetime,
    shown: Mapping[str, str] | None = None,
) -> tuple[RecordedDecision, ...]:
    """Record these decisions in one transaction, all or none. `shown` has, by id of the person, the `stamp` of the answer that was shown.

    RefusedDecisionError with every reason; SettingsError and CanvasError if Canvas has to be read and cannot be; LeaseError if one
    of them gives an id to somebody else while a run is under way; OutrunError if there is another answer about somebody by now.
    """
    if not reason.strip():
        raise DecisionError("A decision needs a reason, so that others understand it. Nothing was changed.")
    with _lease(store, decisions, read_context(settings, store, at), holder=holder):
        context = _as_canvas_shows(read_context(settings, store, at), decisions, look)
        _require_shown(context, decisions, shown)
        if problems := _problems(decisions, context):
            raise RefusedDecisionError(problems)
        return _store(settings, store, decisions, context=context, actor=actor, reason=reason, at=at)


def _require_shown(context: DecisionContext, decisions: Sequence[Decision], shown: Mapping[str, str] | None) -> None:
    for decision in decisions:
        now = context.answers.get(context.key(decision.person_id))
        if shown is not None and shown.get(decision.person_id, "") != stamp(now):
            raise OutrunError(f"The decision about {decision.person_id} has changed since it was shown. Nothing was changed.")


def refusals(settings: Settings, store: Store, decisions: Sequence[Decision], *, look: Look, at: datetime) -> Mapping[int, Refusal]:
    """Why decisions could not be recorded now, by position. SettingsError and CanvasError as in `decide`."""
    return _problems(decisions, _as_canvas_shows(read_context(settings, store, at), decisions, look))


def _problems(decisions: Sequence[Decision], context: DecisionContext) -> dict[int, Refusal]:
    checked = ((position, check(decision, context)) for position, decision in enumerate(decisions))
    by_position = {**clashes(decisions), **{position: refusal for position, refusal in checked if refusal}}
    return dict(sorted(by_position.items()))


def _lease(store: Store, decisions: Sequence[Decision], context: DecisionContext, *, holder: str) -> AbstractContextManager[object]:
    """Take the lease if the decisions change the ledger. Answers alone can be recorded during a run."""
    renames = any(gives_id_away(decision, context) or former_id(decision, context) for decision in decisions)
    return take_lease(store, holder) if renames else nullcontext()


def _as_canvas_shows(context: DecisionContext, decisions: Sequence[Decision], look: Look) -> DecisionContext:
    """The context with the accounts that these decisions are about."""
    keys = [context.key(decision.person_id) for decision in decisions if decision.word in ("adopt", "create")]
    questions = [context.questions[key] for key in keys if key in context.questions]
    return replace(context, found=look(context, questions).search) if questions else context


def _store(
    settings: Settings, store: Store, decisions: Sequence[Decision], *, context: DecisionContext, actor: str, reason: str, at: datetime
) -> tuple[RecordedDecision, ...]:
    keys = {decision: context.key(decision.person_id) for decision in decisions}
    answers = {decision: _answer(decision, context, at) for decision in decisions if decision.word != "ask-again"}
    decided = identities.Decided(
        tuple(answers.values()),
        again=[key for decision, key in keys.items() if decision.word == "ask-again"],
        apart=[key for decision, key in keys.items() if gives_id_away(decision, context)],
        joined={old: key for decision, key in keys.items() if (old := former_id(decision, context))},
        seen={key: context.answers[key].at if key in context.answers else None for key in keys.values()},
    )
    former = identities.note(store, years.newest(settings, store), decided, actor=actor, reason=reason, at=at)
    logins = {decision: answer.login for decision, answer in answers.items()}
    return tuple(RecordedDecision(decision, logins.get(decision, ""), former.get(key)) for decision, key in keys.items())


def _answer(decision: Decision, context: DecisionContext, at: datetime) -> Answer:
    """Confirm an administrator account only if it is one today: nobody has confirmed one that becomes an administrator later."""
    key = context.key(decision.person_id)
    if decision.word == "adopt":
        is_confirmed = check(replace(decision, administrator=False), context) is not None
        return Answer(key, "adopt", at, decision.account, kept_login(decision, context), administrator=is_confirmed)
    if decision.word == "create":
        return Answer(key, "create", at, login=new_login(decision, context))
    return Answer(key, decision.word, at)
