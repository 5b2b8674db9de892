"""Who has changed what by hand, where Canvas tells: of a page its versions, of courses the trail of their account, if there is one."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.content.page_saving import last_edit
from ilc_canvas.canvas.records import instant, legible
from ilc_canvas.canvas.rows import Moment, misfit
from ilc_canvas.reconcile.compare.editors import ANY, UNTOLD, Edit
from ilc_canvas.reconcile.errors import IncompleteError, MissingRightError, RefusedError, TokenError, UnavailableError
from ilc_canvas.reconcile.state import Key, course_of

_FIELDS = {
    "name": "name",
    "course_code": "code",
    "start_at": "start_at",
    "conclude_at": "end_at",
    "restrict_enrollments_to_course_dates": "restricted",
    "time_zone": "time_zone",
    "enrollment_term_id": "term",
    "account_id": "account",
    "sis_source_id": "known_as",
}
"""What a course's field is called in the database, and here."""
_STATES = frozenset({"claimed", "published", "concluded", "unconcluded", "deleted", "restored"})


class _Links(BaseModel):
    course: int
    user: int | None = None


class _Event(BaseModel):
    created_at: Moment
    event_type: str = ""
    event_source: str | None = None
    event_data: Mapping[str, Any] | None = None
    links: _Links


_EVENTS = TypeAdapter(list[_Event])


def edits(access: Access, objects: Mapping[Key, int], *, token_user: int) -> dict[Key, Mapping[str, Edit]]:
    """By field (ANY: whichever): who changed each of these last, and when. What Canvas cannot be asked about now is left out.

    Our own calls in the trail do not count: it may lag behind what somebody has done since.
    """
    found: dict[Key, Mapping[str, Edit]] = {}
    courses = {number: key for key, number in objects.items() if key.rule.is_container}
    for key, number in objects.items():
        if not key.rule.is_container:
            with suppress(RefusedError, NotFoundError, MissingRightError), legible():
                found[key] = {ANY: last_edit(access, course_of(key) or key, number)}
    return {**found, **(_of_courses(access, courses, token_user=token_user) if courses else {})}


def _of_courses(access: Access, courses: Mapping[int, Key], *, token_user: int) -> dict[Key, Mapping[str, Edit]]:
    """One request, and one page of the newest. A Canvas without a trail, or a right to it, does not tell, and is not asked again."""
    told: dict[Key, dict[str, Edit]] = {key: {ANY: UNTOLD} for key in courses.values()}
    try:
        for event in _newest(access):
            key, who = courses.get(event.links.course), event.links.user
            if key and who and not (who == token_user and event.event_source == "api"):
                for field in _changed(event):
                    told[key].setdefault(field, Edit(who, instant(event.created_at)))
    except TokenError:
        raise
    except (IncompleteError, UnavailableError):
        return {}
    except RefusedError:
        pass
    return dict(told)


def _newest(access: Access) -> list[_Event]:
    answer = access.transport.call("GET", f"audit/course/accounts/{access.number_of(access.scope.account)}", per_page=100)
    try:
        return _EVENTS.validate_python(answer.row["events"])
    except ValidationError:
        raise misfit(answer.asked, "events: they are not those of courses") from None  # its text holds values


def _changed(event: _Event) -> Iterator[str]:
    """The fields of ours that this has changed."""
    yield from (_FIELDS[name] for name in event.event_data or {} if name in _FIELDS)
    if event.event_type in _STATES:
        yield "state"
