"""people adopt, create, leave-out, ask-again: one decision about one person"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import one_line, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ilc_canvas.actions.identities import Noted
    from ilc_canvas.program.deciding import Decision

PersonId = Annotated[str, typer.Argument(metavar="PERSON", help="As in the roster: ILC-0001.", callback=one_line)]
Number = Annotated[int, typer.Option("--account", help="Canvas's number of the account, as review shows it.")]
Administrator = Annotated[bool, typer.Option("--administrator", help="Also if the account is an administrator's.")]
Login = Annotated[str, typer.Option("--login", help="Of the new account, if it is not to be that of the roster.")]


def adopt(person: PersonId, account: Number, administrator: Administrator = False, *, reason: Reason = "", as_json: Json = False) -> None:
    """This Canvas account, one of those that review shows, is that person: the next sync gives it the person's places."""
    from ilc_canvas.program.deciding import Decision

    _decide(Decision(person, "adopt", account, administrator=administrator), reason, as_json=as_json)


def create(person: PersonId, login: Login = "", *, reason: Reason = "", as_json: Json = False) -> None:
    """Make a new account for this person (one that was removed is called back) with the next sync."""
    from ilc_canvas.program.deciding import Decision

    _decide(Decision(person, "create", login=login), reason, as_json=as_json)


def leave_out(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Do nothing about this person, neither add nor remove, until somebody decides otherwise."""
    from ilc_canvas.program.deciding import Decision

    _decide(Decision(person, "leave-out"), reason, as_json=as_json)


def ask_again(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Take a decision back: the next plan looks at this person as at all others."""
    from ilc_canvas.program.deciding import Decision

    _decide(Decision(person, "ask-again"), reason, as_json=as_json)


def require_reason(reason: str) -> None:
    """Wrong usage without one."""
    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')


def _decide(decision: "Decision", reason: str, *, as_json: bool) -> None:
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import identities
    from ilc_canvas.cli.asking import accounts
    from ilc_canvas.cli.beginning import begin

    require_reason(reason)
    settings = begin()
    with bootstrap.opened(settings) as store:
        (noted,) = identities.decide(
            settings,
            store,
            [decision],
            look=accounts(settings),
            holder=bootstrap.holder(),
            actor=bootstrap.actor(),
            reason=reason,
            at=bootstrap.now(),
        )
    if as_json:
        say_json(noted_json(noted))
    else:
        say(*noted_lines([noted]))


def noted_json(noted: "Noted") -> dict[str, object]:
    """A decision for programs."""
    decision = noted.decision
    former = noted.former.id if noted.former else None
    return {
        "person": decision.person_id,
        "decision": decision.word,
        "account": decision.account,
        "login": noted.login,
        "administrator": decision.administrator,
        "former": former,
    }


def noted_lines(all_noted: "Sequence[Noted]") -> list[str]:
    """Decisions for people, and what to do next."""
    from ilc_canvas.program.deciding import id_of
    from ilc_canvas.views.choices import word_of

    lines = []
    for noted in all_noted:
        person_id, word = noted.decision.person_id, noted.decision.word
        what = {"adopt": f"account {word_of(noted.decision)}", "create": "a new account"}.get(word, word_of(noted.decision))
        login = f", with the login {noted.login}" if noted.login else ""
        lines.append(f"Noted for {person_id}: {what}{login}.")
        if noted.former:
            lines.append(f"  Who was {person_id} until now goes on as {id_of(noted.former)}, and leaves all courses.")
    waits = any(noted.decision.word in ("adopt", "create") for noted in all_noted)
    return [*lines, f"It counts from the next plan on{', which waits for a yes' if waits else ''}: ilc-canvas plan"]
