"""declined: changes that stay undone because somebody declined them, and taking such decisions back"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import All, Json, Reason
from ilc_canvas.cli.output import cut, say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.deferral.declined import Declined
    from ilc_canvas.views.names import Names

COLUMNS = ("verb", "why", "at", "actor", "reason", "run", "digest")
Keys = Annotated[list[str] | None, typer.Argument(metavar="KEY...", help="A key from declined --json, or words as for --only.")]


def list_(context: typer.Context, all_rows: All = False, as_json: Json = False) -> None:
    """What stays undone because somebody decided so: who, when and why."""
    if context.invoked_subcommand:
        return
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.runs.decisions import declines
    from ilc_canvas.views import years
    from ilc_canvas.views.names import known_names

    settings = begin()
    with bootstrap.open_store(settings) as store:
        rows = declines.listing(store, years.canvas_scopes(settings, store, process.now()))
        names = known_names(settings, store)
    if as_json:
        say_json([as_row(each) for each in rows])
    else:
        say(*declined_lines(rows, names, all_rows=all_rows) or ["Nothing is declined."])


def forget(
    keys: Keys = None,
    everything: Annotated[bool, typer.Option("--all", help="All decisions in the list.")] = False,
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Take decisions back: the next plan has these changes again. Needs a reason."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import declines
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')
    if bool(keys) == everything:
        raise typer.BadParameter("Say which: keys, words such as cop:EQ, or --all.")
    settings = begin()
    with bootstrap.open_store(settings) as store:
        words = None if everything else keys
        forgotten = declines.forget(settings, store, words, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json([as_row(each) for each in forgotten])
    else:
        say(f"No longer declined: {count(len(forgotten), 'change')}. Look first: ilc-canvas plan")


def as_row(each: "Declined") -> dict[str, object]:
    """For programs."""
    return {"key": str(each.key), **{name: getattr(each, name) for name in COLUMNS}}


def declined_lines(rows: "Sequence[Declined]", names: "Names", *, all_rows: bool) -> list[str]:
    """For each decision: how many changes, who, when and why; then the changes."""
    from ilc_canvas.views.sentences import decision, place_of

    groups: dict[str, list[Declined]] = {}
    for each in rows:
        groups.setdefault(decision(each), []).append(each)
    lines: list[str] = []
    for who, group in groups.items():
        lines.append(f"{count(len(group), 'change')} {who}:")
        lines += cut((f"  {place_of(each.key, names)}   {each.key}" for each in group), all_rows=all_rows)
    return [*lines, 'To have one planned again: ilc-canvas declined forget KEY --reason "..."'] if lines else []
