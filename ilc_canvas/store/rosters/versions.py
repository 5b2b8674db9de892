"""Roster versions: documents whose content is a roster, and which are signed with care for the people who are missing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.program.people import new_ids
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError, RosterHeldError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import nobody_else
from ilc_canvas.store.documents import signing, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.signing import ReviewedDraft, Signing, same_name
from ilc_canvas.store.documents.versions import Draft, VersionInfo
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.rosters.content import content_from_json, content_to_json

ROSTERS = Document(ROSTER, RosterError)
SHRINK_PERCENT = 10
"""If more than this are missing, a second person must agree."""
MOST_TOLD = 5
"""Pairs of ids in one sentence."""


def shrunk(before: int, missing: int) -> bool:
    """Whether so many missing people, of those who were there before, need a second person: more than 10 %."""
    return missing * 100 > SHRINK_PERCENT * before


def add_draft(
    store: Store,
    roster: Roster,
    *,
    rows: Mapping[str, int],
    hashes: Mapping[str, str],
    findings: Sequence[Mapping[str, object]],
    imported_by: str,
    manifest_version: int | None,
    at: datetime,
    allow_older: bool = False,
    reason: str = "",
) -> int:
    """Keep a roster as the draft, in place of an older draft; its version number.

    `rows` and `hashes` go by file name; a finding is JSON with `level` error or warning. Raises RosterError if the same
    files are loaded already, or the manifest's version is not newer than the newest finalized one.
    """
    draft = Draft(
        school_year=roster.school_year,
        content=content_to_json(roster),
        entries=len(roster.people),
        rows=rows,
        hashes=hashes,
        findings=findings,
        manifest_version=manifest_version,
        manifest_signed_by=roster.signed_by,
        manifest_signed_at=roster.signed_at,
    )
    with store.write() as connection:
        return versions.keep_draft(connection, ROSTERS, draft, imported_by=imported_by, at=at, allow_older=allow_older, reason=reason)


def finalize(
    store: Store,
    *,
    signed_by: str,
    at: datetime,
    actor: str = "",
    seen: ReviewedDraft | None = None,
    reason: str = "",
    second: str | None = None,
    four_eyes: bool = False,
) -> int:
    """Sign off the draft; its number. It supersedes the finalized version of its school year, in one transaction, in which people who
    have a new id get it everywhere. The arguments are those of `Signing`.

    Raises RosterError (no draft, another one than was `seen`, errors in it, nobody in it, somebody who may be another under a new id, with
    `four_eyes` a second signer who has imported it), LeaseError (a new id is to be carried out while a run is under way) and
    RosterHeldError if more than 10 % of the people of the finalized version of its school year (of the one signed last, if that has none)
    are missing and no second person, other than `signed_by`, agrees with a reason.
    """
    given = Signing(signed_by, at, actor=actor, seen=seen or ReviewedDraft(), reason=reason, second=second or "", four_eyes=four_eyes)
    with ExitStack() as until_stored, store.write() as connection:
        return _finalize(connection, given, partial(_alone, until_stored, store))


def sign_first(store: Store, given: Signing) -> int:
    """The first of two signatures on a draft that lacks more than 10 % of the people; its number. It is bound to just these files.

    RosterError as in `finalize`, if there is a first signature already, and if one signature is enough.
    """
    with store.write() as connection:
        draft, step = _signable(connection, given)
        if not _shortfall(step).needs_second:
            raise RosterError(f"One signature is enough for roster version {draft.number}. Nothing was changed.")
        signing.sign_first(connection, ROSTERS, draft, signing=given)
    return int(draft.number)


def sign_second(store: Store, *, second: str, seen: ReviewedDraft, reason: str, four_eyes: bool, at: datetime) -> int:
    """Sign off the draft that somebody else has signed; its number. Otherwise as `finalize`, and RosterError if nobody has signed it,
    or `second` has.
    """
    with ExitStack() as until_stored, store.write() as connection:
        first = signing.first_signature(connection, ROSTERS, seen.version)
        if same_name(first.first_signed_by, second):
            raise RosterError(f"{second} has signed version {first.number} already. Nothing was changed. The second person is another one.")
        why = "; ".join(filter(None, dict.fromkeys((first.first_reason, reason))))
        given = Signing(first.first_signed_by, at, actor=second, seen=seen, reason=why, second=second, four_eyes=four_eyes)
        return _finalize(connection, given, partial(_alone, until_stored, store))


def _alone(until_stored: ExitStack, store: Store) -> None:
    """No run is under way until this is stored."""
    until_stored.enter_context(nobody_else(store))


def _finalize(connection: Connection, given: Signing, be_alone: Callable[[], None]) -> int:
    draft, step = _signable(connection, given)
    _hold_shrunk(step, given)
    ids = new_ids.carried_over(step.before, step.after, step.rekeys.same)
    if ids:
        be_alone()
    body = {"people": draft.entries, **versions.hashed(connection, ROSTER, draft.number), **({"new_ids": dict(ids)} if ids else {})}
    signing.sign(connection, ROSTERS, draft, signing=given, body=body)
    rekey.carry_out(connection, ids, school_year=step.before.school_year, actor=given.actor or given.signed_by, at=given.at)
    return int(draft.number)


def _signable(connection: Connection, given: Signing) -> "tuple[Row[Any], _Step]":
    draft = signing.signable(connection, ROSTERS, given)
    if not draft.entries:
        raise RosterError(f"Roster version {draft.number} has nobody in it. It cannot be finalized, whoever signs.")
    step = _step(connection, draft)
    _refuse_unanswered(step)
    return draft, step


@dataclass(frozen=True, slots=True)
class _Step:
    """From the version that was signed last (nobody, if there is none) to the draft, and what was decided about ids."""

    before: Roster
    of_its_year: Roster  # the finalized version of the draft's own school year; if that has none, `before`
    after: Roster
    rekeys: new_ids.Rekeys


def _step(connection: Connection, draft: Row[Any]) -> _Step:
    before = _latest(connection) or Roster(draft.school_year, 0, (), (), ())
    of_its_year = versions.newest(connection, ROSTER, draft.school_year)
    earlier = _roster(connection, of_its_year) if of_its_year else before
    return _Step(before, earlier, _roster(connection, draft), rekey.decisions(connection))


def _refuse_unanswered(step: _Step) -> None:
    """Nothing is taken away from people if it is not certain that they leave."""
    asked = [pair for pair in new_ids.pairs(step.before, step.after, step.rekeys) if pair.needs_answer]
    twice = new_ids.both_there(step.after, step.rekeys.same)
    told = [_asked(pair) for pair in asked[:MOST_TOLD]] + [f"{new} is the new id of {old}, who is there too." for old, new in twice.items()]
    if told:
        more = f" And {len(asked) - MOST_TOLD} more." if len(asked) > MOST_TOLD else ""
        raise RosterError(
            f"Roster version {step.after.version} may have people under two ids. {' '.join(told)}{more} Nothing was changed. "
            f"If two ids are one person: {Next.NOTE_NEW_ID.of('OLD', 'NEW')}; if they are two people, add --not-the-same"
        )


def _asked(pair: new_ids.Pair) -> str:
    same = "the address" if "email" in pair.evidence else "nearly the id"
    return f"{pair.joiner.person_id} joins with {same} of {pair.leaver.person_id}, who leaves."


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How many people of the version before are missing."""

    missing: int
    before: int
    version: int  # the one before

    @property
    def needs_second(self) -> bool:
        """Whether two people have to sign."""
        return shrunk(self.before, self.missing)


