"""Days, hours, places and links in words."""

from dataclasses import replace
from datetime import date, time

import pytest

from ilc_canvas.courses.values import words
from ilc_canvas.program.calendars.calendar import Meeting
from tests.courses.cast import FIRST


def test_day_in_words() -> None:
    """The whole day, the short one, and the month."""
    found = (words.day(date(2022, 2, 4)), words.short_day(date(2022, 2, 4)), words.month(date(2022, 2, 4)))
    assert found == ("Friday, February 4, 2022", "Feb 4", "February 2022")


def _all_day(last: date) -> Meeting:
    return replace(FIRST, starts=None, ends=None, last_day=last)


def test_days_of_a_long_meeting() -> None:
    """A whole day has no hours; several days name the first and the last."""
    one, two = _all_day(date(2021, 10, 5)), _all_day(date(2021, 10, 6))
    assert (words.hours(one), words.days(one)) == ("", "Tuesday, October 5, 2021")
    assert words.days(two) == "Tuesday, October 5, 2021, to Wednesday, October 6, 2021"


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (time(16, 30), time(18), "4:30–6:00 PM"),
        (time(9), time(12, 30), "9:00 AM–12:30 PM"),
        (time(0), time(1), "12:00–1:00 AM"),
        (time(12), time(13), "12:00–1:00 PM"),
        (time(16), None, "4:00 PM"),
    ],
)
def test_hours_in_words(starts: time, ends: time | None, said: str) -> None:
    """As Americans write them; the half of the day once if both are in it."""
    assert words.hours(replace(FIRST, starts=starts, ends=ends)) == said


def test_zones_in_words() -> None:
    """Common names, and the place for the rest."""
    assert [words.zone(name) for name in ("America/Los_Angeles", "Pacific/Honolulu")] == ["Pacific Time", "Hawaii Time"]
    assert words.zone("America/North_Dakota/New_Salem") == "time in New Salem"


OPEN = [
    "https://meet.example.org/j/cop-eq-1",
    "http://meet.example.org",
    "HTTPS://meet.example.org/pinball/5",
    " https://meet.example.org/a ",
]
CLOSED = [
    "",
    "zoom",
    "ftp://x.example/a",
    "https://x.example/a?b",
    "https://x.example/#a",
    "https://a@x.example/",
    "https://x.example/pwd/Q7",
]


@pytest.mark.parametrize("url", OPEN + CLOSED)
def test_open_links(url: str) -> None:
    """Only a web address without anything that may be a passcode is shown."""
    assert words.open_link(url) == (url.strip() if url in OPEN else "")


def test_invisible_characters_go() -> None:
    """What nobody sees or what turns the writing is left out; accents and dashes stay."""
    assert words.shown(" Vy\u202e  Phạm\n–\u200b José\u3164\x07 ") == "Vy Phạm – José"
    assert words.shown("می\u200cرود") == "می\u200cرود"


@pytest.mark.parametrize("hidden", ["", "\u200b", "\u200d", "\u00ad", "\u2060", "\u3164"])
def test_hidden_passcode_is_found(hidden: str) -> None:
    """No invisible character can hide the word that a passcode follows."""
    assert words.safe(f"Zoom 5, pass{hidden}code 77") == "Zoom 5, passcode …"
