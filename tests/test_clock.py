"""How moments are told: in one zone, by its name."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from ilc_canvas import clock

MOMENT = datetime(2021, 10, 5, 3, 4, 5, tzinfo=UTC)


def test_moment_is_told_in_the_programmes_zone() -> None:
    """Day and hour are those of the zone, whatever offset the moment came with; the zone has the name that people use."""
    clock.use(ZoneInfo("America/Los_Angeles"))
    for moment in (MOMENT, MOMENT.astimezone(timezone(timedelta(hours=9)))):
        assert (clock.at(moment), clock.day(moment)) == ("4 Oct 2021, 20:04 Pacific", "4 Oct 2021")
        assert (clock.row(moment), clock.second(moment)) == ("2021-10-04 20:04 Pacific", "2021-10-04 20:04:05 Pacific")


def test_times_are_told_in_two_units() -> None:
    """How long something took is told in at most two units; a clock that was set back makes it nothing."""
    told = {0: "less than 1 s", 14: "14 s", 60: "1 min", 134: "2 min 14 s", 3_600: "1 h", 3_720: "1 h 2 min", -9: "less than 1 s"}
    assert {seconds: clock.took(timedelta(seconds=seconds)) for seconds in told} == told


@pytest.mark.parametrize(
    ("key", "name"),
    [("UTC", "UTC"), ("America/New_York", "Eastern"), ("Europe/Berlin", "CEST"), ("America/Sao_Paulo", "Sao Paulo time")],
)
def test_other_zones_have_names(key: str, name: str) -> None:
    """A zone without a name of its own goes by its abbreviation, or by its city."""
    clock.use(ZoneInfo(key))
    assert clock.hour(MOMENT).endswith(f" {name}")
