"""Who is who: where Canvas and the ledger disagree about a person nothing is guessed; a person is asked, and the answer is remembered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.reconcile.aside import LEFT_OUT, Parked
from ilc_canvas.reconcile.change import Change, Create, Plan, Update
from ilc_canvas.reconcile.state import Key, Kind, Ledger, Owned, Record, State, enrollment_key

LOGIN_TAKEN = "login-taken"
"""Why a create of a person was refused: somebody else in Canvas has the login."""


@dataclass(frozen=True, slots=True)
class Question:
    """One person of the roster about whom somebody must decide.

    `kind`: login (the login belongs to an account without our SIS id), merged (one account answers to several people of ours),
    other (our SIS id leads to another account than before), gone (the account was deleted in Canvas).
    """

    key: Key
    kind: str
    handle: int | None = None  # Canvas's number of the account that answers now
    others: tuple[Key, ...] = ()  # merged: who else


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person has decided: adopt (this account is that person), create (a new account), or leave-out."""

    key: Key
    decision: str
    at: datetime
    handle: int | None = None  # adopt: the account's number
    login: str = ""  # create: the login of the new account, where the roster's own belongs to somebody else


Answers = Mapping[Key, Answer]
_OUT = "leave-out"


def as_one(observed: State, answers: Answers) -> State:
    """Enrollments of an account that several people of ours share go by the one who is not left out."""
    names = {handle: keys for handle, keys in _by_handle(observed).items() if len(keys) > 1}
    kept = {key: left[0] for keys in names.values() for key in keys if len(left := [k for k in keys if not _left_out(k, answers)]) == 1}
    if not kept:
        return observed
    return State.of((_renamed(record, kept) for record in observed), observed.at)


def _renamed(record: Record, kept: Mapping[Key, Key]) -> Record:
    user, section = record.user, record.section
    if user is None or section is None or user not in kept:
        return record
    key = enrollment_key(section, kept[user], record.key.id.rsplit("|", 1)[1])
    return replace(record, key=key, parents=tuple(kept[user] if parent == user else parent for parent in record.parents))


def _by_handle(observed: State) -> Mapping[int, list[Key]]:
    found: dict[int, list[Key]] = defaultdict(list)
    for user in observed.of_kind(Kind.USER):
        if user.handle is not None:
            found[user.handle].append(user.key)
    return found


def _left_out(key: Key, answers: Answers) -> bool:
    return key in answers and answers[key].decision == _OUT


def remade(ledger: Ledger, observed: State, answers: Answers) -> Ledger:
    """The ledger without what went with the former account of people for whom another one was decided on since: it shall be made anew."""
    anew = {key: answer.at for key, answer in answers.items() if answer.decision in ("create", "adopt")}
    gone = {
        key
        for key, owned in ledger.items()
        if key not in observed.records and (since := anew.get(_person(key))) is not None and owned.at < since
    }
    return {key: owned for key, owned in ledger.items() if key not in gone} if gone else ledger


def _person(key: Key) -> Key:
    return Key(Kind.USER, key.id.split("|")[1]) if key.kind is Kind.ENROLLMENT else key


def _newer(answer: Answer, owned: Owned | None) -> bool:
    """An answer is about what was booked before it."""
    return owned is None or answer.at > owned.at


def as_answered(wanted: State, answers: Answers) -> State:
    """What the roster asks, with the logins that people have decided on."""
    logins = {key: answer.login for key, answer in answers.items() if answer.login}
    return State.of(_with_login(record, logins.get(record.key)) for record in wanted) if logins else wanted


def _with_login(record: Record, login: str | None) -> Record:
    return replace(record, fields={**record.fields, "login": login}) if login else record


def adopting(plan: Plan, ledger: Ledger, answers: Answers) -> Plan:
    """People are not made whose account was pointed out: it gets our SIS id. A deleted account of ours is called back, not made again."""
    return replace(plan, changes=tuple(_adopting(change, ledger, answers.get(change.key)) for change in plan.changes))


def _adopting(change: Change, ledger: Ledger, answer: Answer | None) -> Change:
    if answer is None or not isinstance(change, Create) or change.key.kind is not Kind.USER:
        return change
    if answer.decision == "adopt" and answer.handle is not None:
        there = replace(change.after, fields={**change.after.fields, "sis_id": None}, handle=answer.handle)
        return Update(there, replace(there, fields={**there.fields, "sis_id": change.key.id}))
    if answer.decision == "create" and change.key in ledger:
        return replace(change, before=Record(change.key, {"state": "deleted"}))
    return change


def questions(wanted: State, observed: State, ledger: Ledger, *, parked: Mapping[Key, Parked], answers: Answers) -> tuple[Question, ...]:
    """Everybody about whom somebody must decide, in order of key; who is left out is not asked about again."""
    found = {question.key: question for question in _asked(wanted, observed, ledger, parked=parked, answers=answers)}
    return tuple(found[key] for key in sorted(found) if not _left_out(key, answers))


def _asked(wanted: State, observed: State, ledger: Ledger, *, parked: Mapping[Key, Parked], answers: Answers) -> Iterator[Question]:
    """Later ones win over earlier ones."""
    people = wanted.of_kind(Kind.USER)
    yield from (Question(user.key, "login") for user in people if _refused(parked.get(user.key), answers.get(user.key)))
    yield from _gone(people, observed, ledger, answers=answers)
    yield from _moved(observed, ledger, answers)
    yield from _merged(observed, answers)


def _refused(park: Parked | None, answer: Answer | None) -> bool:
    """Whether Canvas refused the login, and nobody has answered since."""
    return park is not None and park.reason == LOGIN_TAKEN and (answer is None or answer.at <= park.since)


def _merged(observed: State, answers: Answers) -> Iterator[Question]:
    for handle, keys in _by_handle(observed).items():
        left = [key for key in keys if not _left_out(key, answers)]
        if len(left) > 1:
            yield from (Question(key, "merged", handle, tuple(other for other in left if other != key)) for key in left)


def _gone(people: Iterable[Record], observed: State, ledger: Ledger, *, answers: Answers) -> Iterator[Question]:
    for user in people:
        owned = ledger.get(user.key)
        answered = user.key in answers and _newer(answers[user.key], owned)
        if owned and owned.how != "ended" and observed.get(user.key) is None and not answered:
            yield Question(user.key, "gone", owned.handle)


def _moved(observed: State, ledger: Ledger, answers: Answers) -> Iterator[Question]:
    """Our SIS id leads to another account than the ledger knows, and nobody has said that it is right."""
    for user in observed.of_kind(Kind.USER):
        owned = ledger.get(user.key)
        known = {owned.handle} if owned and owned.handle else set()
        agreed = answers[user.key].handle if user.key in answers else None
        if known and user.handle not in known | {agreed}:
            yield Question(user.key, "other", user.handle)


def about_people(asked: Iterable[Question], answers: Answers) -> dict[Key, str]:
    """Why nothing is done about them: asked, or left out."""
    left_out = {key: LEFT_OUT for key in answers if _left_out(key, answers)}
    return {**left_out, **{question.key: f"asked-{question.kind}" for question in asked}}
