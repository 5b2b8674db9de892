"""Checks of the roster file against the newest signed version: the same person under another id."""

from collections.abc import Iterator

from ilc_canvas.program.people.new_ids import Pair, Rekeys, both_there, expected, pairs
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.roster.findings import At, Finding


def check_renumbered(before: Roster, after: Roster, rekeys: Rekeys, *, file: str) -> Iterator[Finding]:
    """Whoever leaves and joins at once, as far as nobody has decided; `file` is the roster file of `after`."""
    for pair in pairs(before, after, rekeys):
        yield _question(At(file, pair.joiner.line), pair)
    for old, new in both_there(after, rekeys.same).items():
        fix = f"Take the row of {old} out; or take the decision back: {Next.ASK_WHETHER_SAME.of(old, new)}"
        text = f"is the new id of {old}, who is in the file too (line {after.person_by_id[old].line})."
        yield At(file, after.person_by_id[new].line).error("person_id", new, text, fix=fix)
    for old, new in expected(before, after, rekeys.same).items():
        fix = f"Whoever signs takes {old} out. If {new} is misspelled: {Next.ASK_WHETHER_SAME.of(old, new)}"
        yield At(file, 0).warning("person_id", old, f"leaves, and the new id that was noted, {new}, is not in the file.", fix=fix)


def _question(at: At, pair: Pair) -> Finding:
    """An error, or a warning if nothing but the name is the same."""
    old, new, column = pair.leaver.person_id, pair.joiner.person_id, pair.evidence[0]
    value = {"email": pair.joiner.email, "person_id": new, "display_name": pair.joiner.display_name}[column]
    same, two = Next.SAME_PERSON.of(old, new), Next.TWO_PEOPLE.of(old, new)
    fix = f"The same person: {same}\n  Two people: {two}\n  Then import the files again."
    tell = at.error if pair.needs_answer else at.warning
    return tell(column, value, f"{_WORDS[column].format(old=old)}; {new} joins.{_besides(pair)} Is it the same person?", fix=fix)


_WORDS = {
    "email": "is the address of {old}, who leaves",
    "person_id": "is the id of {old}, who leaves, but for case, zeros or dashes",
    "display_name": "is the name of {old}, who leaves",
}
_BESIDES = {"person_id": " The ids differ only by case, zeros or dashes.", "display_name": " The name is the same."}


def _besides(pair: Pair) -> str:
    return "".join(_BESIDES[column] for column in pair.evidence[1:])
