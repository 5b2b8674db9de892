"""How things stand: counts, the next step, what waits, what happened last."""

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.basis import roster_number
from ilc_canvas.reconcile.run.sentence import sentence
from ilc_canvas.reconcile.wording import form
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
    last = [(info, run_text(visit, info)) for info in details.runs(visit.store, _LAST)]
    versions = [(year.school_year, roster_number(year.basis)) for year in status.years]
    drafts = [info for info in calendars.listing(visit.store) if info.state == "draft"]
    values = {"status": status, "held": held, "figures": figures, "last": last, "versions": versions, "calendar_drafts": drafts}
    return page(visit, "today.html", values)


def run_text(visit: Visit, info: RunInfo) -> str:
    """How a run went, in a sentence."""
    report = details.report_of(visit.store, info.number)
    return sentence(report) if report else "It has not ended by itself." if info.closed_at else "It is under way."
