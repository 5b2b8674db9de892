"""Roster versions: one draft at a time, signed off into the finalized one of its school year, which supersedes the former."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ilc_canvas import clock
from ilc_canvas.program import renumbered
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError, RosterHeldError
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import nobody_else
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.rosters.content import content_from_json, content_to_json
from ilc_canvas.store.rosters.drafts import Seen, files_digest, require_other_second, require_seen
from ilc_canvas.store.rosters.tables import CONTENT, FILE, VERSION

SHRINK_PERCENT = 10
"""If more than this are missing, a second person must agree."""
MOST_TOLD = 5
"""Pairs of ids in one sentence."""


@dataclass(frozen=True, slots=True)
class RosterInfo:
    """One roster version without its content."""

    number: int
    school_year: str
    state: str  # draft, finalized, superseded
    people: int
    errors: int
    warnings: int
    findings: Sequence[Mapping[str, Any]]
    imported_at: datetime
    imported_by: str
    manifest_version: int | None
    signed_by: str
    signed_at: datetime | None
    second: str
    reason: str
    files_digest: str
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


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

    `rows` and `hashes` go by file name; a finding is JSON with `level` error or warning. Raises RosterError where the same
    files are loaded already, or the manifest's version is not newer than the newest finalized one.
    """
    with store.write() as connection:
        newest = _newest(connection)
        _refuse_same(connection, newest, hashes)
        _drop_draft(connection)
        number = _number(connection, newest, manifest_version, older=allow_older, reason=reason)
        given = {"imported_at": at, "imported_by": imported_by, "import_reason": reason, "manifest_version": manifest_version}
        content = content_to_json(roster)
        digest = files_digest(roster.school_year, hashes, content)
        connection.execute(insert(VERSION).values(number=number, files_digest=digest, **_described(roster, findings), **given))
        files = [{"version": number, "name": name, "sha256": sha, "rows": rows.get(name, 0)} for name, sha in hashes.items()]
        if files:
            connection.execute(insert(FILE), files)
        connection.execute(insert(CONTENT).values(version=number, content=content))
        body = {"version": number, "school_year": roster.school_year, "files_digest": digest, **_hashed(connection, number)}
        append(connection, Entry("roster-drafted", at, imported_by, body, personal={**said(reason=reason), "files": sorted(hashes)}))
    return number


def _drop_draft(connection: Connection) -> None:
    draft = select(VERSION.c.number).where(VERSION.c.state == "draft")
    connection.execute(delete(CONTENT).where(CONTENT.c.version.in_(draft)))
    connection.execute(delete(FILE).where(FILE.c.version.in_(draft)))
    connection.execute(delete(VERSION).where(VERSION.c.state == "draft"))


def _described(roster: Roster, findings: Sequence[Mapping[str, object]]) -> dict[str, object]:
    errors = sum(finding.get("level") == "error" for finding in findings)
    return {
        "school_year": roster.school_year,
        "state": "draft",
        "people": len(roster.people),
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": dumps([dict(finding) for finding in findings]),
        "manifest_signed_by": roster.signed_by,
        "manifest_signed_at": roster.signed_at,
        "signed_by": "",
        "second": "",
        "reason": "",
    }


def _refuse_same(connection: Connection, newest: Row[Any] | None, hashes: Mapping[str, str]) -> None:
    if newest is None or not hashes:
        return
    loaded = connection.execute(select(FILE.c.sha256).where(FILE.c.version == newest.number)).scalars()
    if sorted(loaded) == sorted(hashes.values()):
        raise RosterError(
            f"These files are already loaded: they are roster version {newest.number}, finalized by {newest.signed_by} "
            f"on {clock.day(newest.signed_at)}. Nothing was changed."
        )


def _number(connection: Connection, newest: Row[Any] | None, wanted: int | None, *, older: bool, reason: str) -> int:
    last = newest.number if newest else 0
    highest = connection.execute(select(func.max(VERSION.c.number))).scalar() or 0
    if wanted is None:
        return max(last, highest) + 1
    taken = connection.execute(select(VERSION.c.number).where(VERSION.c.number == wanted)).first()
    if wanted > last and not taken:
        return wanted
    if not older or not reason.strip():
        raise RosterError(
            f"The manifest says version {wanted}, but version {last} is finalized already. Nothing was changed. "
            "Import a newer version, or say why the older one shall come back: --allow-older --reason TEXT"
        )
    return highest + 1 if taken else wanted


