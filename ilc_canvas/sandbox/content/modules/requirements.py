"""What an item of a module may ask of a student."""

from typing import Any

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.records import ModuleItem

KINDS = {"must_view", "must_contribute", "must_submit", "min_score", "must_mark_done"}
FOR_SCORES = {"must_submit", "min_score"}
UNKNOWN = "Invalid completion requirement type"


def take(item: ModuleItem, asked: Params) -> None:
    """Store the requirement that was sent; an empty one takes it away, and one that the item cannot meet is silently dropped."""
    if "completion_requirement" in asked:
        item.requirement = {}
    if "completion_requirement" not in asked.names or asked.text("completion_requirement") is not None:
        return
    kind = asked.group("completion_requirement").text("type")
    if kind not in KINDS:
        raise errors.invalid({"completion_requirement": [errors.own(UNKNOWN)]})
    if kind not in FOR_SCORES and item.type in {"Page", "Discussion"}:
        item.requirement = {"type": kind}


def shown(item: ModuleItem, student: int | None) -> dict[str, Any]:
    """The key of a requirement, for a student with whether it is done."""
    if not item.requirement:
        return {}
    done = {} if student is None else {"completed": student in item.completed_by}
    return {"completion_requirement": item.requirement | done}
