"""When what is due: crontabs as everybody reads them, days on which the clock is changed, what was missed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ilc_canvas.program.blackout import closed_until
from ilc_canvas.worker.crontab import Crontab, in_dark_hours

ZONE = ZoneInfo("America/Los_Angeles")


def fires(text: str, start: str, count: int) -> list[str]:
    """The next due times, local, with their weekdays."""
    trigger, at, found = Crontab(text, ZONE), datetime.fromisoformat(start).replace(tzinfo=ZONE), []
    for _ in range(count):
        at = trigger.get_next_fire_time(None, at)
        found.append(f"{at.astimezone(UTC).astimezone(ZONE):%a %Y-%m-%d %H:%M}")
        at = datetime.fromtimestamp(at.timestamp() + 60, ZONE)
    return found


@pytest.mark.parametrize(
    ("weekday", "days"),
    [("1-5", "Mon Tue Wed Thu Fri"), ("0", "Sun"), ("7", "Sun"), ("5-7", "Fri Sat Sun"), ("6,0", "Sat Sun"), ("*/2", "Sun Tue Thu Sat"),
     ("1-5/2", "Mon Wed Fri"), ("*", "Sun Mon Tue Wed Thu Fri Sat")],
)  # fmt: skip
def test_weekdays_as_in_a_crontab(weekday: str, days: str) -> None:
    """0 and 7 are Sunday, 1 is Monday, ranges may go over the week's end."""
    found = {fire.split()[0] for fire in fires(f"0 6 * * {weekday}", "2021-08-16T00:00", 14)}
    assert found == set(days.split())


def test_both_days_as_in_a_crontab() -> None:
    """A day of the month and a weekday mean either of them, as in cron."""
    assert fires("0 6 1 * 1", "2021-08-30T00:00", 3) == ["Mon 2021-08-30 06:00", "Wed 2021-09-01 06:00", "Mon 2021-09-06 06:00"]


def test_skipped_hour_is_made_up() -> None:
    """On the day in March on which 02:30 does not exist the job is due once all the same, as soon as the clock has jumped."""
    assert fires("30 2 * * *", "2027-03-13T03:00", 2) == ["Sun 2027-03-14 03:00", "Mon 2027-03-15 02:30"]


def test_repeated_hour_has_one_name() -> None:
    """On the day in November on which 01:30 comes twice both have the same due time, which is done once."""
    trigger = Crontab("30 1 * * *", ZONE)
    moments = [datetime(2027, 11, 7, 8, 45, tzinfo=UTC), datetime(2027, 11, 7, 9, 45, tzinfo=UTC)]
    found = [trigger.last_due(moment) for moment in moments]
    assert [f"{at:%Y-%m-%dT%H:%M}" for at in found if at] == ["2027-11-07T01:30"] * 2


@pytest.mark.parametrize(
    ("text", "now", "due"),
    [("*/15 * * * *", "2021-08-16T10:07", "2021-08-16T10:00"), ("30 4 * * *", "2021-08-16T04:29", "2021-08-15T04:30"),
     ("30 4 * * *", "2021-08-16T04:30", "2021-08-16T04:30"), ("0 5 * * 0", "2021-08-21T12:00", "2021-08-15T05:00")],
)  # fmt: skip
def test_last_due_time(text: str, now: str, due: str) -> None:
    """The newest due time that has come, up to a week ago."""
    found = Crontab(text, ZONE).last_due(datetime.fromisoformat(now).replace(tzinfo=ZONE))
    assert found == datetime.fromisoformat(due).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("text", "dark"), [("30 1 * * *", True), ("0 02 * * *", True), ("0 0-2 * * *", True), ("0 3 * * *", False),
                                            ("0 12 * * *", False), ("*/15 * * * *", False), ("0 21 * * *", False)])  # fmt: skip
def test_dark_hours_are_noticed(text: str, dark: bool) -> None:
    """Schedules between 01:00 and 03:00 are warned about."""
    assert in_dark_hours(text) is dark


@pytest.mark.parametrize(
    ("moment", "until"),
    [("2021-12-19T23:59", None), ("2021-12-20T00:00", "2022-01-04T00:00"), ("2022-01-03T23:59", "2022-01-04T00:00"),
     ("2022-01-04T00:00", None), ("2021-09-01T18:00", "2021-09-01T20:00"), ("2021-09-01T20:00", None)],
)  # fmt: skip
def test_blackout_boundaries(moment: str, until: str | None) -> None:
    """Days count whole, the last one too; moments as they are."""
    spans = ("2021-12-20/2022-01-03", "2021-09-01T18:00/2021-09-01T20:00")
    found = closed_until(spans, datetime.fromisoformat(moment).replace(tzinfo=ZONE))
    assert found == (datetime.fromisoformat(until) if until else None)
