"""Code words of outcomes and of what is set aside, as sentences for a person."""

from ilc_canvas.reconcile.hints import Next

QUESTIONS = {
    "login": "an account has this address, but another login.",
    "name": "an account has this login, but another name.",
    "address": "an account has this login and name, but another address.",
    "several": "more than one account fits.",
    "administrator": "the account that fits is an administrator's.",
    "admins-hidden": "whether the account that fits is an administrator's cannot be seen with this token.",
    "suspended": "the account that fits is suspended.",
    "taken": "the account that fits is already another person's of ours.",
    "shared": "one account fits more than one person of the roster.",
    "ask": "an account fits; the settings say that somebody is to be asked.",
    "answer": "the account that was decided on cannot be used any more.",
    "gone": "the account was removed in Canvas.",
    "replaced": "the account was removed in Canvas; another one fits.",
    "merged": "the account was merged into another one in Canvas.",
    "held": "the new login or address belongs to another account.",
    "changed": "name and address changed at once: it may be somebody else by now.",
}
"""What is unclear about a person, by the kind of the question."""
SAID = {
    "login-taken": f"Canvas says that this login belongs to somebody else. Somebody must decide: {Next.REVIEW_PEOPLE}",
    "two readings differ": "Canvas gave different answers about it. Look at it in Canvas.",
    "neither as before nor as wanted": "it is neither as before nor as wanted: somebody has changed it meanwhile. Look at it in Canvas.",
    "sis-id-taken": "Canvas says that this SIS id is in use, or belongs to a login that was deleted. An administrator can free it.",
    "account-protected": "this token may not change the account: it is an administrator's with more rights than ours, or was merged away.",
    "account-token": "the account that fits is the one that this program signs in with. Give the token to an account of its own.",
    "account-never": "has an account here, which the settings say is not to be used (people.existing).",
    **{f"asked-{kind}": f"{text} Somebody must decide: {Next.REVIEW_PEOPLE}" for kind, text in QUESTIONS.items()},
    "blocked-gone": "what it stands in is not in Canvas any more.",
    "blocked-deleted": "what it stands in was deleted in Canvas.",
    "blocked-concluded": "its course was concluded in Canvas.",
    "blocked-off": "its role is switched off in Canvas.",
    "blocked-unseen": "what it stands in cannot be seen with this token any more.",
    "blocked-moved": "its course was moved to an account where its role cannot be given.",
    "blocked-host": "people have cross-listed a section of another course into it.",
    "sis-id-reserved": "Canvas keeps this SIS id for something that was deleted. An administrator can free it.",
    "unread-right": "Canvas does not show this program the course. Ask the Canvas administrator; the next sync looks again.",
    "unread-failed": "Canvas gave no usable answer about the course. The next sync looks again.",
    "kept-place": "stays, until the place that comes instead can be given.",
    "left-out": "left out, as was decided.",
    "declined": "declined; stays undone until its row in the roster changes.",
    "undone": "undone by hand; stays so until its row in the roster changes.",
}

_TAKEN = "was deleted in Canvas, which keeps its SIS id: no other can be made. Ask the Canvas administrator to restore it"
IN_THE_WAY = {
    "blocked-gone": "is not in Canvas any more. Put it back there, or run a sync with repair.",
    "blocked-deleted": "was deleted in Canvas, which keeps its SIS id. Restore it there, or run a sync with repair.",
    "blocked-deleted term": f"{_TAKEN} (a SIS import of terms can), or to take the SIS id from it.",
    "blocked-deleted account": f"{_TAKEN} (a SIS import of accounts can), or to take the SIS id from it.",
    "blocked-concluded": "was concluded in Canvas. Open it again there, or take it out of the roster.",
    "blocked-concluded section": "was cross-listed into a course that was concluded. Open that course, or take the section back out of it.",
    "blocked-off": "was switched off in Canvas. Switch it on there, or run a sync with repair.",
    "blocked-unseen": "cannot be seen with this token any more. Ask the Canvas administrator where it went.",
    "blocked-host": "was cross-listed into this course, and would end with it. Take the section back out of it in Canvas.",
    "blocked-moved": "was moved to another account, where our roles cannot be given. Ask the Canvas administrator to move it back.",
}
"""What is in the way of others, by code and, where it matters, kind: what happened to it, and what to do."""


def in_the_way(code: str, kind: str) -> str:
    """What happened to a thing that is in the way, and what to do about it."""
    return IN_THE_WAY.get(f"{code} {kind}") or IN_THE_WAY.get(code) or SAID.get(code, code)
