"""audit erase"""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.audit import Given, require_reason
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import count, say, say_json
from ilc_canvas.reconcile.errors import IlcError

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.audit.reader import Event
    from ilc_canvas.store.db.database import Store


def erase(
    person: Annotated[str, typer.Argument(help="The roster's person_id, such as ILC-0001.")],
    reason: Given,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the person_id again.")] = False,
    *,
    as_json: Json = False,
) -> None:
    """Take a person's names, and texts about the person, out of log, plans, ledger and old rosters. The chain stays valid. It is final."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.audit import chain

    require_reason(reason)
    if not yes and str(typer.prompt(f"Type {person} again to erase this person's name, address and login", err=True)).strip() != person:
        raise IlcError("That is another person_id. Nothing was erased.")
    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        noted = _erased(settings, store, person, reason=reason)
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


def _erased(settings: "Settings", store: "Store", person_id: str, *, reason: str) -> "Event":
    """What the log says of it. LeaseError while a run is under way."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.names import user_key
    from ilc_canvas.program.years import cared_for
    from ilc_canvas.store.audit import reader
    from ilc_canvas.store.db.lease import take_lease
    from ilc_canvas.store.privacy import erasure
    from ilc_canvas.store.rosters import school_years

    at = bootstrap.now()
    with take_lease(store, bootstrap.holder()):
        canvas_time = at + (school_years.canvas_ahead(store, bootstrap.address(settings)) or timedelta())
        years = cared_for(school_years.signed_years(store), bootstrap.policy(settings), canvas_time)
        person, actor = user_key(settings.prefix, person_id), bootstrap.actor()
        erasure.erase(store, person, actor=actor, reason=reason, at=at, in_care=years)
        return reader.newest(store, reader.Wanted(kinds=("erased",)), limit=1)[0]
