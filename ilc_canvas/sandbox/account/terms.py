"""Terms: they live on the root account, and their dates decide who can still be enrolled."""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox.account.sis import taken
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Dates, Instant, Term

OVERRIDABLE = {"StudentEnrollment", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}


def as_json(call: Call, term: Term, *, overrides: bool = True) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": term.id,
        "name": term.name,
        "start_at": in_utc(term.start_at),
        "end_at": in_utc(term.end_at),
        "created_at": in_utc(term.created_at),
        "workflow_state": term.state,
        "grading_period_group_id": None,
    }
    if call.rights.reads_sis:
        shown["sis_term_id"] = term.sis_id
    if call.rights.writes_sis:
        shown["sis_import_id"] = None
    if overrides:
        spans = term.overrides.items()
        shown["overrides"] = {kind: {"start_at": in_utc(start), "end_at": in_utc(end)} for kind, (start, end) in spans}
    return shown


def on_root(call: Call) -> None:
    if find.account(call, call.ids["account"]).parent_id is not None:
        raise errors.message(400, "Terms only belong to root_accounts.")


def index(call: Call) -> Answer:
    on_root(call)
    past, asked = call.of_lists(), call.params.any_of("workflow_state") or ["active"]
    named = (call.params.text("term_name") or "").lower()
    rows = [term for term in past.world.terms if (term.state in asked or "all" in asked) and named in term.name.lower()]
    overrides = call.includes("overrides")
    return paging.counted(
        past, sorted(rows, key=newest_first), lambda row: as_json(past, row, overrides=overrides), wrapper="enrollment_terms"
    )


def newest_first(term: Term) -> tuple[float, float, int]:
    """Latest start and latest end come first, and no date before any date."""
    return -seconds(term.start_at), -seconds(term.end_at), term.id


def seconds(instant: Instant | None) -> float:
    return float("inf") if instant is None else instant.timestamp()


def show(call: Call) -> Answer:
    on_root(call)
    return Answer(as_json(call, find.term(call, call.ids["term"])))


def create(call: Call) -> Answer:
    on_root(call)
    call.rights.need("manage_account_settings")
    asked = parameters(call)
    sis_id = asked.text("sis_term_id") if call.rights.writes_sis else None
    draft = Term(id=0, created_at=call.now, state="active", name="")
    fill(call, draft, asked)
    check(call, draft, None, sis_id=sis_id)
    term = call.world.terms.add(lambda n: replace(draft, id=n, sis_id=sis_id))
    return Answer(as_json(call, term))


def update(call: Call) -> Answer:
    on_root(call)
    term = find.term(call, call.ids["term"])
    call.rights.need("manage_account_settings")
    asked = parameters(call)
    if term is call.world.default_term and asked.text("name") not in (None, term.name):
        raise errors.invalid({"name": [errors.own("Cannot change the default term name")]})
    sis_id = asked.text("sis_term_id") if "sis_term_id" in asked and call.rights.writes_sis else term.sis_id
    draft = replace(term)
    fill(call, draft, asked)
    check(call, draft, term, sis_id=sis_id)
    fill(call, term, asked)
    call.world.terms.set_sis(term, sis_id)
    return Answer(as_json(call, term))


def parameters(call: Call) -> Params:
    asked = call.params.group("enrollment_term")
    if not asked.names:
        raise errors.parameter_missing("enrollment_term")
    if "sis_term_id" in asked.names and "sis_term_id" not in asked:  # a list or a group
        raise errors.message(400, "Invalid SIS ID")
    return asked


def fill(call: Call, term: Term, asked: Params) -> None:
    """Take over what was sent, and only that."""
    term.name = asked.text("name") or term.name
    if "start_at" in asked:
        term.start_at = call.instant(asked, "start_at")
    if "end_at" in asked:
        term.end_at = call.instant(asked, "end_at")
    if "overrides" in asked.names:
        term.overrides = read_overrides(call, asked.group("overrides"))


def read_overrides(call: Call, asked: Params) -> dict[str, Dates]:
    if asked.names - OVERRIDABLE:
        raise errors.message(400, "Invalid enrollment type in overrides")
    groups = {kind: asked.group(kind) for kind in asked.names}
    return {kind: (call.instant(span, "start_at"), call.instant(span, "end_at")) for kind, span in groups.items()}


def check(call: Call, draft: Term, term: Term | None, *, sis_id: str | None) -> None:
    flaws = taken(call.world.terms, term, sis_id)
    if draft.start_at and draft.end_at and draft.end_at < draft.start_at:
        flaws["base"] = [errors.own("End dates cannot be before start dates")]
    if flaws:
        raise errors.invalid(flaws)


def delete(call: Call) -> Answer:
    """A deleted term can still be read, and keeps its SIS id."""
    on_root(call)
    term = find.term(call, call.ids["term"])
    call.rights.need("manage_account_settings")
    if term is call.world.default_term:
        raise errors.invalid({"workflow_state": [errors.own("Cannot delete the default term")]})
    if any(course.term_id == term.id and course.state != "deleted" for course in call.world.courses):
        raise errors.invalid({"workflow_state": [errors.own("Cannot delete a term with active courses")]})
    term.state = "deleted"
    return Answer(as_json(call, term, overrides=False))
