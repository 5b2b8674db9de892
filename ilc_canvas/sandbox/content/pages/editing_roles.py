"""Who may edit a page, as Canvas stores it."""

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.params import Params

KNOWN = {"teachers", "students", "members", "public"}


def sent(asked: Params) -> str | None:
    """The roles that were sent, separated by commas without blanks."""
    roles = [role.strip() for role in (asked.text("editing_roles") or "").split(",") if role.strip()]
    if set(roles) - KNOWN:
        raise errors.invalid({"editing_roles": [errors.own("The provided editing roles are invalid")]})
    return ",".join(roles) or None
