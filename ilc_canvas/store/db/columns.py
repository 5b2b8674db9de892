"""What tables are made of: text, whole numbers and moments only, so that SQLite can hold them STRICT."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, Table, Text
from sqlmodel import Field, SQLModel

from ilc_canvas.store.db.utc import Utc

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=_NAMES)
_BIG = BigInteger().with_variant(Integer(), "sqlite")  # Canvas's numbers and counters outgrow 32 bits


class Stored(SQLModel):
    """What all tables share."""

    metadata: ClassVar[MetaData] = METADATA
    __table_args__: ClassVar[Any] = {"sqlite_strict": True}


def text_column(**more: Any) -> Any:
    """Words; JSON is canonical text."""
    return Field(sa_type=Text, **more)


def integer_column(**more: Any) -> Any:
    """A whole number."""
    return Field(sa_type=_BIG, **more)


def key_column(**more: Any) -> Any:
    """A primary key that we count ourselves: without gaps."""
    return Field(sa_type=_BIG, primary_key=True, sa_column_kwargs={"autoincrement": False}, **more)


def time_column(**more: Any) -> Any:
    """A moment, in UTC."""
    return Field(sa_type=Utc, **more)


def table_of(model: type[Stored]) -> Table:
    """The table of a model: statements are written with it."""
    return METADATA.tables[str(model.__tablename__)]
