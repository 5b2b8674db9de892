"""roster check, columns, template"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.words.wording import count, listed

if TYPE_CHECKING:
    from ilc_canvas.roster.intake import Intake
    from ilc_canvas.roster.office.loose_files import LooseCheck
    from ilc_canvas.roster.office.overview import ColumnOverview, Overview
    from ilc_canvas.settings import Settings

Findings = Annotated[Path | None, typer.Option("--findings", metavar="FILE.csv", help="Write the findings to this new file, as a table.")]
_PASTE = "Put this into the settings if it is right; look at each line first:"


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, metavar="FILES", help="Roster, teams, COP catalog, sign-off: some or all, in any order."
        ),
    ],
    teams: Annotated[Path | None, typer.Option(help="The teams file.", exists=True, dir_okay=False)] = None,
    cops: Annotated[Path | None, typer.Option(help="The COP catalog.", exists=True, dir_okay=False)] = None,
    *,
    school_year: Annotated[str, typer.Option(help="Such as 2021-22. Default: the one in the catalog.")] = "",
    manifest: Annotated[Path | None, typer.Option(help="The sign-off (JSON).", exists=True, dir_okay=False)] = None,
    findings: Findings = None,
    as_json: Json = False,
) -> None:
    """Everything that an import checks, as far as files are given, with the newest finalized roster if there is one; nothing is stored."""
    from ilc_canvas.cli.intake.findings_file import write_findings
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.office.proposals import proposed_values

    settings = begin()
    read = _read_loose(settings, files, _Named(teams, cops, manifest), school_year=school_year, as_json=as_json)
    intake = _compared(settings, read)
    proposed = proposed_values(intake.findings)
    if findings:
        write_findings(findings, intake.findings)
    if as_json:
        levels = {"errors": intake.error_count, "warnings": intake.warning_count}
        found = [finding.as_json() for finding in intake.findings]
        missing = [layout.what for layout in read.missing]
        say_json({**levels, "findings": found, "rows": intake.rows, "forms": intake.forms, "proposed": proposed, "missing": missing})
    else:
        listed = [] if findings else [line for finding in intake.findings for line in finding.lines]
        say(*intake.forms, *listed, *([_PASTE, *"\n".join(proposed).split("\n")] if proposed else []))
        say(*_checked(read, intake), *([f"The findings are in {findings}. It contains names and addresses."] if findings else []))
    if intake.errors:
        raise typer.Exit(EXIT_ERROR)


class _Named(NamedTuple):
    """Files whose kind the options say."""

    teams: Path | None
    cops: Path | None
    manifest: Path | None


def _read_loose(settings: "Settings", files: Sequence[Path], named: _Named, *, school_year: str, as_json: bool) -> "LooseCheck":
    """What these files hold. One file beside the teams and the catalog is the roster; others are recognized by their columns."""
    from ilc_canvas.cli.progress import reading_progress
    from ilc_canvas.files import config_path
    from ilc_canvas.roster.counties import read_counties
    from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
    from ilc_canvas.roster.intake import Reading
    from ilc_canvas.roster.office.loose_files import check_loose
    from ilc_canvas.roster.reading import read_file

    rules, paths = settings.roster.rules, {TEAMS: named.teams, COPS: named.cops}
    if named.teams and named.cops and len(files) == 1:
        paths, files = {ROSTER: files[0], **paths}, []
    known = {layout: read_file(path, rules.most_bytes) for layout, path in paths.items() if path}
    with reading_progress(show=not as_json) as on_rows:
        return check_loose(
            [read_file(path, rules.most_bytes) for path in files],
            known,
            read_file(named.manifest) if named.manifest else None,
            how=Reading(school_year, read_counties(config_path("counties.csv")), rules, on_rows),
        )


def read_as_set(settings: "Settings", files: Sequence[Path], manifest: Path | None, *, school_year: str) -> "Intake":
    """The files of a roster, read by the settings, with progress on a terminal."""
    from ilc_canvas.cli.progress import reading_progress
    from ilc_canvas.files import config_path
    from ilc_canvas.roster.counties import read_counties
    from ilc_canvas.roster.intake import Reading, read_files

    counties = read_counties(config_path("counties.csv"))
    with reading_progress(show=True) as on_rows:
        return read_files(files, manifest, Reading(school_year, counties, settings.roster.rules, on_rows))


def _compared(settings: "Settings", read: "LooseCheck") -> "Intake":
    """With findings about people who may be in the newest finalized roster under another id; without a store there are none."""
    from contextlib import closing

    from ilc_canvas import bootstrap
    from ilc_canvas.actions import rosters
    from ilc_canvas.store.opening import is_there, unopened

    if not read.has_people:
        return read.intake
    with closing(unopened(settings.store)) as store:
        if not is_there(store):
            return read.intake
    with bootstrap.open_store(settings) as store:
        return rosters.compare(store, read.intake, next(iter(read.intake.hashes)))


def _checked(read: "LooseCheck", intake: "Intake") -> list[str]:
    held = intake.roster
    counts = {
        "roster": count(len(held.people), "person", "people"),
        "teams file": count(len(held.teams), "team"),
        "COP catalog": count(len(held.cops), "COP"),
    }
    missing = [layout.what for layout in read.missing]
    given = ", ".join(text for what, text in counts.items() if what not in missing)
    errors, warnings = intake.error_count, intake.warning_count
    found = f"{count(errors, 'error') if errors else 'no error'}, {count(warnings, 'warning') if warnings else 'no warning'}"
    next_step = "Correct what is listed, then check again." if errors else "Next: ilc-canvas roster import, with the same files."
    if missing:
        next_step = f"Without the {listed(missing)}, not everything could be checked. Before an import, check all three files together."
    return [f"{given}: {found}. Nothing was stored.", next_step]


def columns(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A roster, teams, catalog, or calendar file.")],
    as_json: Json = False,
) -> None:
    """What each column of a file holds, and what it is taken for."""
    from dataclasses import asdict

    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.office.overview import overview
    from ilc_canvas.roster.reading import read_file

    rules = begin().roster.rules
    found = overview(read_file(file, rules.most_bytes), rules)
    if as_json:
        say_json({**asdict(found), "to_paste": found.to_paste})
    else:
        say(*_columns_text(found))


def _columns_text(found: "Overview") -> list[str]:
    from ilc_canvas.roster.findings import visible

    what = f"It looks like a {found.what}: {count(found.rows, 'row')} below the header in line {found.header_line}."
    widest = max(len(visible(each.header)) for each in found.columns)
    missing = [f"Missing: {', '.join(found.missing)}."] if found.missing else []
    paste = [_PASTE, *found.to_paste.split("\n")] if found.to_paste else []
    lines = [_column(each, visible(each.header).ljust(widest)) for each in found.columns]
    return [found.form, what, *lines, *missing, *paste]


def _column(each: "ColumnOverview", header: str) -> str:
    taken = each.column if each.column else "left out by the settings" if each.column == "" else "not known here"
    maybe = f" (is it {each.proposal}?)" if each.proposal else ""
    examples = f"  {' | '.join(value[:40] for value in each.examples)}" if each.examples else ""
    return f"  {each.letters:<2}  {header}  {taken + maybe:<26}  {each.filled:,} filled{examples}"


def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to; it is made if it is not there.")],
    as_json: Json = False,
) -> None:
    """Write empty files to fill in, as CSV and as Excel workbooks with lists to choose from."""
    from ilc_canvas.cli.store.new_file import new_files
    from ilc_canvas.roster.office.templates import templates

    made = templates()
    new_files(folder, made)
    if as_json:
        say_json({"folder": str(folder), "files": sorted(made)})
    else:
        say(
            f"{count(len(made), 'empty file')} in {folder}: {', '.join(sorted(made))}.",
            "To check what you fill in: ilc-canvas roster check FILES",
        )
