"""Decisions about who is who: checked against Canvas as it is now, and stored, all or none."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.program.deciding import Basis, Decision, Refusal, check, clashes, former_id, gives_id_away, kept_login, new_login
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.identity import Answer
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.runs import identities
from ilc_canvas.views import years
from ilc_canvas.views.people import Look, read_basis


class RefusedDecisionError(DecisionError):
    """Nothing was noted; `refusals` goes by the position of each decision that cannot be."""

    def __init__(self, refusals: Mapping[int, Refusal]) -> None:
        super().__init__("\n".join(f"{refusal.text} Nothing was changed. {refusal.fix}" for refusal in refusals.values()))
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class Noted:
    """A decision as it was stored."""

    decision: Decision
    login: str = ""  # of the account from now on, if it is not the roster's
    former: Key | None = None  # under which key who had the id before goes on, if it is somebody else's from now on


def decide(
    settings: Settings, store: Store, given: Sequence[Decision], *, look: Look, holder: str, actor: str, reason: str, at: datetime
) -> tuple[Noted, ...]:
    """Note these decisions, all in one transaction, or none.

    RefusedDecisionError with every reason; SettingsError and CanvasError if Canvas must be asked and cannot be; LeaseError if one of
    them gives an id to somebody else while a run is under way.
    """
    if not reason.strip():
        raise DecisionError("A decision needs a reason, so that others understand it. Nothing was changed.")
    with _lease(store, given, read_basis(settings, store, at), holder=holder):
        basis = _seen(read_basis(settings, store, at), given, look)
        if refused := _refused(given, basis):
            raise RefusedDecisionError(refused)
        return _store(settings, store, given, basis=basis, actor=actor, reason=reason, at=at)


def refusals(settings: Settings, store: Store, given: Sequence[Decision], *, look: Look, at: datetime) -> Mapping[int, Refusal]:
    """By position: why decisions could not be noted now. SettingsError and CanvasError as `decide`."""
    return _refused(given, _seen(read_basis(settings, store, at), given, look))


def _refused(given: Sequence[Decision], basis: Basis) -> dict[int, Refusal]:
    checked = ((position, check(decision, basis)) for position, decision in enumerate(given))
    found = {**clashes(given), **{position: refusal for position, refusal in checked if refusal}}
    return dict(sorted(found.items()))


def _lease(store: Store, given: Sequence[Decision], basis: Basis, *, holder: str) -> AbstractContextManager[object]:
    """No run may be under way while the ledger is changed; for answers alone it may."""
    renames = any(gives_id_away(decision, basis) or former_id(decision, basis) for decision in given)
    return take_lease(store, holder) if renames else nullcontext()


def _seen(basis: Basis, given: Sequence[Decision], look: Look) -> Basis:
    """With the accounts that these decisions are about."""
    keys = [basis.key(decision.person_id) for decision in given if decision.word in ("adopt", "create")]
    asked = [basis.questions[key] for key in keys if key in basis.questions]
    return replace(basis, found=look(basis, asked)[0]) if asked else basis


def _store(
    settings: Settings, store: Store, given: Sequence[Decision], *, basis: Basis, actor: str, reason: str, at: datetime
) -> tuple[Noted, ...]:
    keys = {decision: basis.key(decision.person_id) for decision in given}
    answers = {decision: _answer(decision, basis, at) for decision in given if decision.word != "ask-again"}
    decided = identities.Decided(
        tuple(answers.values()),
        again=[key for decision, key in keys.items() if decision.word == "ask-again"],
        apart=[key for decision, key in keys.items() if gives_id_away(decision, basis)],
        joined={old: key for decision, key in keys.items() if (old := former_id(decision, basis))},
    )
    former = identities.note(store, years.newest(settings, store), decided, actor=actor, reason=reason, at=at)
    logins = {decision: answer.login for decision, answer in answers.items()}
    return tuple(Noted(decision, logins.get(decision, ""), former.get(key)) for decision, key in keys.items())


def _answer(decision: Decision, basis: Basis, at: datetime) -> Answer:
    """An administrator's account is confirmed only if it is one: nobody has said so of one that becomes an administrator's later."""
    key = basis.key(decision.person_id)
    if decision.word == "adopt":
        is_confirmed = check(replace(decision, administrator=False), basis) is not None
        return Answer(key, "adopt", at, decision.account, kept_login(decision, basis), administrator=is_confirmed)
    if decision.word == "create":
        return Answer(key, "create", at, login=new_login(decision, basis))
    return Answer(key, decision.word, at)
