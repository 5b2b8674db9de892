"""What somebody may say about a person in question, and why not: by roster, ledger, earlier decisions and what Canvas shows now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.accounts import Account, Found, folded
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.identity import CHANGED, Answer, Question, owners, unusable
from ilc_canvas.reconcile.state import Key, Ledger

Word = Literal["adopt", "create", "leave-out", "ask-again"]
LONGEST_LOGIN = 100
"""Canvas refuses a longer one."""
REVIEW = f"See: {Next.REVIEW_PEOPLE}"
"""What to do next, if nothing else can be said."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody says about one person of the roster."""

    person_id: str
    word: Word
    account: int | None = None  # adopt: which
    login: str = ""  # create: of the new account, if it is not to be the roster's
    administrator: bool = False  # adopt: also if it is an administrator's


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision cannot be noted, and what to do instead, in whole sentences."""

    code: str
    text: str
    fix: str = REVIEW


@dataclass(frozen=True)
class Basis:
    """What decisions are checked against."""

    prefix: str  # of SIS ids
    roster: Roster
    questions: Mapping[Key, Question]
    answers: Mapping[Key, Answer]
    ledger: Ledger
    found: Found | None = None  # the accounts of the questions as Canvas shows them now; None if it was not asked

    @cached_property
    def people(self) -> Mapping[Key, Person]:
        """The roster by key."""
        return {self.key(person.person_id): person for person in self.roster.people}

    @cached_property
    def owners(self) -> Mapping[int, Key]:
        """Whose account each number is, also of people who have left."""
        return owners(self.ledger)

    def key(self, person_id: str) -> Key:
        """What this person is called."""
        return user_key(self.prefix, person_id)

    def number(self, key: Key) -> int | None:
        """Of the account that this person has by the ledger."""
        owned = self.ledger.get(key)
        return owned.handle if owned else None

    def named(self, key: Key) -> str:
        """X02 Bo Rivet; the id alone if the roster has nobody of it."""
        person, person_id = self.people.get(key), id_of(key)
        return f"{person_id} {person.display_name}" if person else person_id

    def account(self, number: int | None) -> Account | None:
        """The account of this number, if Canvas shows it and it was not removed."""
        account = self.found.account(number) if self.found else None
        return None if account is None or account.removed or account.logins == () else account

    def accounts(self, question: Question) -> list[Account]:
        """Those of a question that are there."""
        return [account for number in question.accounts if (account := self.account(number))]


def id_of(key: Key) -> str:
    """ILC-0001"""
    return key.id.rpartition(":")[2]


def options(question: Question, basis: Basis) -> Iterator[tuple[Decision, Refusal | None]]:
    """Each answer that a question can have; also those accounts that it cannot be, with the reason."""
    person_id = id_of(question.key)
    for number in () if question.kind == "gone" else question.accounts:
        yield _option(Decision(person_id, "adopt", number), basis)
    others = (Decision(person_id, "create"), Decision(person_id, "leave-out"))
    yield from ((decision, None) for decision in others if check(decision, basis) is None)


def _option(plain: Decision, basis: Basis) -> tuple[Decision, Refusal | None]:
    """An administrator's account only with its own confirmation."""
    trouble = check(plain, basis)
    if trouble is None or trouble.code not in _CONFIRMABLE:
        return plain, trouble
    return Decision(plain.person_id, "adopt", plain.account, administrator=True), None


def check(decision: Decision, basis: Basis) -> Refusal | None:
    """Why this cannot be noted; None if it can. If Canvas was not asked, by what is known without it."""
    key, who = basis.key(decision.person_id), decision.person_id
    if key not in basis.people:
        return Refusal("unknown", f"There is nobody with the id {who!r} in roster version {basis.roster.version}.")
    if decision.word == "leave-out":
        return None
    if decision.word == "ask-again":
        return None if key in basis.answers else Refusal("undecided", f"Nothing was decided about {who}.")
    question = basis.questions.get(key)
    if question is None:
        fix = f"{REVIEW}. To take the decision back: {Next.ASK_ABOUT_PERSON.of(who)}" if key in basis.answers else REVIEW
        return Refusal("unasked", f"Nobody asks about {who}.", fix)
    return _against_new(decision, question, basis) if decision.word == "create" else _against_account(decision, question, basis)


def clashes(given: Sequence[Decision]) -> dict[int, Refusal]:
    """By position: a second answer for one person, an account or a login for two people."""
    found: dict[int, Refusal] = {}
    seen: dict[tuple[str, str], str] = {}
    for position, decision in enumerate(given):
        for claim, text in _claims(decision):
            if claim in seen:
                found[position] = Refusal("twice", text.format(first=seen[claim]), "Decide on one of them.")
            seen.setdefault(claim, decision.person_id)
    return found


def _claims(decision: Decision) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("person", decision.person_id), "There is an answer about {first} already."
    if decision.account is not None:
        yield ("account", str(decision.account)), f"Account {decision.account} is given to {{first}} already."
    if decision.login:
        yield ("login", folded(decision.login)), "This login is given to {first} already."


def gives_id_away(decision: Decision, basis: Basis) -> bool:
    """Whether the id is somebody else's by this: then who had it before goes on under a key of their own, and leaves."""
    key = basis.key(decision.person_id)
    question = basis.questions.get(key)
    if question is None or key not in basis.ledger:
        return False
    if question.kind == CHANGED:
        return decision.word == "create"
    return question.kind == "held" and decision.word == "adopt" and decision.account != basis.number(key)


