"""Who is who: a person in the roster is the Canvas account whose number is in the ledger.

SIS ids, logins, addresses and names are evidence, judged by one function. What they do not settle becomes a question; a person answers
it, and the answer is remembered.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from ilc_canvas.reconcile.deferral.declined import LEFT_OUT
from ilc_canvas.reconcile.kinds import MAIN
from ilc_canvas.reconcile.people.accounts import AccountSearch, UserAccount, WantedPerson, folded
from ilc_canvas.reconcile.people.person_names import names_agree
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, channel_key

CHANGED = "changed"
"""This person_id may belong to somebody else by now: the plan is held, and goes ahead unchanged once approved."""
_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class Question:
    """One person in the roster about whom somebody must decide. `accounts` are the possible ones, by Canvas's number.

    `kind`, for somebody whose account is not known yet: login (the address matches, the login does not), name, address (it does not
    match), several (more than one account), administrator, admins-hidden (nobody can tell whether it is one), suspended, taken
    (it is the account of `others`, our own people), shared (it could also belong to `others`), ask (everything matches, but the settings
    say to ask), answer (the decision can no longer be carried out). For somebody whose account was known: gone (it was removed), merged
    (it no longer answers, and evidence leads to another one), replaced (it was removed, and evidence leads to another one), held (its new
    login or address belongs to another account), changed.
    """

    key: Key
    kind: str
    accounts: tuple[int, ...] = ()
    others: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody decided: adopt (this account is that person), create (a new account), or leave-out."""

    key: Key
    decision: str
    at: datetime
    handle: int | None = None  # adopt: the account's number
    login: str = ""  # create: the login of the new account, if the roster's own belongs to somebody else
    administrator: bool = False  # adopt: even if it is an administrator's


Answers = Mapping[Key, Answer]
_NONE: Answers = MappingProxyType({})


@dataclass(frozen=True)
class Resolution:
    """Which account belongs to whom, and for whom that is not known yet."""

    links: Mapping[Key, int] = field(default_factory=dict)  # in the ledger, or matched now
    matched: Mapping[Key, str] = field(default_factory=dict)  # the new ones among them: adopted (with our SIS id) or matched
    decided: frozenset[Key] = frozenset()  # people for whom a decision is being carried out
    revived: Mapping[Key, int] = field(default_factory=dict)  # our removed accounts that will be restored
    questions: tuple[Question, ...] = ()
    impossible: Mapping[Key, str] = field(default_factory=dict)  # people who cannot be given an account, and why

    def names(self, number: int) -> Key | None:
        """The person whose account has this number."""
        return next((key for key, linked in self.links.items() if linked == number), None)


@dataclass(frozen=True)
class _Case:
    """Everything needed to judge one person."""

    search: AccountSearch
    ledger: Ledger
    answers: Answers
    existing: str  # match, ask, never
    owners: Mapping[int, Key]
    roster: Mapping[Key, Record]


def sought_people(people: Iterable[Record], ledger: Ledger, *, answers: Answers, write_all: bool = False) -> tuple[WantedPerson, ...]:
    """What to ask Canvas about everybody in the roster, except people who are left out."""
    logins = {folded(str(owned.fields.get("login"))) for key, owned in ledger.items() if key.rule.is_person}
    included = (person for person in people if not _left_out(person.key, answers))
    return tuple(_sought(person, ledger, logins, write_all=write_all) for person in sorted(included, key=lambda person: person.key))


def _sought(person: Record, ledger: Ledger, logins: Collection[str], *, write_all: bool) -> WantedPerson:
    owned, main = ledger.get(person.key), ledger.get(channel_key(person.key, MAIN))
    login, email = str(person.fields["login"]), str(person.fields["email"])
    ours = owned is not None and (owned.how != "matched" or write_all)
    known, address = owned and owned.fields.get("login"), main and main.fields.get("address")
    moves = any(folded(str(was)) != folded(now) for was, now in ((known, login), (address, email)) if was)
    takes = email if ours and moves and folded(email) not in logins else ""
    number = owned.handle if owned else None
    return WantedPerson(person.key, login, email, number, str(known) if known else None, str(address) if address else None, takes)


def is_made_by_others(owned: Owned | None) -> bool:
    """Whether this is a person's account and others made it."""
    return owned is not None and owned.how == "matched"


def resolve(
    people: Iterable[Record], search: AccountSearch, ledger: Ledger, *, answers: Answers = _NONE, existing: str = "match"
) -> Resolution:
    """Judges everybody in the roster: linked, matched, new, in question, or impossible.

    `people` are the desired records. An account is matched to one person only; if two people lead to it, it is a question for both.
    """
    records = sorted(people, key=lambda record: record.key)
    case = _Case(search, ledger, answers, existing, owners(ledger), {record.key: record for record in records})
    verdicts = {record.key: _judge(record, case) for record in records if not _left_out(record.key, answers)}
    return _resolution(_without_shared(verdicts), case)


