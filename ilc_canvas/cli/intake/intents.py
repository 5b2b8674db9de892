"""intent import"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.intake.intent_teams import teams_json, teams_lines
from ilc_canvas.cli.options import All, Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, cut, say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.program.people.intents import IntentDecision, Intents
    from ilc_canvas.program.roster import Cop, Team
    from ilc_canvas.roster.files.rules import ReadingRules
    from ilc_canvas.roster.intent.judging import Judged, Outcome, Rules
    from ilc_canvas.roster.intent.prior import Member
    from ilc_canvas.roster.intent.resolution import Resolved
    from ilc_canvas.settings import Settings

_OUTCOMES: "Mapping[Outcome, tuple[str, str]]" = {
    "accept": ("continues", "continue"),
    "decline": ("does not continue", "do not continue"),
    "guest": ("would like to be a guest", "would like to be guests"),
    "review": ("waits for a decision", "wait for a decision"),
    "superseded": ("was replaced by a later answer", "were replaced by later answers"),
    "duplicate": ("is a copy", "are copies"),
    "test": ("is a test", "are tests"),
    "blank": ("is blank", "are blank"),
}


def import_(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Exports of the form: CSV or Excel workbooks.")],
    *,
    prior: Annotated[Path, typer.Option(help="Last year's members.", exists=True, dir_okay=False)],
    cops: Annotated[Path, typer.Option(help="The COP catalog of the coming year.", exists=True, dir_okay=False)],
    school_year: Annotated[str, typer.Option(help="The coming year, such as 2021-22.")],
    teams: Annotated[Path | None, typer.Option(help="Last year's teams: who leads them.", exists=True, dir_okay=False)] = None,
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day for answers.")] = None,
    decisions: Annotated[Path | None, typer.Option(help="The list of --review, filled in.", exists=True, dir_okay=False)] = None,
    review: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write what waits for a decision to this new file.")] = None,
    draft: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write a roster of those who continue to this new file.")] = None,
    remind: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write whom to remind to this new file, and remember it.")] = None,
    reason: Reason = "",
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Match answers about continuing with last year's members, list what is doubtful, and draft a roster.

    Decisions and reminders are kept for the next time; no account is made or ended by a form.
    """
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.files.columns import ROSTER
    from ilc_canvas.roster.intent import resolution
    from ilc_canvas.roster.intent.teams import with_roles, without_lead

    settings = begin()
    rules = _rules(settings, prior, cops, school_year=school_year, deadline=deadline)
    kept = _kept(settings, school_year)
    judged, new = _judged(settings, files, rules, kept=kept, decisions=decisions)
    resolved = resolution.resolve(judged, rules.prior)
    led = _teams(settings, teams)
    leaderless = list(without_lead(led, resolved))
    silent = [each.member for each in resolved if each.result == "no answer"]
    waiting = [each for each in judged if each.outcome == "review"]
    if review:
        _write(review, resolution.REVIEW.names, map(_as_row, waiting))
    if draft:
        _write(draft, ROSTER.names, with_roles(resolution.draft(resolved), led))
    if remind:
        _write(remind, ("person_id", "name", "email", "reminded_before"), (_to_remind(each, kept) for each in silent))
    _keep(settings, kept, new, reminded=[each.person_id for each in silent] if remind else [], reason=reason)
    if as_json:
        say_json({**_json(judged, resolved, kept), "teams": teams_json(leaderless)})
    else:
        listed = [*teams_lines(leaderless, all_rows=all_rows), *([] if review else cut(map(_line, waiting), all_rows=all_rows))]
        say(
            *_counts(judged, resolved, kept), *listed, *_written(review, draft, waiting, roles=bool(led)), *_remembered(new, remind, silent)
        )


def _teams(settings: "Settings", path: Path | None) -> "Sequence[Team]":
    from ilc_canvas.roster.intent.teams import read_teams
    from ilc_canvas.roster.reading import read_file

    rules = settings.roster.rules
    return read_teams(read_file(path, rules.most_bytes), rules) if path else ()


