"""Importing and signing rosters, and people whose id has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ilc_canvas.program.diff import RosterChange
from ilc_canvas.program.names import user_key
from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.checks.check_renumbered import check_renumbered
from ilc_canvas.roster.intake import Intake
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.signing import ReviewedDraft, Signing
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.views.documents.rosters import changes


@dataclass(frozen=True)
class ImportResult:
    """What was read, and the draft that was stored; None if there are errors."""

    intake: Intake
    draft: VersionInfo | None


def import_draft(store: Store, intake: Intake, file: str, *, allow_older: bool, actor: str, reason: str, at: datetime) -> ImportResult:
    """Compare the file's contents with the newest finalized roster, and store them as the draft unless there are errors."""
    compared = compare(store, intake, file)
    if compared.errors:
        return ImportResult(compared, None)
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
    return ImportResult(compared, versions.info(store, number))


def compare(store: Store, intake: Intake, file: str) -> Intake:
    """The intake, with findings about people who may be in the newest finalized roster under another id."""
    before = versions.latest(store)
    if before is None:
        return intake
    return intake.with_findings(check_renumbered(before, intake.roster, rekey.known(store), file=file))


@dataclass(frozen=True)
class FinalizeResult:
    """The version that was signed, and how it differs from the previous version of its school year, if there was one."""

    info: VersionInfo
    sides: tuple[Roster, Roster] | None
    changes: Sequence[RosterChange]


def finalize(
    settings: Settings, store: Store, reviewed: ReviewedDraft, *, signed_by: str, second: str | None, actor: str, reason: str, at: datetime
) -> FinalizeResult:
    """Sign the draft that was reviewed. It supersedes the previous version, and the next run reads it."""
    before = versions.listing(store)
    number = versions.finalize(
        store,
        signed_by=signed_by,
        actor=actor,
        seen=reviewed,
        second=second,
        reason=reason,
        four_eyes=settings.guard.four_eyes,
        at=at,
    )
    return _result(store, number, before)


def sign_first(settings: Settings, store: Store, reviewed: ReviewedDraft, *, actor: str, reason: str, at: datetime) -> VersionInfo:
    """The first of the two signatures that a draft needs in which more than a tenth of the people are missing."""
    given = Signing(actor, at, actor=actor, seen=reviewed, reason=reason, four_eyes=settings.guard.four_eyes)
    return versions.info(store, versions.sign_first(store, given))


def sign_second(settings: Settings, store: Store, reviewed: ReviewedDraft, *, actor: str, reason: str, at: datetime) -> FinalizeResult:
    """The second one, by another person: the draft takes effect as in `finalize`."""
    before = versions.listing(store)
    four_eyes = settings.guard.four_eyes
    return _result(store, versions.sign_second(store, second=actor, seen=reviewed, reason=reason, four_eyes=four_eyes, at=at), before)


def _result(store: Store, number: int, before: Sequence[VersionInfo]) -> FinalizeResult:
    info = versions.info(store, number)
    earlier = (old.number for old in before if old.state == "finalized" and old.school_year == info.school_year)
    former = max(earlier, default=None)
    sides = (versions.read(store, former), versions.read(store, number)) if former else None
    return FinalizeResult(info, sides, changes(store, *sides) if sides else ())


IdDecision = Literal["same", "different", "ask-again"]


def decide_on_ids(
    settings: Settings, store: Store, ids: tuple[str, str], *, decision: IdDecision, actor: str, reason: str, at: datetime
) -> str:
    """Record whether an old and a new id are the same person; returns the name of the person with the old id if it was looked up."""
    old, new = (user_key(settings.prefix, each) for each in ids)
    if decision == "ask-again":
        rekey_decisions.take_back(store, old, new, actor=actor, reason=reason, at=at)
        return ""
    return rekey_decisions.decide(store, old, new, decision=decision, actor=actor, reason=reason, at=at).display_name