def owners(ledger: Ledger) -> dict[int, Key]:
    """Whose account each number is, by the ledger, including people who have left."""
    return {owned.handle: key for key, owned in ledger.items() if key.rule.is_person and owned.handle is not None}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """`word`: linked, matched, adopted, new, revived, impossible, or the kind of a question."""

    word: str
    numbers: tuple[int, ...] = ()
    others: tuple[Key, ...] = ()
    decided: bool = False


_SETTLED = ("linked", "matched", "adopted", "new", "revived", "impossible")


def _judge(person: Record, case: _Case) -> _Verdict:
    owned, answer = case.ledger.get(person.key), case.answers.get(person.key)
    number = owned.handle if owned else None
    account = case.search.account(number)
    if answer and _open(answer, owned):
        return _from_answer(person, answer, owned, case=case)
    if number is not None and account and not account.removed:
        held = _held(person, number, case) if not is_kept(answer, number) else ()
        return _Verdict("held", (*held, number)) if held else _Verdict("linked", (number,))
    if number is not None:
        return _lost(person, number, case)
    return _from_evidence(person, case, known=owned is not None)


def _open(answer: Answer, owned: Owned | None) -> bool:
    """Whether a decision has yet to be carried out: the ledger shows no account from it."""
    if answer.decision == "adopt":
        return owned is None or owned.handle != answer.handle
    return answer.decision == "create" and (owned is None or answer.at > owned.at)


def _from_answer(person: Record, answer: Answer, owned: Owned | None, *, case: _Case) -> _Verdict:
    """Checks a decision again when it is used; one that can no longer be carried out becomes a question again."""
    number = owned.handle if owned else None
    if answer.decision == "create":
        account = case.search.account(number)
        revivable = account is not None and account.removed and number is not None
        return _Verdict("revived", (number or 0,), decided=True) if revivable else _Verdict("new", decided=True)
    account = case.search.account(answer.handle)
    trouble = (
        account is None
        or account.removed
        or unusable(account, person.key, case.search, owned_by=case.owners, confirmed=answer.administrator)
    )
    if account is None or trouble:
        return _Verdict("answer", tuple(filter(None, [answer.handle])))
    return _Verdict("matched", (account.number,), decided=True)


def unusable(account: UserAccount, key: Key, search: AccountSearch, *, owned_by: Mapping[int, Key], confirmed: bool) -> str:
    """Why this account cannot belong to a person: token, taken, administrator, admins-hidden; empty if it can."""
    if account.number == search.token_user:
        return "token"
    if owned_by.get(account.number, key) != key:
        return "taken"
    if confirmed:
        return ""
    if search.admins is None:
        return "admins-hidden"
    return "administrator" if account.number in search.admins else ""


def is_kept(answer: Answer | None, number: int) -> bool:
    """Whether somebody confirmed the account that we have, no matter who else has the address."""
    return answer is not None and answer.decision == "adopt" and answer.handle == number


def _held(person: Record, number: int, case: _Case) -> tuple[int, ...]:
    """Accounts that are not ours and have the new login or address of somebody whose account we know."""
    return tuple(hit for hit in _candidates(person, case) if hit != number and hit not in case.owners)


def _lost(person: Record, number: int, case: _Case) -> _Verdict:
    """The account was removed or its number no longer answers: after a merge, SIS id and login lead to the survivor (live-people 9)."""
    others = tuple(hit for hit in _candidates(person, case) if hit != number)
    if others:
        return _Verdict("merged" if number in case.search.gone else "replaced", others, _owners_of(others, case))
    return _Verdict("gone", (number,))


def _owners_of(numbers: Iterable[int], case: _Case) -> tuple[Key, ...]:
    return tuple(sorted({case.owners[number] for number in numbers if number in case.owners}))


def _candidates(person: Record, case: _Case) -> tuple[int, ...]:
    """Accounts found by our SIS id, the whole login or an active address."""
    hits = (case.search.account(number) for number in sorted(case.search.hits.get(person.key, ())))
    matches = (hit for hit in hits if hit and not hit.removed and any(_evidence(person, hit)))
    return tuple(hit.number for hit in matches if hit.has_sis_id(person.key.id) or not _hands_on(person, hit, case))


def _hands_on(person: Record, account: UserAccount, case: _Case) -> bool:
    """Whether this is the account of somebody else in the roster who gives up this login and address there; an account that others made
    gives up nothing.
    """
    owner = case.owners.get(account.number)
    if owner and is_made_by_others(case.ledger.get(owner)):
        return False
    theirs = case.roster.get(owner) if owner and owner != person.key else None
    kept = {folded(str(theirs.fields[name])) for name in ("login", "email")} if theirs else set[str]()
    return theirs is not None and not kept & {folded(str(person.fields[name])) for name in ("login", "email")}


def _evidence(person: Record, account: UserAccount) -> tuple[bool, bool, bool]:
    """Whether SIS id, login and address match."""
    login, email = str(person.fields["login"]), str(person.fields["email"])
    return account.has_sis_id(person.key.id), account.has_login(login), account.has_address(email) is True


