"""Which rule answers which address. A segment that begins with a colon is an id."""

from collections.abc import Callable
from urllib.parse import unquote

from ilc_canvas.sandbox.account import accounts, progress, roles, sis_imports, terms
from ilc_canvas.sandbox.calendar import events, listing
from ilc_canvas.sandbox.content import folders, permissions, tabs
from ilc_canvas.sandbox.content.modules import items, modules
from ilc_canvas.sandbox.content.pages import pages, revisions
from ilc_canvas.sandbox.content.topics import announcements, entries, topics
from ilc_canvas.sandbox.courses import account_courses, courses, enrolling, enrollments, own_courses, sections, trail
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import admins, channels, graphql, lists, logins, merging, new_users, users

Rule = Callable[[Call], Answer]
PREFIX, GRAPHQL = ["api", "v1"], ["api", "graphql"]
ROUTES: dict[str, Rule] = {
    "GET accounts": accounts.index,
    "GET accounts/:account": accounts.show,
    "PUT accounts/:account": accounts.update,
    "GET accounts/:account/permissions": accounts.permissions,
    "GET accounts/:account/sub_accounts": accounts.sub_accounts,
    "POST accounts/:account/sub_accounts": accounts.create,
    "DELETE accounts/:account/sub_accounts/:sub": accounts.delete,
    "GET accounts/:account/terms": terms.index,
    "POST accounts/:account/terms": terms.create,
    "GET accounts/:account/terms/:term": terms.show,
    "PUT accounts/:account/terms/:term": terms.update,
    "DELETE accounts/:account/terms/:term": terms.delete,
    "GET accounts/:account/roles": roles.index,
    "POST accounts/:account/roles": roles.create,
    "GET accounts/:account/roles/:role": roles.show,
    "PUT accounts/:account/roles/:role": roles.update,
    "DELETE accounts/:account/roles/:role": roles.deactivate,
    "POST accounts/:account/roles/:role/activate": roles.activate,
    "GET accounts/:account/admins": admins.index,
    "POST accounts/:account/admins": admins.create,
    "DELETE accounts/:account/admins/:user": admins.delete,
    "GET accounts/:account/users": lists.of_account,
    "POST accounts/:account/users": new_users.create,
    "DELETE accounts/:account/users/:user": users.remove,
    "GET accounts/:account/authentication_providers": logins.providers,
    "GET accounts/:account/logins": logins.of_account,
    "POST accounts/:account/logins": logins.create,
    "PUT accounts/:account/logins/:login": logins.update,
    "GET accounts/:account/courses": account_courses.index,
    "PUT accounts/:account/courses": account_courses.bulk,
    "POST accounts/:account/courses": courses.create,
    "GET accounts/:account/enrollments/:enrollment": enrollments.show,
    "GET accounts/:account/sis_imports/importing": sis_imports.importing,
    "GET users/:user": users.show,
    "PUT users/:user": users.update,
    "GET users/:user/profile": users.profile,
    "PUT users/:user/merge_into/:target": merging.merge,
    "POST users/:user/split": merging.split,
    "GET users/:user/logins": logins.of_user,
    "DELETE users/:user/logins/:login": logins.delete,
    "GET users/:user/communication_channels": channels.index,
    "POST users/:user/communication_channels": channels.create,
    "DELETE users/:user/communication_channels/:channel": channels.delete,
    "DELETE users/:user/communication_channels/:kind/:channel": channels.delete,
    "GET users/:user/enrollments": enrollments.of_user,
    "GET courses": own_courses.index,
    "GET courses/:course": courses.show,
    "PUT courses/:course": courses.update,
    "DELETE courses/:course": courses.delete,
    "POST courses/:course/reset_content": courses.reset,
    "GET courses/:course/users": lists.of_course,
    "GET courses/:course/sections": sections.of_course,
    "POST courses/:course/sections": sections.create,
    "GET courses/:course/sections/:section": sections.show_in_course,
    "GET courses/:course/enrollments": enrollments.of_course,
    "POST courses/:course/enrollments": enrolling.create_in_course,
    "DELETE courses/:course/enrollments/:enrollment": enrollments.end,
    "PUT courses/:course/enrollments/:enrollment/reactivate": enrollments.reactivate,
    "POST courses/:course/enrollments/:enrollment/accept": enrollments.accept,
    "POST courses/:course/enrollments/:enrollment/reject": enrollments.reject,
    "GET sections/:section": sections.show,
    "PUT sections/:section": sections.update,
    "DELETE sections/:section": sections.delete,
    "GET sections/:section/enrollments": enrollments.of_section,
    "POST sections/:section/enrollments": enrolling.create_in_section,
    "POST sections/:section/crosslist/:course": sections.crosslist,
    "DELETE sections/:section/crosslist": sections.uncrosslist,
    "GET progress/:progress": progress.show,
    "GET courses/:course/pages": pages.index,
    "POST courses/:course/pages": pages.create,
    "GET courses/:course/front_page": pages.show_front,
    "PUT courses/:course/front_page": pages.update_front,
    "GET courses/:course/pages/:page": pages.show,
    "PUT courses/:course/pages/:page": pages.update,
    "DELETE courses/:course/pages/:page": pages.delete,
    "GET courses/:course/pages/:page/revisions": revisions.index,
    "GET courses/:course/pages/:page/revisions/:revision": revisions.show,
    "POST courses/:course/pages/:page/revisions/:revision": revisions.revert,
    "GET courses/:course/modules": modules.index,
    "POST courses/:course/modules": modules.create,
    "GET courses/:course/modules/:module": modules.show,
    "PUT courses/:course/modules/:module": modules.update,
    "DELETE courses/:course/modules/:module": modules.delete,
    "GET courses/:course/modules/:module/items": items.index,
    "POST courses/:course/modules/:module/items": items.create,
    "GET courses/:course/modules/:module/items/:item": items.show,
    "PUT courses/:course/modules/:module/items/:item": items.update,
    "DELETE courses/:course/modules/:module/items/:item": items.delete,
    "GET courses/:course/discussion_topics": topics.index,
    "POST courses/:course/discussion_topics": topics.create,
    "GET courses/:course/discussion_topics/:topic": topics.show,
    "PUT courses/:course/discussion_topics/:topic": topics.update,
    "DELETE courses/:course/discussion_topics/:topic": topics.delete,
    "GET courses/:course/discussion_topics/:topic/view": entries.view,
    "GET courses/:course/discussion_topics/:topic/entries": entries.index,
    "POST courses/:course/discussion_topics/:topic/entries": entries.create,
    "POST courses/:course/discussion_topics/:topic/entries/:entry/replies": entries.reply,
    "PUT courses/:course/discussion_topics/:topic/read": entries.mark_read,
    "DELETE courses/:course/discussion_topics/:topic/read": entries.mark_unread,
    "GET announcements": announcements.index,
    "GET audit/course/courses/:course": trail.of_course,
    "GET audit/course/accounts/:account": trail.of_account,
    "GET courses/:course/permissions": permissions.show,
    "GET courses/:course/files": folders.files,
    "GET courses/:course/folders": folders.index,
    "GET courses/:course/tabs": tabs.index,
    "PUT courses/:course/tabs/:tab": tabs.update,
    "GET calendar_events": listing.index,
    "POST calendar_events": events.create,
    "GET calendar_events/:event": events.show,
    "PUT calendar_events/:event": events.update,
    "DELETE calendar_events/:event": events.delete,
}
# What the token's person may also do for somebody else; the other rules know only one caller.
_INSIDE = ("pages", "front_page", "modules", "discussion_topics", "tabs", "permissions", "files", "folders")
FOR_OTHERS = frozenset[Rule](
    {
        *(listing.index, events.create, events.show, events.update, events.delete),
        *(own_courses.index, courses.show, courses.update, sections.of_course, lists.of_course, announcements.index),
        *(rule for address, rule in ROUTES.items() if "/".join(address.split("/")[2:3]) in _INSIDE),
    }
)
TABLE: dict[tuple[str, int], list[tuple[list[str], Rule]]] = {}
for _address, _rule in ROUTES.items():
    _method, _pattern = _address.split()
    TABLE.setdefault((_method, _pattern.count("/") + 1), []).append((_pattern.split("/"), _rule))


def find_rule(method: str, path: str) -> tuple[Rule, dict[str, str]]:
    """The rule and the ids in the path; doubled and trailing slashes and .json make no difference."""
    segments = [segment for segment in path.split("/") if segment]
    if (method, segments) == ("POST", GRAPHQL):
        return graphql.answer, {}
    if segments[:2] == PREFIX and segments[2:] and not path.endswith(".xml"):
        parts = [*segments[2:-1], segments[-1].removesuffix(".json")]
        for pattern, rule in TABLE.get((method, len(parts)), []):
            if fits(pattern, parts):
                return rule, ids(pattern, parts)
    raise errors.unknown_route(method)


def fits(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(want.startswith(":") or want == part for want, part in zip(pattern, parts, strict=True))


def ids(pattern: list[str], parts: list[str]) -> dict[str, str]:
    try:
        return {want[1:]: unquote(part, errors="strict") for want, part in zip(pattern, parts, strict=True) if want.startswith(":")}
    except UnicodeDecodeError:
        raise errors.refused(400, {"errors": [{"message": "Invalid path"}]}) from None
