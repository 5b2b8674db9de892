"""Canvas's leaky bucket, one per token: each request borrows 50 units while it runs and leaves its cost behind."""

import threading
import time
from dataclasses import dataclass, field

FULL, TOP, LEAK, BORROWED = 600.0, 800.0, 10.0, 50.0
# Twelve requests at once leave the bucket just below full because it leaks while they arrive; the thirteenth is refused.
SPILL = 1.0


@dataclass
class Bucket:
    """What one caller has used up, and when it was last looked at."""

    level: float = 0.0
    seen: float = field(default_factory=time.monotonic)

    def leak(self) -> None:
        now = time.monotonic()
        self.level = max(self.level - (now - self.seen) * LEAK, 0.0)
        self.seen = now


class Throttle:
    """The buckets of all callers. Unless it is on it only counts, as a Canvas without its redis does."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def arrive(self, caller: str) -> bool:
        """Borrow for a request that arrives; False when it is refused, which costs nothing."""
        with self._lock:
            bucket = self._buckets.setdefault(caller, Bucket())
            bucket.leak()
            if self._on and bucket.level + BORROWED >= FULL + SPILL:
                return False
            bucket.level += BORROWED
            return True

    def leave(self, caller: str, cost: float) -> None:
        """Give back what was borrowed and charge what it cost."""
        with self._lock:
            bucket = self._buckets[caller]
            bucket.leak()
            bucket.level = min(max(bucket.level - BORROWED, 0.0) + cost, TOP)

    def remaining(self, caller: str) -> float:
        with self._lock:
            bucket = self._buckets.setdefault(caller, Bucket())
            bucket.leak()
            return FULL - bucket.level