def shortfall(store: Store, number: int) -> Shortfall:
    """Of a draft. RosterError if it is not there."""
    with store.read() as connection:
        draft = versions.one(connection, ROSTER, number)
        if draft is None:
            raise RosterError(_absent(number))
        return _shortfall(_step(connection, draft))


def _shortfall(step: _Step) -> Shortfall:
    """Who is missing is counted in its own school year: another one has other people."""
    missing = new_ids.missing(step.of_its_year, step.after, step.rekeys.same)
    return Shortfall(len(missing), len(step.of_its_year.people), step.of_its_year.version)


def _hold_shrunk(step: _Step, given: Signing) -> None:
    other, found = bool(given.second.strip()) and not same_name(given.second, given.signed_by), _shortfall(step)
    if found.needs_second and not (other and given.reason.strip()):
        raise RosterHeldError(
            f"Roster version {step.after.version} lacks {found.missing:,} of the {count(found.before, 'person', 'people')} of version "
            f"{found.version}: more than "
            f"{SHRINK_PERCENT} %. Nothing was changed. If that is meant, a second person agrees: --second NAME --reason TEXT"
        )


def newest_finalized_number(connection: Connection, school_year: str = "") -> int | None:
    """Its number, in the caller's transaction."""
    row = versions.newest(connection, ROSTER, school_year)
    return row.number if row else None


