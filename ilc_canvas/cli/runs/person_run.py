"""What happened to one person in a run, in five lines."""

from collections.abc import Iterator

from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.views.people.person_run import PersonRun


def person_run_lines(result: PersonRun) -> Iterator[str]:
    """The steps, in order."""
    person, version = result.person, result.version
    yield f"  Roster     {f'{person.display_name}, version {version}, line {person.line}' if person else _absent(result)}"
    yield f"  Canvas     {f'account {result.account}' if result.account else 'no account yet'}"
    if result.reasons:
        yield f"  Decided    held for a person: {'; '.join(reason.text for reason in result.reasons)}"
    else:
        yield f"  Decided    {count(result.changes, 'change') if result.changes else 'nothing to change'}"
    yield f"  Done       {f'{result.done} of {result.changes}' if result.changes else 'nothing'}"
    yield f"  Verified   {result.verified}"


def _absent(result: PersonRun) -> str:
    return f"{result.person_id} is not in version {result.version}"
