"""Who is who: every combination of evidence, and the one outcome that follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.accounts import AccountSearch, Login, UserAccount
from ilc_canvas.reconcile.people.identity import Answer, Resolution, resolve
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record
from tests.reconcile.cast import NOON

ADA, BEN = Key(Kind.USER, "ilc:p:1"), Key(Kind.USER, "ilc:p:2")
TOKEN = 1


def row(key: Key = ADA, name: str = "Ada King", address: str = "ada@example.org") -> Record:
    """One person of the roster."""
    family = name.split()[-1]
    fields = {"name": name, "sortable_name": f"{family}, {name.split()[0]}", "email": address, "login": address, "sis_id": key.id}
    return Record(key, fields)


ACCOUNT = UserAccount(1001, "Ada King", "King, Ada", "ada@example.org", "ada@example.org")
BENS = UserAccount(1002, "Ben Diaz", "Diaz, Ben", "ben@example.org", "ben@example.org")


def found(*accounts: UserAccount, admins: frozenset[int] | None = frozenset(), gone: frozenset[int] = frozenset()) -> AccountSearch:
    """The look-up results, with every account a hit for everybody: evidence is judged person by person."""
    numbers = frozenset(account.number for account in accounts)
    return AccountSearch({account.number: account for account in accounts}, {ADA: numbers, BEN: numbers}, gone, admins, TOKEN)


def owned(key: Key, number: int | None, how: str = "created") -> Ledger:
    """A ledger that holds this person's account."""
    return {key: Owned(key, row(key).fields, how, NOON, number)}


def outcome(resolution: Resolution, key: Key = ADA) -> tuple[str, int | None]:
    """linked, matched, adopted, new, question:KIND or the reason why not; and the account."""
    question = next((each for each in resolution.questions if each.key == key), None)
    if question:
        return f"question:{question.kind}", None
    if key in resolution.impossible:
        return resolution.impossible[key], None
    if key in resolution.links:
        return resolution.matched.get(key, "linked"), resolution.links[key]
    return "new", None


HIDDEN = replace(ACCOUNT, login=None, email=None, sees_email=False)
TWO_LOGINS = (Login("900123", "900123"), Login("ada@example.org"))
CASES: dict[str, tuple[UserAccount, str]] = {
    # login and address agree, and so does the name
    "all agrees": (ACCOUNT, "matched"),
    "another institution's SIS id": (replace(ACCOUNT, sis_id="900123"), "matched"),
    "login in other letters": (replace(ACCOUNT, login="ADA@Example.ORG"), "matched"),
    "address in other letters": (replace(ACCOUNT, email="Ada@Example.org"), "matched"),
    "name with accents": (replace(ACCOUNT, name="Àda KING"), "matched"),
    "name in the other order": (replace(ACCOUNT, name="King, Ada"), "matched"),
    "no address at all": (replace(ACCOUNT, email=None), "matched"),
    "address only as second, active": (replace(ACCOUNT, email="home@x.org", addresses=("home@x.org", "ada@example.org")), "matched"),
    "login only as second": (replace(ACCOUNT, login="900123", logins=TWO_LOGINS, addresses=("ada@example.org",)), "matched"),
    # something does not agree
    "another login": (replace(ACCOUNT, login="aking", addresses=("ada@example.org",)), "question:login"),
    "another name": (replace(ACCOUNT, name="Eve Stone"), "question:name"),
    "another address": (replace(ACCOUNT, email="home@x.org", addresses=("home@x.org",)), "question:address"),
    "suspended": (replace(ACCOUNT, logins=(Login("ada@example.org", None, True),)), "question:suspended"),
    # no evidence at all
    "address unconfirmed": (replace(ACCOUNT, login="aking", addresses=()), "new"),
    "part of a login": (replace(ACCOUNT, login="x.ada@example.org", email="x.ada@example.org"), "new"),
    "name alone": (replace(ACCOUNT, login="aking", email="aking@x.org"), "new"),
    "login with an accent": (replace(ACCOUNT, login="adá@example.org", email=None), "new"),
    "nothing may be seen": (HIDDEN, "new"),
    "removed": (replace(ACCOUNT, removed=True), "new"),
    # our own SIS id: an earlier store of ours made it
    "our SIS id, all agrees": (replace(ACCOUNT, sis_id=ADA.id), "adopted"),
    "our SIS id, another login": (replace(ACCOUNT, sis_id=ADA.id, login="old@example.org", email="old@example.org"), "adopted"),
    "our SIS id, another name": (replace(ACCOUNT, sis_id=ADA.id, name="Eve Stone"), "adopted"),
    "our SIS id, nothing else": (replace(ACCOUNT, sis_id=ADA.id, name="Eve Stone", login="eve", email="eve@x.org"), "question:name"),
    "our SIS id on a second login": (replace(ACCOUNT, sis_id="900123", logins=(Login("ada@example.org", ADA.id),)), "adopted"),
    "our SIS id in other letters": (replace(ACCOUNT, sis_id="ILC:P:1", login="eve", email="eve@x.org"), "new"),
}


