"""Kinds: what holds for one is its rule's to say, and nothing else asks which kind it is."""

import re
from pathlib import Path

import pytest

import ilc_canvas
from ilc_canvas.reconcile.kinds import LAST, RULES, Kind
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of, person_of, section_of

ROOT = Path(ilc_canvas.__file__).parent
HOMES = ("reconcile/kinds.py", "reconcile/rule.py", "reconcile/content_kinds.py", "canvas/kinds/", "program/", "store/migrations/")
"""What is about one kind stands here."""
NAMED = {
    "canvas/client.py": "makes the key of nobody, for the courses of an account that is only looked at",
    "canvas/texts/links.py": "makes the keys of what a link in a text leads to",
    "canvas/observe.py": "reads the sections of a course, when one person alone is looked at",
    "canvas/scope.py": "makes the keys of our account and term",
    "worker/examination.py": "looks whether the custom roles are there, and when the term ends",
    "reconcile/deferral/closed_terms.py": "makes the key of a course's term from the field that names it",
    "reconcile/guards/forecast.py": "makes the key of the token's user; its table says by kind of what Canvas notifies people",
    "reconcile/guards/verdict.py": "two settings limit how many new courses and sections there may be",
    "reconcile/state.py": "makes keys: course, section, person, channel, enrollment",
    "store/openings/versions.py": "makes the keys of the courses to be opened",
    "store/privacy/erasure.py": "makes the key of the person who is erased",
    "store/rosters/known_people.py": "finds people by their ids",
    "store/runs/tenant_pin.py": "finds our account and newest courses, by whose numbers a Canvas is known",
    "sync/planning.py": "a custom role that may not be made gives way to its base type",
}
"""Where else a kind is named, and why: to make a key or find rows, never to decide what holds for it."""
ASKS = re.compile(r"\bkind (is|is not|==|!=|in|not in) [^\n]*\bKind\.[A-Z]|\(Kind\.[A-Z]+, Kind\.|frozenset\(\{Kind\.")


def _sources() -> dict[str, str]:
    files = {str(path.relative_to(ROOT)): path.read_text() for path in ROOT.rglob("*.py")}
    return {name: text for name, text in files.items() if not name.startswith(HOMES)}


def test_nothing_asks_which_kind_it_is() -> None:
    """Outside of rules, kinds in Canvas and the program nothing compares a kind with one by name."""
    assert [name for name, text in _sources().items() if ASKS.search(text)] == []


def test_kinds_are_named_in_few_places() -> None:
    """Each file that names a kind is listed with its reason."""
    assert {name for name, text in _sources().items() if re.search(r"\bKind\.[A-Z]+\b", text)} == set(NAMED)


def test_question_would_be_noticed() -> None:
    """The two tests above would see what they look for."""
    for line in ("if key.kind is Kind.USER:", "if key.kind not in (Kind.USER, Kind.CHANNEL):", "_X = frozenset({Kind.COURSE})"):
        assert ASKS.search(line)


def test_unknown_kind_is_refused() -> None:
    """A key of a kind that nobody knows is refused, one that is known comes back as it was."""
    with pytest.raises(ValueError, match="not a kind: 'note'"):
        Key.parse("note=ilc:2021-22:cop:EQ:welcome")
    assert Key.parse("user=ilc:p:1") == Key(Kind.USER, "ilc:p:1")


def test_course_begins_the_id() -> None:
    """Of whatever is in a course, the id begins with the course's: what one course holds can be found by that alone."""
    ids = ("ilc:2021-22:hub", "ilc:2021-22:cop:EQ:R1", "ilc:2021-22:cop:EQ:R1|ilc:p:1|TaEnrollment", "ilc:2021-22:cop:EQ:start|page|home")
    inside = [rule.course for rule in RULES.values() if rule.course]
    assert len(inside) > 5
    assert all(id.startswith(course(id)) for course in inside for id in ids)


def test_ranks_leave_room() -> None:
    """No two kinds have one rank, and removals come after all of them."""
    ranks = [rule.rank for rule in RULES.values()]
    assert (len(set(ranks)), max(ranks) < LAST) == (len(RULES), True)


def test_enrollment_key_in_parts() -> None:
    """The parts of an enrollment's key, and what it lies in, are read in one place."""
    key = Key(Kind.ENROLLMENT, "ilc:2021-22:cop:EQ:R1|ilc:p:1|StudentEnrollment")
    place = EnrollmentKey.of(key)
    assert (place.key, place.role) == (key, "StudentEnrollment")
    assert (place.section, place.user) == (section_of(key), person_of(key))
    assert course_of(key) == Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
