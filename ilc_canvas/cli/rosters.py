"""roster import, finalize, show, diff, list"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, count, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ilc_canvas.program.compare import RosterChange
    from ilc_canvas.store.rosters import RosterInfo


def import_(
    roster: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The roster file (CSV).")],
    teams: Annotated[Path, typer.Option(help="The teams file.", exists=True, dir_okay=False)],
    cops: Annotated[Path, typer.Option(help="The COP catalogue.", exists=True, dir_okay=False)],
    school_year: Annotated[str, typer.Option(help="Such as 2021-22.")],
    manifest: Annotated[Path | None, typer.Option(help="The sign-off (JSON).", exists=True, dir_okay=False)] = None,
    allow_older: Annotated[bool, typer.Option("--allow-older", help="Take a version older than the newest finalized one.")] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Read a roster, check every row, and store it as a draft."""
    from ilc_canvas import bootstrap
    from ilc_canvas.roster.intake import read_roster
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters as store_rosters

    intake = read_roster(roster, teams, cops, manifest=manifest, school_year=school_year, counties=bootstrap.counties())
    number = None
    if not intake.errors:
        with bootstrap.opened(read_settings()) as store:
            number = store_rosters.add_draft(
                store,
                intake.roster,
                rows=intake.rows,
                hashes=intake.hashes,
                findings=[finding.as_json() for finding in intake.findings],
                imported_by=bootstrap.actor(),
                manifest_version=intake.manifest_version,
                at=bootstrap.now(),
                allow_older=allow_older,
                reason=reason,
            )
    if as_json:
        found = [finding.as_json() for finding in intake.findings]
        say_json(
            {"version": number, "errors": len(intake.errors), "warnings": len(intake.warnings), "findings": found, "rows": intake.rows}
        )
    else:
        say(*(str(finding) for finding in intake.findings))
        say(_imported(number, len(intake.errors), len(intake.warnings), intake.rows[roster.name]))
    if intake.errors:
        raise typer.Exit(EXIT_ERROR)


def _imported(number: int | None, errors: int, warnings: int, people: int) -> str:
    if number is None:
        return f"{count(errors, 'error')}, {count(warnings, 'warning')}. Nothing was stored. Correct the files, then import them again."
    warned = f", {count(warnings, 'warning')} to be accepted by signing" if warnings else ""
    stored = f"Draft of version {number}: {count(people, 'person', 'people')}, no error{warned}."
    return f"{stored}\nNext: ilc-canvas roster finalize --signed-by NAME"


