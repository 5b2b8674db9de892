"""The same watched sandbox and course as for its calendar and its content."""

from tests.sandbox.calendar.conftest import calendars, cast, watched
from tests.sandbox.content.conftest import course, furnished, watched_sandbox

__all__ = ["calendars", "cast", "course", "furnished", "watched", "watched_sandbox"]
