"""One check of files: what was found, as a page for whoever corrects it and as a table; and the way to check again."""

from starlette.responses import Response

from ilc_canvas.console.downloads import table_file
from ilc_canvas.console.links import plain_text
from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Handler, MissingPageError, Visit
from ilc_canvas.store.audit import settings_and_exports
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents.checks import Check
from ilc_canvas.views.documents import findings


def shown(document: str) -> Handler:
    """The page of a check of such a document."""

    def show(visit: Visit) -> Response:
        check = _check(visit, document)
        kept = {file.part for file in check.files if checks.file_of(visit.store, check, file.part)}
        values = {"check": check, "files": {file.part: file.name for file in check.files}, "kept": kept, "errors": {}}
        return page(visit, "check.html", values)

    return show


def exported(document: str) -> Handler:
    """Its findings as a table. The log says who took it, before the first byte is sent."""

    def export(visit: Visit) -> Response:
        check = _check(visit, document)
        if refusal := needs_new_sign_in(visit, visit.path):
            return refusal
        of = f"findings of {document} check {check.number}"
        settings_and_exports.exported_table(visit.store, of=of, rows=len(check.findings), actor=visit.actor, at=visit.at)
        return table_file(f"findings-{document}-{check.number}", findings.table(check.findings, plain_text))

    return export


def _check(visit: Visit, document: str) -> Check:
    """MissingPageError if there is none of this number, or it is older than a month."""
    check = checks.read(visit.store, document, visit.number("number"), at=visit.at)
    if check is None:
        raise MissingPageError
    return check
