"""What Canvas showed of the accounts in a question: kept until the answer, forgotten by age, erased with a person, never in the log."""

from datetime import timedelta

from sqlalchemy import select

from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading, Login, UserAccount
from ilc_canvas.reconcile.people.identity import Answer, Question
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.privacy.erasure import erase
from ilc_canvas.store.privacy.retention import forget
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.decisions import identities
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk, draft, finalized, plan_of, roster

HERE = CanvasScope(BASE, SCOPE)
XIMENA = Key(Kind.USER, "ilc:p:ILC-0325")
LATER = NOON + timedelta(days=30)
ACCOUNT = UserAccount(
    326,
    "Ximena Ñáñez",
    "Ñáñez, Ximena",
    login="x.nanez",
    email="x@example.org",
    logins=(Login("x.nanez", "district-7"), Login("old", suspended=True)),
    addresses=("x@example.org",),
    last_login="2021-10-04T09:00:00Z",
)
SHOWN = AccountReading({326: AccountDetails(ACCOUNT, ("ilc:2021-22:cop:EQ",), False)}, 9, NOON)


def ask(desk: Desk, *questions: Question, shown: AccountReading | None = None) -> None:
    """A plan that has these questions."""
    number = desk.journal.begin(RunRequest("ana", "plan", dry_run=True), desk.journal.basis())
    plan = plan_of()
    desk.journal.planned(number, plan, Verdict(), asked=questions, whole=True, shown=shown)
    desk.close(number, "partial", plan.digest)


def kept(desk: Desk) -> dict[Key, AccountReading]:
    """What is kept now."""
    return identities.account_readings_of(desk.store, [HERE])


def test_reading_is_kept_until_the_answer(desk: Desk) -> None:
    """All that was shown comes back as it was; a plan that could not ask again leaves it; other accounts, or an answer, end it."""
    finalized(desk.store)
    ask(desk, Question(XIMENA, "name", (326,)), Question(ROSA.key, "name", (7,)), shown=SHOWN)
    assert kept(desk) == {XIMENA: SHOWN, ROSA.key: AccountReading({}, 9, NOON)}
    ask(desk, Question(XIMENA, "name", (326,)), Question(ROSA.key, "name", (8,)))
    assert kept(desk) == {XIMENA: SHOWN}
    identities.decide(desk.store, HERE, [Answer(XIMENA, "leave-out", NOON)], actor="ana", reason="asked")
    assert kept(desk) == {}


def test_reading_is_forgotten_by_age(desk: Desk) -> None:
    """What was read before then is forgotten, what was read after it is not; the question stays."""
    finalized(desk.store)
    ask(desk, Question(XIMENA, "name", (326,)), shown=SHOWN)
    assert forget(desk.store, before=NOON, actor="schedule", at=LATER).nothing
    forget(desk.store, before=NOON + timedelta(seconds=1), actor="schedule", at=LATER)
    assert (kept(desk), [each.key for each in identities.open_questions(desk.store, [HERE])]) == ({}, [XIMENA])


def test_reading_is_erased_with_a_person(desk: Desk) -> None:
    """Who is erased is no longer shown, neither as the one who is asked about nor as whose account it may be; others are."""
    finalized(desk.store)
    draft(desk.store, 2, files="b")
    versions.finalize(desk.store, signed_by="Ana", second="Ben", reason="left", at=NOON)
    left = next(each for each in roster().people if each.person_id == "ILC-0003")
    theirs = AccountDetails(UserAccount(5, left.display_name, "", login=left.email))
    both = AccountReading({**SHOWN.accounts, 5: theirs}, 9, NOON)
    gone = Key(Kind.USER, "ilc:p:ILC-0003")
    ask(desk, Question(XIMENA, "name", (326,)), Question(gone, "name", (326,)), Question(ROSA.key, "login", (5,)), shown=both)
    erase(desk.store, gone, actor="ana", reason="asked for it", at=LATER)
    assert kept(desk) == {XIMENA: SHOWN}


def test_reading_is_not_in_the_log(desk: Desk) -> None:
    """Neither the chain nor what lies beside it has a name or a login of an account that was only shown."""
    finalized(desk.store)
    ask(desk, Question(XIMENA, "name", (326,)), shown=SHOWN)
    identities.decide(desk.store, HERE, [Answer(XIMENA, "leave-out", NOON)], actor="ana", reason="asked")
    with desk.store.read() as connection:
        words = [*connection.execute(select(EVENT.c.body)).scalars(), *connection.execute(select(AUDIT_PERSONAL.c.content)).scalars()]
    assert words
    assert not [text for text in words if "x.nanez" in text or "Ñáñez" in text or "x@example.org" in text]
