"""What a kind of thing can do in Canvas: one value for each kind, in a file of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.state import Fields, Record


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the token must be able to do, and the sets of rights of which one must be held whole.

    The old names of rights, and the granular ones that hosted Canvas has switched on: the names of the other set always answer false
    (live-server 2.3).
    """

    name: str
    sets: tuple[frozenset[str], ...]
    purpose: str
    label: str  # to ask for, by Canvas's own page of permissions
    is_mild: bool = False  # the program gets along without it


def right(*names: str) -> frozenset[str]:
    """One set of rights."""
    return frozenset(names)


def _nothing(_reading: Reading) -> list[Record]:
    return []


def _nothing_inside(_reading: Reading, _course: Record, _found: Sequence[Record]) -> list[Record]:
    return []


def _as_sent(_access: Access, _change: Change, _answer: Answer) -> Fields | None:
    return None


def _answered(_change: Change, answer: Answer) -> int | None:
    return answer.row.get("id")


def no_number(_change: Change, _answer: Answer) -> None:
    """For kinds that Canvas gives no number of their own."""


def _concerns_all(_change: Change, _rights: Mapping[str, bool]) -> bool:
    return False


def _not_taken(_access: Access, _after: Record) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasKind:
    """How one kind is read and written. What is left out holds for most."""

    calls: tuple[Call, ...]  # that may be made at all
    needs: tuple[Need, ...] = ()
    right: str  # to ask for when a write was refused, or dropped in silence

    create: Callable[[Access, Create], Answer]
    update: Callable[[Access, Update], Answer]
    end: Callable[[Access, Remove], Answer] | None = None  # None: only the ledger lets it go
    read: Callable[[Access, Record], Record | None]  # the one object of a change; NotFoundError or None if it is not there

    listed: Callable[[Reading], list[Record]] = _nothing  # first, in order of rank
    inside: Callable[[Reading, Record, Sequence[Record]], list[Record]] = _nothing_inside  # then in each course, with what was found there
    beside: Callable[[Reading], list[Record]] = _nothing  # and last, in order of rank: what is ours and in none of these lists

    left: Callable[[Access, Change, Answer], Fields | None] = _as_sent  # the fields afterwards, where they may not be those that were sent
    number: Callable[[Change, Answer], int | None] = _answered  # Canvas's number of the object itself
    taken: Callable[[Access, Record], tuple[str, ...]] = _not_taken  # just before it is made: the attributes that somebody else has
    concerns_one: Callable[[Change, Mapping[str, bool]], bool] = _concerns_all  # whether a refusal says nothing about others, by our rights
    set_later: frozenset[str] = frozenset()  # fields that a create leaves to a second call
    is_left_as_seen: bool = False  # a look at one tells how it was left, beside the fields that were sent
    has_number: bool = True  # of its own: else it goes by that of the person
    is_reread: bool = True  # just before it is ended
