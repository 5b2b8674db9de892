"""What a run is given: how patient it is, and whatever it needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass

from ilc_canvas.sync.ports import Canvas, Journal

OnProgress = Callable[[int, int, str], None]
"""Called after each change with: how many are done, how many there are, and the key of the last one."""


def no_progress(done: int, total: int, last: str) -> None:
    """A watch that says nothing."""


@dataclass(frozen=True, slots=True)
class ApplySettings:
    """How fast, and how patiently."""

    in_flight: int = 10
    """Changes under way at once."""
    settle_seconds: float = 120.0
    """How long after its call an unanswered write may still appear in Canvas."""
    reread_seconds: float = 30.0
    """Between two readings that must agree."""
    grace_hours: float = 0.0
    """How long a removal waits that no person approved."""
    repair: bool = False
    """Whether what people changed by hand is set back."""


@dataclass(frozen=True)
class RunContext:
    """What carrying out needs from outside."""

    canvas: Canvas
    journal: Journal
    apply_settings: ApplySettings
    sleep: Callable[[float], None]
    on_progress: OnProgress = no_progress
    stop: Callable[[], bool] = lambda: False
