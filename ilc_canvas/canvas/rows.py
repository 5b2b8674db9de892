"""What Canvas's objects must look like before anything is read from them: numbers are numbers, moments are moments.

A number that comes as a string is that number. What is missing, or is something else, is an error that names the request, not a value.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ilc_canvas.canvas.records import instant
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, InDoubtError

_LARGEST_NUMBER = 2**63 - 1  # what a database holds


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("is true or false, and no number")  # noqa: TRY004  # pydantic hides a TypeError
    return value


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a character that no database takes")
    return text


def _moment(text: str) -> str:
    try:
        there = instant(text)
    except (ValueError, OverflowError) as error:
        raise ValueError("is not a moment") from error
    if there and not text.endswith("Z") and "+" not in text[10:] and "-" not in text[10:]:
        raise ValueError("is a moment without an offset")
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError("is not a date") from error


_Number = Annotated[int, BeforeValidator(_no_flag), Field(ge=0, le=_LARGEST_NUMBER)]
_Text = Annotated[str, AfterValidator(_storable)]
Moment = Annotated[str, AfterValidator(_moment)]
_Day = Annotated[str, AfterValidator(_day)]


class _Known(BaseModel):
    """Every key that this program reads, in whatever object it stands; what is not listed passes as it is."""

    model_config = ConfigDict(extra="allow")
    id: _Number = 0
    account_id: _Number = 0
    course_id: _Number = 0
    course_section_id: _Number = 0
    enrollment_term_id: _Number = 0
    user_id: _Number = 0
    module_id: _Number = 0
    page_id: _Number = 0
    revision_id: _Number = 0
    content_id: _Number | None = None
    nonxlist_course_id: _Number | None = None
    parent_account_id: _Number | None = None
    parent_event_id: _Number | None = None
    role_id: _Number | None = None
    root_account_id: _Number | None = None
    name: _Text | None = None
    sortable_name: _Text | None = None
    course_code: _Text | None = None
    email: _Text | None = None
    login_id: _Text | None = None
    integration_id: _Text | None = None
    sis_account_id: _Text | None = None
    sis_course_id: _Text | None = None
    sis_section_id: _Text | None = None
    sis_term_id: _Text | None = None
    sis_user_id: _Text | None = None
    default_time_zone: _Text | None = None
    time_zone: _Text | None = None
    description: _Text | None = None
    location_name: _Text | None = None
    title: _Text | None = None
    body: _Text | None = None
    message: _Text | None = None
    default_view: _Text | None = None
    page_url: _Text | None = None
    url: _Text | None = None
    address: _Text = ""
    discussion_type: _Text = ""
    base_role_type: _Text = ""
    context_code: _Text = ""
    enrollment_state: _Text = ""
    role: _Text = ""
    type: _Text = ""
    unique_id: _Text = ""
    workflow_state: _Text = ""
    all_day: bool | None = None
    front_page: bool | None = None
    hidden: bool | None = None
    pinned: bool | None = None
    published: bool | None = None
    all_day_date: _Day | None = None
    limit_privileges_to_course_section: bool | None = None
    restrict_enrollments_to_course_dates: bool | None = None
    created_at: Moment | None = None
    end_at: Moment | None = None
    last_login: Moment | None = None
    start_at: Moment | None = None
    started_at: Moment | None = None
    updated_at: Moment | None = None


class _Tab(_Known):
    """An entry of a course's menu: its id is a word."""

    id: _Text = ""  # type: ignore[assignment]


_INSIDE = ("user", "sis_imports", "items")
"""Keys whose objects are read too."""


class Row(dict[str, Any]):
    """One object of an answer. What it lacks is an error that names the request."""

    def __init__(self, asked: str, found: Mapping[str, Any]) -> None:
        super().__init__(found)
        self.asked = asked

    def __missing__(self, name: str) -> Any:
        raise misfit(self.asked, f"{name} is missing")


def row_of(asked: str, body: Any, inside: str = "") -> Row:
    """The one object of an answer; CanvasError for anything else. `asked`: method and path."""
    if not isinstance(body, dict):
        raise misfit(asked, f"{inside.removesuffix(': ') or 'it'} is not an object")
    try:
        known = (_Tab if "/tabs" in asked else _Known).model_validate(body).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise misfit(asked, f"{inside}{first['loc'][0]}: {_said(first['msg'])}") from None  # its text holds the value
    return Row(asked, {**known, **{name: _nested(asked, name, known[name]) for name in _INSIDE if name in known}})


def rows_of(asked: str, body: Any, inside: str = "") -> list[Row]:
    """The objects of a list; CanvasError for anything else."""
    if not isinstance(body, list):
        raise misfit(asked, f"{inside or 'it'} is not a list")
    return [row_of(asked, each, f"{inside or 'an entry'}: ") for each in body]


def _nested(asked: str, name: str, value: Any) -> Any:
    return row_of(asked, value, f"{name}: ") if name == "user" else rows_of(asked, value, name)


def misfit(asked: str, why: str) -> CanvasError:
    """For an answer that cannot be used. A write that was answered so may have happened."""
    if asked.startswith("GET "):
        return IncompleteError(f"Canvas's answer to {asked} cannot be used: {why}. Nothing was concluded from it.")
    return InDoubtError(f"Canvas's answer to {asked} cannot be used: {why}. It may have happened.")


def _said(text: str) -> str:
    return text.removeprefix("Value error, ").replace("Input should be", "should be")
