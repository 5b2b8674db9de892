"""The tables of all rooms together: what the migrations lead to."""

from ilc_canvas.store.audit import tables as audit
from ilc_canvas.store.db import tables as db
from ilc_canvas.store.documents import tables as documents
from ilc_canvas.store.people import tables as people
from ilc_canvas.store.rosters import tables as rosters
from ilc_canvas.store.runs import tables as runs
from ilc_canvas.store.worker import tables as worker

ROOMS = (db, audit, documents, people, rosters, runs, worker)
METADATA = audit.EVENT.metadata
"""Complete as soon as every room's tables are imported."""