def _kept(settings: "Settings", school_year: str) -> "Intents":
    """What was decided before; nothing if there is no store yet."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.people.intents import Intents
    from ilc_canvas.store.intents import versions
    from ilc_canvas.store.opening import has_store

    if not has_store(settings.store):
        return Intents(school_year)
    with bootstrap.open_store(settings) as store:
        return versions.newest(store, school_year)


def _keep(settings: "Settings", kept: "Intents", new: "Sequence[IntentDecision]", *, reminded: Sequence[str], reason: str) -> None:
    """Remember what is new, in the store, with an audit event. A store is made if there is none yet."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.store.intents import versions
    from ilc_canvas.store.opening import begin_store

    now = process.now()
    all_of_it = kept.with_decisions(new).with_reminders(reminded, now.astimezone(settings.zone).date())
    if all_of_it == kept:
        return
    begin_store(settings.store)
    with bootstrap.open_store(settings) as store:
        versions.record(store, all_of_it, recorded_by=process.actor(), at=now, reason=reason)


def _to_remind(member: "Member", kept: "Intents") -> Mapping[str, str]:
    last = kept.reminded.get(member.person_id)
    named = {"person_id": member.person_id, "name": member.name, "email": member.email}
    return {**named, "reminded_before": last.isoformat() if last else ""}


def _remembered(new: "Sequence[IntentDecision]", remind: Path | None, silent: "Sequence[Member]") -> list[str]:
    lines = [f"Kept for the next time: {count(len(new), 'decision')}."] if new else []
    return [
        *lines,
        *([f"{count(len(silent), 'person', 'people')} to remind in {remind}; it is remembered as done today."] if remind else []),
    ]


def _rules(settings: "Settings", prior: Path, cops: Path, *, school_year: str, deadline: datetime | None) -> "Rules":
    from datetime import UTC, timedelta

    from ilc_canvas.files import config_path
    from ilc_canvas.roster.counties import read_counties
    from ilc_canvas.roster.intent.districts import read_directory
    from ilc_canvas.roster.intent.judging import Rules
    from ilc_canvas.roster.intent.prior import read_prior
    from ilc_canvas.roster.reading import read_file

    reading = settings.roster.rules
    until = deadline.replace(tzinfo=settings.zone) + timedelta(days=1) if deadline else datetime.max.replace(tzinfo=UTC)
    return Rules(
        prior=read_prior(read_file(prior, reading.most_bytes), reading),
        directory=read_directory(config_path("reference/districts.csv"), config_path("reference/district_aliases.csv")),
        counties=read_counties(config_path("counties.csv")),
        cops=_catalog(cops, reading, school_year),
        deadline=until,
    )


def _catalog(path: Path, reading: "ReadingRules", school_year: str) -> "Sequence[Cop]":
    """The COPs. RosterError if the catalog has an error in it."""
    from functools import partial

    from ilc_canvas.reconcile.errors import RosterError
    from ilc_canvas.roster.files.columns import COPS
    from ilc_canvas.roster.findings import Finding
    from ilc_canvas.roster.intake import first_year_of
    from ilc_canvas.roster.reading import read_file, read_table
    from ilc_canvas.roster.rows import cop, sheet

    table = read_table(read_file(path, reading.most_bytes), COPS, reading)
    findings: list[Finding] = list(table.findings)
    catalog = sheet(table, partial(cop, first_year=first_year_of(school_year)), findings).values
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        raise RosterError(f"{path.name} has {count(len(wrong), 'error')}. Check it with the roster first. The first one: {wrong[0]}")
    return catalog


def _judged(
    settings: "Settings", files: "Sequence[Path]", rules: "Rules", *, kept: "Intents", decisions: Path | None
) -> "tuple[Sequence[Judged], Sequence[IntentDecision]]":
    """The answers with what was decided before and with this list, and the decisions of the list."""
    from ilc_canvas.roster.intent.form import read_export
    from ilc_canvas.roster.intent.judging import judge
    from ilc_canvas.roster.intent.resolution import apply, decide
    from ilc_canvas.roster.reading import read_file

    reading = settings.roster.rules
    judged = judge([read_export(read_file(path, reading.most_bytes), settings.zone, reading) for path in files], rules)
    if not decisions:
        return apply(judged, kept.decisions, rules.prior), ()
    decided = decide(judged, read_file(decisions, reading.most_bytes), rules.prior, cops=rules.cops, rules=reading)
    if decided.findings:
        say(*(line for finding in decided.findings for line in finding.lines))
        say(f"{count(len(decided.findings), 'error')}. Nothing was written. Correct the decisions, then run the command again.")
        raise typer.Exit(EXIT_ERROR)
    return apply(decided.judged, kept.decisions, rules.prior), decided.decisions