def _from_evidence(person: Record, case: _Case, *, known: bool) -> _Verdict:
    numbers = _candidates(person, case)
    accounts = [account for account in map(case.search.account, numbers) if account]
    ours = [account for account in accounts if account.has_sis_id(person.key.id)]
    if not accounts:
        return _Verdict("new")
    if len(ours) == 1:
        return _under_our_id(person, ours[0], case, known=known)
    if len(accounts) > 1:
        return _Verdict("several", numbers, _owners_of(numbers, case))
    return _one(person, accounts[0], case)


def _under_our_id(person: Record, account: UserAccount, case: _Case, *, known: bool) -> _Verdict:
    """Only we assign our SIS ids, so it is that person unless nothing else matches."""
    _, login, address = _evidence(person, account)
    if case.owners.get(account.number, person.key) != person.key:
        return _Verdict("taken", (account.number,), _owners_of([account.number], case))
    if known or login or address or _same_name(person, account):
        return _Verdict("adopted", (account.number,))
    return _Verdict("name", (account.number,))


def _same_name(person: Record, account: UserAccount) -> bool:
    return names_agree(str(person.fields["name"]), str(person.fields["sortable_name"]), account.name)


def _one(person: Record, account: UserAccount, case: _Case) -> _Verdict:
    """The one account found by login or address: matched if everything agrees and nothing speaks against it."""
    here = (account.number,)
    trouble = unusable(account, person.key, case.search, owned_by=case.owners, confirmed=False)
    if trouble == "token":
        return _Verdict("impossible", here)
    if trouble:
        return _Verdict(trouble, here, _owners_of(here, case))
    _, login, _ = _evidence(person, account)
    doubts = {
        "suspended": account.suspended,
        "login": not login,
        "name": not _same_name(person, account),
        "address": account.has_address(str(person.fields["email"])) is False,
        "ask": case.existing == "ask",
    }
    return _Verdict(next((kind for kind, doubt in doubts.items() if doubt), "matched" if case.existing == "match" else "impossible"), here)


def _without_shared(verdicts: Mapping[Key, _Verdict]) -> dict[Key, _Verdict]:
    """An account that several people lead to belongs to nobody until somebody decides."""
    claims = Counter(number for verdict in verdicts.values() for number in verdict.numbers if verdict.word in ("matched", "adopted"))
    claims += Counter(n for verdict in verdicts.values() for n in verdict.numbers if verdict.word not in _SETTLED and not verdict.decided)
    doubted = {number for number, count in claims.items() if count > 1}
    return {key: _doubted(key, verdict, verdicts) if _is_doubted(verdict, doubted) else verdict for key, verdict in verdicts.items()}


def _is_doubted(verdict: _Verdict, doubted: Collection[int]) -> bool:
    return verdict.word in ("matched", "adopted") and not verdict.decided and any(number in doubted for number in verdict.numbers)


def _doubted(key: Key, verdict: _Verdict, verdicts: Mapping[Key, _Verdict]) -> _Verdict:
    others = (other for other, each in verdicts.items() if other != key and set(each.numbers) & set(verdict.numbers))
    return _Verdict("shared", verdict.numbers, tuple(sorted(others)))


def _resolution(verdicts: Mapping[Key, _Verdict], case: _Case) -> Resolution:
    chosen = {key: verdict for key, verdict in verdicts.items() if verdict.word in ("matched", "adopted")}
    links = {key: verdict.numbers[0] for key, verdict in verdicts.items() if verdict.word in ("linked", "matched", "adopted")}
    former = {key: owned.handle for key, owned in case.ledger.items() if key.rule.is_person and owned.handle and key not in verdicts}
    return Resolution(
        links={**former, **links},
        matched={key: verdict.word for key, verdict in chosen.items()},
        decided=frozenset(key for key, verdict in verdicts.items() if verdict.decided),
        revived={key: verdict.numbers[0] for key, verdict in verdicts.items() if verdict.word == "revived"},
        questions=tuple(Question(key, v.word, v.numbers, v.others) for key, v in verdicts.items() if v.word not in _SETTLED),
        impossible={key: _why_not(verdict, case) for key, verdict in verdicts.items() if verdict.word == "impossible"},
    )


def _why_not(verdict: _Verdict, case: _Case) -> str:
    return "account-token" if case.search.token_user in verdict.numbers else "account-never"


def _left_out(key: Key, answers: Answers) -> bool:
    return key in answers and answers[key].decision == _OUT


def about_people(resolution: Resolution, answers: Answers) -> dict[Key, str]:
    """Why nothing is done for these people: in question, impossible, or left out."""
    left_out = {key: LEFT_OUT for key in answers if _left_out(key, answers)}
    open_questions = {question.key: f"asked-{question.kind}" for question in resolution.questions}
    return {**left_out, **resolution.impossible, **open_questions}
