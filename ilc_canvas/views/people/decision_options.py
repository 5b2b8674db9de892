"""The possible answers to an identity question: the word in a file, the decision, and its effect."""

from collections.abc import Iterator
from typing import NamedTuple

from ilc_canvas.program.people.decisions import REVIEW, Decision, DecisionContext, former_id, gives_id_away, id_of, new_login, options
from ilc_canvas.reconcile.people.identity import CHANGED, Question, is_made_by_others


class Choice(NamedTuple):
    """One answer."""

    word: str  # in a file
    decision: Decision | None  # None: approving the next plan answers it
    effect: str


_WORDS = {"create": "new", "leave-out": "leave out", "ask-again": "ask again"}
_WRITES = {
    "never": "Nothing else about the account is changed.",
    "sis_id": "It gets our SIS id if it has none; nothing else about it is changed.",
    "all": "Its name, login and address become those of the roster.",
}


def word_of(decision: Decision) -> str:
    """The decision as it is written in the `answer` column of a file."""
    if decision.account is not None:
        return f"{decision.account} administrator" if decision.administrator else f"{decision.account}"
    return " ".join(filter(None, (_WORDS[decision.word], decision.login)))


def choices(question: Question, context: DecisionContext, *, existing_write: str) -> Iterator[Choice]:
    """All possible answers to this question."""
    if question.kind == CHANGED and not is_made_by_others(context.ledger.get(question.key)):
        yield Choice("", None, f"{id_of(question.key)} is the same person as before: to confirm, approve the plan that this shows.")
    for decision, refusal in options(question, context):
        if refusal is None:
            yield Choice(word_of(decision), decision, _effect(decision, question, context, existing_write=existing_write))


def refused(question: Question, context: DecisionContext) -> Iterator[str]:
    """Why some of the question's accounts cannot be chosen."""
    refusals = (refusal for _, refusal in options(question, context) if refusal)
    return (f"{refusal.text} {refusal.fix.removesuffix(REVIEW)}".strip() for refusal in refusals)


def _effect(decision: Decision, question: Question, context: DecisionContext, *, existing_write: str) -> str:
    who = decision.person_id
    if decision.word == "leave-out":
        return f"Nothing is done about {who}, neither added nor removed, until somebody decides otherwise."
    leaves = f" The account that {who} has had so far loses its places." if gives_id_away(decision, context) else ""
    if decision.word == "create":
        return _new(decision, question, context) + leaves
    if decision.account == context.number(question.key):
        return _same(question, who)
    former = former_id(decision, context)
    if former:
        return f"{who} is {id_of(former)} of an earlier roster under a new id, and keeps that account."
    return f"Account {decision.account} is {who}, and gets the places of the roster. {_WRITES[existing_write]}{leaves}"


def _new(decision: Decision, question: Question, context: DecisionContext) -> str:
    who, login = decision.person_id, new_login(decision, context)
    if question.kind == "gone":
        return f"{who}'s account is restored, with its places; if Canvas no longer has it, a new one is made."
    if question.kind == CHANGED:
        return f"{who} is now somebody else, and gets a new account."
    if login:
        return f"{who} gets a new account. Its login is {login}, since an account above has the roster's. Another one can be given."
    return f"{who} gets a new account, with the login of the roster."


def _same(question: Question, who: str) -> str:
    if question.kind == "held":
        return f"{who} keeps the present account and its login; the new address is still used."
    return f"{who} is the same person as before, and keeps the account."
