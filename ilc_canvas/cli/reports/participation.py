"""report participation: what each person and team took part in"""

from typing import TYPE_CHECKING, Any

from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.reports.options import CsvFile, HtmlFile, Year

if TYPE_CHECKING:
    from ilc_canvas.program.reports.participation import HeldPlace, PersonParticipation, TeamParticipation
    from ilc_canvas.views.reports.participation import ParticipationReport


def participation(
    *, csv: CsvFile = None, html: HtmlFile = None, all_rows: All = False, as_json: Json = False, school_year: Year = ""
) -> None:
    """Places held and from when to when, and meetings, by person and team. The files hold names; the log records that they were written."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.reports import participation_words as words
    from ilc_canvas.cli.reports.files import as_csv, check_new, page_bytes, write
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import settings_and_exports
    from ilc_canvas.views.reports import participation as views

    settings, at, writes = begin(), process.now(), check_new(csv, html)
    with bootstrap.open_store(settings) as store:
        report = views.view(settings, store, school_year, as_of=at)
        table = as_csv(words.CSV_HEAD, words.csv_rows(report)) if csv else b""
        page = page_bytes(words.page(report)) if html else b""
        if writes:
            people = len(report.participation.people)
            settings_and_exports.exported_report(store, of="participation", people=people, actor=process.actor(), at=at)
    written = write([(csv, table), (html, page)])
    if as_json:
        say_json(_as_json(report))
    else:
        say(*words.lines(report, all_rows=all_rows))
        say(*(["", *written, "These files hold names. Keep them to yourself."] if written else []))


def _as_json(report: "ParticipationReport") -> dict[str, Any]:
    from ilc_canvas.cli.reports.files import facts_json
    from ilc_canvas.views.reports.participation import NOT_KNOWN

    found = report.participation
    return {
        **facts_json(report.sources),
        "not_known": NOT_KNOWN,
        "people": [_person(each) for each in found.people],
        "teams": [_team(each) for each in found.teams],
    }


def _person(each: "PersonParticipation") -> dict[str, Any]:
    return {
        "person": each.person.person_id,
        "name": each.person.display_name,
        "team": each.person.team_id,
        "left_in": each.left_in,
        "meetings": sorted(each.meetings),
        "attended": each.attended,
        "attended_elsewhere": each.elsewhere if each.attended is not None else None,
        "places": [_place(held) for held in each.places],
    }


def _place(held: "HeldPlace") -> dict[str, Any]:
    from ilc_canvas.cli.reports.participation_words import role

    return {
        "course": ":".join(held.place.course),
        "section": held.place.section,
        "role": role(held.place),
        "since_roster_version": held.since_version,
        "until_roster_version": held.until_version,
        "held": [{"from": span.began, "to": span.ended, "there_before": span.found} for span in held.spans],
        "meetings": held.meetings,
    }


def _team(each: "TeamParticipation") -> dict[str, Any]:
    return {
        "team": each.team.team_id,
        "name": each.team.name,
        "people": each.members,
        "places": each.places,
        "meetings": sorted(each.meetings),
        "attended": each.attended,
        "attendances": each.attendances,
    }
