"""Who has changed what by hand, where Canvas tells: asked once for each edit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Drift, Plan
from ilc_canvas.reconcile.state import Key, State


@dataclass(frozen=True, slots=True)
class Edit:
    """Canvas's number of somebody, and when they saved: ISO 8601 in UTC."""

    editor: int  # 0: Canvas was asked, and does not tell
    at: str | None


UNTOLD = Edit(0, None)
ANY = ""
"""Stands for every field of a thing."""
Edits = Mapping[tuple[Key, str], Edit]
"""By key and `Drift.edit`."""


def new_edits(plan: Plan, observed: State, known: Edits) -> dict[Key, int]:
    """Of what nobody has asked Canvas about yet: the number of each object."""
    new = (each.key for each in plan.drift if (each.key, each.edit) not in known)
    asked = {key for key in new if key.rule.tells_editor or key.rule.has_trail}
    return {key: record.handle for key in asked if (record := observed.get(key)) and record.handle}


def with_editors(plan: Plan, known: Edits, found: Mapping[Key, Mapping[str, Edit]]) -> Plan:
    """The plan with who made each edit, as far as anybody knows; what was found goes by field."""
    return replace(plan, drift=tuple(_with_editor(each, known.get((each.key, each.edit)) or _found(each, found)) for each in plan.drift))


def _found(drift: Drift, found: Mapping[Key, Mapping[str, Edit]]) -> Edit | None:
    told = found.get(drift.key, {})
    return told.get(drift.field) or told.get(ANY)


def _with_editor(drift: Drift, edit: Edit | None) -> Drift:
    return replace(drift, editor=edit.editor, edited_at=edit.at) if edit else drift
