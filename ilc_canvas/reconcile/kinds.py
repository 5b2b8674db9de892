"""The kinds of thing in Canvas, and what holds for each: guard, plan, apply, audit, ledger and texts ask its rule."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

Value = str | bool | int | None


class Kind(str):
    """The name of a kind. The set is open: a kind is known if `RULES` has a rule for it."""

    __slots__ = ()

    ACCOUNT: ClassVar["Kind"]
    TERM: ClassVar["Kind"]
    ROLE: ClassVar["Kind"]
    USER: ClassVar["Kind"]
    CHANNEL: ClassVar["Kind"]
    COURSE: ClassVar["Kind"]
    SECTION: ClassVar["Kind"]
    ENROLLMENT: ClassVar["Kind"]

    @property
    def rule(self) -> "Rule":
        """What holds for this kind."""
        return RULES[self]

    @staticmethod
    def parse(text: str) -> "Kind":
        """The kind of this name; ValueError if there is none."""
        if text not in RULES:
            raise ValueError(f"not a kind: {text!r}")
        return RULES[Kind(text)].kind


Kind.ACCOUNT, Kind.TERM, Kind.ROLE, Kind.USER = Kind("account"), Kind("term"), Kind("role"), Kind("user")
Kind.CHANNEL, Kind.COURSE, Kind.SECTION, Kind.ENROLLMENT = Kind("channel"), Kind("course"), Kind("section"), Kind("enrollment")

HIDDEN = "hidden"
"""The state of what is ours, and this token may not see any more."""
MAIN, NEXT, FORMER = "main", "next", "former"
"""A person's addresses: the first one, one that is to become the first, and one that is to go."""
NAMES = ("name", "sortable_name")
"""Set in one call: a rename alone may derive the sortable name anew (live.md 3)."""

NAMED = frozenset({"name", "sortable_name", "email", "login", "address"})
"""Fields that say who or what it is. What else is personal of a kind, its rule adds."""


@dataclass(frozen=True, slots=True)
class Count:
    """How a plan counts some changes of a kind: the words for one and for many. `field` is one that an update changes."""

    verb: str
    one: str
    many: str
    field: str = ""
    turn: int = 90  # which of all counts comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds for one kind. What is left out holds for most: a thing that stands, is never removed, and speaks of nobody."""

    kind: Kind
    rank: int  # order of writing: parents before children, below `LAST`
    noun: str
    nouns: str = ""
    counts: tuple[Count, ...] = ()  # what a plan counts in words of its own

    # What it is
    is_person: bool = False
    is_placement: bool = False  # one person in one section, in a role
    is_container: bool = False  # people are placed in it, and their placements end with it
    is_shared: bool = False  # belongs to all school years
    is_bound: bool = False  # can be used only at and below the account that has it
    proves_tenant: bool = False  # its number tells one Canvas from another

    # What it belongs to: from its id to another's
    person: Callable[[str], str] | None = None
    section: Callable[[str], str] | None = None
    course: Callable[[str], str] | None = None

    # States
    live: frozenset[str] = frozenset()  # in which it stands
    over: frozenset[str] = frozenset()  # in which it takes nobody
    lapsed: frozenset[str] = frozenset()  # in which people have put an end to it
    ended_as: str = "inactive"  # in which we leave it
    starts_as: str = ""  # in which Canvas makes it, if that is not the wanted one
    reopens_from: frozenset[str] = frozenset()  # out of which an update brings it back, with the state in which it starts
    remade_from: frozenset[str] = frozenset()  # out of which it is made again

    # How it ends
    ends: Callable[[str, Value], bool] = lambda _id, _state: False  # whether it is removed when nobody asks for it, by id and state
    has_way_back: bool = False  # undo ends what a run made, and makes what it ended
    is_forgotten: bool = False  # the ledger does not keep what has ended

    # Fields
    personal: frozenset[str] = NAMED  # lie beside the audit chain
    folded: frozenset[str] = frozenset()  # Canvas compares them without regard to case (contract-core 9.1)
    unkept: frozenset[str] = frozenset()  # the ledger does not keep them
    parts: tuple[tuple[str, ...], ...] = ()  # the fields by the calls that set them; empty: one call sets all
    handed_on: str = ""  # a field whose value only one may have: who gives it up goes before who takes it
    goes_with: Mapping[str, Kind] | None = None  # fields that change with another kind of thing of the same person

    # How it is read and written
    is_upserted: bool = False  # a repeated create carries all fields, and answers what was there before
    is_stepwise: bool = False  # changed by steps, each with a key of its own
    is_noted: bool = False  # the ledger takes note of what is there as the roster asks, without a change
    is_shown_singly: bool = False  # no list has it all: nothing is laid over what was not found
    is_read_singly: bool = False  # by a call that is never late
    outlives_store: bool = False  # after a restore it is ours again by its id
    counts_in_limits: bool = True  # in how much is ours
    holds_back: bool = True  # its failure stops a run, and removals from the same course

    def same(self, name: str, one: Value, other: Value) -> bool:
        """Whether two values of a field are equal as Canvas sees them."""
        if one == other or name not in self.folded:
            return one == other
        return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()

    def is_step(self, verb: str, id: str) -> bool:
        """Whether this change is a part of another one: with a new address an old one goes."""
        return self.is_stepwise and verb != "update" and not id.endswith(f"|{MAIN}")

    def parts_of(self, fields: Mapping[str, Value]) -> list[dict[str, Value]]:
        """The fields by the calls that set them; a part without any is left out."""
        if not self.parts or not fields:
            return [dict(fields)] if fields else []
        parts = ({name: value for name, value in fields.items() if name in names} for names in self.parts)
        return [part for part in parts if part]

    def part_named(self, fields: Mapping[str, Value]) -> str:
        """The name of the part that these fields are; empty for the first one."""
        return next((names[0] for names in reversed(self.parts[1:]) if any(name in fields for name in names)), "")


