"""When a job is due: crontabs as cron reads them, also on the two days on which the clock is changed."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

_LOOK_BACK = timedelta(days=9)  # what was due earlier than that is not made up for
_TICK = timedelta(microseconds=1)  # CronSim leaves out the moment that it starts from


class Crontab(BaseTrigger):  # type: ignore[misc]
    """A crontab as a trigger of APScheduler, whose own reading counts weekdays from Monday and takes both days to be meant."""

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        self._text, self.zone = text, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first due time after the previous one, or that is not before now."""
        start = previous_fire_time or now - _TICK
        return next(CronSim(self._text, start.astimezone(self.zone)))

    def last_due(self, now: datetime) -> datetime | None:
        """The newest due time that is not after now, as far back as a week and more."""
        found = next(CronSim(self._text, (now + _TICK).astimezone(self.zone), reverse=True))
        return found if found >= now - _LOOK_BACK else None


def in_dark_hours(text: str) -> bool:
    """Whether a schedule names an hour that the clock skips in March and repeats in November (01:00 to 03:00)."""
    hours = text.split()[1]
    return bool(re.search(r"(^|[,-])0?[12]($|[,-/])", hours))
