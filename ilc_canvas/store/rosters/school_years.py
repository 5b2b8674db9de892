"""The finalized rosters of several school years, side by side."""

from datetime import timedelta

from sqlalchemy import select

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import as_last_said
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import versions as documents
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.tables import RUN

_LOOK_BACK = 50  # runs: one of them has reached Canvas, or it is long ago


def signed_years(store: Store) -> tuple[str, ...]:
    """The school years that have a finalized roster, the one that was signed last first."""
    with store.read() as connection:
        return tuple(documents.signed_years(connection, ROSTER))


def roster(store: Store, school_year: str, *, version: int | None = None) -> Roster:
    """The newest finalized roster of this school year, or one version of it, with the people as they were last signed for. RosterError if
    there is none.

    People are people across school years: two rosters that differ about somebody would take turns at changing the account.
    """
    found = versions.newest_finalized(store, school_year) if version is None else versions.read(store, version)
    return found if len(signed_years(store)) == 1 else as_last_said(found, _all_signed(store))


def usable_roster(store: Store, school_year: str, *, version: int | None = None) -> Roster:
    """The same for a run to go by. RosterError also if somebody in it was erased."""
    found = roster(store, school_year, version=version)
    if any(not (person.email or person.display_name or person.family_name) for person in found.people):
        raise RosterError(
            f"Somebody in roster version {found.version} was erased, so no run can go by it any more. Nothing was done. "
            f"To care for {found.school_year} again, import and finalize a roster of that year without this person."
        )
    return found


def _all_signed(store: Store) -> list[Roster]:
    """Every version that was ever finalized, in the order of signing."""
    with store.read() as connection:
        numbers = documents.signed(connection, ROSTER)
    return [versions.read(store, number) for number in numbers]


def canvas_ahead(store: Store, base_url: str) -> timedelta | None:
    """How far Canvas's clock was ahead of ours when a run last saw it; None if none has."""
    query = select(RUN.c.report).where(RUN.c.base_url == base_url, RUN.c.report != "").order_by(RUN.c.number.desc()).limit(_LOOK_BACK)
    with store.read() as connection:
        seen = (loads(report).get("ahead") for report in connection.execute(query).scalars())
        seconds = next((each for each in seen if each is not None), None)
    return None if seconds is None else timedelta(seconds=seconds)