def finalize(
    signed_by: Annotated[str, typer.Option(help="Who signs.")],
    second: Annotated[str | None, typer.Option(help="A second person, where the roster shrinks by more than a tenth.")] = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Sign the draft: it is frozen, supersedes the version before, and is what the next run reads."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.compare import difference
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters as store_rosters

    with bootstrap.opened(read_settings()) as store:
        before = [info for info in store_rosters.listing(store) if info.state == "finalized"]
        number = store_rosters.finalize(store, signed_by=signed_by, second=second, reason=reason, at=bootstrap.now())
        info = next(info for info in store_rosters.listing(store) if info.number == number)
        former = max((old.number for old in before if old.school_year == info.school_year), default=None)
        changes = difference(store_rosters.read(store, former), store_rosters.read(store, number)) if former else ()
    if as_json:
        say_json({**_as_json(info), "changes": _changes_json(changes)})
        return
    say(*_described(info), "")
    say(*(_difference(changes, former) if former else ["It is the first version of this school year."]))
    say("", "Next: ilc-canvas plan")


def show(version: Annotated[int | None, typer.Argument(help="Default: the newest finalized.")] = None, as_json: Json = False) -> None:
    """One version: who signed it, its files, its findings."""
    from ilc_canvas import bootstrap
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters as store_rosters

    with bootstrap.opened(read_settings()) as store:
        roster = store_rosters.read(store, version)
        info = next(info for info in store_rosters.listing(store) if info.number == roster.version)
    if as_json:
        say_json({**_as_json(info), "people": len(roster.people), "teams": len(roster.teams), "cops": len(roster.cops)})
        return
    say(*_described(info))
    say(f"{count(len(roster.people), 'person', 'people')}, {count(len(roster.teams), 'team')}, {count(len(roster.cops), 'COP')}.")
    say(*(f"{entry['level']}: {entry['file']}, line {entry['line']}, {entry['column']}: {entry['text']}" for entry in info.findings))


def diff(before: int, after: int, as_json: Json = False) -> None:
    """What has changed from one version to another."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.compare import difference
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters as store_rosters

    with bootstrap.opened(read_settings()) as store:
        changes = difference(store_rosters.read(store, before), store_rosters.read(store, after))
    if as_json:
        say_json(_changes_json(changes))
    else:
        say(*_difference(changes, before))


def list_(as_json: Json = False) -> None:
    """All versions, newest last."""
    from ilc_canvas import bootstrap
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters as store_rosters

    with bootstrap.opened(read_settings()) as store:
        infos = store_rosters.listing(store)
    if as_json:
        say_json([_as_json(info) for info in infos])
    elif not infos:
        say("There is no roster yet. Begin with: ilc-canvas roster import ROSTER.csv --teams T.csv --cops C.csv --school-year 2021-22")
    else:
        say(
            *(
                f"{info.number:>3}  {info.school_year}  {info.state:<10}  {count(info.people, 'person', 'people')}  {_signed(info)}"
                for info in infos
            )
        )


def _row(info: "RosterInfo") -> str:
    return f"{info.number:>3}  {info.school_year}  {info.state:<10}  {count(info.people, 'person', 'people')}  {_signed(info)}"


def _signed(info: "RosterInfo") -> str:
    return f"signed by {info.signed_by}, {info.signed_at:%d %b %Y %H:%M} UTC" if info.signed_at else "not signed"


def _described(info: "RosterInfo") -> list[str]:
    head = f"Roster {info.school_year}, version {info.number}: {info.state}, {_signed(info)}."
    reason = [f"Reason: {info.reason}"] if info.reason else []
    return [head, *reason, *(f"  {name}: {info.rows[name]} rows, SHA-256 {sha}" for name, sha in info.files.items())]


def _as_json(info: "RosterInfo") -> dict[str, object]:
    names = (
        "number",
        "school_year",
        "state",
        "people",
        "errors",
        "warnings",
        "signed_by",
        "signed_at",
        "second",
        "reason",
        "rows",
        "files",
    )
    return {("version" if name == "number" else name): getattr(info, name) for name in names}


_WORDS = {
    "joined": "joins",
    "left": "leaves",
    "moved": "moves to another team",
    "region": "changes region",
    "role": "changes role",
    "name": "has a new name",
    "email": "has a new e-mail",
    "cop": "changes COPs",
    "team_added": "is a new team",
    "team_removed": "is no team any more",
    "team_renamed": "is renamed",
    "team_moved": "moves",
    "cop_added": "is a new COP",
    "cop_removed": "is no COP any more",
    "cop_changed": "has changed",
}


def _difference(changes: "Sequence[RosterChange]", former: int | None) -> list[str]:
    if not changes:
        return [f"Nothing has changed since version {former}."]
    return [f"Since version {former}:", *(f"  {_subject(change)} {_WORDS[change.kind]}{_sides(change)}" for change in changes)]


def _subject(change: "RosterChange") -> str:
    return change.person_id or change.team_id or change.cop_code


def _sides(change: "RosterChange") -> str:
    if change.kind in ("joined", "left"):
        return f": {change.old or change.new}"
    return f": {change.old or 'none'} → {change.new or 'none'}"


def _changes_json(changes: "Sequence[RosterChange]") -> list[dict[str, str]]:
    return [{"kind": change.kind, "subject": _subject(change), "old": change.old, "new": change.new} for change in changes]
