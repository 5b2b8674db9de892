"""Templates: every value is escaped, and a name that is not there is an error."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from ilc_canvas import clock
from ilc_canvas.console import links
from ilc_canvas.console.links import Part
from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.console.standing import standing_of
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.reconcile.words.wording import count, form
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.views.sentences import hours

_ADDRESS = re.compile(r"[^\s<>()\[\]\"“”,;:]+@[^\s<>()\[\]\"“”,;:]+")


def environment(*, addresses: bool = True) -> Environment:
    """The templates of this package; without `addresses` no e-mail address is shown, wherever it stands."""
    made = Environment(
        loader=PackageLoader("ilc_canvas.console"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown if addresses else _without_addresses,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(form=form)
    made.globals.update(
        hours=hours,
        upper_first=_upper_first,
        count=count,
        course_url=links.course_url,
        person_url=links.person_url,
        run_url=links.run_url,
        parts=links.parts,
    )
    made.filters.update(at=clock.at, day=clock.day, hour=clock.hour, second=clock.second, pieces=links.pieces)
    return made


def _shown(value: object) -> object:
    """A text of others, with what a reader would obey or not see made visible."""
    return plain(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


def _without_addresses(value: object) -> object:
    shown = _shown(value)
    return _ADDRESS.sub("(address)", shown) if isinstance(shown, str) and not isinstance(shown, Markup) else shown


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def page(visit: Visit, template: str, values: Mapping[str, object], *, status: int = HTTPStatus.OK) -> Response:
    """A page with the menu, the standing, and whoever is signed in."""
    if visit.session is None:
        return bare(visit, template, values, status=status)
    frame = {
        "visit": visit,
        "Role": Role,
        "form_token": form_token(visit.token),
        "standing": standing_of(visit),
        "zone": visit.settings.time_zone,
    }
    templates = visit.console.templates if visit.sees_addresses else visit.console.templates_without_addresses
    return HTMLResponse(templates.get_template(template).render({**frame, **values}), status)


def page_of_guest(visit: Visit, template: str, values: Mapping[str, object]) -> Response:
    """A facilitator's page: without menu, addresses, and whatever is of no concern there."""
    frame = {
        "form_token": form_token(visit.token),
        "zone": visit.settings.time_zone,
        "office": visit.settings.office.name,
        "notice": visit.console.notice,
    }
    return HTMLResponse(visit.console.templates_without_addresses.get_template(template).render({**frame, **values}))


def bare(visit: Visit, template: str, values: Mapping[str, object], *, status: int = HTTPStatus.OK) -> Response:
    """A page without all that: for whoever is not signed in, and for errors."""
    return HTMLResponse(visit.console.templates.get_template(template).render(values), status)


def message(visit: Visit, title: str, text: str, *, status: int, link: Part | None = None) -> Response:
    """A page with one sentence: an error, or why something was not done; and where to go on."""
    values = {"title": title, "text": text, "link": link, "signed_in": bool(visit.session or visit.guest)}
    return bare(visit, "message.html", values, status=status)
