"""Moments as columns: aware, in UTC, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class Utc(TypeDecorator[datetime]):
    """A moment. Naive ones are refused: SQLite would drop an offset silently, so there they are text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Text on SQLite, a time stamp with time zone elsewhere."""
        return dialect.type_descriptor(Text()) if dialect.name == "sqlite" else dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """To UTC; ValueError for a naive moment."""
        if value is None:
            return None
        moment = aware(value)
        return written(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """In UTC, whatever the time zone of the database."""
        return parsed(value) if isinstance(value, str) else value and value.astimezone(UTC)


def aware(moment: datetime) -> datetime:
    """The moment in UTC; ValueError where it says no offset."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} is naive: it says no offset from UTC")
    return moment.astimezone(UTC)


def written(moment: datetime) -> str:
    """A moment as text with microseconds and Z: text order is time order."""
    return aware(moment).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """The moment that `written` wrote."""
    return datetime.fromisoformat(text)
