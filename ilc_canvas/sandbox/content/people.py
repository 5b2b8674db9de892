"""People as what courses hold names them."""

from typing import Any

from ilc_canvas.sandbox.courses.course_json import display
from ilc_canvas.sandbox.http.call import Call


def shown(call: Call, user_id: int, course_id: int) -> dict[str, Any]:
    """A person with the address that he or she has in the course."""
    return display(call, call.world.users[user_id]) | {"html_url": f"{call.base}/courses/{course_id}/users/{user_id}"}
