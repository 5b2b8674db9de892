"""people adopt, create, leave-out, ask-again: one decision about one person"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import one_line, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ilc_canvas.actions.identities import RecordedDecision
    from ilc_canvas.program.people.decisions import Decision

PersonId = Annotated[str, typer.Argument(metavar="PERSON", help="As in the roster: ILC-0001.", callback=one_line)]
Number = Annotated[int, typer.Option("--account", help="Canvas's number of the account, as review shows it.")]
Administrator = Annotated[bool, typer.Option("--administrator", help="Also if the account is an administrator's.")]
Login = Annotated[str, typer.Option("--login", help="Login of the new account, if not the one in the roster.")]


def adopt(person: PersonId, account: Number, administrator: Administrator = False, *, reason: Reason = "", as_json: Json = False) -> None:
    """This Canvas account, one of those that review shows, is that person: the next sync gives it the person's places."""
    from ilc_canvas.program.people.decisions import Decision

    _decide(Decision(person, "adopt", account, administrator=administrator), reason, as_json=as_json)


def create(person: PersonId, login: Login = "", *, reason: Reason = "", as_json: Json = False) -> None:
    """Make a new account for this person with the next sync (or restore one that was removed)."""
    from ilc_canvas.program.people.decisions import Decision

    _decide(Decision(person, "create", login=login), reason, as_json=as_json)


def leave_out(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Do nothing about this person, neither add nor remove, until somebody decides otherwise."""
    from ilc_canvas.program.people.decisions import Decision

    _decide(Decision(person, "leave-out"), reason, as_json=as_json)


def ask_again(person: PersonId, reason: Reason = "", as_json: Json = False) -> None:
    """Take a decision back: the next plan treats this person like everybody else."""
    from ilc_canvas.program.people.decisions import Decision

    _decide(Decision(person, "ask-again"), reason, as_json=as_json)


def require_reason(reason: str) -> None:
    """Usage error if there is no reason."""
    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')


def _decide(decision: "Decision", reason: str, *, as_json: bool) -> None:
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import identities
    from ilc_canvas.cli.people.canvas_accounts import accounts
    from ilc_canvas.cli.startup import begin

    require_reason(reason)
    settings = begin()
    with bootstrap.open_store(settings) as store:
        (recorded,) = identities.decide(
            settings,
            store,
            [decision],
            look=accounts(settings),
            holder=process.holder(),
            actor=process.actor(),
            reason=reason,
            at=process.now(),
        )
    if as_json:
        say_json(decision_json(recorded))
    else:
        say(*decision_lines([recorded]))


def decision_json(recorded: "RecordedDecision") -> dict[str, object]:
    """A decision for programs."""
    decision = recorded.decision
    former = recorded.former.id if recorded.former else None
    return {
        "person": decision.person_id,
        "decision": decision.word,
        "account": decision.account,
        "login": recorded.login,
        "administrator": decision.administrator,
        "former": former,
    }


def decision_lines(decisions_recorded: "Sequence[RecordedDecision]") -> list[str]:
    """Decisions for people, and what to do next."""
    from ilc_canvas.program.people.decisions import id_of
    from ilc_canvas.views.people.decision_options import word_of

    lines = []
    for recorded in decisions_recorded:
        person_id, word = recorded.decision.person_id, recorded.decision.word
        what = {"adopt": f"account {word_of(recorded.decision)}", "create": "a new account"}.get(word, word_of(recorded.decision))
        login = f", with the login {recorded.login}" if recorded.login else ""
        lines.append(f"Recorded for {person_id}: {what}{login}.")
        if recorded.former:
            lines.append(f"  The person who was {person_id} until now is {id_of(recorded.former)} from now on, and leaves all courses.")
    waits = any(recorded.decision.word in ("adopt", "create") for recorded in decisions_recorded)
    return [*lines, f"It takes effect with the next plan{', which needs approval' if waits else ''}: ilc-canvas plan"]
