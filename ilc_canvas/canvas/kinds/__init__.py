"""The kinds of thing, as Canvas has them: one file for each."""

from ilc_canvas.canvas.http.allowlist import Allowlist, Call
from ilc_canvas.canvas.kinds.account import ACCOUNT
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need
from ilc_canvas.canvas.kinds.channel import CHANNEL
from ilc_canvas.canvas.kinds.content.home import HOME
from ilc_canvas.canvas.kinds.content.item import ITEM
from ilc_canvas.canvas.kinds.content.module import MODULE
from ilc_canvas.canvas.kinds.content.page import PAGE
from ilc_canvas.canvas.kinds.content.tab import TAB
from ilc_canvas.canvas.kinds.content.topic import TOPIC
from ilc_canvas.canvas.kinds.course import COURSE
from ilc_canvas.canvas.kinds.enrollment import ENROLLMENT
from ilc_canvas.canvas.kinds.event import EVENT
from ilc_canvas.canvas.kinds.publication import PUBLICATION
from ilc_canvas.canvas.kinds.role import ROLE
from ilc_canvas.canvas.kinds.section import SECTION
from ilc_canvas.canvas.kinds.term import TERM
from ilc_canvas.canvas.kinds.user import USER
from ilc_canvas.reconcile.kinds import Kind, kinds

KINDS: dict[Kind, CanvasKind] = {
    Kind.ACCOUNT: ACCOUNT,
    Kind.TERM: TERM,
    Kind.ROLE: ROLE,
    Kind.USER: USER,
    Kind.CHANNEL: CHANNEL,
    Kind.COURSE: COURSE,
    Kind.SECTION: SECTION,
    Kind.EVENT: EVENT,
    Kind.ENROLLMENT: ENROLLMENT,
    Kind.TOPIC: TOPIC,
    Kind.PAGE: PAGE,
    Kind.MODULE: MODULE,
    Kind.ITEM: ITEM,
    Kind.TAB: TAB,
    Kind.HOME: HOME,
    Kind.PUBLICATION: PUBLICATION,
}
"""What each can do in Canvas. A new kind is one more row."""

_TENANT = (
    Call(r"GET accounts/ID/permissions", "see the account", "an administrator's role there"),
    Call(r"GET accounts/ID/sis_imports/importing", "see SIS imports", '"SIS Data - import" (import_sis)'),
)


def in_order() -> list[CanvasKind]:
    """All kinds, parents before children."""
    return [KINDS[kind] for kind in kinds(lambda rule: rule.kind in KINDS)]


def all_calls() -> Allowlist:
    """All calls that this program can make."""
    return Allowlist((*_TENANT, *(call for each in in_order() for call in each.calls)))


def all_needs() -> dict[str, Need]:
    """What the token must be able to do, by name."""
    return {need.name: need for each in in_order() for need in each.needs}
