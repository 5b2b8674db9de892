"""SIS imports, as far as somebody else's may be under way: the one that a test has ordered."""

from typing import Any

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import users
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Instant

UNSET = (
    "ended_at", "batch_mode", "batch_mode_term_id", "multi_term_batch_mode", "override_sis_stickiness", "add_sis_stickiness",
    "clear_sis_stickiness", "diffing_data_set_identifier", "diffing_remaster", "diffed_against_import_id", "diffing_drop_status",
    "change_threshold", "diff_row_count_threshold",
)  # fmt: skip


def as_json(call: Call, since: Instant) -> dict[str, Any]:
    """An import that began then and has not ended."""
    return {
        **dict.fromkeys(UNSET),
        "id": 1_100_001,
        "created_at": in_utc(since),
        "started_at": in_utc(since),
        "updated_at": in_utc(since),
        "progress": 0,
        "workflow_state": "importing",
        "data": {"import_type": "instructure_csv"},
        "update_sis_id_if_login_claimed": False,
        "skip_deletes": False,
        "user": users.as_json(call, call.world.caller),
    }


def importing(call: Call) -> Answer:
    """Of the root account; who may import or manage SIS data may see them (contract-sis 1)."""
    if find.account(call, call.ids["account"]).id != call.world.root.id:
        raise errors.refused(400, {"errors": ["SIS imports can only be executed on root accounts"]})
    call.rights.insist(call.rights.has("import_sis") or call.rights.has("manage_sis"))
    since = call.world.importing_since
    return Answer({"sis_imports": [as_json(call, since)] if since else []})
