"""Code words of outcomes and of what is set aside, as sentences for a person."""

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
    "login-taken": "Canvas says that this login belongs to somebody else. Somebody must decide: ilc-canvas people review",
    "two readings differ": "Canvas gave different answers about it. Look at it in Canvas.",
    "neither as before nor as wanted": "it is neither as before nor as wanted: somebody has changed it meanwhile. Look at it in Canvas.",
    "sis-id-taken": "Canvas says that this SIS id is in use, or belongs to a login that was deleted. An administrator can free it.",
    "account-protected": "this token may not change the account: it is an administrator's with more rights than ours, or was merged away.",
    "account-token": "the account that fits is the one that this program signs in with. Give the token to an account of its own.",
    "account-never": "has an account here, which the settings say is not to be used (people.existing).",
    **{f"asked-{kind}": f"{text} Somebody must decide: ilc-canvas people review" for kind, text in QUESTIONS.items()},
    "blocked-gone": "what it stands in is not in Canvas any more. Bring that back in Canvas, or run a sync with --repair.",
    "blocked-deleted": "what it stands in was deleted in Canvas. Bring that back in Canvas, or run a sync with --repair.",
    "blocked-concluded": "its course was concluded in Canvas. It is done when the course is open again.",
    "kept-place": "stays, until the place that comes instead can be given.",
    "left-out": "left out, as was decided.",
    "declined": "declined; stays undone until its row in the roster changes.",
    "undone": "undone by hand; stays so until its row in the roster changes.",
}
