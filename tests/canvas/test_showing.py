"""Accounts shown to somebody who decides, and what one account is enrolled in."""

from tests.canvas.cast import ADA, EQ, SMALL, client, enrollment, owners, write
from tests.canvas.finding import second_address
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


def test_account_is_shown_in_full(sandbox: Sandbox, hand: Person) -> None:
    """All logins and active addresses, the last login, our courses, and whether it is an administrator."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    number = next(number for number, key in owners(sandbox).items() if key == ADA)
    hand.login(number, "second", sis_user_id="district-7")
    second_address(hand, number, "ada@home.test")
    second_address(hand, number, "claimed@home.test", confirmed=False)
    shown = canvas.show_accounts([number])[number]
    logins = [(login.unique_id, login.sis_id) for login in shown.account.logins or ()]
    assert logins == [("p1@example.org", ADA.id), ("second", "district-7")]
    assert shown.account.addresses == ("p1@example.org", "ada@home.test")
    assert (shown.account.last_login, shown.courses, shown.administrator) == (None, (EQ.id,), False)


def test_lost_accounts_are_not_shown(sandbox: Sandbox, hand: Person) -> None:
    """Who was merged away or never was is left out; the others are shown all the same."""
    here, merged = hand.user("a"), hand.user("b")
    hand.ask("PUT", f"users/{merged}/merge_into/{here}")
    assert list(client(sandbox).show_accounts([merged, 999_999, here])) == [here]


def test_shown_administrators(sandbox: Sandbox, hand: Person) -> None:
    """An administrator is shown as one; without the right to list them nobody can tell."""
    boss, other = hand.user("a"), hand.user("b")
    hand.ask("POST", "accounts/1/admins", {"user_id": boss})
    canvas = client(sandbox)
    assert [shown.administrator for shown in canvas.show_accounts([boss, other]).values()] == [True, False]
    sandbox.deny("manage_account_memberships")
    assert [shown.administrator for shown in canvas.show_accounts([boss, other]).values()] == [None, None]


def test_unreadable_account_is_shown(sandbox: Sandbox, hand: Person) -> None:
    """Whose logins may not be read is shown with what is known, as an administrator."""
    number = hand.person("Ada", "ada", "ada@home.test")
    sandbox.deny("manage_user_logins")
    shown = client(sandbox).show_accounts([number])[number]
    assert (shown.account.email, shown.account.logins, shown.administrator) == ("ada@home.test", None, True)


def test_no_accounts_cost_nothing(sandbox: Sandbox) -> None:
    """Nobody to be shown is no request."""
    canvas = client(sandbox)
    sandbox.forget_requests()
    assert (canvas.show_accounts([]), sandbox.requests()) == ({}, [])


def test_enrollments_of_one_account(sandbox: Sandbox, hand: Person) -> None:
    """All that an account has in our courses, ended ones too, in one request; nothing of other courses."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    number = next(number for number, key in owners(sandbox).items() if key == ADA)
    hand.enroll(hand.course(), number)
    row = hand.get(f"users/{number}/enrollments?sis_section_id[]={enrollment().parents[1].id}").body[0]["id"]
    assert hand.ask("DELETE", f"courses/sis_course_id:{EQ.id}/enrollments/{row}?task=deactivate").status == 200
    sandbox.forget_requests()
    found = canvas.enrollments_of(ADA, number)
    assert [(record.key, record.fields["state"]) for record in found or ()] == [(enrollment().key, "inactive")]
    assert len(sandbox.requests()) == 1


def test_enrollments_of_lost_account(sandbox: Sandbox, hand: Person) -> None:
    """Of an account that was removed, merged away or never was none can be told."""
    removed, merged, kept = (hand.user(login) for login in ("a", "b", "c"))
    hand.ask("DELETE", f"accounts/1/users/{removed}")
    hand.ask("PUT", f"users/{merged}/merge_into/{kept}")
    canvas = client(sandbox)
    assert [canvas.enrollments_of(ADA, number) for number in (removed, merged, 999_999, kept)] == [None, None, None, []]
