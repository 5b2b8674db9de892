"""Why a plan leaves changes out, by class: a new reason is a new row in the table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ilc_canvas.reconcile.change import Deferred, without_steps


class WaitsFor(StrEnum):
    """What a deferred change waits for."""

    NOTHING = "nothing"  # a person decided so, or nothing is ever deleted: no cause for concern, but always reported
    TIME = "time"  # the next attempt, or the end of a grace period
    PERSON = "person"  # an answer, or something to correct
    BLOCKED = "blocked"  # what it depends on, or is in


@dataclass(frozen=True, slots=True)
class DeferralReason:
    """One class of reasons; `one` and `many` follow the number of changes."""

    waits: WaitsFor
    one: str
    many: str


REFUSED = "refused"
"""The class of every reason that is not in the table: those that Canvas gives."""
_OVER = "change in a course or term that has ended"
DEFERRALS = {
    "declined": DeferralReason(WaitsFor.NOTHING, "change declined", "changes declined"),
    "undone": DeferralReason(WaitsFor.NOTHING, "change undone on purpose", "changes undone on purpose"),
    "left-out": DeferralReason(WaitsFor.NOTHING, "change for people left out", "changes for people left out"),
    "asked": DeferralReason(WaitsFor.PERSON, "change waits for an answer", "changes wait for an answer"),
    "account": DeferralReason(
        WaitsFor.PERSON, "change for people who cannot be given an account", "changes for people who cannot be given an account"
    ),
    "the course ended": DeferralReason(WaitsFor.PERSON, _OVER, "changes in courses or terms that have ended"),
    "its school year's term ended": DeferralReason(WaitsFor.PERSON, _OVER, "changes in courses or terms that have ended"),
    "blocked": DeferralReason(WaitsFor.BLOCKED, "change is in something that people closed", "changes are in something that people closed"),
    "unread": DeferralReason(WaitsFor.BLOCKED, "change in a course that could not be read", "changes in courses that could not be read"),
    "no-right": DeferralReason(
        WaitsFor.PERSON, "change waits for a right of the token in Canvas", "changes wait for a right of the token in Canvas"
    ),
    "not-ready": DeferralReason(WaitsFor.PERSON, "course is not ready to open", "courses are not ready to open"),
    "invited": DeferralReason(
        WaitsFor.PERSON,
        "course waits to open, since somebody in it is only invited",
        "courses wait to open, since somebody in them is only invited",
    ),
    "kept-place": DeferralReason(
        WaitsFor.BLOCKED, "person stays until the new place can be given", "people stay until their new place can be given"
    ),
    "stays": DeferralReason(WaitsFor.NOTHING, "change stays: nothing is ever deleted", "changes stay: nothing is ever deleted"),
    "was touched since": DeferralReason(WaitsFor.PERSON, "object was touched since", "objects were touched since"),
    "has no way back here": DeferralReason(WaitsFor.PERSON, "change cannot be undone here", "changes cannot be undone here"),
    REFUSED: DeferralReason(
        WaitsFor.TIME, "change that Canvas refused waits for its time", "changes that Canvas refused wait for their time"
    ),
}
"""By the reason (`Deferred.why`), or its beginning up to a hyphen, colon or space."""


def class_of(why: str) -> str:
    """The word in `DEFERRALS` that a reason counts under."""
    return next((word for word in DEFERRALS if why == word or why.startswith((f"{word}-", f"{word}:", f"{word} "))), REFUSED)


def waits_for(why: str) -> WaitsFor:
    """What a change deferred for this reason waits for."""
    return DEFERRALS[class_of(why)].waits


def is_open(why: str) -> bool:
    """Whether this reason keeps a run from being green."""
    return waits_for(why) is not WaitsFor.NOTHING


def counted(deferred: Iterable[Deferred]) -> dict[str, int]:
    """How many changes are deferred, by class, as people count them."""
    rows = list(deferred)
    whole = set(map(id, without_steps(each.change for each in rows)))
    return dict(Counter(class_of(each.why) for each in rows if id(each.change) in whole))
