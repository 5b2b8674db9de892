"""report reach: whom the program reached in a school year"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.reports.options import CsvFile, HtmlFile, Year

if TYPE_CHECKING:
    from ilc_canvas.program.reports.attendance import Attended
    from ilc_canvas.views.reports.reach import ReachReport


def reach(*, csv: CsvFile = None, html: HtmlFile = None, as_json: Json = False, school_year: Year = "") -> None:
    """Educators, schools, districts and counties by CDS code, from the signed roster; who came, if attendance is recorded. Names nobody."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.reports import reach_words as words
    from ilc_canvas.cli.reports.files import as_csv, check_new, page_bytes, write
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.reports import reach as views

    check_new(csv, html)
    with bootstrap.open_store(begin()) as store:
        report = views.view(store, school_year, process.now())
    made = [(csv, as_csv(words.CSV_HEAD, words.csv_rows(report)) if csv else b""), (html, page_bytes(words.page(report)) if html else b"")]
    written = write(made)
    if as_json:
        say_json(_as_json(report))
    else:
        say(*words.lines(report), *(["", *written] if written else []))


def _as_json(report: "ReachReport") -> dict[str, Any]:
    from ilc_canvas.cli.reports.files import facts_json

    found = report.reach
    return {
        **facts_json(report.sources),
        "groups": {group: asdict(counts) for group, counts in found.groups.items()},
        "educators_and_guests": asdict(found.together),
        "not_counted": [asdict(each) for each in found.not_counted],
        "without_people": [{"cop": cop.code, "status": cop.status} for cop in found.without_people],
        "units": [
            {
                "kind": unit.kind,
                "code": unit.code,
                "name": unit.name,
                "educators": asdict(unit.educators),
                **unit.others,
                "attendance": _attended(unit.attended),
            }
            for unit in found.units
        ],
        "attendance": _attended(found.attended),
        "attendance_by_kind": {kind: _attended(came) for kind, came in found.by_kind.items()},
        "off_calendar": found.off_calendar,
    }


def _attended(came: "Attended | None") -> dict[str, int] | None:
    return asdict(came) if came else None