def _counts(judged: "Sequence[Judged]", resolved: "Sequence[Resolved]", kept: "Intents") -> list[str]:
    from ilc_canvas.roster.intent.judging import counted
    from ilc_canvas.roster.intent.resolution import counted as results

    by_outcome, by_result = counted(judged), results(resolved)
    answers = "; ".join(count(by_outcome[outcome], *words) for outcome, words in _OUTCOMES.items() if by_outcome[outcome])
    members = ", ".join(f"{number:,} {result}" for result, number in by_result.most_common())
    silent = [f"  {each.member.name} ({each.member.person_id}){_last(each, kept)}" for each in resolved if each.result == "no answer"]
    return [f"{count(len(judged), 'row')}: {answers}.", f"{count(len(resolved), 'member')} of last year: {members}.", *_silent(silent)]


def _last(each: "Resolved", kept: "Intents") -> str:
    on = kept.reminded.get(each.member.person_id)
    return f", reminded on {on}" if on else ""


def _silent(lines: list[str]) -> list[str]:
    return ["Without an answer:", *cut(lines, all_rows=False)] if lines else []


def _line(each: "Judged") -> str:
    who = f"{each.member.name} ({each.member.person_id})" if each.member else each.answer.name or each.answer.email
    return f"  {each.answer.file}, row {each.answer.row}: {who}: {'; '.join(each.reasons)}."


def _as_row(each: "Judged") -> Mapping[str, str]:
    answer = each.answer
    return {
        "file": answer.file,
        "row": str(answer.row),
        "person_id": each.member.person_id if each.member else "",
        "cops": ";".join(each.cops),
        "decision": "",
        "name": answer.name,
        "email": answer.email,
        "says": answer.continues,
        "region": answer.region,
        "district": answer.district,
        "team": answer.team,
        "comment": answer.comment,
        "reasons": "; ".join(each.reasons),
    }


def _write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """A new table, in cells that no spreadsheet takes for formulas."""
    from csv import DictWriter

    from ilc_canvas.cli.store.new_file import new_file
    from ilc_canvas.reconcile.words.plain import plain
    from ilc_canvas.store.audit.reader import safe_cell

    with new_file(path) as stream:
        writer = DictWriter(stream, list(columns))
        writer.writeheader()
        writer.writerows({name: safe_cell(plain(text)) for name, text in row.items()} for row in rows)


def _written(review: Path | None, draft: Path | None, waiting: "Sequence[Judged]", *, roles: bool) -> list[str]:
    lines = []
    if review:
        what = "Write continue, leave, or guest under decision, then run the command again with --decisions."
        lines.append(f"{count(len(waiting), 'answer')} to decide about in {review}. {what}")
    if draft:
        still = f" {count(len(waiting), 'answer')} still to decide about are not in it." if waiting else ""
        lines.append(f"The draft is in {draft}. Names for sorting{'' if roles else ', and roles in teams,'} are to be filled in.{still}")
    return lines or ["Nothing was stored. To decide in a spreadsheet: --review FILE.csv; a roster of those who continue: --draft FILE.csv"]


def _json(judged: "Sequence[Judged]", resolved: "Sequence[Resolved]", kept: "Intents") -> dict[str, object]:
    answers = [
        {
            "file": each.answer.file,
            "row": each.answer.row,
            "outcome": each.outcome,
            "person_id": each.member.person_id if each.member else "",
            "reasons": each.reasons,
            "notes": each.notes,
            "region": each.region,
            "district_cds": each.district_cds,
            "cops": each.cops,
        }
        for each in judged
    ]
    members = [
        {"person_id": each.member.person_id, "result": each.result, "reminded": kept.reminded.get(each.member.person_id)}
        for each in resolved
    ]
    return {"answers": answers, "members": members}
