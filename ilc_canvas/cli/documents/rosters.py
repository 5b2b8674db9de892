"""roster import, finalize, rekey, show, diff, list"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.documents import documents
from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, one_line, say, say_json
from ilc_canvas.reconcile.words.wording import count, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ilc_canvas.actions.rosters import IdDecision
    from ilc_canvas.program.diff import RosterChange
    from ilc_canvas.program.roster import Roster
    from ilc_canvas.store.documents.versions import VersionInfo
    from ilc_canvas.views.years import SchoolYear

_NAME = "roster"


def import_(
    roster: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The roster file: CSV or an Excel workbook.")],
    teams: Annotated[Path, typer.Option(help="The teams file.", exists=True, dir_okay=False)],
    cops: Annotated[Path, typer.Option(help="The COP catalog.", exists=True, dir_okay=False)],
    *,
    school_year: Annotated[str, typer.Option(help="Such as 2021-22.")],
    manifest: Annotated[Path | None, typer.Option(help="The sign-off (JSON).", exists=True, dir_okay=False)] = None,
    allow_older: Annotated[bool, typer.Option("--allow-older", help="Take a version older than the newest finalized one.")] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Read a roster, check every row, and store it as a draft."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import rosters
    from ilc_canvas.cli.intake.roster_files import read_as_set
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.opening import begin_store

    settings = begin()
    read = read_as_set(settings, (roster, teams, cops), manifest, school_year=school_year)
    begun = begin_store(settings.store)
    with bootstrap.open_store(settings) as store:
        done = rosters.import_draft(
            store, read, roster.name, allow_older=allow_older, actor=process.actor(), reason=reason, at=process.now()
        )
    intake, info = done.intake, done.draft
    if as_json:
        kept = {"version": info.number if info else None, "files_digest": info.files_digest if info else ""}
        levels = {"errors": intake.error_count, "warnings": intake.warning_count}
        say_json(
            {**kept, **levels, "findings": [finding.as_json() for finding in intake.findings], "rows": intake.rows, "forms": intake.forms}
        )
    else:
        say(*([f"There was no store yet, so a new one is made: {begun}."] if begun else []))
        say(*intake.forms, *(line for finding in intake.findings for line in finding.lines))
        refusal = [documents.refused(count(intake.error_count, "error"), count(intake.warning_count, "warning"))]
        say(*(_imported(info) if info else refusal))
    if intake.errors:
        raise typer.Exit(EXIT_ERROR)


def _imported(info: "VersionInfo") -> list[str]:
    warned = f", {count(info.warnings, 'warning')} to be accepted by signing" if info.warnings else ""
    stored = f"Draft of version {info.number}: {count(info.entries, 'person', 'people')}, no error{warned}."
    return [stored, *documents.files(info), f"To sign exactly these files: {documents.command(_NAME, info)}"]


def finalize(
    version: Annotated[int | None, typer.Argument(help="The draft's version. Default: whatever the draft is.")] = None,
    *,
    files: Annotated[str, typer.Option(help="The digest of its files, as import and show tell it.", callback=one_line)] = "",
    signed_by: Annotated[str, typer.Option(help="Who signs.", callback=one_line)],
    second: Annotated[
        str | None, typer.Option(help="A second person, if more than a tenth of the people are missing.", callback=one_line)
    ] = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Sign the draft: it is frozen, supersedes the version before, and is what the next run reads."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import rosters
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.documents.signing import ReviewedDraft
    from ilc_canvas.views import years

    settings = begin()
    with bootstrap.open_store(settings) as store:
        done = rosters.finalize(
            settings,
            store,
            ReviewedDraft(version, files),
            signed_by=signed_by,
            second=second,
            actor=process.actor(),
            reason=reason,
            at=process.now(),
        )
        every = years.all_years(settings, store, process.now())
    if as_json:
        say_json({**documents.as_json(done.info, "people"), "changes": _changes_json(done.changes)})
        return
    say(*documents.described(_NAME, done.info), "")
    say(*(_difference(done.changes, *done.sides) if done.sides else ["It is the first version of this school year."]))
    say(*_in_care(every, done.info.school_year), "", "Next: ilc-canvas plan")


def _in_care(every: "Sequence[SchoolYear]", signed: str) -> list[str]:
    """Which school years are cared for from now on, if there are several, and which are not."""
    if len(every) < 2:
        return []
    lines = ["", f"School years cared for from now on: {listed([year.name for year in every if year.is_maintained])}."]
    lines += [f"{year.name} is left as it is, since its term has ended." for year in every if not year.is_maintained]
    if any(year.is_over for year in every if year.name == signed):
        lines.append(f"The term of {signed} has ended: who leaves, and new names and addresses, are still written, and nobody can join.")
    return lines


def rekey(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id in the newest finalized roster: ILC-0316.", callback=one_line)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id in the next one.", callback=one_line)],
    not_the_same: Annotated[bool, typer.Option("--not-the-same", help="They are two people.")] = False,
    *,
    ask_again: Annotated[bool, typer.Option("--ask-again", help="Take back what was decided about the two.")] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Note that a person has a new id: the Canvas account and the places go on under it when a roster with it is finalized."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import rosters
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.cells import CODE

    if not_the_same and ask_again:
        raise typer.BadParameter("--not-the-same and --ask-again exclude each other. Nothing was changed.")
    if not ask_again and not reason.strip():
        raise typer.BadParameter('A decision needs a reason, so that others understand it: --reason "..."')
    if not CODE.fullmatch(new):
        raise typer.BadParameter(f"{new!r} cannot be a person_id: letters, digits, dots, dashes, underscores. Nothing was changed.")
    decision: IdDecision = "ask-again" if ask_again else "different" if not_the_same else "same"
    settings = begin()
    with bootstrap.open_store(settings) as store:
        name = rosters.decide_on_ids(settings, store, (old, new), decision=decision, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json({"old": old, "new": new, "decision": decision})
    else:
        say(_NOTED[decision].format(name=name, old=old, new=new), "Next: ilc-canvas roster import FILES")


_NOTED = {
    "same": "Noted: {name} ({old}) has the new id {new}. It takes effect when a roster with the new id is finalized.",
    "different": "Noted: {name} ({old}) and {new} are two people.",
    "ask-again": "Taken back: the next import asks again whether {old} and {new} are the same person.",
}


def show(version: Annotated[int | None, typer.Argument(help="Default: the newest finalized.")] = None, as_json: Json = False) -> None:
    """One version: who signed it, its files, its findings."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.rosters import versions as store_rosters

    with bootstrap.open_store(begin()) as store:
        roster = store_rosters.read(store, version)
        info = store_rosters.info(store, roster.version)
    if as_json:
        say_json({**documents.as_json(info, "people"), "people": len(roster.people), "teams": len(roster.teams), "cops": len(roster.cops)})
        return
    say(*documents.described(_NAME, info))
    say(f"{count(len(roster.people), 'person', 'people')}, {count(len(roster.teams), 'team')}, {count(len(roster.cops), 'COP')}.")
    say(*map(documents.finding, info.findings))
    if info.state == "draft":
        say(f"Imported by {info.imported_by}. To sign exactly these files: {documents.command(_NAME, info)}")


