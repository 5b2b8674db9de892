"""When Canvas is left alone, for how long, and when it is asked again."""

import threading
from collections.abc import Callable

import pytest

from ilc_canvas.canvas.http.breaker import Breaker
from ilc_canvas.canvas.http.failures import NotFoundError, SpentError, ThrottledOutError
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, TokenError, UnavailableError
from tests.canvas.cast import Waits

ERRORS: dict[str, type[CanvasError]] = {
    "f": UnavailableError,
    "d": InDoubtError,
    "r": NotFoundError,
    "m": MissingRightError,
    "t": ThrottledOutError,
}


class Line:
    """Calls through a breaker, each as a letter: f failed, d doubtful, r not found, m without the right, t throttled too long, g good."""

    def __init__(self) -> None:
        self.waits = Waits()
        self.breaker = Breaker(self.waits.monotonic)

    def call(self, letter: str) -> bool:
        """Whether it was let through."""
        try:
            with self.breaker.call():
                if letter != "g":
                    raise ERRORS[letter](letter)
        except CanvasError as error:
            return str(error) == letter
        return True

    def calls(self, letters: str) -> list[bool]:
        return [self.call(letter) for letter in letters]

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.parametrize(
    ("letters", "open_after"),
    [
        ("ffff", False),
        ("fffff", True),
        ("ffffg" + "ffff", False),  # nine calls
        ("ffffgffffg", True),  # ten, and eight of them failed
        ("fgfgfgfgf", False),  # nine, more than half failed
        ("fgfgfgfgfg", True),  # ten, half of them
        ("fgfgfgfggg", False),
        ("ggg" * 10 + "ffff", False),
        ("g" * 20 + "fgfgfgfgfgfgfgfgfg", False),  # 9 of the last 20
        ("g" * 20 + "fgfgfgfgfgfgfgfgfgf", True),  # 10 of the last 20
        ("ddddd", True),
        ("fdfdf", True),
        ("rrrrrrrrrrrrrrrrrrrr", False),
        ("tttttmmmmm", False),
        ("ffffrgffff", True),  # eight of ten failed
        ("ffffr", False),
    ],
)
def test_calls_that_open_it(line: Line, letters: str, *, open_after: bool) -> None:
    """Five in a row, or half of ten or more of the last twenty; a refusal or a throttle is no failure."""
    assert line.calls(letters) == [True] * len(letters)
    assert line.call("g") == (not open_after)


def test_share_just_below_half(line: Line) -> None:
    """However many calls there are, 9 of the last 20 keep it closed, and the tenth opens it."""
    line.calls("g" * 20)
    assert line.calls(("fg" * 9 + "gg") * 5 + "fg" * 9 + "f") == [True] * 119
    assert not line.call("g")


@pytest.mark.parametrize(("seconds", "passes"), [(0, False), (59, False), (59.9, False), (60, True), (61, True)])
def test_rest_is_a_minute(line: Line, seconds: float, *, passes: bool) -> None:
    """For sixty seconds nothing passes, then one call does."""
    line.calls("fffff")
    line.wait(seconds)
    assert line.call("g") == passes


@pytest.mark.parametrize("letter", ["g", "r", "t"])
def test_good_probe_closes_it(line: Line, letter: str) -> None:
    """Any answer to the one call, even a refusal, closes it, and counting begins anew."""
    line.calls("fffff")
    line.wait(60)
    assert line.calls(f"{letter}ffff") == [True] * 5
    assert line.call("g")


def test_failed_probe_doubles_rest(line: Line) -> None:
    """Each failed probe doubles the rest, up to a quarter of an hour; after a good one it is a minute again."""
    line.calls("fffff")
    for rest in (60, 120, 240, 480, 900, 900):
        line.wait(rest - 1)
        assert not line.call("f"), rest
        line.wait(1)
        assert line.call("f"), rest
    line.wait(900)
    assert line.calls("gfffff") == [True] * 6
    line.wait(60)
    assert line.call("g")


def test_one_probe_at_a_time(line: Line) -> None:
    """While the probe is under way all others are refused, whoever asks."""
    line.calls("fffff")
    line.wait(60)
    passed = list[bool]()
    with line.breaker.call():
        threads = [threading.Thread(target=lambda: passed.append(line.call("g"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert passed == [False] * 8
    assert line.call("g")


def test_probes_race_for_one_place(line: Line) -> None:
    """Of many calls at the moment when the rest is over exactly one passes."""
    line.calls("fffff")
    line.wait(60)
    start, gate, passed = threading.Barrier(8), threading.Event(), list[bool]()

    def ask() -> None:
        start.wait()
        try:
            with line.breaker.call():
                passed.append(True)
                gate.wait(10)
        except SpentError:
            passed.append(False)
        if len(passed) == 8:
            gate.set()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 7 + [True]


def _interrupted(line: Line) -> None:
    with line.breaker.call():
        raise KeyboardInterrupt


def test_probe_without_verdict_frees_place(line: Line) -> None:
    """A probe that is broken off says nothing about Canvas: the next call is the probe."""
    line.calls("fffff")
    line.wait(60)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(line)
    assert line.calls("ff") == [True, False]


@pytest.mark.parametrize("late", [None, UnavailableError])
def test_late_answers_do_not_count(line: Line, late: type[Exception] | None) -> None:
    """A call that was under way when it opened neither closes it nor lengthens its rest."""
    _call_around(line, late, lambda: line.calls("fffff"))
    line.wait(59)
    assert not line.call("g")
    line.wait(1)
    assert line.call("g")


def _call_around(line: Line, error: type[Exception] | None, meanwhile: Callable[[], object]) -> None:
    try:
        with line.breaker.call():
            meanwhile()
            if error:
                raise error("late")
    except UnavailableError:
        pass


def test_refused_call_is_told_when(line: Line) -> None:
    """Who is refused is told for how long, and that nothing was done."""
    line.calls("fffff")
    line.wait(15)
    with pytest.raises(SpentError, match=r"left alone for 45 more seconds\. This call was not made"), line.breaker.call():
        pass


def test_refused_token_does_not_open(line: Line) -> None:
    """A refused token is no illness of Canvas."""
    for _ in range(20):
        with pytest.raises(TokenError), line.breaker.call():
            raise TokenError
    assert line.call("g")


def test_one_kind_of_write_is_left_alone(line: Line) -> None:
    """If only one kind of write fails, that kind is left alone for a minute; readings and other writes go through."""

    def write(kind: str, error: type[CanvasError] | None) -> bool:
        try:
            with line.breaker.call(kind):
                if error:
                    raise error("f")
        except SpentError:
            return False
        except CanvasError:
            return True
        return True

    assert [write("POST sections", InDoubtError) for _ in range(21)] == [True] * 20 + [False]
    assert line.call("g")
    assert write("POST courses", None)
    line.wait(60)
    assert write("POST sections", None)


def test_two_kinds_of_writes_open_it(line: Line) -> None:
    """If two kinds of writes fail, it is Canvas that fails."""
    for kind in ("POST sections", "POST courses", "POST sections", "POST courses", "POST sections"):
        with pytest.raises(InDoubtError), line.breaker.call(kind):
            raise InDoubtError("d")
    assert not line.call("g")
