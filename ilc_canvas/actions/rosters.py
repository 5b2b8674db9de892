"""Rosters: imported as a draft, signed; and people who have a new id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ilc_canvas.program.compare import RosterChange
from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.check_renumbered import check_renumbered
from ilc_canvas.roster.intake import Intake
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.signing import Seen
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.views.rosters import changes, info_of


@dataclass(frozen=True)
class Imported:
    """What was read, and the draft that was stored; None if there are errors."""

    intake: Intake
    draft: VersionInfo | None


def import_draft(store: Store, intake: Intake, file: str, *, allow_older: bool, actor: str, reason: str, at: datetime) -> Imported:
    """Compare what was read of this file with the newest finalized roster, and store it as the draft, unless there are errors."""
    compared = _compared(store, intake, file)
    if compared.errors:
        return Imported(compared, None)
    number = versions.add_draft(
        store,
        compared.roster,
        rows=compared.rows,
        hashes=compared.hashes,
        findings=[finding.as_json() for finding in compared.findings],
        imported_by=actor,
        manifest_version=compared.manifest_version,
        at=at,
        allow_older=allow_older,
        reason=reason,
    )
    return Imported(compared, info_of(store, number))


def _compared(store: Store, intake: Intake, file: str) -> Intake:
    """With what the newest finalized roster shows: people who may be there under another id."""
    before = versions.latest(store)
    if before is None:
        return intake
    return intake.with_findings(check_renumbered(before, intake.roster, rekey.known(store), file=file))


@dataclass(frozen=True)
class Finalized:
    """The version that was signed, and how it differs from the one before of its school year, if there was one."""

    info: VersionInfo
    sides: tuple[Roster, Roster] | None
    changes: Sequence[RosterChange]


def finalize(
    settings: Settings, store: Store, seen: Seen, *, signed_by: str, second: str | None, actor: str, reason: str, at: datetime
) -> Finalized:
    """Sign the draft that was seen: it supersedes the version before, and is what the next run reads."""
    before = [info for info in versions.listing(store) if info.state == "finalized"]
    number = versions.finalize(
        store,
        signed_by=signed_by,
        actor=actor,
        seen=seen,
        second=second,
        reason=reason,
        four_eyes=settings.guard.four_eyes,
        at=at,
    )
    info = info_of(store, number)
    former = max((old.number for old in before if old.school_year == info.school_year), default=None)
    sides = (versions.read(store, former), versions.read(store, number)) if former else None
    return Finalized(info, sides, changes(store, *sides) if sides else ())


IdDecision = Literal["same", "different", "ask-again"]


def decide_on_ids(
    settings: Settings, store: Store, ids: tuple[str, str], decision: IdDecision, *, actor: str, reason: str, at: datetime
) -> str:
    """Note whether an old and a new id are the same person; the name of the person who has the old one, if that was looked up."""
    old, new = (user_key(settings.prefix, each) for each in ids)
    if decision == "ask-again":
        rekey_decisions.take_back(store, old, new, actor=actor, reason=reason, at=at)
        return ""
    return rekey_decisions.decide(store, old, new, decision=decision, actor=actor, reason=reason, at=at).display_name