@pytest.mark.parametrize(("account", "wanted"), CASES.values(), ids=CASES)
def test_one_account_is_judged(account: UserAccount, wanted: str) -> None:
    """One account that may be somebody's: taken, in question, or no evidence."""
    number = account.number if wanted in ("matched", "adopted") else None
    assert outcome(resolve([row()], found(account), {})) == (wanted, number)


@pytest.mark.parametrize(
    ("existing", "wanted"), [("match", ("matched", 1001)), ("ask", ("question:ask", None)), ("never", ("account-never", None))]
)
def test_settings_say_what_becomes_of_existing(existing: str, wanted: tuple[str, int | None]) -> None:
    """An account that fits is taken, asked about, or not used."""
    assert outcome(resolve([row()], found(ACCOUNT), {}, answers={}, existing=existing)) == wanted


def test_several_accounts_are_a_question() -> None:
    """Two accounts that fit one person: neither is taken."""
    second = replace(ACCOUNT, number=1003, login="aking", addresses=("ada@example.org",))
    (question,) = resolve([row()], found(ACCOUNT, second), {}).questions
    assert (question.kind, question.accounts) == ("several", (1001, 1003))


def test_our_id_wins_over_another_account() -> None:
    """Of two accounts the one under our SIS id is that person."""
    ours = replace(ACCOUNT, number=1003, sis_id=ADA.id, login="aking")
    assert outcome(resolve([row()], found(ACCOUNT, ours), {})) == ("adopted", 1003)


def test_token_and_administrators_are_never_taken() -> None:
    """The account that the program signs in with is nobody's; an administrator's is asked about, and so are all if that is not known."""
    mine = replace(ACCOUNT, number=TOKEN)
    assert outcome(resolve([row()], found(mine), {})) == ("account-token", None)
    assert outcome(resolve([row()], found(ACCOUNT, admins=frozenset({1001})), {})) == ("question:administrator", None)
    assert outcome(resolve([row()], found(ACCOUNT, admins=None), {})) == ("question:admins-hidden", None)


def test_account_of_another_person_is_not_taken() -> None:
    """An account that the ledger holds for somebody else is a question, also if that person has left the roster."""
    resolution = resolve([row()], found(ACCOUNT), owned(BEN, 1001))
    assert (outcome(resolution), resolution.questions[0].others) == (("question:taken", None), (BEN,))


def test_address_handed_on_is_no_evidence() -> None:
    """Ben gives up the address that Ada has by now: his account is not hers."""
    ben, ada = row(BEN, "Ben Diaz", "ben.new@example.org"), row(ADA, "Ada King", "ben@example.org")
    resolution = resolve([ada, ben], found(BENS), owned(BEN, 1002))
    assert (outcome(resolution), outcome(resolution, BEN)) == (("new", None), ("linked", 1002))


def test_two_people_for_one_account() -> None:
    """An account that two people of the roster lead to is nobody's before somebody has decided."""
    twin = replace(ACCOUNT, addresses=("ada@example.org", "ben@example.org"), logins=(Login("ada@example.org"), Login("ben@example.org")))
    ben = row(BEN, "Ada King", "ben@example.org")
    questions = resolve([row(), ben], found(twin), {}).questions
    assert [(q.key, q.kind, q.others) for q in questions] == [(ADA, "shared", (BEN,)), (BEN, "shared", (ADA,))]


def test_ledger_number_is_the_person() -> None:
    """A person in the ledger keeps that account, no matter what it shows or who else has our SIS id by now."""
    changed = replace(ACCOUNT, name="Eve Stone", login="eve", email="eve@x.org", sis_id="900123")
    moved = replace(ACCOUNT, number=1003, sis_id=ADA.id)
    assert outcome(resolve([row()], found(changed, moved), owned(ADA, 1001))) == ("question:held", None)
    assert outcome(resolve([row()], replace(found(changed, moved), hits={}), owned(ADA, 1001))) == ("linked", 1001)


def test_number_that_is_not_known_any_more() -> None:
    """Merged away, or replaced: evidence leads to another account. Removed, or gone without a trace: gone. All are questions."""
    survivor = replace(ACCOUNT, number=1003)
    assert outcome(resolve([row()], found(survivor, gone=frozenset({1001})), owned(ADA, 1001))) == ("question:merged", None)
    assert outcome(resolve([row()], found(replace(ACCOUNT, removed=True), survivor), owned(ADA, 1001))) == ("question:replaced", None)
    assert outcome(resolve([row()], found(replace(ACCOUNT, removed=True)), owned(ADA, 1001))) == ("question:gone", None)
    assert outcome(resolve([row()], found(gone=frozenset({1001})), owned(ADA, 1001))) == ("question:gone", None)


