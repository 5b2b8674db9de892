"""audit erase"""

from typing import Annotated

import typer

from ilc_canvas.cli.audit import Given, require_reason
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.reconcile.words import count


def erase(
    person: Annotated[str, typer.Argument(help="The roster's person_id, such as ILC-0001.")],
    reason: Given,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the person_id again.")] = False,
    *,
    as_json: Json = False,
) -> None:
    """Take a person's names, and texts about the person, out of log, plans, ledger and old rosters. The chain stays valid. It is final."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import erasure
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.audit import chain

    require_reason(reason)
    if not yes and str(typer.prompt(f"Type {person} again to erase this person's name, address and login", err=True)).strip() != person:
        raise IlcError("That is another person_id. Nothing was erased.")
    settings = begin()
    with bootstrap.opened(settings) as store:
        noted = erasure.erase(
            settings, store, person, holder=bootstrap.holder(), actor=bootstrap.actor(), reason=reason, at=bootstrap.now()
        )
        found = chain.verify(store)
    number, chained = int(noted.body["events"]), int(noted.body["chained"])
    if as_json:
        told = {"person": person, "erased": number, "chained": chained}
        say_json({**told, "events": found.count, "head": found.head.hash, "seq": found.head.seq})
        return
    say(
        f"{count(number, 'event')} of {person} lost names and texts. The chain of {found.count:,} events still verifies.",
        *([f"{count(chained, 'older event')} told of {person} in the chain itself: that cannot be changed."] if chained else []),
        "What is left to you: exports that were made (audit list shows them as exported), backups of the store, and Canvas itself.",
    )