def newest_finalized(store: Store, school_year: str = "") -> Roster:
    """The newest finalized roster, of this school year where one is named. RosterError if there is none."""
    with store.read() as connection:
        return _roster(connection, _newest_row(connection, school_year))


def _newest_row(connection: Connection, school_year: str) -> Row[Any]:
    row = versions.newest(connection, ROSTER, school_year)
    if row is None:
        raise RosterError(f"No roster of {school_year} is finalized. {_SEE}" if school_year else _absent(None))
    return row


def newest_year(store: Store, school_year: str = "") -> str:
    """The school year of the newest finalized roster, without reading it. RosterError as `newest_finalized`."""
    with store.read() as connection:
        return str(_newest_row(connection, school_year).school_year)


def latest(store: Store) -> Roster | None:
    """The same; None if nothing is finalized yet."""
    with store.read() as connection:
        return _latest(connection)


def newest(connection: Connection) -> Roster:
    """As `newest_finalized`, in the caller's transaction."""
    roster = _latest(connection)
    if roster is None:
        raise RosterError(_absent(None))
    return roster


def _latest(connection: Connection) -> Roster | None:
    row = versions.newest(connection, ROSTER)
    return _roster(connection, row) if row else None


def read(store: Store, number: int | None = None) -> Roster:
    """One version, or the newest finalized one. RosterError if it is not there."""
    with store.read() as connection:
        if number is None:
            return newest(connection)
        row = versions.one(connection, ROSTER, number)
        if row is None:
            raise RosterError(_absent(number))
        return _roster(connection, row)


def _roster(connection: Connection, row: Row[Any]) -> Roster:
    content = recorded_content(connection, row)
    files = versions.files(connection, ROSTER, row.number)["sha256"]
    signed = (row.signed_by, row.signed_at.isoformat()) if row.signed_at else (row.manifest_signed_by, row.manifest_signed_at)
    return Roster(row.school_year, row.number, **content_from_json(content), signed_by=signed[0], signed_at=signed[1], files=files)


_SEE = f"See: {Next.ROSTERS}"


def _absent(number: int | None) -> str:
    if number is not None:
        return f"There is no roster version {number}. {_SEE}"
    return (
        f"No roster is finalized yet. Load one and sign it off: {Next.IMPORT_DOCUMENT.of(ROSTER)}, then {Next.FINALIZE_DOCUMENT.of(ROSTER)}"
    )


def listing(store: Store) -> list[VersionInfo]:
    """All versions, newest number first."""
    with store.read() as connection:
        return versions.listing(connection, ROSTER)


def info(store: Store, number: int) -> VersionInfo:
    """One version without its content. RosterError if there is none with this number."""
    with store.read() as connection:
        version = versions.info(connection, ROSTER, number)
    if version is None:
        raise RosterError(_absent(number))
    return version
