"""A facilitator's pages: the own courses and nothing else, to look at."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.pages.entry.canvas import UNKNOWN
from ilc_canvas.console.rendering import message, page_of_guest
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.views.courses.course import CourseView, course
from ilc_canvas.views.courses.meetings import CourseMeeting
from ilc_canvas.views.courses.news import news
from ilc_canvas.views.people.facilitator import Facilitator, OwnCourse, by_key

NEW = timedelta(days=30)
_MOST = 10


def listing(visit: Visit) -> Response:
    """The own courses; a single one at once."""
    who = _who(visit)
    if who is None:
        return _unknown(visit)
    if len(who.courses) == 1:
        return RedirectResponse(_address(who.courses[0]), HTTPStatus.SEE_OTHER)
    return page_of_guest(visit, "my.html", {"who": who, "rows": [(_address(each), each) for each in who.courses]})


def one(visit: Visit) -> Response:
    """One of the own courses. Any other is not there."""
    who = _who(visit)
    if who is None:
        return _unknown(visit)
    year = visit.asked("year")
    own = next((each for each in who.courses if each.word == visit.where["word"] and year in ("", each.school_year)), None)
    found = course(visit.settings, visit.store, own.word, year=own.school_year) if own else None
    if own is None or found is None:
        raise MissingPageError
    return page_of_guest(visit, "my_course.html", {"who": who, "own": own, "course": found, **_values(visit, found)})


def _values(visit: Visit, found: CourseView) -> Mapping[str, object]:
    scope = visit.settings.canvas_scope(found.school_year)
    new = news(visit.store, scope, found.key, names=found.names, since=visit.at - NEW)
    present = [person for person in found.people if person.state != "comes"]
    return {
        "roles": Counter(person.role for person in present),
        "coming": [person for person in found.people if person.state == "comes"],
        "going": [person for person in found.people if person.state == "goes"],
        "news": new[:_MOST],
        "more": max(0, len(new) - _MOST),
        "days": NEW.days,
        "meetings": [each for each in found.meetings if _is_ahead(each, visit.at.astimezone(visit.settings.zone))],
        "seen": found.reading.info and (found.reading.info.closed_at or found.reading.info.began_at),
    }


def _is_ahead(meeting: CourseMeeting, at: datetime) -> bool:
    """Whether its end is still to come; one without a time that can be read is shown."""
    end = meeting.when.rpartition("/")[2]
    try:
        last = datetime.fromisoformat(end)
    except ValueError:
        return True
    return last >= at if last.tzinfo else last.date() >= at.date()


def _who(visit: Visit) -> Facilitator | None:
    """Looked up for each page: a roster that was signed meanwhile counts at once."""
    return by_key(visit.settings, visit.store, visit.guest.person, at=visit.at) if visit.guest else None


def _unknown(visit: Visit) -> Response:
    return message(visit, "You are not in this roster", UNKNOWN, status=HTTPStatus.FORBIDDEN)


def _address(own: OwnCourse) -> str:
    return f"/my/{own.word}?year={own.school_year}"
