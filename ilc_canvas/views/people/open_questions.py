"""Identity questions as the store has them: the accounts as Canvas showed them to the last plan, beside the person of the roster."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.program.people.decisions import DecisionContext, id_of
from ilc_canvas.program.roster import Person
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading, composed
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years
from ilc_canvas.views.people.decision_options import Choice, choices, refused
from ilc_canvas.views.people.review import Look, read_context, stamp
from ilc_canvas.views.sentences import question_text


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to compare. `agrees` is None if there is nothing to compare it with."""

    label: str
    roster: str
    canvas: tuple[str, ...]
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One account in question, beside the person. `missing` says why it is not shown."""

    number: int
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A person about whom somebody must decide, with everything that is needed for that."""

    question: Question
    person: Person | None  # None: no longer in the roster
    text: str
    others: tuple[str, ...]  # who else is concerned
    candidates: tuple[Candidate, ...]
    choices: tuple[Choice, ...]
    refused: tuple[str, ...]  # why some accounts cannot be chosen
    read_at: datetime | None  # when Canvas showed them; None: it was not asked yet
    digest: str  # of all that is shown
    given: str = ""  # names the answer in force, if there is one that can no longer be used

    @property
    def person_id(self) -> str:
        """ILC-0001"""
        return id_of(self.question.key)


def open_questions(settings: Settings, store: Store, at: datetime) -> list[OpenQuestion]:
    """All of them, by key. RosterError if no roster is finalized."""
    context, readings = read_context(settings, store, at), _readings(settings, store, at)
    questions = sorted(context.questions.values(), key=lambda question: question.key)
    return [_open(question, context, readings.get(question.key), settings=settings) for question in questions]


def _readings(settings: Settings, store: Store, at: datetime) -> Mapping[Key, AccountReading]:
    return identities.account_readings_of(store, years.canvas_scopes(settings, store, at))


def _open(question: Question, context: DecisionContext, reading: AccountReading | None, *, settings: Settings) -> OpenQuestion:
    person = context.people.get(question.key)
    if reading:
        context = replace(context, found=reading.search)
    possible = choices(question, context, existing_write=settings.people.existing_write) if person else ()
    return OpenQuestion(
        question,
        person,
        question_text(question.kind),
        tuple(context.named(other) for other in question.others),
        tuple(_candidate(number, question, context, reading=reading) for number in question.accounts),
        tuple(each for each in possible if reading or each.decision is None or each.decision.word == "leave-out"),
        tuple(refused(question, context)) if person and reading else (),
        reading.read_at if reading else None,
        _digest(question, reading),
        stamp(context.answers.get(question.key)),
    )


def _digest(question: Question, reading: AccountReading | None) -> str:
    shown = sorted(reading.accounts.items()) if reading else None
    return hashlib.sha256(repr((question, shown)).encode()).hexdigest()[:16]


def _candidate(number: int, question: Question, context: DecisionContext, *, reading: AccountReading | None) -> Candidate:
    details, owner = reading.accounts.get(number) if reading else None, context.owners.get(number)
    whose = ["the present account"] if owner == question.key else [f"belongs to {context.named(owner)}"] if owner else []
    if details is None:
        return Candidate(number, (), tuple(whose), _GONE if reading else "Canvas was not asked about it yet.")
    remarks = (*account_remarks(details), *whose)
    return Candidate(number, tuple(_rows(details, context.people.get(question.key), question.key)), remarks)


_GONE = "Canvas no longer shows it: removed, merged, or hidden from the program."


def account_remarks(details: AccountDetails) -> Iterator[str]:
    """What is unusual about an account."""
    if details.account.removed or details.account.logins == ():
        yield "removed"
    if details.administrator:
        yield "administrator"
    if details.administrator is None:
        yield "may be an administrator: this token cannot see"
    if details.account.suspended:
        yield "suspended"


def _rows(details: AccountDetails, person: Person | None, key: Key) -> Iterator[Row]:
    account = details.account
    name, email = (person.display_name, person.email) if person else ("", "")
    logins = tuple(each.unique_id for each in account.logins or ()) or tuple(filter(None, [account.login]))
    addresses = account.addresses if account.addresses is not None else tuple(filter(None, [account.email]))
    sis_ids = tuple(dict.fromkeys(filter(None, [*(each.sis_id for each in account.logins or ()), account.sis_id])))
    yield Row("Name", name, (account.name,), composed(name) == composed(account.name) if person else None)
    yield Row("Login", email, logins, account.has_login(email) if person else None)
    yield Row("E-mail", email, addresses, bool(account.has_address(email)) if person else None)
    yield Row("Id", f"{id_of(key)}, line {person.line}" if person else id_of(key), sis_ids or ("none",), account.has_sis_id(key.id))
    if person and (place := ", ".join(filter(None, [person.school, person.district]))):
        yield Row("School", place, ("Canvas does not say",))
    yield Row("Last login", "", ((details.account.last_login or "")[:10] or "never, or Canvas does not say",))
    yield Row("In our courses", "", tuple(":".join(each.split(":")[2:]) or each for each in details.courses) or ("none",))


def shown_accounts(settings: Settings, store: Store, at: datetime) -> Look:
    """The accounts as Canvas showed them to the last plan, for who does not reach Canvas."""

    def look(_context: DecisionContext, questions: Sequence[Question]) -> AccountReading:
        readings = _readings(settings, store, at)
        if missing := next((each for each in questions if each.key not in readings), None):
            raise DecisionError(
                f"Canvas was not asked about the accounts of {id_of(missing.key)} yet. Nothing was changed. Look first: {Next.PLAN}"
            )
        found = [readings[each.key] for each in questions]
        accounts = {number: details for reading in found for number, details in reading.accounts.items()}
        return AccountReading(accounts, found[0].token_user, min(reading.read_at for reading in found))

    return look
