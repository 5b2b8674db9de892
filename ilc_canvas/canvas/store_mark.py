"""By which store a course is kept: a mark in its integration id, which only programs see, and which comes with the list of the courses.

A sub-account itself has no text that the API sets and people do not see.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ilc_canvas.canvas.records import Row
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.reconcile.errors import OtherStoreError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count, form, listed

_MARK = re.compile(r"ilc-store:([0-9a-f]{16}):")


def mark(scope: Scope, sis_id: str) -> Mapping[str, Any]:
    """The mark as Canvas takes it; nothing if nobody said which store this is."""
    return {"integration_id": f"ilc-store:{scope.store}:{sis_id}"} if scope.store else {}


def keeper(row: Row) -> str:
    """The id of the store that keeps this course; empty if it has no mark, or one of somebody else's."""
    found = _MARK.match(row.get("integration_id") or "")
    return found[1] if found else ""


def refuse_others(rows: Iterable[Row], scope: Scope) -> None:
    """OtherStoreError if another store keeps courses with our prefix that are still there."""
    ours = f"{scope.prefix}:"
    there = (row for row in rows if row["workflow_state"] != "deleted" and (row["sis_course_id"] or "").startswith(ours))
    others = Counter(store for row in there if (store := keeper(row)) and store != scope.store)
    if not scope.store or not others:
        return
    number, stores = sum(others.values()), listed(sorted(others))
    raise OtherStoreError(
        f"{count(number, 'course')} in this Canvas {form(number, 'is', 'are')} kept by another store ({stores}); this is {scope.store}. "
        "Two stores would undo each other's work. Nothing was written. Continue with the other one (ILC_CANVAS_STORE). "
        f"If this one is right, and the other is gone or is to stop: {Next.CLAIM_CANVAS}"
    )
