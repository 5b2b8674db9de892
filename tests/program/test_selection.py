"""The words of `--only`."""

import pytest

from ilc_canvas.program.selection import meant, selected
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from tests.program.cast import YEAR, state

MEANT = {
    "cop:EQ": Key(Kind.COURSE, f"{YEAR}:cop:EQ"),
    "net:R1": Key(Kind.COURSE, f"{YEAR}:net:R1"),
    "pilot:P417": Key(Kind.COURSE, f"{YEAR}:pilot:P417"),
    "hub": Key(Kind.COURSE, f"{YEAR}:hub"),
    "person:ILC-0001": Key(Kind.USER, "ilc:p:ILC-0001"),
}


@pytest.mark.parametrize(("word", "key"), MEANT.items(), ids=list(MEANT))
def test_word_names_something_desired(word: str, key: Key) -> None:
    """Each form leads to a course or a person that the sample has."""
    assert meant(word, prefix="ilc", school_year="2021-22") == key
    assert state(3).get(key)


@pytest.mark.parametrize("word", ["", "EQ", "cop", "cop:", "cop:E Q", "course:EQ", "hub:1", "person:ILC-0001:x", "COP:EQ"])
def test_other_words_are_refused(word: str) -> None:
    """The refusal shows the forms that there are."""
    with pytest.raises(ValueError, match="Use cop:EQ, net:R1, pilot:P417, hub or person:ILC-0001"):
        meant(word, prefix="ilc", school_year="2021-22")


COUNTS = {("cop:NB",): 1 + 5 + 17, ("person:ILC-0001",): 2 + 3, ("pilot:P417", "person:ILC-0292"): 1 + 2 + 9 + 2 + 1}


@pytest.mark.parametrize(("words", "count"), COUNTS.items(), ids=[" ".join(words) for words in COUNTS])
def test_selection_is_course_or_person(words: tuple[str, ...], count: int) -> None:
    """A course with its sections and enrollments; a person with their address and enrollments, wherever they are."""
    assert sum(selected(record, words, prefix="ilc", school_year="2021-22") for record in state(3)) == count
