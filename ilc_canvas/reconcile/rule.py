"""What a rule for a kind of object says, and the names of the kinds. The rules themselves are in `kinds` and `content_kinds`."""

from collections.abc import Callable, Mapping
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
    EVENT: ClassVar["Kind"]
    ENROLLMENT: ClassVar["Kind"]
    TOPIC: ClassVar["Kind"]
    PAGE: ClassVar["Kind"]
    MODULE: ClassVar["Kind"]
    ITEM: ClassVar["Kind"]
    TAB: ClassVar["Kind"]
    HOME: ClassVar["Kind"]
    PUBLICATION: ClassVar["Kind"]

    @property
    def rule(self) -> "Rule":
        """The rule for this kind."""
        return RULES[self]

    @staticmethod
    def parse(text: str) -> "Kind":
        """The kind with this name; ValueError if there is none."""
        if text not in RULES:
            raise ValueError(f"not a kind: {text!r}")
        return RULES[Kind(text)].kind


Kind.ACCOUNT, Kind.TERM, Kind.ROLE, Kind.USER = Kind("account"), Kind("term"), Kind("role"), Kind("user")
Kind.CHANNEL, Kind.COURSE, Kind.SECTION, Kind.ENROLLMENT = Kind("channel"), Kind("course"), Kind("section"), Kind("enrollment")
Kind.EVENT, Kind.TOPIC, Kind.PAGE, Kind.MODULE = Kind("event"), Kind("topic"), Kind("page"), Kind("module")
Kind.ITEM, Kind.TAB, Kind.HOME = Kind("item"), Kind("tab"), Kind("home")
Kind.PUBLICATION = Kind("publication")

RULES: dict[Kind, "Rule"] = {}
"""The rules by kind; `kinds` fills it."""

HIDDEN = "hidden"
"""The state of an object of ours that this token can no longer see."""
DOUBLED = "doubled"
"""The state of an object of ours if several in Canvas carry its marker, and nobody can tell which one it is."""
MAIN, NEXT, FORMER = "main", "next", "former"
"""A person's addresses: the first one, one to become the first, and one to remove."""
NAMES = ("name", "sortable_name")
"""Set in one call: Canvas may derive a new sortable name from a rename alone (live.md 3)."""

NAMED = frozenset({"name", "sortable_name", "email", "login", "address"})
"""Fields that say who or what an object is; a kind's rule adds its other personal fields."""


@dataclass(frozen=True, slots=True)
class Count:
    """How a plan counts some changes of a kind: the words for one and for many. `field` is the one that an update changes."""

    verb: str
    one: str
    many: str
    field: str = ""
    turn: int = 90  # order among all counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule for one kind. The defaults fit most kinds: an object that exists, is never removed, and is about nobody."""

    kind: Kind
    rank: int  # order of writing: parents before children, below `LAST`
    noun: str
    nouns: str = ""
    counts: tuple[Count, ...] = ()  # what a plan counts in its own words

    # What it is
    is_person: bool = False
    is_placement: bool = False  # one person in one section, in a role
    is_container: bool = False  # people are placed in it, and their placements end with it
    is_content: bool = False  # what a course holds beside its people and meetings: hers to change who runs the course
    is_opening: bool = False  # opens a course to its people: always held, and last
    is_detail: bool = False  # too small to be counted in one line about a whole course
    is_shared: bool = False  # shared by all school years
    is_bound: bool = False  # usable only in the account that has it, and below
    proves_tenant: bool = False  # its number tells one Canvas from another

    # What it belongs to: from its id to another id
    person: Callable[[str], str] | None = None
    section: Callable[[str], str] | None = None
    course: Callable[[str], str] | None = None

    # States
    live: frozenset[str] = frozenset()  # states in which it exists
    over: frozenset[str] = frozenset()  # states in which nobody can join it
    lapsed: frozenset[str] = frozenset()  # states that mean people have ended it
    ended_as: str = "inactive"  # the state in which we leave it
    starts_as: str = ""  # the state in which Canvas creates it, if not the desired one
    reopens_from: frozenset[str] = frozenset()  # states from which an update brings it back, in the state it starts as
    remade_from: frozenset[str] = frozenset()  # states from which it is created again

    # How it ends
    ends: Callable[[str, Value], bool] = lambda _id, _state: False  # whether it is removed once nobody asks for it, by id and state
    has_way_back: bool = False  # undo ends what a run created, and restores what it ended
    is_forgotten: bool = False  # the ledger does not keep it once it has ended

    # Fields
    personal: frozenset[str] = NAMED  # stored beside the audit chain
    folded: frozenset[str] = frozenset()  # Canvas ignores their case (contract-core 9.1)
    unkept: frozenset[str] = frozenset()  # the ledger does not keep them
    parts: tuple[tuple[str, ...], ...] = ()  # the fields grouped by the call that sets them; empty: one call sets all
    handed_on: str = ""  # a field whose value only one object may have: it is given up before another takes it
    goes_with: Mapping[str, Kind] | None = None  # fields that change along with an object of another kind of the same person
    rewritten: Mapping[str, str] | None = None  # texts that Canvas may store in its own way, each with the field that holds its version
    noted: frozenset[str] = frozenset()  # what else an answer tells, and the ledger keeps
    unrepairable: frozenset[str] = frozenset()  # fields that are set once: setting them again would undo more than the edit of this one
    announced: frozenset[str] = frozenset()  # in an open course, Canvas tells people of a change in these fields, and of a new object

    # How it is read and written
    is_upserted: bool = False  # a repeated create sends all fields, and returns what was there before
    is_stepwise: bool = False  # changed in steps, each with its own key
    is_noted: bool = False  # the ledger records what is already as the roster asks, without a change
    is_shown_singly: bool = False  # no list shows all of them: recent writes are not added to what was not found
    is_read_singly: bool = False  # read by a call that never lags
    has_marker: bool = False  # without a SIS id: found by its number, or by a marker in its text
    in_turn: bool = False  # in one course only one is written at a time: at the same moment Canvas loses or mixes them (live-content 4)
    tells_editor: bool = False  # Canvas tells who has changed its texts
    has_trail: bool = False  # Canvas may keep who has changed it
    need: str = ""  # without this right of the token, only this kind waits
    outlives_store: bool = False  # after a restore, its id makes it ours again
    counts_in_limits: bool = True  # in the number of objects we own
    holds_back: bool = True  # its failure stops a run, and stops removals from the same course

    def same(self, name: str, one: Value, other: Value) -> bool:
        """Whether Canvas treats two values of a field as equal."""
        if one == other or name not in self.folded:
            return one == other
        return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()

    def is_step(self, verb: str, id: str) -> bool:
        """Whether this change is part of another one: a new address replaces an old one."""
        return self.is_stepwise and verb != "update" and not id.endswith(f"|{MAIN}")

    def parts_of(self, fields: Mapping[str, Value]) -> list[dict[str, Value]]:
        """The fields grouped by the call that sets them; empty groups are left out."""
        if not self.parts or not fields:
            return [dict(fields)] if fields else []
        parts = ({name: value for name, value in fields.items() if name in names} for names in self.parts)
        return [part for part in parts if part]

    def part_named(self, fields: Mapping[str, Value]) -> str:
        """The name of the group that these fields belong to; empty for the first one."""
        return next((names[0] for names in reversed(self.parts[1:]) if any(name in fields for name in names)), "")


LAST = 1000
"""Above every rank, so that removals come after everything else."""
