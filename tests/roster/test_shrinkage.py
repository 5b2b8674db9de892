"""How much of a roster is gone in the next one."""

from dataclasses import replace

from ilc_canvas.roster.intake import shrinkage
from tests.roster.cast import V3, V4, version


def test_one_of_many_leaves() -> None:
    """From version 3 to 4 one person of 324 leaves; who joined makes up for nobody."""
    assert shrinkage(version(V3).roster, version(V4).roster) == 1 / 324


def test_half_a_roster_is_half() -> None:
    """Cut in half it has shrunk by half, and emptied by all."""
    whole = version(V3).roster
    assert shrinkage(whole, replace(whole, people=whole.people[:162])) == 0.5
    assert shrinkage(whole, replace(whole, people=())) == 1.0


def test_first_roster_shrinks_by_nothing() -> None:
    """Where nobody was, nobody left."""
    whole = version(V3).roster
    assert shrinkage(replace(whole, people=()), whole) == 0.0
