"""How things stand: counts, the next step, what waits, what happened last."""

from collections.abc import Sequence

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.basis import roster_number
from ilc_canvas.reconcile.run.sentence import sentence
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.words.wording import form
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.views.status import current_status

_LAST = 5


def today(visit: Visit) -> Response:
    """The first page."""
    status = current_status(visit.settings, visit.store, visit.at)
    held = [(year, info) for year in status.years if year.cared_for for info in year.held]
    figures = [
        (len(held), form(len(held), "plan waits for approval", "plans wait for approval")),
        (len(status.waits.questions), "to decide: who is who"),
        (len(status.waits.parked), "refused by Canvas"),
        (len(status.waits.declined), "left undone by decision"),
        (len(status.sync_requests), form(len(status.sync_requests), "open sync request")),
    ]
    last = run_texts(visit, details.runs(visit.store, _LAST))
    versions = [(year.school_year, roster_number(year.basis)) for year in status.years]
    drafts = [info for info in calendars.listing(visit.store) if info.state == "draft"]
    values = {"status": status, "held": held, "figures": figures, "last": last, "versions": versions, "calendar_drafts": drafts}
    return page(visit, "today.html", values)


def run_texts(visit: Visit, infos: Sequence[RunInfo]) -> list[tuple[RunInfo, str]]:
    """Each of these runs, and how it went in a sentence."""
    reports = details.reports(visit.store, [info.number for info in infos])
    return [(info, run_text(info, reports.get(info.number))) for info in infos]


def run_text(info: RunInfo, report: Report | None) -> str:
    """How a run went, in a sentence."""
    return sentence(report) if report else "It has not ended by itself." if info.closed_at else "It is under way."
