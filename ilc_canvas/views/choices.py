"""The answers that a question about a person can have: as a word in a file, as a decision, and what each would do."""

from collections.abc import Iterator
from typing import NamedTuple

from ilc_canvas.program.deciding import REVIEW, Basis, Decision, former_id, gives_id_away, id_of, new_login, options
from ilc_canvas.reconcile.identity import CHANGED, Question, is_made_by_others


class Choice(NamedTuple):
    """One answer."""

    word: str  # in a file
    decision: Decision | None  # None: the yes to the next plan says it
    effect: str


_WORDS = {"create": "new", "leave-out": "leave out", "ask-again": "ask again"}
_WRITES = {
    "never": "Nothing else about the account is changed.",
    "sis_id": "It gets our SIS id if it has none; nothing else about it is changed.",
    "all": "Its name, login and address become those of the roster.",
}


def word_of(decision: Decision) -> str:
    """As it is written in the column `answer` of a file."""
    if decision.account is not None:
        return f"{decision.account} administrator" if decision.administrator else f"{decision.account}"
    return " ".join(filter(None, (_WORDS[decision.word], decision.login)))


def choices(question: Question, basis: Basis, *, existing_write: str) -> Iterator[Choice]:
    """All that this question can be answered with."""
    if question.kind == CHANGED and not is_made_by_others(basis.ledger.get(question.key)):
        yield Choice("", None, f"{id_of(question.key)} is the same person as before: a yes to the plan that this shows says so.")
    for decision, refusal in options(question, basis):
        if refusal is None:
            yield Choice(word_of(decision), decision, _effect(decision, question, basis, existing_write=existing_write))


def refused(question: Question, basis: Basis) -> Iterator[str]:
    """Why some of its accounts cannot be chosen."""
    refusals = (refusal for _, refusal in options(question, basis) if refusal)
    return (f"{refusal.text} {refusal.fix.removesuffix(REVIEW)}".strip() for refusal in refusals)


def _effect(decision: Decision, question: Question, basis: Basis, *, existing_write: str) -> str:
    who = decision.person_id
    if decision.word == "leave-out":
        return f"Nothing is done about {who}, neither added nor removed, until somebody decides otherwise."
    leaves = f" The account that {who} had until now loses its places." if gives_id_away(decision, basis) else ""
    if decision.word == "create":
        return _new(decision, question, basis) + leaves
    if decision.account == basis.number(question.key):
        return _same(question, who)
    former = former_id(decision, basis)
    if former:
        return f"{who} is {id_of(former)} of an earlier roster under a new id, and goes on with that account."
    return f"Account {decision.account} is {who}, and gets the places of the roster. {_WRITES[existing_write]}{leaves}"


def _new(decision: Decision, question: Question, basis: Basis) -> str:
    who, login = decision.person_id, new_login(decision, basis)
    if question.kind == "gone":
        return f"{who}'s account is called back, with its places; if Canvas has it no more, a new one is made."
    if question.kind == CHANGED:
        return f"{who} is somebody else by now, and gets a new account."
    if login:
        return f"{who} gets a new account. Its login is {login}, since an account above has the roster's; another one: --login TEXT."
    return f"{who} gets a new account, with the login of the roster."


def _same(question: Question, who: str) -> str:
    if question.kind == "held":
        return f"{who} keeps the account that we have, with the login that it has; the new address is used all the same."
    return f"{who} is the same person as before, and keeps the account."
