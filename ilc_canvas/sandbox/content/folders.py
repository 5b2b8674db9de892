"""The files of a course: none, in the one folder that every course has."""

from typing import Any

from ilc_canvas.sandbox.content import access, tabs
from ilc_canvas.sandbox.http import paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Course

TOP = "course files"
FIRST = 1_600_000  # added to the number of a course, it is in a range of its own: from 1,800,001 on


def files(call: Call) -> Answer:
    """A hidden menu entry closes the list to those who do not teach."""
    course = access.readable(call, "read_course_content")
    access.insist(call, access.is_staff(call, course) or not tabs.is_hidden(course, "files"))
    none: list[Any] = []
    return paging.counted(call, none, lambda file: file)


def index(call: Call) -> Answer:
    course = access.readable(call, "read_course_content")
    return paging.counted(call, [course], lambda row: top(call, row))


def top(call: Call, course: Course) -> dict[str, Any]:
    number = FIRST + course.id
    address = f"{call.base}/api/v1/folders/{number}"
    return {
        "id": number,
        "name": TOP,
        "full_name": TOP,
        "context_id": course.id,
        "context_type": "Course",
        "parent_folder_id": None,
        "created_at": in_utc(course.created_at),
        "updated_at": in_utc(course.created_at),
        **dict.fromkeys(("lock_at", "unlock_at", "position", "hidden")),
        **dict.fromkeys(("locked", "locked_for_user", "hidden_for_user", "for_submissions"), False),
        "folders_url": f"{address}/folders",
        "files_url": f"{address}/files",
        "files_count": 0,
        "folders_count": 0,
        "can_upload": access.may(call, course, "manage_content"),
    }
