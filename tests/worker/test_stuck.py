"""A worker whose work is held up."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from structlog.testing import capture_logs

from ilc_canvas.worker.loop import STUCK, Due, Worker


class Desk:
    """Does one job, during which time goes by; counts the signs of life."""

    beats = 0
    during: Callable[[Callable[[], bool]], None] = staticmethod(lambda _stop: None)

    def do(self, due: Due, stop: Callable[[], bool]) -> str | None:
        del due
        self.during(stop)
        return "done"

    def note(self, due: Due, sentence: str) -> None: ...

    def request(self, stop: Callable[[], bool]) -> str | None: ...

    def has_request(self) -> bool:
        return False

    def minute(self) -> bool:
        return False

    def beat(self, state: str, sentence: str) -> None:
        del state, sentence
        self.beats += 1


def test_held_up_work_gives_no_sign_of_life() -> None:
    """While a job goes on its worker is alive however long it takes; once it hangs, the beating thread alone is no sign of life."""
    desk, clock, seen = Desk(), [0.0], list[int]()
    worker = Worker(desk, {}, ZoneInfo("UTC"), lambda: datetime.now(UTC), monotonic=lambda: clock[0])

    def during(stop: Callable[[], bool]) -> None:
        for waited, asks in ((STUCK - 1, True), (STUCK - 1, False), (2, False), (60, True)):
            clock[0] += waited
            _ = asks and stop()
            worker._beat()
            seen.append(desk.beats)

    desk.during = during
    worker.waiting.put(Due("full", "2021-09-01T04:30"))
    with capture_logs() as logs:
        worker.turn()
    assert seen == [1, 2, 2, 3]
    assert [line["event"] for line in logs].count("worker.stuck") == 1
