"""Days on which schools in California are closed by law."""

from datetime import date, timedelta

_FIXED = {
    (1, 1): "New Year's Day",
    (6, 19): "Juneteenth",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 25): "Christmas Day",
}
_NTH = {  # month, weekday (Monday is 0), which one
    (1, 0, 3): "Martin Luther King Jr. Day",
    (2, 0, 3): "Presidents' Day",
    (9, 0, 1): "Labor Day",
    (11, 3, 4): "Thanksgiving",
}


def holiday(day: date) -> str:
    """Its name, or nothing."""
    if name := _FIXED.get((day.month, day.day)):
        return name
    if day.month == 5 and day.weekday() == 0 and (day + timedelta(days=7)).month == 6:
        return "Memorial Day"
    if _nth(day - timedelta(days=1)) == "Thanksgiving":
        return "the day after Thanksgiving"
    return _nth(day)


def _nth(day: date) -> str:
    """The name of a holiday that goes by weekdays."""
    return _NTH.get((day.month, day.weekday(), (day.day - 1) // 7 + 1), "")
