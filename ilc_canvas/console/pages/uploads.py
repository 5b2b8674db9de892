"""Checking a roster's files and signing a draft."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import rosters
from ilc_canvas.console.pages.decisions import SHORT_REASON
from ilc_canvas.console.pages.rosters import info_of, version_values
from ilc_canvas.console.reading import Upload, read_upload
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import IlcError, RosterHeldError
from ilc_canvas.roster.intake import Files, Intake
from ilc_canvas.roster.reading import File
from ilc_canvas.store.documents.signing import ReviewedDraft
from ilc_canvas.store.rosters import versions

_PARTS = {"roster": "Choose the roster file.", "teams": "Choose the teams file.", "cops": "Choose the COP catalog."}
_LONGEST_NAME = 100
_TWO = "More than a tenth of the people are missing, so two people have to sign. The operator records that. Nothing was changed."


def check(visit: Visit) -> Response:
    """Check the files; without errors they become the draft, otherwise nothing is stored and the findings are shown."""
    files = {name: file for name in (*_PARTS, "manifest") if (file := _file(visit, name))}
    errors = {name: text for name, text in _PARTS.items() if name not in files}
    if not visit.typed("school_year"):
        errors["school_year"] = "Type the school year, such as 2021-22."
    if errors:
        return _again(visit, errors)
    given = Files(files["roster"], files["teams"], files["cops"])
    try:
        intake = read_upload(Upload(given, files.get("manifest"), visit.typed("school_year"), visit.settings.roster.rules))
        result = rosters.import_draft(visit.store, intake, given.roster.name, allow_older=False, actor=visit.actor, reason="", at=visit.at)
    except IlcError as error:
        return _again(visit, {"": str(error)})
    if result.draft is None:
        return _again(visit, {}, result.intake)
    return RedirectResponse(f"/roster/{result.draft.number}", HTTPStatus.SEE_OTHER)


def _file(visit: Visit, name: str) -> File | None:
    """A file of the form under its bare name, however the browser gave that; None if none was chosen."""
    given = visit.form.get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    bare = given.filename.replace("\0", "").replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
    return File(bare or name, given.file.read())


def _again(visit: Visit, errors: Mapping[str, str], intake: Intake | None = None) -> Response:
    values = {
        "versions": versions.listing(visit.store),
        "errors": errors,
        "school_year": visit.typed("school_year"),
        "intake": intake,
        "findings": [finding.as_json() for finding in intake.findings] if intake else [],
    }
    return page(visit, "rosters.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def sign(visit: Visit) -> Response:
    """Sign the draft whose files were shown."""
    info, reason = info_of(visit), visit.typed("reason")
    errors = {} if reason else {"reason": SHORT_REASON}
    if not visit.typed("read"):
        errors["read"] = "Tick that you have read it."
    try:
        if not errors:
            seen = ReviewedDraft(info.number, visit.typed("files"))
            rosters.finalize(
                visit.settings, visit.store, seen, signed_by=visit.actor, second=None, actor=visit.actor, reason=reason, at=visit.at
            )
            return RedirectResponse(f"/roster/{info.number}", HTTPStatus.SEE_OTHER)
    except RosterHeldError:
        errors[""] = (
            "More than a tenth of the people are missing, so two people have to sign. The operator records that. Nothing was changed."
        )
    except IlcError as error:
        errors[""] = str(error)
    return page(
        visit, "roster.html", {**version_values(visit, info), "errors": errors, "reason": reason}, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )
