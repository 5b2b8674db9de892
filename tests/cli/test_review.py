"""people review: the questions with their accounts, on a screen, for programs, and whose accounts others have made."""

import pytest

from tests.cli.people_cast import PEOPLE, Office, address, renamed, rows


def test_question_shows_both_sides(office: Office) -> None:
    """The roster's row and the account are side by side, and each answer is a command with what it would do."""
    number = office.account("Benjamin Ok", "b.ok@example.org", sis_id="900123", email=address(PEOPLE["P2"]))
    office.sign()
    office.plan()
    text = office.cli("people", "review").out
    assert "P2  Ben Okafor <ben.okafor@example.org>\n  An account has this address, but another login." in text
    assert all(word in text for word in (f"account {number}", "Benjamin Ok", "b.ok@example.org", "900123"))
    commands = [line.strip() for line in text.splitlines() if line.startswith("  ilc-canvas people")]
    assert [command.split()[2] for command in commands] == ["adopt", "create", "leave-out"]
    assert f'ilc-canvas people adopt P2 --account {number} --reason "..."' in commands
    assert "Nothing else about the account is changed." in " ".join(text.split())


def test_json_has_documented_keys(office: Office) -> None:
    """A list, with all of each account and the answers that there are."""
    number = office.account("Benjamin Ok", address(PEOPLE["P2"]), sis_id="900123")
    office.sign()
    office.plan()
    (case,) = office.cli("people", "review", "--json").json
    assert set(case) == {"person", "name", "kind", "text", "others", "accounts", "answers"}
    (account,) = case["accounts"]
    shown = {"name": "Benjamin Ok", "login": address(PEOPLE["P2"]), "sis_ids": ["900123"], "courses": [], "administrator": False}
    assert account == {"number": number, **shown, "logins": [shown["login"]], "addresses": [shown["login"]], "last_login": None}
    assert [answer["answer"] for answer in case["answers"]] == [str(number), "new", "leave out"]


def test_table_fits_the_screen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many accounts with long words: no line is wider than the screen, and every account is there."""
    long = f"{'x' * 70}@example.org"
    monkeypatch.setenv("COLUMNS", "80")
    numbers = [office.account("Ben Okafor", f"{n}{long}", email=address(PEOPLE["P2"])) for n in range(5)]
    office.sign()
    office.plan()
    lines = office.cli("people", "review").out.splitlines()
    assert max(len(line) for line in lines if "ilc-canvas" not in line) <= 80
    assert all(any(f"account {number}" in line for line in lines) for number in numbers)


def test_hostile_names_are_escaped(office: Office) -> None:
    """Characters that a terminal would act on, or that would imitate one of our lines, are shown escaped."""
    office.account("Ben\x1b[2J\u202e\nP9  [red]Nobody", "b.ok@example.org", email=address(PEOPLE["P2"]))
    office.sign()
    office.plan()
    text = office.cli("people", "review").out
    assert not {"\x1b", "\u202e"} & set(text)
    assert not [line for line in text.splitlines() if line.lstrip().startswith("P9")]
    assert "[red]" in text


def test_administrator_is_marked(office: Office) -> None:
    """The account of an administrator is offered with its own confirmation only."""
    number = office.account(PEOPLE["P2"], address(PEOPLE["P2"]))
    office.hand("POST", "accounts/self/admins", user_id=number)
    office.sign()
    office.plan()
    case = office.review()["P2"]
    assert (case["kind"], case["accounts"][0]["administrator"]) == ("administrator", True)
    assert case["answers"][0]["answer"] == f"{number} administrator"
    assert f"--account {number} --administrator --reason" in case["answers"][0]["command"]


def test_accounts_of_others_are_listed(office: Office) -> None:
    """Who is held by an account that others made is named, though nobody has asked; cut at ten."""
    office.account(PEOPLE["P2"], address(PEOPLE["P2"]))
    office.sign()
    office.sync()
    text = office.cli("people", "review").out
    assert text.startswith("There are no questions about people.")
    number = next(user["id"] for user in office.canvas.state()["users"] if user["login_id"] == address(PEOPLE["P2"]))
    assert f"1 person is matched to an account that already existed: P2 Ben Okafor (account {number})" in text
    assert office.cli("people", "review", "--json").json == []


def test_long_list_is_cut(office: Office) -> None:
    """Of more than ten people ten are named, and how many more there are; --all names everybody."""
    people = [*rows(), *({**rows()[1], **renamed(f"Mem Ber{n}"), "person_id": f"Q{n}"} for n in range(12))]
    for person in people[1:]:
        office.account(person["display_name"], person["email"])
    office.sign(people)
    office.sync()
    assert "  and 6 more (--all)" in office.cli("people", "review").out
    assert office.cli("people", "review", "--all").out.count("(account ") == 16


def test_account_that_is_gone_is_said(office: Office) -> None:
    """An account that can no longer be read is not a possible answer, and the review says so."""
    number = office.account("Benjamin Ok", address(PEOPLE["P2"]))
    office.sign()
    office.plan()
    office.hand("DELETE", f"accounts/1/users/{number}")
    text = " ".join(office.cli("people", "review").out.split())
    assert f"Account {number} was removed or merged in Canvas" in text
    assert [answer["answer"] for answer in office.review()["P2"]["answers"]] == ["new", "leave out"]


def test_without_canvas_the_store_is_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token the questions and numbers are shown, and why there is nothing more."""
    number = office.account("Benjamin Ok", address(PEOPLE["P2"]))
    office.sign()
    office.plan()
    monkeypatch.delenv("ILC_CANVAS_TOKEN")
    said = office.cli("people", "review")
    assert (said.code, f"account {number}" in said.out, "P2  Ben Okafor" in said.out) == (0, True, True)
    assert "ILC_CANVAS_TOKEN" in said.err


def test_shared_account_names_the_others(office: Office) -> None:
    """One account that fits two people is a question for both, and each names the other."""
    office.second_address(office.account(PEOPLE["P2"], address(PEOPLE["P2"])), address(PEOPLE["P3"]))
    office.sign()
    office.plan()
    cases = office.review()
    assert {person: (case["kind"], case["others"]) for person, case in cases.items()} == {"P2": ("shared", ["P3"]), "P3": ("login", [])}
    assert "See also: P3 Chloe Tran." in cases["P2"]["text"]


def test_person_who_left_is_no_choice(office: Office) -> None:
    """A question about somebody who has left the roster says only that."""
    office.account("Benjamin Ok", address(PEOPLE["P2"]))
    office.sign()
    office.plan()
    office.sign([person for person in rows() if person["person_id"] != "P2"])
    text = office.cli("people", "review").out
    assert "\nP2\n" in text
    assert "No longer in the roster" in text
    assert "people adopt P2" not in text
