"""canvas moved, canvas leave"""

from dataclasses import asdict

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words import count

_PROOFS = {"uuid": "its account has the uuid that was kept", "numbers": "what we made there has the numbers that were kept"}


def moved(reason: Reason = "", as_json: Json = False) -> None:
    """The same Canvas has a new address (ILC_CANVAS_URL): prove that it is the same one, and go on there with all that the store keeps."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import tenant
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, for the audit log: --reason "..."')
    settings = begin()
    with bootstrap.opened(settings) as store:
        found = tenant.move(
            settings,
            store,
            bootstrap.client(settings, "none"),
            holder=bootstrap.holder(),
            actor=bootstrap.actor(),
            reason=reason,
            at=bootstrap.now(),
        )
    if as_json:
        say_json(asdict(found))
        return
    say(
        f'The store belongs to {found.new}, account "{found.account}", from now on; before, it was {found.old}.',
        f"It is the same Canvas: {_PROOFS[found.proof]}. {count(found.rows, 'row')} went along: ledger, runs, decisions and approvals.",
        *(f"The quarantine ({trouble}) is over." for trouble in found.released),
        "Whoever still has the former address set is refused. Look first: ilc-canvas plan",
    )


def leave(reason: Reason = "", as_json: Json = False) -> None:
    """Let go of the Canvas to which the store belongs, if nothing was written there yet; the next run that writes binds it anew."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import tenant
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, for the audit log: --reason "..."')
    with bootstrap.opened(begin()) as store:
        left = tenant.leave(store, holder=bootstrap.holder(), actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    if as_json:
        say_json({"left": asdict(left)})
    else:
        say(f"The store belongs to no Canvas any more; before, it was {left.text}.", "Look first: ilc-canvas doctor, then ilc-canvas plan")
