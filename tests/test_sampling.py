"""What a push leaves out of the sweeps: never a kind of case, and never in silence."""

from itertools import product

from tests.sampling import Sampling, _spread

CASES = [(kind, number) for kind, number in product("abc", range(20))]


def _kinds(least: int) -> list[str]:
    return sorted(CASES[at][0] for at in _spread(CASES, least, lambda case: case[0]))


def test_each_kind_is_in_the_sample() -> None:
    """However small it is to be, a sample has a case of each kind; a larger one has as many of each."""
    assert (_kinds(1), _kinds(6)) == (list("abc"), list("aabbcc"))


def test_sample_is_the_same_each_time() -> None:
    """Every process, and every push, takes the same cases."""
    first, second = (_spread(CASES, 9, lambda case: case[0]) for _ in range(2))
    assert first == second


def test_summary_names_what_is_left_out() -> None:
    """What ran in part is named with its numbers and the command that runs all; what ran whole is not."""
    sampling = Sampling()
    sampling.take("deaths", 30, 1774)
    sampling.take("faults", 9, 9)
    assert sampling.lines() == ["  30 of 1,774 deaths", "All of them run with .ci/check --all"]
    sampling.take("deaths", 1774, 1774)
    assert sampling.lines() == []
