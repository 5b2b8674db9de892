"""How things stand at one Canvas and scope: plans that wait for a person, and what the newest runs came to."""

from sqlalchemy import Connection, Select, select

from ilc_canvas.reconcile.run import Report
from ilc_canvas.store.codec import report_from_json
from ilc_canvas.store.database import Store
from ilc_canvas.store.place import Place
from ilc_canvas.store.plans import reasons_of
from ilc_canvas.store.runs import RunInfo, info_of
from ilc_canvas.store.tables import RUN

_RECENT = 200  # runs that are looked through


def held_plans(store: Store, place: Place) -> list[RunInfo]:
    """Of each selection the newest plan here, where it waits for a person; a plan for everything replaces all that are older."""
    recent = select(RUN).where(place.of(RUN), RUN.c.planned_at.is_not(None)).order_by(RUN.c.number.desc()).limit(_RECENT)
    newest: dict[tuple[tuple[str, ...], int | None], RunInfo] = {}
    with store.read() as connection:
        for info in map(info_of, connection.execute(recent)):
            newest.setdefault((info.only, info.undo), info)
            if (info.only, info.undo) == ((), None):
                break
    return [info for info in newest.values() if info.status == "held"]


def report_of(store: Store, number: int) -> Report | None:
    """What one run came to; None where it has not ended by itself."""
    with store.read() as connection:
        return _first(connection, select(RUN).where(RUN.c.number == number, RUN.c.report != ""))


def newest_whole(store: Store, place: Place) -> Report | None:
    """What the newest plan here for everything came to; None where there was none."""
    here = (place.of(RUN), RUN.c.planned_at.is_not(None), RUN.c.report != "", RUN.c.only == "[]", RUN.c.undo.is_(None))
    with store.read() as connection:
        return _first(connection, select(RUN).where(*here).order_by(RUN.c.number.desc()).limit(1))


def _first(connection: Connection, query: Select[tuple[object, ...]]) -> Report | None:
    row = connection.execute(query).first()
    return report_from_json(row.report, reasons_of(connection, row.number)) if row else None
