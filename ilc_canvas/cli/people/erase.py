"""audit erase"""

from typing import Annotated

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.store.audit import RequiredReason, require_reason
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.reconcile.words.wording import count


def erase(
    person: Annotated[str, typer.Argument(help="The roster's person_id, such as ILC-0001.")],
    reason: RequiredReason,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the person_id again.")] = False,
    *,
    as_json: Json = False,
) -> None:
    """Erase a person's names, and texts about the person, from log, plans, ledger and old rosters. The chain stays valid. This is final."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import erasure
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import chain

    require_reason(reason)
    if not yes and str(typer.prompt(f"Type {person} again to erase this person's name, address and login", err=True)).strip() != person:
        raise IlcError("That is a different person_id. Nothing was erased.")
    settings = begin()
    with bootstrap.open_store(settings) as store:
        event = erasure.erase(settings, store, person, holder=process.holder(), actor=process.actor(), reason=reason, at=process.now())
        verification = chain.verify(store)
    number, chained = int(event.body["events"]), int(event.body["chained"])
    if as_json:
        result = {"person": person, "erased": number, "chained": chained}
        say_json({**result, "events": verification.count, "head": verification.head.hash, "seq": verification.head.seq})
        return
    say(
        f"Names and texts of {person} are erased from {count(number, 'event')}. "
        f"The chain of {count(verification.count, 'event')} still verifies.",
        *([f"{count(chained, 'older event')} named {person} in the chain itself, which cannot be changed."] if chained else []),
        "You still need to handle exports that were made (audit list shows them as exported), backups of the store, and Canvas itself.",
    )
