"""Rows about what people want left undone that somebody has edited in the database: they are no decision."""

import pytest

from ilc_canvas.program import names
from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.runs.decisions import approvals, declines
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk, finalized
from tests.store.test_edited_rows import CHANGES, DIGEST, HERE, typed

EDITS = {
    "other change": "UPDATE declined_change SET wants = 'else'",
    "other verb": "UPDATE declined_change SET verb = 'update'",
    "other reason": "UPDATE declined_change SET why = 'undone'",
    "other person": "UPDATE declined_change SET key = 'user=ilc:p:ILC-0009' WHERE key = 'user=ilc:p:ILC-0001'",
    "added": "INSERT INTO declined_change (base_url, scope, key, wants, verb, why, at, run, decision) "
    "SELECT base_url, scope, 'user=ilc:p:ILC-0008', wants, verb, why, at, run, decision "
    "FROM declined_change WHERE key = 'user=ilc:p:ILC-0001'",
}


def _declined(desk: Desk) -> list[str]:
    finalized(desk.store)
    desk.run(*CHANGES, status="held")
    approvals.reject(desk.store, DIGEST, actor="ben", reason="not yet", scope=SCOPE, base_url=BASE, now=desk.clock())
    return sorted(map(str, desk.journal.declined()))


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edited_decline_leaves_nothing_undone(desk: Desk, edit: str) -> None:
    """A change that the database alone says is to be left undone stops the run with a sentence; to take it back puts it right."""
    before = _declined(desk)
    assert len(before) == 2
    typed(desk.store, edit)
    with pytest.raises(
        ChainError, match=r"is to be left undone is not what the audit log recorded.*Nothing was changed.*‹declined›"
    ) as caught:
        desk.journal.declined()
    there = declines.listing(desk.store, [HERE])
    wrong = [each.key for each in there if str(each.key) in str(caught.value) or "why" in edit or "verb" in edit or "wants" in edit]
    declines.forget(desk.store, [HERE], wrong, actor="ben", reason="nobody decided that", at=NOON)
    assert set(map(str, desk.journal.declined())) <= set(before)


def test_decline_that_was_taken_back_stays_so(desk: Desk) -> None:
    """A row that is put back after somebody took the decision back leaves nothing undone."""
    _declined(desk)
    typed(desk.store, "CREATE TABLE kept AS SELECT * FROM declined_change")
    declines.forget(desk.store, [HERE], list(desk.journal.declined()), actor="ben", reason="now", at=NOON)
    assert desk.journal.declined() == {}
    typed(desk.store, "INSERT INTO declined_change SELECT * FROM kept", "DROP TABLE kept")
    with pytest.raises(ChainError, match="is to be left undone"):
        desk.journal.declined()


def test_decline_about_a_renamed_person(desk: Desk) -> None:
    """What was declined about somebody goes on holding under a new id."""
    before = _declined(desk)
    with desk.store.write() as connection:
        rekey.rekey(connection, ROSA.key, names.user_key("ilc", "ILC-0009"), actor="ben", at=NOON)
    assert sorted(map(str, desk.journal.declined())) == sorted(key.replace(ROSA.key.id, "ilc:p:ILC-0009") for key in before)
