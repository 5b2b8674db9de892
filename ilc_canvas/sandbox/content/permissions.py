"""What the caller may do in a course."""

from ilc_canvas.sandbox.account.rights import NAMES
from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer


def show(call: Call) -> Answer:
    """True or false for each right asked for, false for unknown ones; all rights when none is named."""
    course = access.readable(call)
    asked = call.params.any_of("permissions") or sorted(NAMES)
    return Answer({name: access.may(call, course, name) for name in asked})
