"""people: review, adopt, create, leave-out, ask-again"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import count, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.canvas.client import Account
    from ilc_canvas.program.roster import Person
    from ilc_canvas.reconcile.identity import Question

PersonId = Annotated[str, typer.Argument(metavar="PERSON", help="As in the roster: ILC-0001.")]
Number = Annotated[int, typer.Option("--account", help="Canvas's number of the account, as review shows it.")]

_WHY = {
    "login": "Canvas has an account with this login that does not carry our SIS id.",
    "merged": "In Canvas one account answers to several people of ours: they were merged there.",
    "other": "Our SIS id leads to another Canvas account than before: accounts were merged, or the SIS id was moved.",
    "gone": "The Canvas account was deleted.",
}


def review(as_json: Json = False) -> None:
    """Everybody about whom somebody must decide: what is odd, which Canvas accounts fit, and what can be done."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import identities, rosters

    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        roster = rosters.newest_finalized(store)
        asked = identities.open_questions(store, bootstrap.place(settings, store))
    people = {f"{settings.prefix}:p:{person.person_id}": person for person in roster.people}
    shown = []
    if asked:
        canvas = bootstrap.client(settings, roster.school_year)
        canvas.tenant()
        for question in asked:
            person = people.get(question.key.id)
            words = [person.email, person.display_name] if person else [question.key.id]
            shown.append((question, person, canvas.accounts(words)))
    if as_json:
        say_json([_as_json(*case) for case in shown])
    elif shown:
        say(f"Somebody must decide about {count(len(shown), 'person', 'people')}. Until then nothing is done about them.")
        say(*(line for case in shown for line in _told(*case)))
    else:
        say("Nobody waits for a decision.")


def _as_json(question: "Question", person: "Person | None", accounts: "list[Account]") -> dict[str, Any]:
    named = ("handle", "name", "login", "email", "sis_id")
    fits = [{name: getattr(account, name) for name in named} for account in accounts]
    others = [other.id for other in question.others]
    return {"person": person.person_id if person else question.key.id, "kind": question.kind, "others": others, "accounts": fits}


def _told(question: "Question", person: "Person | None", accounts: "list[Account]") -> Iterator[str]:
    """What is odd about one person, who fits, and the commands to choose from."""
    name = person.person_id if person else question.key.id.rpartition(":")[2]
    yield ""
    yield f"{name}  {person.display_name} <{person.email}>" if person else f"{name}  (no longer in the roster)"
    yield f"  {_WHY[question.kind]}{_shared(question)}"
    for account in accounts:
        yield f"  account {account.handle}: {_shown(account)}"
    yield from (f"    {command}" for command in _choices(question, name, accounts))


def _shared(question: "Question") -> str:
    return f" The others: {', '.join(other.id.rpartition(':')[2] for other in question.others)}." if question.others else ""


def _shown(account: "Account") -> str:
    sis_id = f"SIS id {account.sis_id}" if account.sis_id else "no SIS id"
    return f"{account.name}, login {account.login or 'hidden'}, {account.email or 'address hidden'}, {sis_id}"


def _choices(question: "Question", name: str, accounts: "list[Account]") -> Iterator[str]:
    """One of several is never proposed as the right one: the number must be filled in."""
    free = [account.handle for account in accounts if not account.sis_id]
    number = question.handle if question.kind == "other" else free[0] if len(free) == 1 else "NUMBER"
    if question.kind in ("login", "other"):
        yield f'ilc-canvas people adopt {name} --account {number} --reason "..."   this account is that person'
    if question.kind in ("login", "gone"):
        yield f'ilc-canvas people create {name} --reason "..."   a new account'
    yield f'ilc-canvas people leave-out {name} --reason "..."   nothing is done about this person'


def adopt(person: PersonId, account: Number, reason: Reason = "", *, as_json: Json = False) -> None:
    """This Canvas account is that person: it gets our SIS id with the next sync. Its name and address stay as they are."""
    _decide(person, "adopt", reason, as_json=as_json, handle=account)


def create(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Make a new account for this person (one that was deleted comes back) with the next sync."""
    _decide(person, "create", reason, as_json=as_json)


def leave_out(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Do nothing about this person, neither add nor remove, until somebody decides otherwise."""
    _decide(person, "leave-out", reason, as_json=as_json)


def ask_again(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Take a decision back: the next sync looks at this person as at all others."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.names import user_key
    from ilc_canvas.store import identities

    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        place = bootstrap.place(settings, store)
        key = user_key(settings.prefix, person)
        identities.forget(store, place, key, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    _say_decided(person, "ask-again", as_json=as_json)


def _decide(person: str, decision: str, reason: str, *, as_json: bool, handle: int | None = None) -> None:
    from ilc_canvas import bootstrap
    from ilc_canvas.program.names import user_key
    from ilc_canvas.reconcile.identity import Answer
    from ilc_canvas.store import identities

    if not reason.strip():
        raise typer.BadParameter('A decision wants a reason, so that others understand it: --reason "..."')
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        place, key = bootstrap.place(settings, store), user_key(settings.prefix, person)
        kinds = {question.key: question.kind for question in identities.open_questions(store, place)}
        if key not in kinds and decision != "leave-out":
            raise typer.BadParameter(f"Nobody asks about {person}: see ilc-canvas people review. Nothing was changed.")
        login = key.id if decision == "create" and kinds.get(key) == "login" else ""
        answer = Answer(key, decision, bootstrap.now(), handle, login)
        identities.decide(store, place, answer, actor=bootstrap.actor(), reason=reason)
    _say_decided(person, decision, as_json=as_json)


def _say_decided(person: str, decision: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"person": person, "decision": decision})
    else:
        say(f"Noted for {person}: {decision}. It counts from the next run on: ilc-canvas plan")
