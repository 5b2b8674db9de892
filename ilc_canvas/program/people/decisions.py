"""Which decisions about a person in question are possible, by roster, ledger, earlier decisions and what Canvas shows now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.people.accounts import AccountSearch, UserAccount, folded
from ilc_canvas.reconcile.people.identity import CHANGED, Answer, Question, owners, unusable
from ilc_canvas.reconcile.state import Key, Ledger
from ilc_canvas.reconcile.words.hints import Next

Word = Literal["adopt", "create", "leave-out", "ask-again"]
LONGEST_LOGIN = 100
"""Canvas refuses a longer one."""
REVIEW = f"See: {Next.REVIEW_PEOPLE}"
"""The next step if there is no better one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about one person in the roster."""

    person_id: str
    word: Word
    account: int | None = None  # adopt: the account's number
    login: str = ""  # create: the login of the new account, if not the roster's
    administrator: bool = False  # adopt: even if it is an administrator's


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision cannot be recorded, and what to do instead, in whole sentences."""

    code: str
    text: str
    fix: str = REVIEW


@dataclass(frozen=True)
class DecisionContext:
    """Everything that decisions are checked against."""

    prefix: str  # of our SIS ids
    roster: Roster
    questions: Mapping[Key, Question]
    answers: Mapping[Key, Answer]
    ledger: Ledger
    found: AccountSearch | None = None  # the accounts in the questions as Canvas shows them now; None if Canvas was not asked

    @cached_property
    def people(self) -> Mapping[Key, Person]:
        """The people in the roster by key."""
        return {self.key(person.person_id): person for person in self.roster.people}

    @cached_property
    def owners(self) -> Mapping[int, Key]:
        """Whose account each number is, including people who have left."""
        return owners(self.ledger)

    def key(self, person_id: str) -> Key:
        """The key of this person."""
        return user_key(self.prefix, person_id)

    def number(self, key: Key) -> int | None:
        """The number of this person's account in the ledger."""
        owned = self.ledger.get(key)
        return owned.handle if owned else None

    def named(self, key: Key) -> str:
        """X02 Bo Rivet; only the id if it is not in the roster."""
        person, person_id = self.people.get(key), id_of(key)
        return f"{person_id} {person.display_name}" if person else person_id

    def account(self, number: int | None) -> UserAccount | None:
        """The account with this number, if Canvas shows it and it was not removed."""
        account = self.found.account(number) if self.found else None
        return None if account is None or account.removed or account.logins == () else account

    def accounts(self, question: Question) -> list[UserAccount]:
        """The accounts in a question that still exist."""
        return [account for number in question.accounts if (account := self.account(number))]


def id_of(key: Key) -> str:
    """ILC-0001"""
    return key.id.rpartition(":")[2]


def options(question: Question, context: DecisionContext) -> Iterator[tuple[Decision, Refusal | None]]:
    """Every possible answer to a question, and the accounts that are not possible, with the reason."""
    person_id = id_of(question.key)
    for number in () if question.kind == "gone" else question.accounts:
        yield _option(Decision(person_id, "adopt", number), context)
    others = (Decision(person_id, "create"), Decision(person_id, "leave-out"))
    yield from ((decision, None) for decision in others if check(decision, context) is None)


def _option(plain: Decision, context: DecisionContext) -> tuple[Decision, Refusal | None]:
    """Adopting an account; an administrator's needs its own confirmation."""
    trouble = check(plain, context)
    if trouble is None or trouble.code not in _CONFIRMABLE:
        return plain, trouble
    return Decision(plain.person_id, "adopt", plain.account, administrator=True), None


def check(decision: Decision, context: DecisionContext) -> Refusal | None:
    """Why this cannot be recorded; None if it can. If Canvas was not asked, checks against everything else."""
    key, who = context.key(decision.person_id), decision.person_id
    if key not in context.people:
        return Refusal("unknown", f"There is nobody with the id {who!r} in roster version {context.roster.version}.")
    if decision.word == "leave-out":
        return None
    if decision.word == "ask-again":
        return None if key in context.answers else Refusal("undecided", f"Nothing was decided about {who}.")
    question = context.questions.get(key)
    if question is None:
        fix = f"{REVIEW}. To take the decision back: {Next.ASK_ABOUT_PERSON.of(who)}" if key in context.answers else REVIEW
        return Refusal("unasked", f"There is no question about {who}.", fix)
    return _against_new(decision, question, context) if decision.word == "create" else _against_account(decision, question, context)


def clashes(decisions: Sequence[Decision]) -> dict[int, Refusal]:
    """By position: a second answer for the same person, or one account or login for two people."""
    refusals: dict[int, Refusal] = {}
    claimed_by: dict[tuple[str, str], str] = {}
    for position, decision in enumerate(decisions):
        for claim, text in _claims(decision):
            if claim in claimed_by:
                refusals[position] = Refusal("twice", text.format(first=claimed_by[claim]), "Decide on one of them.")
            claimed_by.setdefault(claim, decision.person_id)
    return refusals


def _claims(decision: Decision) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("person", decision.person_id), "There is already an answer about {first}."
    if decision.account is not None:
        yield ("account", str(decision.account)), f"Account {decision.account} is already given to {{first}}."
    if decision.login:
        yield ("login", folded(decision.login)), "This login is already given to {first}."


def gives_id_away(decision: Decision, context: DecisionContext) -> bool:
    """Whether this gives the id to somebody else: the person who had it before then gets a separate key, and leaves."""
    key = context.key(decision.person_id)
    question = context.questions.get(key)
    if question is None or key not in context.ledger:
        return False
    if question.kind == CHANGED:
        return decision.word == "create"
    return question.kind == "held" and decision.word == "adopt" and decision.account != context.number(key)


