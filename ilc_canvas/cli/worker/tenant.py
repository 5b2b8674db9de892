"""canvas moved, canvas leave, canvas claim"""

from dataclasses import asdict

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words.wording import count, listed

_PROOFS = {"uuid": "its account has the recorded uuid", "numbers": "our objects there have the recorded numbers"}


def moved(reason: Reason = "", as_json: Json = False) -> None:
    """Continue at the new address (ILC_CANVAS_URL) of the same Canvas, after proving that it is the same, with everything in the store."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import tenant
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, for the audit log: --reason "..."')
    settings = begin()
    with bootstrap.open_store(settings) as store:
        move = tenant.move(
            settings,
            store,
            bootstrap.client(settings, "none"),
            holder=process.holder(),
            actor=process.actor(),
            reason=reason,
            at=process.now(),
        )
    if as_json:
        say_json(asdict(move))
        return
    say(
        f'The store belongs to {move.new}, account "{move.account}", from now on. Before, it was {move.old}.',
        f"It is the same Canvas: {_PROOFS[move.proof]}. {count(move.rows, 'row')} moved along: ledger, runs, decisions and approvals.",
        *(f"The quarantine ({trouble}) has ended." for trouble in move.released),
        "Anybody whose settings still have the former address is refused. Look first: ilc-canvas plan",
    )


def leave(reason: Reason = "", as_json: Json = False) -> None:
    """Detach the store from its Canvas, if nothing was written there yet. The next run that writes binds it again."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import tenant
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, for the audit log: --reason "..."')
    with bootstrap.open_store(begin()) as store:
        pin = tenant.leave(store, holder=process.holder(), actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json({"left": asdict(pin)})
    else:
        say(f"The store no longer belongs to any Canvas. Before, it was {pin.text}.", "Look first: ilc-canvas doctor, then ilc-canvas plan")


def claim(reason: Reason = "", as_json: Json = False) -> None:
    """Let this store keep the courses in Canvas, whichever store kept them before; that one is refused there from now on."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import tenant
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit.chain import store_id

    if not reason.strip():
        raise typer.BadParameter('Say why, for the audit log: --reason "..."')
    settings = begin()
    with bootstrap.open_store(settings) as store:
        bootstrap.require_token_address(settings, store)
        canvas = bootstrap.client(settings, "none", store=store_id(store))
        done = tenant.claim(store, canvas, holder=process.holder(), actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json(asdict(done))
        return
    former = f" Before, {listed(done.former)} kept some of them, and is refused there from now on." if done.former else ""
    say(
        f"This store ({done.store}) keeps {count(len(done.courses), 'course')} more.{former}",
        *(f"The quarantine ({trouble}) has ended." for trouble in done.released),
        "Look first: ilc-canvas plan",
    )
