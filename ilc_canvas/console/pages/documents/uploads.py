"""Checking a roster's files: they become the draft, or a page that says what is wrong with them."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import rosters
from ilc_canvas.console.pages.documents.rosters import listing_values
from ilc_canvas.console.reading import Upload, read_upload
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.basis import ROSTER
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.roster.intake import Files, Intake
from ilc_canvas.roster.reading import File
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents.checks import Check, CheckedFile
from ilc_canvas.views.documents import findings

PARTS: Mapping[str, str] = {"roster": "Choose the roster file.", "teams": "Choose the teams file.", "cops": "Choose the COP catalog."}
_MANIFEST = "manifest"
_LONGEST_NAME = 100
YEAR_MISSING = "Type the school year, such as 2021-22."


def check(visit: Visit) -> Response:
    """Check the files. Without errors they become the draft; otherwise the findings are kept, and nothing else.

    A file that is not chosen is taken from the check that the form names: it has not changed.
    """
    given, year = _files(visit), visit.typed("school_year")
    errors = {name: text for name, text in PARTS.items() if name not in given}
    if not year:
        errors["school_year"] = YEAR_MISSING
    if errors:
        return _again(visit, errors)
    try:
        upload = Upload(Files(*(given[name] for name in PARTS)), given.get(_MANIFEST), year, visit.settings.roster.rules)
        file = given["roster"].name
        result = rosters.import_draft(
            visit.store, read_upload(upload), file, allow_older=False, actor=visit.actor, reason=visit.typed("reason"), at=visit.at
        )
    except IlcError as error:
        return _again(visit, {"": str(error)})
    if result.draft is None:
        return RedirectResponse(f"/roster/checks/{_keep(visit, result.intake, given)}", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/roster/{result.draft.number}", HTTPStatus.SEE_OTHER)


def _files(visit: Visit) -> dict[str, File]:
    """By part: what was chosen, and what the former check has; but for the manifest, which signs files that were corrected since."""
    number = visit.typed("check")
    former = (
        checks.read(visit.store, ROSTER, int(number), at=visit.at) if number.isascii() and number.isdigit() and len(number) < 10 else None
    )
    found: dict[str, File] = {}
    for name in (*PARTS, _MANIFEST):
        if file := chosen_file(visit, name):
            found[name] = file
        elif name in PARTS and former and (kept := checks.file_of(visit.store, former, name)) and kept.content is not None:
            found[name] = File(kept.name, kept.content)
    return found


def chosen_file(visit: Visit, name: str) -> File | None:
    """A file of the form under its bare name, however the browser gave that; None if none was chosen."""
    given = visit.form.get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    bare = given.filename.replace("\0", "").replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
    return File(bare or name, given.file.read())


def _keep(visit: Visit, intake: Intake, given: Mapping[str, File]) -> int:
    roster = intake.roster
    found = Check(
        document=ROSTER,
        school_year=roster.school_year,
        at=visit.at,
        actor=visit.actor,
        errors=intake.error_count,
        warnings=intake.warning_count,
        counts={"people": len(roster.people), "teams": len(roster.teams), "COPs": len(roster.cops)},
        findings=[findings.whole(each) for each in intake.findings],
        forms=intake.forms,
        files=[CheckedFile(name, file.name, file.sha256, file.data if name in PARTS else None) for name, file in given.items()],
    )
    return checks.keep(visit.store, found)


def _again(visit: Visit, errors: Mapping[str, str]) -> Response:
    values = listing_values(visit, errors=errors, school_year=visit.typed("school_year"), again=visit.typed("check"))
    return page(visit, "rosters.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)
