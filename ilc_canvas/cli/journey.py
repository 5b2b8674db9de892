"""One person on the way through a run, in five lines."""

from collections.abc import Iterator

from ilc_canvas.reconcile.words import count
from ilc_canvas.views.journey import Journey


def told(way: Journey) -> Iterator[str]:
    """In the order in which it happened."""
    person, version = way.person, way.version
    yield f"  Roster     {f'{person.display_name}, version {version}, line {person.line}' if person else _missing(way)}"
    yield f"  Canvas     {f'account {way.account}' if way.account else 'no account yet'}"
    if way.reasons:
        yield f"  Decided    held for a person: {'; '.join(reason.text for reason in way.reasons)}"
    else:
        yield f"  Decided    {count(way.changes, 'change') if way.changes else 'nothing is to be changed'}"
    yield f"  Done       {f'{way.done} of {way.changes}' if way.changes else 'nothing'}"
    yield f"  Verified   {way.verified}"


def _missing(way: Journey) -> str:
    return f"{way.person_id} is not in version {way.version}"
