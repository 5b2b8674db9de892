"""How often a session may change something."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MOST = 60
_WINDOW = timedelta(minutes=1)


class Pace:
    """Counts in this process: what is lost with it is a minute at most."""

    def __init__(self) -> None:
        self._times: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def allows(self, session: str, at: datetime) -> bool:
        """Count one more; False if there were too many within a minute."""
        with self._lock:
            self._forget(at)
            times = self._times.setdefault(session, deque())
            if len(times) >= MOST:
                return False
            times.append(at)
            return True

    def _forget(self, at: datetime) -> None:
        for times in self._times.values():
            while times and times[0] <= at - _WINDOW:
                times.popleft()
        self._times = {session: times for session, times in self._times.items() if times}