def finalize(
    store: Store,
    *,
    signed_by: str,
    at: datetime,
    actor: str = "",
    seen: Seen | None = None,
    reason: str = "",
    second: str | None = None,
    four_eyes: bool = False,
) -> int:
    """Sign off the draft; its number. It supersedes the finalized version of its school year, in one transaction, in which people who
    have a new id get it everywhere. `actor` is who runs this, if that is not the signer; `seen` is the draft that was looked at.

    Raises RosterError (no draft, another one than was `seen`, errors in it, nobody in it, somebody who may be another under a new id, with
    `four_eyes` a second signer who has imported it), LeaseError (a new id is to be carried out while a run is under way) and
    RosterHeldError if more than 10 % of the people of the newest finalized version are missing and no second person, other than
    `signed_by`, agrees with a reason.
    """
    if not signed_by.strip():
        raise RosterError("A roster is finalized by somebody: --signed-by NAME. Nothing was changed.")
    with ExitStack() as until_stored, store.write() as connection:
        draft = _finalizable(connection.execute(select(VERSION).where(VERSION.c.state == "draft")).first())
        require_seen(connection, draft, seen or Seen(), actor=actor)
        if four_eyes:
            require_other_second(draft, second, signed_by=signed_by)
        step = _step(connection, draft)
        _refuse_unanswered(step)
        _hold_shrunk(step, signed_by=signed_by, second=second, reason=reason)
        ids = renumbered.carried_over(step.before, step.after, step.rekeys.same)
        if ids:
            until_stored.enter_context(nobody_else(store))
        signed = {"signed_by": signed_by, "second": second or "", "reason": reason, "signed_at": at}
        _supersede(connection, draft, signed)
        body = {"version": draft.number, "people": draft.people, "files_digest": draft.files_digest, **_hashed(connection, draft.number)}
        new_ids = {"new_ids": dict(ids)} if ids else {}
        words = said(signed_by=signed_by, second=second, reason=reason)
        append(connection, Entry("roster-finalized", at, actor or signed_by, {**body, **new_ids}, personal=words))
        rekey.carry_out(connection, ids, school_year=step.before.school_year, actor=actor or signed_by, at=at)
    return int(draft.number)


def _finalizable(draft: Row[Any] | None) -> Row[Any]:
    if draft is None:
        raise RosterError("There is no draft to finalize. Load one first: ilc-canvas roster import FILES")
    if draft.errors:
        raise RosterError(
            f"Roster version {draft.number} has {draft.errors} errors and stays a draft. Correct the files, then import them again."
        )
    if not draft.people:
        raise RosterError(f"Roster version {draft.number} has nobody in it. It cannot be finalized, whoever signs.")
    return draft


@dataclass(frozen=True, slots=True)
class _Step:
    """From the newest finalized version (nobody, if there is none) to the draft, and what was decided about ids."""

    before: Roster
    after: Roster
    rekeys: renumbered.Rekeys


def _step(connection: Connection, draft: Row[Any]) -> _Step:
    before = _latest(connection) or Roster(draft.school_year, 0, (), (), ())
    return _Step(before, _roster(connection, draft), rekey.decisions(connection))


def _refuse_unanswered(step: _Step) -> None:
    """Nothing is taken away from people if it is not certain that they leave."""
    asked = [pair for pair in renumbered.pairs(step.before, step.after, step.rekeys) if pair.needs_answer]
    twice = renumbered.both_there(step.after, step.rekeys.same)
    told = [_asked(pair) for pair in asked[:MOST_TOLD]] + [f"{new} is the new id of {old}, who is there too." for old, new in twice.items()]
    if told:
        more = f" And {len(asked) - MOST_TOLD} more." if len(asked) > MOST_TOLD else ""
        raise RosterError(
            f"Roster version {step.after.version} may have people under two ids. {' '.join(told)}{more} Nothing was changed. "
            "If two ids are one person: ilc-canvas roster rekey OLD NEW --reason TEXT; if they are two people, add --not-the-same"
        )


def _asked(pair: renumbered.Pair) -> str:
    same = "the address" if "email" in pair.evidence else "nearly the id"
    return f"{pair.joiner.person_id} joins with {same} of {pair.leaver.person_id}, who leaves."