def former_id(decision: Decision, basis: Basis) -> Key | None:
    """Under which id this person was in an earlier roster, if the account that is decided on was theirs then."""
    owner = basis.owners.get(decision.account) if decision.word == "adopt" and decision.account is not None else None
    return owner if owner not in (None, basis.key(decision.person_id), *basis.people) else None


_CONFIRM = "If it is right all the same, say so: --administrator (in a file: the number, then the word administrator)."
_CONFIRMABLE = ("administrator", "admins-hidden")
_UNUSABLE = {
    "token": ("Account {number} is the one that this program signs in with.", "Give the token to an account of its own."),
    "administrator": ("Account {number} is an administrator's.", _CONFIRM),
    "admins-hidden": ("Whether account {number} is an administrator's cannot be seen with this token.", _CONFIRM),
}


def _against_account(decision: Decision, question: Question, basis: Basis) -> Refusal | None:
    number, key = decision.account, question.key
    if number is None or number not in question.accounts:
        shown = ", ".join(map(str, question.accounts)) or "none"
        return Refusal("not-shown", f"Account {number} is not one that the review shows for {id_of(key)}.", f"It shows: {shown}. {REVIEW}")
    owner = basis.owners.get(number, key)
    if owner != key and owner in basis.people:
        fix = f"If they are one person, leave one of them out. {REVIEW}"
        return Refusal("taken", f"Account {number} belongs to {basis.named(owner)}.", fix)
    if other := _decided_for(number, key, basis):
        fix = f"If that was wrong, first: {Next.ASK_ABOUT_PERSON.of(id_of(other))}"
        return Refusal("taken", f"Account {number} was decided on for {basis.named(other)}.", fix)
    return _against_canvas(number, key, basis.found, basis=basis, confirmed=decision.administrator) if basis.found else None


def _decided_for(number: int, key: Key, basis: Basis) -> Key | None:
    """Who else was given this account by a decision that no run has carried out yet."""
    given = (other for other, answer in basis.answers.items() if answer.decision == "adopt" and answer.handle == number)
    return next((other for other in given if other != key and other in basis.people), None)


def _against_canvas(number: int, key: Key, found: Found, *, basis: Basis, confirmed: bool) -> Refusal | None:
    """By the same function that judges the answer again when it is used."""
    account = basis.account(number)
    if account is None:
        return Refusal("gone", f"Account {number} was removed or merged in Canvas, or this token may not read it.")
    present = {number: owner for number, owner in basis.owners.items() if owner in basis.people}
    code = unusable(account, key, found, owned_by=present, confirmed=confirmed)
    if not code:
        return None
    text, fix = _UNUSABLE[code]
    return Refusal(code, text.format(number=number), fix)


def _against_new(decision: Decision, question: Question, basis: Basis) -> Refusal | None:
    who, key = decision.person_id, question.key
    if question.kind in ("merged", "replaced"):
        left = "it went into another account with the merge" if question.kind == "merged" else "it stays reserved for the removed one"
        text = f"A new account cannot get the SIS id {key.id}: {left}."
        return Refusal("no-new", text, f"Decide on an account that is shown, or leave {who} out. {REVIEW}")
    if question.kind == "held":
        return Refusal("no-new", f"{who} has account {basis.number(key)}.", f"Decide on that account or on the other one. {REVIEW}")
    ours = [account.number for account in basis.accounts(question) if account.has_sis_id(key.id)]
    if ours and not gives_id_away(decision, basis):
        text = f"A new account cannot get the SIS id {key.id}: account {ours[0]} has it."
        return Refusal("sis-id", text, "Decide on that account, or take the SIS id off it in Canvas and plan again.")
    return _against_login(decision.login, question, basis) if decision.login else None


def _against_login(login: str, question: Question, basis: Basis) -> Refusal | None:
    if login != login.strip() or not login.isprintable() or len(login) > LONGEST_LOGIN:
        return Refusal(
            "login", f"{login!r} cannot be a login.", f"Use up to {LONGEST_LOGIN} characters that can be seen, without outer blanks."
        )
    for account in basis.accounts(question):
        if account.has_login(login):
            return Refusal("login", f"Account {account.number} has the login {login!r} already.", "Choose another one.")
    other = next((key for key in basis.people if key != question.key and folded(login) in _logins_of(key, basis)), None)
    return Refusal("login", f"The login {login!r} is that of {basis.named(other)}.", "Choose another one.") if other else None


def _logins_of(key: Key, basis: Basis) -> set[str]:
    """As the roster, the ledger and earlier decisions have them, in any letter case."""
    owned, answer = basis.ledger.get(key), basis.answers.get(key)
    known = (basis.people[key].email, owned.fields.get("login") if owned else "", answer.login if answer else "")
    return {folded(str(login)) for login in known if login}


def new_login(decision: Decision, basis: Basis) -> str:
    """Of a new account: as it was said; else the SIS id, if an account that is shown has the roster's; else empty: the roster's."""
    key = basis.key(decision.person_id)
    is_taken = any(account.has_login(basis.people[key].email) for account in basis.accounts(basis.questions[key]))
    return decision.login or (key.id if is_taken else "")


def kept_login(decision: Decision, basis: Basis) -> str:
    """The login that somebody keeps who keeps their account though the new login or address belongs to another one; else empty."""
    key = basis.key(decision.person_id)
    owned, account = basis.ledger.get(key), basis.account(decision.account)
    if owned is None or decision.account != owned.handle or basis.questions[key].kind != "held":
        return ""
    return str(owned.fields.get("login") or (account.login if account else "") or "")
