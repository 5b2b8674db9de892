"""The settings about when the worker does what, checked."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_FIELD = r"(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?"
Crontab = Annotated[str, Field(pattern=rf"^({_FIELD}(,{_FIELD})*)( {_FIELD}(,{_FIELD})*){{4}}$")]


def _span(text: str) -> str:
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError as error:
        raise ValueError("no span of time, such as 2021-12-20/2022-01-03") from error
    if start.tzinfo or end.tzinfo or end < start:
        raise ValueError("no span of local time, first the earlier one, such as 2021-12-20/2022-01-03")
    return text


Span = Annotated[str, AfterValidator(_span)]


def _day(text: str) -> str:
    if text:
        date.fromisoformat(text)
    return text


Day = Annotated[str, AfterValidator(_day)]


class ScheduleSettings(BaseModel):
    """When the worker does what, in the program's time zone: five fields as in a crontab, 0 or 7 for Sunday."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    quick: Crontab = "*/15 * * * *"
    """Look whether anything is to be done: Canvas is asked only where roster, settings or ledger have changed."""
    full: Crontab = "30 4 * * *"
    """Read all of Canvas: finds what people changed there."""
    audit: Crontab = "0 5 * * *"
    """Verify the whole audit log."""
    retention: Crontab = "30 5 * * 0"
    """Erase what is kept no longer."""
    digest: Crontab = "0 7 * * *"
    """Mail what has changed since the last digest, where anything has."""
    open: Day = ""
    """The day, such as 2021-09-01, on which courses are opened that were approved for it: publish --on-opening-day."""
    blackout: tuple[Span, ...] = ()
    """When nothing is written: from/to, as 2021-12-20/2022-01-03 (both days whole) or 2021-12-20T18:00/2021-12-20T20:00."""

    @property
    def opening_day(self) -> date | None:
        """The day on which courses are opened; None if the settings name none."""
        return date.fromisoformat(self.open) if self.open else None
