"""roster check, columns, template"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.wording import count

if TYPE_CHECKING:
    from ilc_canvas.roster.intake import Intake
    from ilc_canvas.roster.office.overview import ColumnOverview, Overview
    from ilc_canvas.settings import Settings

Findings = Annotated[Path | None, typer.Option("--findings", metavar="FILE.csv", help="Write the findings to this new file, as a table.")]
_PASTE = "Put this into the settings if it is right; look at each line first:"


def check(
    roster: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The roster file: CSV or an Excel workbook.")],
    teams: Annotated[Path, typer.Option(help="The teams file.", exists=True, dir_okay=False)],
    cops: Annotated[Path, typer.Option(help="The COP catalog.", exists=True, dir_okay=False)],
    *,
    school_year: Annotated[str, typer.Option(help="Such as 2021-22.")],
    manifest: Annotated[Path | None, typer.Option(help="The sign-off (JSON).", exists=True, dir_okay=False)] = None,
    findings: Findings = None,
    as_json: Json = False,
) -> None:
    """Everything that an import checks, with the newest finalized roster if there is one; nothing is stored."""
    from ilc_canvas.cli.intake.findings_file import write_findings
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.office.proposals import proposed_values

    settings = begin()
    read = read_as_set(settings, (roster, teams, cops), manifest, school_year=school_year, as_json=as_json)
    intake = _compared(settings, read, roster.name)
    proposed = proposed_values(intake.findings)
    if findings:
        write_findings(findings, intake.findings)
    if as_json:
        levels = {"errors": intake.error_count, "warnings": intake.warning_count}
        found = [finding.as_json() for finding in intake.findings]
        say_json({**levels, "findings": found, "rows": intake.rows, "forms": intake.forms, "proposed": proposed})
    else:
        listed = [] if findings else [line for finding in intake.findings for line in finding.lines]
        say(*intake.forms, *listed, *([_PASTE, *"\n".join(proposed).split("\n")] if proposed else []))
        say(*_checked(intake), *([f"The findings are in {findings}. It contains names and addresses."] if findings else []))
    if intake.errors:
        raise typer.Exit(EXIT_ERROR)


def read_as_set(settings: "Settings", files: Sequence[Path], manifest: Path | None, *, school_year: str, as_json: bool = False) -> "Intake":
    """The files of a roster, read by the settings, with progress on a terminal."""
    from ilc_canvas.cli.progress import reading_progress
    from ilc_canvas.files import config_path
    from ilc_canvas.roster.counties import read_counties
    from ilc_canvas.roster.intake import Reading, read_files

    counties = read_counties(config_path("counties.csv"))
    with reading_progress(show=not as_json) as on_rows:
        return read_files(files, manifest, Reading(school_year, counties, settings.roster.rules, on_rows))


def _compared(settings: "Settings", intake: "Intake", file: str) -> "Intake":
    """With findings about people who may be in the newest finalized roster under another id; without a store there are none."""
    from contextlib import closing

    from ilc_canvas import bootstrap
    from ilc_canvas.actions import rosters
    from ilc_canvas.store.opening import is_there, unopened

    with closing(unopened(settings.store)) as store:
        if not is_there(store):
            return intake
    with bootstrap.open_store(settings) as store:
        return rosters.compare(store, intake, file)


def _checked(intake: "Intake") -> list[str]:
    roster = intake.roster
    read = f"{count(len(roster.people), 'person', 'people')}, {count(len(roster.teams), 'team')}, {count(len(roster.cops), 'COP')}"
    errors, warnings = intake.error_count, intake.warning_count
    found = f"{count(errors, 'error') if errors else 'no error'}, {count(warnings, 'warning') if warnings else 'no warning'}"
    next_step = "Correct what is listed, then check again." if errors else "Next: ilc-canvas roster import, with the same files."
    return [f"{read}: {found}. Nothing was stored.", next_step]


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