def _hold_shrunk(step: _Step, *, signed_by: str, second: str | None, reason: str) -> None:
    other = bool(second and second.strip() and second.strip().casefold() != signed_by.strip().casefold())
    missing, before = len(renumbered.missing(step.before, step.after, step.rekeys.same)), len(step.before.people)
    if shrunk(before, missing) and not (other and reason.strip()):
        raise RosterHeldError(
            f"Roster version {step.after.version} lacks {missing} of the {before} people of version {step.before.version}: more than "
            f"{SHRINK_PERCENT} %. Nothing was changed. If that is meant, a second person agrees: --second NAME --reason TEXT"
        )


def _supersede(connection: Connection, draft: Row[Any], signed: Mapping[str, object]) -> None:
    """The draft in place of the finalized version of its school year."""
    former = _newest(connection)
    same_year = (VERSION.c.state == "finalized") & (VERSION.c.school_year == draft.school_year)
    connection.execute(update(VERSION).where(same_year).values(state="superseded"))
    place = (former.place if former else 0) + 1
    connection.execute(update(VERSION).where(VERSION.c.number == draft.number).values(state="finalized", place=place, **signed))


def _newest(connection: Connection, school_year: str = "") -> Row[Any] | None:
    """The version of this school year (of whatever year, if none is named) that was finalized last."""
    query = select(VERSION).where(VERSION.c.state == "finalized")
    query = query.where(VERSION.c.school_year == school_year) if school_year else query
    return connection.execute(query.order_by(VERSION.c.place.desc()).limit(1)).first()


def newest_finalized_number(connection: Connection, school_year: str = "") -> int | None:
    """Its number, in the caller's transaction."""
    row = _newest(connection, school_year)
    return row.number if row else None


def newest_finalized(store: Store, school_year: str = "") -> Roster:
    """The newest finalized roster, of this school year where one is named. RosterError where there is none."""
    with store.read() as connection:
        row = _newest(connection, school_year)
        if row is None:
            raise RosterError(f"No roster of {school_year} is finalized. {_SEE}" if school_year else _absent(None))
        return _roster(connection, row)


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
    row = _newest(connection)
    return _roster(connection, row) if row else None


def read(store: Store, number: int | None = None) -> Roster:
    """One version, or the newest finalized one. RosterError where it is not there."""
    with store.read() as connection:
        if number is None:
            return newest(connection)
        row = connection.execute(select(VERSION).where(VERSION.c.number == number)).first()
        if row is None:
            raise RosterError(_absent(number))
        return _roster(connection, row)


def _roster(connection: Connection, row: Row[Any]) -> Roster:
    content = connection.execute(select(CONTENT.c.content).where(CONTENT.c.version == row.number)).scalar_one()
    files = _files(connection, row.number)["sha256"]
    signed = (row.signed_by, row.signed_at.isoformat()) if row.signed_at else (row.manifest_signed_by, row.manifest_signed_at)
    return Roster(row.school_year, row.number, **content_from_json(content), signed_by=signed[0], signed_at=signed[1], files=files)


_SEE = "See: ilc-canvas roster list"


def _absent(number: int | None) -> str:
    if number is not None:
        return f"There is no roster version {number}. {_SEE}"
    return "No roster is finalized yet. Load one and sign it off: ilc-canvas roster import FILES, then ilc-canvas roster finalize"


def listing(store: Store) -> list[RosterInfo]:
    """All versions, newest number first."""
    with store.read() as connection:
        rows = connection.execute(select(VERSION).order_by(VERSION.c.number.desc())).all()
        return [_info(row, _files(connection, row.number)) for row in rows]


def _files(connection: Connection, number: int) -> dict[str, dict[str, Any]]:
    rows = connection.execute(select(FILE).where(FILE.c.version == number).order_by(FILE.c.name)).all()
    return {"rows": {row.name: row.rows for row in rows}, "sha256": {row.name: row.sha256 for row in rows}}


def _hashed(connection: Connection, number: int) -> dict[str, list[Any]]:
    """SHA-256 and rows of each file, in order of the names, which are not told: somebody has chosen them."""
    files = _files(connection, number)
    return {name: list(values.values()) for name, values in files.items()}


_INFO = (
    "number", "school_year", "state", "people", "errors", "warnings", "imported_at", "imported_by", "manifest_version",
    "signed_by", "signed_at", "second", "reason", "files_digest",
)  # fmt: skip


def _info(row: Row[Any], files: Mapping[str, Mapping[str, Any]]) -> RosterInfo:
    plain = {name: getattr(row, name) for name in _INFO}
    return RosterInfo(**plain, findings=loads(row.findings), rows=files["rows"], files=files["sha256"])
