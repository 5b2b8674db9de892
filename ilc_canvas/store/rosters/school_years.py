"""The finalized rosters of several school years, side by side."""

from datetime import timedelta

from sqlalchemy import Connection, select

from ilc_canvas.program.basis import of_roster
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import as_last_said
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.rosters.tables import VERSION
from ilc_canvas.store.runs.tables import RUN

_LOOK_BACK = 50  # runs: one of them has reached Canvas, or it is long ago


def signed_years(store: Store) -> tuple[str, ...]:
    """The school years that have a finalized roster, the one that was signed last first."""
    query = select(VERSION.c.school_year).where(VERSION.c.state == "finalized").order_by(VERSION.c.place.desc())
    with store.read() as connection:
        return tuple(connection.execute(query).scalars())


def roster(store: Store, school_year: str, *, version: int | None = None) -> Roster:
    """The newest finalized roster of this school year, or one version of it, with the people as they were last signed for. RosterError if
    there is none.

    People are people across school years: two rosters that differ about somebody would take turns at changing the account.
    """
    found = versions.newest_finalized(store, school_year) if version is None else versions.read(store, version)
    return found if len(signed_years(store)) == 1 else as_last_said(found, _all_signed(store))


def _all_signed(store: Store) -> list[Roster]:
    """Every version that was ever finalized, in the order of signing."""
    query = select(VERSION.c.number).where(VERSION.c.state.in_(("finalized", "superseded"))).order_by(VERSION.c.place)
    with store.read() as connection:
        numbers = connection.execute(query).scalars().all()
    return [versions.read(store, number) for number in numbers]


def newest_basis(connection: Connection, school_year: str = "") -> Basis:
    """What a plan for this school year is made from now, in the caller's transaction."""
    number = versions.newest_finalized_number(connection, school_year)
    return of_roster(number) if number else Basis()


def canvas_ahead(store: Store, base_url: str) -> timedelta | None:
    """How far Canvas's clock was ahead of ours when a run last saw it; None where none has."""
    query = select(RUN.c.report).where(RUN.c.base_url == base_url, RUN.c.report != "").order_by(RUN.c.number.desc()).limit(_LOOK_BACK)
    with store.read() as connection:
        seen = (loads(report).get("ahead") for report in connection.execute(query).scalars())
        seconds = next((each for each in seen if each is not None), None)
    return None if seconds is None else timedelta(seconds=seconds)
