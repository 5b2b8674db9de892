"""Code words of outcomes and of what is set aside, as sentences for a person."""

SAID = {
    "login-taken": "Canvas says that this login belongs to somebody else. Somebody must decide: ilc-canvas people review",
    "two readings differ": "Canvas gave different answers about it. Look at it in Canvas.",
    "neither as before nor as wanted": "it is neither as before nor as wanted: somebody has changed it meanwhile. Look at it in Canvas.",
    "asked-login": "the login belongs to an account that is not ours: somebody must decide (ilc-canvas people review).",
    "asked-merged": "one Canvas account answers to two people of ours: somebody must decide (ilc-canvas people review).",
    "asked-other": "our SIS id leads to another Canvas account than before: somebody must decide (ilc-canvas people review).",
    "asked-gone": "the Canvas account was deleted: somebody must decide (ilc-canvas people review).",
    "left-out": "left out, as was decided.",
    "undone": "undone by hand; stays so until its row in the roster changes.",
}
