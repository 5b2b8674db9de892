"""parked, release: what is left alone for now, and the end of a quarantine"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import count, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.reconcile.aside import Parked
    from ilc_canvas.reconcile.declined import Declined
    from ilc_canvas.reconcile.identity import Question
    from ilc_canvas.reconcile.quarantine import Quarantine
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store


@dataclass(frozen=True)
class Waiting:
    """What waits for its time, or for a person."""

    quarantine: "Quarantine | None" = None
    parked: "list[Parked]" = field(default_factory=list)
    asked: "list[Question]" = field(default_factory=list)
    declined: "list[Declined]" = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs: quarantine, parked, asked, declined."""
        trouble = self.quarantine
        shown = {"trouble": trouble.trouble, "text": trouble.text, "since": trouble.since, "next_at": trouble.next_at} if trouble else None
        return {"quarantine": shown, "parked": len(self.parked), "asked": len(self.asked), "declined": len(self.declined)}

    def told(self) -> Iterator[str]:
        """For people: nothing where nothing waits."""
        from ilc_canvas.cli.letter import decision

        trouble = self.quarantine
        if trouble:
            when = (
                f"it is looked at again at {clock.at(trouble.next_at)}" if trouble.next_at else "when it is put right: ilc-canvas release"
            )
            yield f"Quarantine since {clock.at(trouble.since)}, nothing is written: {trouble.text} ({when})"
        if self.parked:
            yield f"Parked   {count(len(self.parked), 'change')}. See: ilc-canvas parked"
        if self.asked:
            yield f"Asked    about {count(len(self.asked), 'person', 'people')}. See: ilc-canvas people review"
        if self.declined:
            yield f"Declined {count(len(self.declined), 'change')}, left undone on purpose; the last: {decision(self.declined[0])}."
            yield "         See: ilc-canvas declined"


def waiting(settings: "Settings", store: "Store") -> Waiting:
    """What waits in the school years that are cared for. RosterError where nothing is finalized."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.runs import declines, identities, parked
    from ilc_canvas.views import years

    places = years.places(settings, store, bootstrap.now())
    back = [parked.held_back(store, place) for place in places]
    quarantine = next((trouble for trouble, _ in back if trouble), None)
    rows = [row for _, found in back for row in found.values()]
    return Waiting(quarantine, rows, identities.open_questions(store, places), declines.listing(store, places))


def parked(as_json: Json = False) -> None:
    """Changes that are left alone for a while: why, and when they are tried again."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.cli.known import known_names
    from ilc_canvas.cli.letter import told_aside

    settings = begin()
    with bootstrap.opened(settings) as store:
        rows = waiting(settings, store).parked
        names = known_names(settings, store)
    if as_json:
        columns = ("verb", "reason", "since", "attempts", "next_at")
        say_json([{"key": str(row.key), **{name: getattr(row, name) for name in columns}} for row in rows])
        return
    for row in rows:
        say(f"{told_aside(row.key, row.reason, names)} Tried again at {clock.at(row.next_at)}.")
    say("To try all of them now: ilc-canvas sync --retry" if rows else "Nothing is parked.")


def release(reason: Reason = "", as_json: Json = False) -> None:
    """End a quarantine by hand, when what was wrong is put right. Wants a reason."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import quarantine
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('Say what was put right: --reason "..."')
    settings = begin()
    with bootstrap.opened(settings) as store:
        former = quarantine.release(settings, store, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    if as_json:
        say_json({"released": former.trouble})
    else:
        say(f"The quarantine of {clock.at(former.since)} is over ({former.text}). Look first: ilc-canvas plan")
