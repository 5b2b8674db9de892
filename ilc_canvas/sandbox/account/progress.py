"""Progress of jobs: queued in the answer that starts one, finished when it is next looked at."""

from typing import Any

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Account, Instant, Progress


def as_json(call: Call, progress: Progress) -> dict[str, Any]:
    return {
        "id": progress.id,
        "context_id": progress.account_id,
        "context_type": "Account",
        "user_id": progress.user_id,
        "tag": progress.tag,
        "completion": progress.completion,
        "workflow_state": progress.state,
        "created_at": in_utc(progress.created_at),
        "updated_at": in_utc(progress.updated_at),
        "message": progress.message,
        "url": f"{call.base}/api/v1/progress/{progress.id}",
    }


def show(call: Call) -> Answer:
    found = call.world.progresses.get(find.as_number(call.ids["progress"]))
    if found is None:
        raise errors.not_found()
    return Answer(as_json(call, found))


def start(call: Call, account: Account, tag: str) -> Progress:
    return call.world.progresses.add(
        lambda n: Progress(
            id=n,
            created_at=call.now,
            updated_at=call.now,
            state="queued",
            account_id=account.id,
            user_id=call.world.caller.id,
            tag=tag,
        )
    )


def finish(progress: Progress, now: Instant, message: str, *, failed: bool) -> None:
    progress.state = "failed" if failed else "completed"
    progress.completion, progress.message, progress.updated_at = 100.0, message, now
