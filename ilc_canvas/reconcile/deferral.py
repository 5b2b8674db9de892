"""Why a plan leaves changes out, by class: a new reason is a new row of the table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ilc_canvas.reconcile.change import Aside, without_steps


class For(StrEnum):
    """What a deferred change waits for."""

    NOTHING = "nothing"  # a person decided so, or nothing is ever deleted: no reason to worry, but always said
    TIME = "time"  # the next attempt, or the end of a grace
    PERSON = "person"  # an answer, or something to be put right
    BLOCKED = "blocked"  # what it stands on, or in


@dataclass(frozen=True, slots=True)
class Deferral:
    """One class of reasons; `one` and `many` follow the number of changes."""

    waits: For
    one: str
    many: str


REFUSED = "refused"
"""The class of all reasons that the table does not name: those that Canvas gives."""
_OVER = "change in what is over"
DEFERRALS = {
    "declined": Deferral(For.NOTHING, "change declined", "changes declined"),
    "undone": Deferral(For.NOTHING, "change undone on purpose", "changes undone on purpose"),
    "left-out": Deferral(For.NOTHING, "change of people left out", "changes of people left out"),
    "asked": Deferral(For.PERSON, "change waits for an answer", "changes wait for an answer"),
    "account": Deferral(For.PERSON, "change of people who cannot be given an account", "changes of people who cannot be given an account"),
    "the course ended": Deferral(For.PERSON, _OVER, "changes in what is over"),
    "its school year's term ended": Deferral(For.PERSON, _OVER, "changes in what is over"),
    "blocked": Deferral(For.BLOCKED, "change stands in something that people closed", "changes stand in something that people closed"),
    "unread": Deferral(For.BLOCKED, "change in a course that could not be read", "changes in courses that could not be read"),
    "kept-place": Deferral(
        For.BLOCKED, "person stays until the next place can be given", "people stay until their next place can be given"
    ),
    "stays": Deferral(For.NOTHING, "change stays: nothing is ever deleted", "changes stay: nothing is ever deleted"),
    "was touched since": Deferral(For.PERSON, "thing was touched since", "things were touched since"),
    "has no way back here": Deferral(For.PERSON, "change has no way back here", "changes have no way back here"),
    REFUSED: Deferral(For.TIME, "change that Canvas refused waits for its time", "changes that Canvas refused wait for their time"),
}
"""By the reason (`Aside.why`), or what it begins with up to a hyphen, a colon or a space."""


def class_of(why: str) -> str:
    """The word in `DEFERRALS` under which a reason counts."""
    return next((word for word in DEFERRALS if why == word or why.startswith((f"{word}-", f"{word}:", f"{word} "))), REFUSED)


def waits_for(why: str) -> For:
    """What a change that was left out for this reason waits for."""
    return DEFERRALS[class_of(why)].waits


def is_open(why: str) -> bool:
    """Whether this reason keeps a run from being green."""
    return waits_for(why) is not For.NOTHING


def counted(aside: Iterable[Aside]) -> dict[str, int]:
    """How many changes are deferred, by class, as people count them."""
    rows = list(aside)
    whole = set(map(id, without_steps(each.change for each in rows)))
    return dict(Counter(class_of(each.why) for each in rows if id(each.change) in whole))