def diff(before: int, after: int, as_json: Json = False) -> None:
    """What has changed from one version to another."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.rosters import versions as store_rosters
    from ilc_canvas.views.documents import rosters as views

    with bootstrap.open_store(begin()) as store:
        sides = (store_rosters.read(store, before), store_rosters.read(store, after))
        changes = views.changes(store, *sides)
    if as_json:
        say_json(_changes_json(changes))
    else:
        say(*_difference(changes, *sides))


def list_(as_json: Json = False) -> None:
    """All versions, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.rosters import versions as store_rosters

    with bootstrap.open_store(begin()) as store:
        infos = store_rosters.listing(store)
    if as_json:
        say_json([documents.as_json(info, "people") for info in infos])
    elif not infos:
        say("There is no roster yet. Begin with: ilc-canvas roster import ROSTER.csv --teams T.csv --cops C.csv --school-year 2021-22")
    else:
        say(*(documents.row(info, count(info.entries, "person", "people")) for info in infos))


_WORDS = {
    "joined": "joins",
    "left": "leaves",
    "rekeyed": "has a new id",
    "moved": "moves to another team",
    "region": "changes region",
    "role": "changes role",
    "name": "has a new name",
    "email": "has a new e-mail",
    "cop": "changes COPs",
    "team_added": "is a new team",
    "team_removed": "is no longer a team",
    "team_renamed": "is renamed",
    "team_moved": "moves",
    "cop_added": "is a new COP",
    "cop_removed": "is no longer a COP",
    "cop_changed": "has changed",
}


def _difference(changes: "Sequence[RosterChange]", before: "Roster", after: "Roster") -> list[str]:
    """How many, and one line for each, with names."""
    if not changes:
        return [f"Nothing has changed since version {before.version}."]
    head = f"Since version {before.version}: {count(len(changes), 'difference')}."
    return [head, *(f"  {_named(change, before, after)} {_WORDS[change.kind]}{_sides(change)}" for change in changes)]


def _subject(change: "RosterChange") -> str:
    return change.person_id or change.team_id or change.cop_code


def _named(change: "RosterChange", before: "Roster", after: "Roster") -> str:
    """David Zhao (ILC-0006), or the code of a team or COP."""
    person = after.person_by_id.get(change.person_id) or before.person_by_id.get(change.person_id)
    if person is None:
        return f"{'team' if change.team_id else 'COP'} {_subject(change)}"
    return f"{person.display_name} ({change.person_id})"


def _sides(change: "RosterChange") -> str:
    if change.kind in ("joined", "left"):
        return ""
    return f": {change.old or 'none'} → {change.new or 'none'}"


def _changes_json(changes: "Sequence[RosterChange]") -> list[dict[str, str]]:
    return [{"kind": change.kind, "subject": _subject(change), "old": change.old, "new": change.new} for change in changes]
