"""drift: what people changed by hand in Canvas, and deciding whether it stays"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import All, Json, Reason
from ilc_canvas.cli.output import cut, say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.compare.drift_decisions import DriftDecision
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.views.names import Names
    from ilc_canvas.views.runs.drift import DriftItem

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="A key from the list.")]
Field = Annotated[str, typer.Option("--field", help="Only this field of it, as --json names it.")]
_WHO = "Canvas tells a program who changed the text of a page and, if it keeps a trail of its courses, who changed a course; nothing else."


def list_(context: typer.Context, all_rows: All = False, as_json: Json = False) -> None:
    """What people changed by hand in Canvas, since when, and what was decided about it. Asks Canvas nothing."""
    if context.invoked_subcommand:
        return
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.names import known_names
    from ilc_canvas.views.runs.drift import drift_items, kept

    settings = begin()
    with bootstrap.open_store(settings) as store:
        items = drift_items(settings, store, process.now())
        decided = kept(settings, store, process.now())
        names = known_names(settings, store)
    if as_json:
        say_json({"changed": [as_row(item) for item in items], "kept": [_kept_row(each) for each in decided]})
    else:
        say(*drift_lines(items, names, all_rows=all_rows), *_kept_lines(decided, names, all_rows=all_rows))


def keep(keys: Keys, field: Field = "", *, reason: Reason = "", as_json: Json = False) -> None:
    """Keep these as people left them, and do not list them again until they are changed once more. Needs a reason."""
    _decide(keys, field, choice="keep", reason=reason, as_json=as_json)


def put_back(keys: Keys, field: Field = "", *, reason: Reason = "", as_json: Json = False) -> None:
    """Have the next sync put these back as roster and calendar have them. Needs a reason."""
    _decide(keys, field, choice="put-back", reason=reason, as_json=as_json)


def _decide(keys: list[str], field: str, *, choice: str, reason: str, as_json: bool) -> None:
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import drift
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')
    settings = begin()
    with bootstrap.open_store(settings) as store:
        about = drift.decide(settings, store, keys, field=field, choice=choice, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json([{**as_row(item), "choice": choice} for item in about])
        return
    done = count(len(about), "change", "changes")
    then = "as people left it, and not listed again" if choice == "keep" else "with the next sync. Look first: ilc-canvas plan"
    say(f"Kept: {done}, {then}." if choice == "keep" else f"To be put back: {done}, {then}")


def as_row(item: "DriftItem") -> dict[str, object]:
    """For programs."""
    row, found = item.found.row, item.found
    bounds = {"changed_after": found.after, "changed_by": found.by, "first_run": found.run}
    edit = {"editor": str(item.editor) if item.editor else None, "editor_account": row.editor or None, "edited_at": row.edited_at}
    return {
        "key": str(row.key),
        "field": row.field,
        "conflict": row.conflict,
        **bounds,
        **edit,
        "decided": item.decision and item.decision.choice,
    }


def _kept_row(each: "DriftDecision") -> dict[str, object]:
    return {"key": str(each.key), "field": each.field, "at": each.at, "actor": each.actor, "reason": each.reason}


def drift_lines(items: "Sequence[DriftItem]", names: "Names", *, all_rows: bool) -> list[str]:
    """By course: each thing, what is different about it, and when it was changed; then what can be done."""
    if not items:
        return ["Nothing that the last plan looked at was changed by hand in Canvas."]
    groups: defaultdict[Key | None, list[DriftItem]] = defaultdict(list)
    for item in items:
        groups[_course(item)].append(item)
    lines = [f"Changed by hand in Canvas, and left so: {count(len(items), 'thing')}."]
    for course, group in groups.items():
        lines.append(_heading(course, names))
        lines += cut((line for item in group for line in _item_lines(item, names)), all_rows=all_rows)
    return [*lines, _WHO, *_next(items)]


def _course(item: "DriftItem") -> "Key | None":
    from ilc_canvas.reconcile.state import course_of

    return course_of(item.found.row.key)


def _heading(course: "Key | None", names: "Names") -> str:
    from ilc_canvas.views.sentences import heading

    return heading(course, names) if course else "People, term and roles"


def _item_lines(item: "DriftItem", names: "Names") -> Iterator[str]:
    from ilc_canvas.views.runs.plan import drift_text

    row = item.found.row
    also = "; the program changed it as well, so somebody must choose" if row.conflict else ""
    decided = f"; to be put back ({item.decision.actor}, {clock.day(item.decision.at)})" if item.decision else ""
    yield f"  {drift_text(row.key, row.field, names)}, {_who(item, names)}{when(item)}{also}{decided}"
    yield f"    {row.key}"


def _who(item: "DriftItem", names: "Names") -> str:
    if item.editor:
        return f"by {names[item.editor]}, "
    return f"by somebody who is not in the roster (Canvas account {item.found.row.editor}), " if item.found.row.editor else ""


def when(item: "DriftItem") -> str:
    """When it was changed, where Canvas tells; else between which two runs."""
    if item.found.row.edited_at:
        return clock.at(datetime.fromisoformat(item.found.row.edited_at))
    by, after = clock.at(item.found.by), clock.at(item.found.after) if item.found.after else ""
    if by == after:
        return f"about {by}"
    return f"between {after} and {by}" if after else f"before {by}"


def _next(items: "Sequence[DriftItem]") -> Iterator[str]:
    if any(item.is_open for item in items):
        yield 'To leave one so, and not be asked again: ilc-canvas drift keep KEY --reason "..."'
        yield 'To have one put back by the next sync: ilc-canvas drift put-back KEY --reason "..."'


def _kept_lines(decided: "Sequence[DriftDecision]", names: "Names", *, all_rows: bool) -> list[str]:
    from ilc_canvas.views.runs.plan import drift_text

    if not decided:
        return []
    rows = (
        f"  {drift_text(each.key, each.field, names)}: {each.actor}, {clock.day(each.at)}{f' ({each.reason})' if each.reason else ''}"
        for each in decided
    )
    return [f"Kept by decision: {count(len(decided), 'change')}.", *cut(rows, all_rows=all_rows)]
