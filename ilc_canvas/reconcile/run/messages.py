"""The codes of outcomes and deferrals, as sentences for people."""

from ilc_canvas.reconcile.words.hints import Next

QUESTIONS = {
    "login": "an account has this address, but another login.",
    "name": "an account has this login, but another name.",
    "address": "an account has this login and name, but another address.",
    "several": "more than one account matches.",
    "administrator": "the matching account is an administrator's.",
    "admins-hidden": "this token cannot see whether the matching account is an administrator's.",
    "suspended": "the matching account is suspended.",
    "taken": "the matching account already belongs to another of our people.",
    "shared": "one account matches more than one person in the roster.",
    "ask": "an account matches; the settings say to ask somebody.",
    "answer": "the account that was chosen can no longer be used.",
    "gone": "the account was removed in Canvas.",
    "replaced": "the account was removed in Canvas; another one matches.",
    "merged": "the account was merged into another one in Canvas.",
    "held": "the new login or address belongs to another account.",
    "changed": "name and address changed at once: this may be somebody else by now.",
}
"""What is unclear about a person, by kind of question."""
SAID = {
    "login-taken": f"Canvas says that this login belongs to somebody else. Somebody must decide: {Next.REVIEW_PEOPLE}",
    "two readings differ": "Canvas gave different answers about it. Check it in Canvas.",
    "neither as before nor as wanted": "it has neither the old nor the new values: somebody changed it meanwhile. Check it in Canvas.",
    "sis-id-taken": "Canvas says that this SIS id is in use, or belongs to a deleted login. An administrator can free it.",
    "account-protected": "this token may not change the account: it is an administrator's with more rights than ours, or was merged.",
    "account-token": "the matching account is the one that this program signs in with. Give the program an account of its own.",
    "account-never": "has an account here, but the settings say not to use it (people.existing).",
    **{f"asked-{kind}": f"{text} Somebody must decide: {Next.REVIEW_PEOPLE}" for kind, text in QUESTIONS.items()},
    "blocked-gone": "what it belongs to is no longer in Canvas.",
    "blocked-deleted": "what it belongs to was deleted in Canvas.",
    "blocked-concluded": "its course was concluded in Canvas.",
    "blocked-off": "its role is switched off in Canvas.",
    "blocked-unseen": "this token can no longer see what it belongs to.",
    "blocked-moved": "its course was moved to an account where its role cannot be given.",
    "blocked-doubled": "several things in Canvas carry its marker: delete all but one of them there.",
    "blocked-host": "people have cross-listed a section of another course into it.",
    "sis-id-reserved": "Canvas keeps this SIS id for a deleted object. An administrator can free it.",
    "unread-right": "Canvas does not let this program see the course. Ask the Canvas administrator; the next sync checks again.",
    "unread-failed": "Canvas gave no usable answer about the course. The next sync checks again.",
    "no-right-manage_calendar": (
        "this token may not write into calendars. Ask the Canvas administrator for "
        '"Course Calendar - add / edit / delete" (manage_calendar).'
    ),
    "no-right-write_pages": (
        "this token may not write pages. Ask the Canvas administrator for "
        '"Pages - create, Pages - update" (manage_wiki_create, manage_wiki_update).'
    ),
    "no-right-write_modules": (
        "this token may not write modules. Ask the Canvas administrator for "
        '"Course Content - add / edit / delete" (manage_content, or manage_course_content_add and manage_course_content_edit).'
    ),
    "no-right-write_discussions": (
        "this token may not write discussions. Ask the Canvas administrator for "
        '"Discussions - view, post, moderate" (read_forum, post_to_forum, moderate_forum).'
    ),
    "page-saved-meanwhile": "somebody saved the page in that very moment: their text is there, and stays.",
    "page-box-edited": "somebody edited the box that is kept up to date, or took it out: it is left so.",
    "no-right-publish_courses": (
        'this token may not open courses. Ask the Canvas administrator for "Courses - publish" (manage_courses_publish).'
    ),
    "not-ready": f"something in the course is missing. See what, and whose move it is: {Next.READY}",
    "invited": "somebody in the course is only invited, and opening it would mail them.",
    "kept-place": "stays until the new place can be given.",
    "left-out": "left out by a decision.",
    "declined": "declined; stays undone until its row in the roster changes.",
    "undone": "undone by hand; stays so until its row in the roster changes.",
}

_TAKEN = "was deleted in Canvas, which keeps its SIS id, so no new one can be made. Ask the Canvas administrator to restore it"
IN_THE_WAY = {
    "blocked-gone": "is no longer in Canvas. Put it back there, or run a sync with repair.",
    "blocked-deleted": "was deleted in Canvas, which keeps its SIS id. Restore it there, or run a sync with repair.",
    "blocked-deleted term": f"{_TAKEN} (a SIS import of terms can), or to take the SIS id from it.",
    "blocked-deleted account": f"{_TAKEN} (a SIS import of accounts can), or to take the SIS id from it.",
    "blocked-concluded": "was concluded in Canvas. Open it again there, or take it out of the roster.",
    "blocked-concluded section": "was cross-listed into a course that was concluded. Open that course, or take the section out of it.",
    "blocked-off": "was switched off in Canvas. Switch it on there, or run a sync with repair.",
    "blocked-doubled": "is there more than once in Canvas, and nobody can tell which one is ours. Delete all but one of them there.",
    "blocked-unseen": "can no longer be seen with this token. Ask the Canvas administrator where it went.",
    "blocked-host": "was cross-listed into this course and would end with it. Take the section out of it in Canvas.",
    "blocked-moved": "was moved to another account, where our roles cannot be given. Ask the Canvas administrator to move it back.",
}
"""For an object in the way of others, by code and, if it matters, kind: what happened to it and what to do."""


def in_the_way(code: str, kind: str) -> str:
    """What happened to an object that is in the way, and what to do about it."""
    return IN_THE_WAY.get(f"{code} {kind}") or IN_THE_WAY.get(code) or SAID.get(code, code)
