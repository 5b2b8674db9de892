"""Versions of the templates: a run records those that it goes by, if they are others than the last one's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.basis import TEMPLATES
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import recording, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.versions import Draft

_DOCUMENT = Document(TEMPLATES, SettingsError, in_force="recorded")


@dataclass(frozen=True)
class TemplateSources:
    """All that the texts of courses are made from, beside roster and calendar: files by path, and the settings that they use.

    Without files nothing is furnished.
    """

    files: Mapping[str, str]
    values: Mapping[str, str]

    @property
    def content(self) -> str:
        """The same as JSON."""
        return dumps({"files": dict(self.files), "values": dict(self.values)} if self.files else {})


def note(store: Store, school_year: str, sources: TemplateSources, *, actor: str, at: datetime) -> None:
    """Record what the next plan of this school year goes by, unless that is what is recorded already."""
    with store.read() as connection:
        last = versions.newest(connection, TEMPLATES, school_year)
        known = versions.content(connection, TEMPLATES, last.number) if last else dumps({})
    if known == sources.content:
        return
    draft = Draft(school_year=school_year, content=sources.content, entries=len(sources.files), rows={}, hashes={})
    recording.record(store, _DOCUMENT, draft, counts={"files": len(sources.files)}, recorded_by=actor, at=at)
