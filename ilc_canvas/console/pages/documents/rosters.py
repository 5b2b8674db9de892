"""Versions of the roster: the list, and one of them with its differences, findings and files."""

from collections.abc import Mapping

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.program.basis import ROSTER
from ilc_canvas.program.diff import RosterChange
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import versions
from ilc_canvas.views.documents.document_versions import former
from ilc_canvas.views.documents.rosters import changes

_WORDS = {
    "joined": ("plus", "joins", "is new"),
    "left": ("minus", "leaves", "is no longer named"),
    "rekeyed": ("tilde", "changes", "has a new id"),
    "moved": ("tilde", "changes", "moves to another team"),
    "region": ("tilde", "changes", "changes region"),
    "role": ("tilde", "changes", "changes role"),
    "name": ("tilde", "changes", "has a new name"),
    "email": ("tilde", "changes", "has a new e-mail"),
    "cop": ("tilde", "changes", "changes COPs"),
    "team_added": ("plus", "new", "is a new team"),
    "team_removed": ("minus", "ends", "is no longer a team"),
    "team_renamed": ("tilde", "changes", "is renamed"),
    "team_moved": ("tilde", "changes", "moves"),
    "cop_added": ("plus", "new", "is a new COP"),
    "cop_removed": ("minus", "ends", "is no longer a COP"),
    "cop_changed": ("tilde", "changes", "has changed"),
}


def listing(visit: Visit) -> Response:
    """All versions, newest first."""
    return page(visit, "rosters.html", listing_values(visit))


def listing_values(visit: Visit, *, errors: Mapping[str, str] | None = None, school_year: str = "", again: str = "") -> dict[str, object]:
    """What the list shows, and how its form is filled in; `again` is the check whose files are taken if none are chosen."""
    return {
        "versions": versions.listing(visit.store),
        "checks": checks.listing(visit.store, ROSTER, visit.at),
        "errors": errors or {},
        "school_year": school_year,
        "again": again,
    }


def info_of(visit: Visit) -> VersionInfo:
    """The version that the path names. MissingPageError if there is none."""
    try:
        return versions.info(visit.store, visit.number("number"))
    except RosterError as error:
        raise MissingPageError from error


def one(visit: Visit) -> Response:
    """One version."""
    info = info_of(visit)
    return page(visit, "roster.html", version_values(visit, info))


def version_values(visit: Visit, info: VersionInfo) -> dict[str, object]:
    """What the page of a version shows."""
    roster, before = versions.read(visit.store, info.number), _before(visit, info)
    found = changes(visit.store, before, roster) if before else ()
    return {
        "info": info,
        "errors": {},
        "reason": "",
        "shortfall": versions.shortfall(visit.store, info.number) if info.state == "draft" else None,
        "figures": [(len(roster.people), "people"), (len(roster.teams), "teams"), (len(roster.cops), "COPs")],
        "before": before.version if before else None,
        "changes": [(_WORDS[each.kind], _named(each, before, roster), _sides(each)) for each in found] if before else [],
    }


def _before(visit: Visit, info: VersionInfo) -> Roster | None:
    """The version of the same school year that was signed before this one."""
    latest = former(versions.listing(visit.store), info)
    return versions.read(visit.store, latest.number) if latest else None


def _named(change: RosterChange, before: Roster, after: Roster) -> str:
    """David Zhao (ILC-0006), or the code of a team or COP."""
    person = after.person_by_id.get(change.person_id) or before.person_by_id.get(change.person_id)
    if person:
        return f"{person.display_name} ({change.person_id})"
    return f"Team {change.team_id}" if change.team_id else f"COP {change.cop_code}"


def _sides(change: RosterChange) -> str:
    return "" if change.kind in ("joined", "left") else f"{change.old or 'none'} → {change.new or 'none'}"
