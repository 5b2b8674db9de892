"""The kinds of object in Canvas and the rule for each: guard, plan, apply, audit, ledger and texts ask the rule."""

from collections.abc import Callable, Iterator
from types import MappingProxyType

from ilc_canvas.reconcile.content_kinds import CONTENT, course_before_colon
from ilc_canvas.reconcile.rule import DOUBLED, FORMER, HIDDEN, LAST, MAIN, NAMED, NAMES, NEXT, RULES, Count, Kind, Rule, Value

__all__ = ["DOUBLED", "FORMER", "HIDDEN", "LAST", "MAIN", "NAMED", "NAMES", "NEXT", "RULES", "Count", "Kind", "Rule", "Value"]


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
_CANCELLED = frozenset({"cancelled"})

_PEOPLE_AND_COURSES = (
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
        has_trail=True,
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
        kind=Kind.EVENT,
        rank=65,  # before the people: whoever is not there yet is not told of it
        noun="meeting",
        counts=(
            Count("create", "new meeting", "new meetings", turn=84),
            Count("update", "meeting moved", "meetings moved", "when", turn=85),
            Count("update", "meeting changed", "meetings changed", turn=86),
            Count("remove", "meeting is marked as cancelled", "meetings are marked as cancelled", turn=87),
        ),
        course=course_before_colon,
        live=frozenset({"active"}),
        over=_CANCELLED,
        lapsed=_CANCELLED,
        ended_as="cancelled",
        remade_from=_CANCELLED,
        ends=lambda _id, state: state == "active",
        has_way_back=True,
        personal=NAMED | {"place", "text", "shown_text"},  # they hold links and passcodes
        rewritten=MappingProxyType({"text": "shown_text"}),
        announced=frozenset({"when"}),
        has_marker=True,
        need="manage_calendar",
        counts_in_limits=False,
        holds_back=False,
    ),
    Rule(
        kind=Kind.ENROLLMENT,
        rank=70,
        noun="enrollment",
        counts=(
            Count("create", "new enrollment", "new enrollments", turn=10),
            Count("remove", "enrollment ends", "enrollments end", turn=20),
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
        unkept=frozenset({"name"}),  # the name of somebody who is not ours
        is_upserted=True,
        is_noted=True,
        outlives_store=True,
    ),
)

_OPENING = Rule(
    kind=Kind.PUBLICATION,
    rank=90,
    noun="opening",
    counts=(
        Count("create", "course is opened", "courses are opened", turn=5),
        Count("update", "course is opened", "courses are opened", turn=5),
    ),
    is_opening=True,
    course=_same,
    is_noted=True,
    has_marker=True,
    need="publish_courses",
    counts_in_limits=False,
    holds_back=False,
)
"""After everything else: a course is complete before its people see it."""

RULES.update((rule.kind, rule) for rule in (*_PEOPLE_AND_COURSES, *CONTENT, _OPENING))


def kinds(test: Callable[[Rule], object]) -> Iterator[Kind]:
    """The kinds whose rule satisfies the test, in order of writing."""
    return (rule.kind for rule in sorted(RULES.values(), key=lambda rule: rule.rank) if test(rule))


def plural(kind: Kind) -> str:
    """The plural noun for a kind."""
    return kind.rule.nouns or f"{kind.rule.noun}s"


def is_inside(rule: Rule) -> bool:
    """Whether this is inside a course and belongs to no person."""
    return rule.course is not None and not rule.is_container and rule.person is None


def of_account(rule: Rule) -> bool:
    """Whether this is a person's account or part of one."""
    return rule.person is not None and not rule.is_placement