def former_id(decision: Decision, context: DecisionContext) -> Key | None:
    """This person's id in an earlier roster, if the chosen account was theirs then."""
    owner = context.owners.get(decision.account) if decision.word == "adopt" and decision.account is not None else None
    return owner if owner not in (None, context.key(decision.person_id), *context.people) else None


_CONFIRMABLE = ("administrator", "admins-hidden")
_UNUSABLE = {
    "token": ("Account {number} is the one that this program signs in with.", "Give the program an account of its own."),
    "administrator": ("Account {number} is an administrator's.", ""),
    "admins-hidden": ("This token cannot see whether account {number} is an administrator's.", ""),
}


def _against_account(decision: Decision, question: Question, context: DecisionContext) -> Refusal | None:
    number, key = decision.account, question.key
    if number is None or number not in question.accounts:
        shown = ", ".join(map(str, question.accounts)) or "none"
        return Refusal("not-shown", f"Account {number} is not one that the review shows for {id_of(key)}.", f"It shows: {shown}. {REVIEW}")
    owner = context.owners.get(number, key)
    if owner != key and owner in context.people:
        fix = f"If they are one person, leave one of them out. {REVIEW}"
        return Refusal("taken", f"Account {number} belongs to {context.named(owner)}.", fix)
    if other := _decided_for(number, key, context):
        fix = f"If that was wrong, first: {Next.ASK_ABOUT_PERSON.of(id_of(other))}"
        return Refusal("taken", f"Account {number} was decided on for {context.named(other)}.", fix)
    return _against_canvas(number, key, context.found, context=context, confirmed=decision.administrator) if context.found else None


def _decided_for(number: int, key: Key, context: DecisionContext) -> Key | None:
    """Who else has this account by a decision that no run has carried out yet."""
    others = (other for other, answer in context.answers.items() if answer.decision == "adopt" and answer.handle == number)
    return next((other for other in others if other != key and other in context.people), None)


def _against_canvas(number: int, key: Key, found: AccountSearch, *, context: DecisionContext, confirmed: bool) -> Refusal | None:
    """Checked by the same function that judges the answer again when it is used."""
    account = context.account(number)
    if account is None:
        return Refusal("gone", f"Account {number} was removed or merged in Canvas, or this token may not read it.")
    present = {number: owner for number, owner in context.owners.items() if owner in context.people}
    code = unusable(account, key, found, owned_by=present, confirmed=confirmed)
    if not code:
        return None
    text, fix = _UNUSABLE[code]
    confirm = f"If it is the right account all the same: {Next.CONFIRM_ADMINISTRATOR.of(id_of(key), number)}"
    return Refusal(code, text.format(number=number), fix or confirm)


def _against_new(decision: Decision, question: Question, context: DecisionContext) -> Refusal | None:
    who, key = decision.person_id, question.key
    if question.kind in ("merged", "replaced"):
        reason = "the merge moved it to another account" if question.kind == "merged" else "it stays reserved for the removed one"
        text = f"A new account cannot get the SIS id {key.id}: {reason}."
        return Refusal("no-new", text, f"Decide on an account that is shown, or leave {who} out. {REVIEW}")
    if question.kind == "held":
        return Refusal("no-new", f"{who} has account {context.number(key)}.", f"Decide on that account or on the other one. {REVIEW}")
    ours = [account.number for account in context.accounts(question) if account.has_sis_id(key.id)]
    if ours and not gives_id_away(decision, context):
        text = f"A new account cannot get the SIS id {key.id}: account {ours[0]} has it."
        return Refusal("sis-id", text, "Decide on that account, or take the SIS id off it in Canvas and plan again.")
    return _against_login(decision.login, question, context) if decision.login else None


def _against_login(login: str, question: Question, context: DecisionContext) -> Refusal | None:
    if login != login.strip() or not login.isprintable() or len(login) > LONGEST_LOGIN:
        return Refusal(
            "login", f"{login!r} cannot be a login.", f"Use up to {LONGEST_LOGIN} visible characters, without spaces at either end."
        )
    for account in context.accounts(question):
        if account.has_login(login):
            return Refusal("login", f"Account {account.number} already has the login {login!r}.", "Choose another one.")
    other = next((key for key in context.people if key != question.key and folded(login) in _logins_of(key, context)), None)
    return Refusal("login", f"The login {login!r} belongs to {context.named(other)}.", "Choose another one.") if other else None


def _logins_of(key: Key, context: DecisionContext) -> set[str]:
    """Their logins in the roster, the ledger and earlier decisions, folded."""
    owned, answer = context.ledger.get(key), context.answers.get(key)
    known = (context.people[key].email, owned.fields.get("login") if owned else "", answer.login if answer else "")
    return {folded(str(login)) for login in known if login}


def new_login(decision: Decision, context: DecisionContext) -> str:
    """The login of a new account: as decided, else the SIS id if an account shown has the roster's login, else empty (the roster's)."""
    key = context.key(decision.person_id)
    is_taken = any(account.has_login(context.people[key].email) for account in context.accounts(context.questions[key]))
    return decision.login or (key.id if is_taken else "")


def kept_login(decision: Decision, context: DecisionContext) -> str:
    """The login to keep for somebody who keeps their account although the new login or address belongs to another one; else empty."""
    key = context.key(decision.person_id)
    owned, account = context.ledger.get(key), context.account(decision.account)
    if owned is None or decision.account != owned.handle or context.questions[key].kind != "held":
        return ""
    return str(owned.fields.get("login") or (account.login if account else "") or "")