def test_survivor_of_a_merge_belongs_to_another() -> None:
    """If two of our accounts were merged, the question says whose account it is now."""
    (question,) = resolve([row()], found(ACCOUNT, gone=frozenset({1009})), {**owned(ADA, 1009), **owned(BEN, 1001)}).questions
    assert (question.kind, question.accounts, question.others) == ("merged", (1001,), (BEN,))


def test_row_without_number_is_found_again() -> None:
    """A ledger of an older version that lost a number finds the account under our SIS id, and asks nobody."""
    ours = replace(ACCOUNT, sis_id=ADA.id, name="Eve Stone", login="eve", email="eve@x.org")
    assert outcome(resolve([row()], found(ours), owned(ADA, None))) == ("adopted", 1001)


LATER = NOON + timedelta(hours=1)
FREE = UserAccount(1005, "Somebody Else", "Else, Somebody", "else", "else@x.org")
ANSWERS: dict[str, tuple[Answer, AccountSearch, str]] = {
    "this account": (Answer(ADA, "adopt", LATER, 1005), found(FREE), "matched"),
    "an administrator's": (Answer(ADA, "adopt", LATER, 1005), found(FREE, admins=frozenset({1005})), "question:answer"),
    "an administrator's, confirmed": (
        Answer(ADA, "adopt", LATER, 1005, administrator=True), found(FREE, admins=frozenset({1005})), "matched"),
    "not known whether": (Answer(ADA, "adopt", LATER, 1005), found(FREE, admins=None), "question:answer"),
    "the token's own": (Answer(ADA, "adopt", LATER, TOKEN, administrator=True), found(replace(FREE, number=TOKEN)), "question:answer"),
    "removed meanwhile": (Answer(ADA, "adopt", LATER, 1005), found(replace(FREE, removed=True)), "question:answer"),
    "not there": (Answer(ADA, "adopt", LATER, 1005), found(), "question:answer"),
    "a new account": (Answer(ADA, "create", LATER), found(ACCOUNT), "new"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "seen", "wanted"), ANSWERS.values(), ids=ANSWERS)
def test_answer_is_checked_when_used(answer: Answer, seen: AccountSearch, wanted: str) -> None:
    """A decision that cannot be carried out any more is a question again, about that person alone."""
    resolution = resolve([row(), row(BEN, "Ben Diaz", "ben@example.org")], seen, {}, answers={ADA: answer})
    assert (outcome(resolution)[0], outcome(resolution, BEN)[0]) == (wanted, "new")
    assert (ADA in resolution.decided) == (not wanted.startswith("question"))


def test_answer_about_anothers_account() -> None:
    """Another of our people's accounts cannot be given to anybody else, no matter what was decided."""
    answers = {ADA: Answer(ADA, "adopt", LATER, 1002)}
    resolution = resolve([row(), row(BEN, "Ben Diaz", "ben@example.org")], found(BENS), owned(BEN, 1002), answers=answers)
    assert (outcome(resolution)[0], outcome(resolution, BEN)) == ("question:answer", ("linked", 1002))


def test_answer_is_used_up() -> None:
    """A decision is carried out once: after that the account in the ledger counts, and the decision blocks nobody."""
    answers = {ADA: Answer(ADA, "adopt", NOON, 1001), BEN: Answer(BEN, "create", NOON - timedelta(hours=1))}
    ledger = {**owned(ADA, 1001, "matched"), **owned(BEN, 1002)}
    resolution = resolve([row(), row(BEN, "Ben Diaz", "ben@example.org")], found(ACCOUNT, BENS), ledger, answers=answers)
    assert (outcome(resolution), outcome(resolution, BEN)) == (("linked", 1001), ("linked", 1002))
    assert (resolution.decided, resolution.matched) == (frozenset(), {})


def test_left_out_is_not_judged() -> None:
    """Whom somebody has left out is neither linked nor asked about."""
    resolution = resolve([row()], found(ACCOUNT), {}, answers={ADA: Answer(ADA, "leave-out", NOON)})
    assert (outcome(resolution), resolution.questions) == (("new", None), ())


def test_removed_account_comes_back_on_demand() -> None:
    """Only when somebody has decided on a new account, and ours was removed, that one is called back."""
    removed = found(replace(ACCOUNT, removed=True))
    resolution = resolve([row()], removed, owned(ADA, 1001), answers={ADA: Answer(ADA, "create", LATER)})
    assert (resolution.revived, resolution.questions) == ({ADA: 1001}, ())
