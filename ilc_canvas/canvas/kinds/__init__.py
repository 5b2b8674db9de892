"""The kinds of thing, as Canvas has them: one file for each."""

from ilc_canvas.canvas.calls import Call, Calls
from ilc_canvas.canvas.kinds.account import ACCOUNT
from ilc_canvas.canvas.kinds.channel import CHANNEL
from ilc_canvas.canvas.kinds.course import COURSE
from ilc_canvas.canvas.kinds.enrollment import ENROLLMENT
from ilc_canvas.canvas.kinds.in_canvas import InCanvas, Need
from ilc_canvas.canvas.kinds.role import ROLE
from ilc_canvas.canvas.kinds.section import SECTION
from ilc_canvas.canvas.kinds.term import TERM
from ilc_canvas.canvas.kinds.user import USER
from ilc_canvas.reconcile.kinds import Kind, kinds

KINDS: dict[Kind, InCanvas] = {
    Kind.ACCOUNT: ACCOUNT,
    Kind.TERM: TERM,
    Kind.ROLE: ROLE,
    Kind.USER: USER,
    Kind.CHANNEL: CHANNEL,
    Kind.COURSE: COURSE,
    Kind.SECTION: SECTION,
    Kind.ENROLLMENT: ENROLLMENT,
}
"""What each can do in Canvas. A new kind is one more row."""

_TENANT = (
    Call(r"GET accounts/ID/permissions", "see the account", "an administrator's role there"),
    Call(r"GET accounts/ID/sis_imports/importing", "see SIS imports", '"SIS Data - import" (import_sis)'),
)


def in_order() -> list[InCanvas]:
    """All kinds, parents before children."""
    return [KINDS[kind] for kind in kinds(lambda rule: rule.kind in KINDS)]


def all_calls() -> Calls:
    """All calls that this program can make."""
    return Calls((*_TENANT, *(call for each in in_order() for call in each.calls)))


def all_needs() -> dict[str, Need]:
    """What the token must be able to do, by name."""
    return {need.name: need for each in in_order() for need in each.needs}