LAST = 1000
"""Above every rank: removals come after everything else."""


def _first(id: str) -> str:
    return id.partition("|")[0]


def _second(id: str) -> str:
    return id.split("|")[1]


def _up(id: str) -> str:
    """The course of a section: its SIS id begins with that of the course."""
    return _first(id).rpartition(":")[0]


def _same(id: str) -> str:
    return id


def _is_former(id: str, _state: Value) -> bool:
    return id.rpartition("|")[2].startswith(FORMER)


_LIVE = frozenset({"active", "invited", "creation_pending"})
_OVER = frozenset({"completed", "deleted"})

RULES: dict[Kind, Rule] = {
    rule.kind: rule
    for rule in (
        Rule(kind=Kind.ACCOUNT, rank=0, noun="account", is_shared=True, proves_tenant=True, is_read_singly=True),
        Rule(kind=Kind.TERM, rank=10, noun="term", is_read_singly=True),
        Rule(kind=Kind.ROLE, rank=20, noun="role", is_shared=True, is_bound=True, remade_from=frozenset({"inactive"})),
        Rule(
            kind=Kind.USER,
            rank=30,
            noun="person",
            nouns="people",
            counts=(
                Count("create", "new person", "new people", turn=40),
                Count("update", "new login", "new logins", "login", turn=70),
                Count("update", "new name", "new names", "name", turn=71),
                Count("update", "new id", "new ids", "sis_id", turn=72),
            ),
            is_person=True,
            is_shared=True,
            person=_first,
            is_forgotten=True,
            folded=frozenset({"email", "login"}),
            unkept=frozenset({"email"}),
            parts=(NAMES, ("sis_id",), ("login",)),
            handed_on="login",
            goes_with={"login": Kind.CHANNEL},
            is_shown_singly=True,
        ),
        Rule(
            kind=Kind.CHANNEL,
            rank=40,
            noun="person",
            nouns="people",
            counts=(Count("update", "new e-mail", "new e-mails", "address", turn=60),),
            is_shared=True,
            person=_first,
            ends=_is_former,
            is_forgotten=True,
            folded=frozenset({"address"}),
            is_stepwise=True,
            is_noted=True,
            is_shown_singly=True,
            counts_in_limits=False,
        ),
        Rule(
            kind=Kind.COURSE,
            rank=50,
            noun="course",
            counts=(
                Count("remove", "course is concluded", "courses are concluded", turn=30),
                Count("create", "new course", "new courses", turn=80),
                Count("update", "course changed", "courses changed", turn=83),
            ),
            is_container=True,
            proves_tenant=True,
            course=_same,
            live=frozenset({"unpublished", "available"}),
            over=_OVER,
            lapsed=frozenset({"completed"}),
            ended_as="completed",
            starts_as="unpublished",
            reopens_from=frozenset({"deleted"}),
            ends=lambda _id, state: state not in _OVER,
            is_read_singly=True,
            outlives_store=True,
        ),
        Rule(
            kind=Kind.SECTION,
            rank=60,
            noun="section",
            counts=(
                Count("create", "new section", "new sections", turn=81),
                Count("update", "section renamed", "sections renamed", "name", turn=82),
            ),
            section=_same,
            course=_up,
            over=_OVER,
            remade_from=frozenset({"deleted"}),
            is_read_singly=True,
            outlives_store=True,
        ),
        Rule(
            kind=Kind.ENROLLMENT,
            rank=70,
            noun="enrollment",
            counts=(
                Count("create", "person joins a section", "people join a section", turn=10),
                Count("remove", "person leaves a section", "people leave a section", turn=20),
            ),
            is_placement=True,
            person=_second,
            section=_first,
            course=_up,
            live=_LIVE,
            over=_OVER,
            lapsed=frozenset({"inactive", "completed", "deleted", "rejected"}),
            ends=lambda _id, state: state in _LIVE,
            has_way_back=True,
            unkept=frozenset({"name"}),  # of somebody who is not ours
            is_upserted=True,
            is_noted=True,
            outlives_store=True,
        ),
    )
}
"""By kind. A new kind is one more row."""


def kinds(of: Callable[[Rule], object]) -> Iterator[Kind]:
    """The kinds whose rule says so, in order of writing."""
    return (rule.kind for rule in sorted(RULES.values(), key=lambda rule: rule.rank) if of(rule))


def plural(kind: Kind) -> str:
    """The noun for many of a kind."""
    return kind.rule.nouns or f"{kind.rule.noun}s"


def is_inside(rule: Rule) -> bool:
    """Whether this lies in a course, and is nobody's."""
    return rule.course is not None and not rule.is_container and rule.person is None


def of_account(rule: Rule) -> bool:
    """Whether this is a person's account, or a part of one."""
    return rule.person is not None and not rule.is_placement
