"""Reading a calendar takes work in proportion to its length."""

from tests.roster.calendar.cast import events, table, taken
from tests.roster.calendar.test_ics import AT_FOUR
from tests.work import growth, lines_run


def read(meetings: int) -> None:
    """That many meetings of two facilitated COPs, all at one hour."""
    rows = [{"meeting_id": f"M-{number}", "audience": "NB" if number % 2 else "EQ"} for number in range(meetings)]
    assert len(taken(table(*rows)).findings) > 0


def test_work_grows_with_meetings() -> None:
    """Nobody compares each meeting with each, or looks up the time zones for each."""
    assert growth(read, 150) < 2.2


def test_rule_without_dates_is_given_up() -> None:
    """A rule that no date fits is given up long before the last year there is."""

    def read_rule() -> None:
        assert taken(events(f"{AT_FOUR}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2")).errors

    assert lines_run(read_rule) < 10_000_000
