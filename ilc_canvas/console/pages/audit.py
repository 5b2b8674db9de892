"""The audit log: searched, newest first; whether it holds; and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import sync_requests
from ilc_canvas.console.downloads import table_file
from ilc_canvas.console.pages.audit_search import GROUPS, Search, asked_for, day_of, digest_of, number_of, wanted, word_of
from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.audit import chain, reader, settings_and_exports
from ilc_canvas.store.audit.reader import Event
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views.chain_state import events_since, last_check

_PAGE, _HEADS = 50, 5
_DOCUMENTS = {"attendance": "attendance", "intents": "the answers about next year", "templates": "the texts of the courses"}
_SCHEDULE = {"schedule": "the schedule"}
_WORDS = {
    "access-refused": "was refused a page",
    "accepted": "went on with a store that was restored",
    "account-made": "made an account",
    "approved": "approved a plan",
    "audit-searched": "read the audit log",
    "began": "began a run",
    "calendar-checked": "had a calendar checked that has errors",
    "calendar-drafted": "imported a calendar",
    "calendar-finalized": "signed a calendar",
    "claimed": "let the store keep the courses in Canvas",
    "claiming": "began to let the store keep the courses in Canvas",
    "closed": "ended a run",
    "code-renewed": "renewed an authenticator",
    "credentials-renewed": "gave an account a new password and key",
    "declined": "left changes undone",
    "decline-forgotten": "took back a decision to leave changes undone",
    "drift-decided": "decided about something changed by hand",
    "erased": "erased a person",
    "exported": "took data away",
    "forgotten": "forgot names that are old",
    "happened": "recorded what became of a change",
    "identity-decided": "decided who is who",
    "identity-linked": "linked an account to a sign-in elsewhere",
    "identity-unlinked": "took an account's sign-in elsewhere away",
    "intended": "was about to make a change",
    "moved": "moved the store to another address of Canvas",
    "openings-drafted": "drew up which courses are to be opened",
    "openings-finalized": "changed which courses are to be opened",
    "password-changed": "changed a password",
    "paused": "paused all writing",
    "person-asked-again": "took back a decision about who is who",
    "person-renamed": "gave a person the new id everywhere",
    "pinned": "tied the store to its Canvas",
    "planned": "made a plan",
    "quarantined": "stopped all writing until the trouble has passed",
    "recovered": "settled what another run had left open",
    "recovering": "began to settle what another run had left open",
    "rejected": "declined a plan",
    "released": "ended a quarantine",
    "repinned": "tied the store to its Canvas again",
    "resumed": "ended the pause",
    "roles-changed": "changed roles",
    "roster-checked": "had a roster checked that has errors",
    "roster-drafted": "imported a roster",
    "roster-finalized": "signed a roster",
    "roster-signed-first": "signed a roster as the first of two people",
    "sessions-ended": "signed an account out everywhere",
    "settings": "noted which settings have changed",
    "sign-in-limited": "stopped further sign-ins for a quarter of an hour",
    "sign-in-refused": "refused a sign-in",
    "signed-in": "signed in",
    "signed-out": "signed out",
    "token-allowed": "allowed another address for the token",
    "unpinned": "took the store from its Canvas",
    "wish-cancelled": "cancelled a sync request",
    "wished": "asked for a sync",
}


_WORDS |= {f"{name}-drafted": f"drew up {called}" for name, called in _DOCUMENTS.items()}
_WORDS |= {f"{name}-finalized": f"recorded {called}" for name, called in _DOCUMENTS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as a person reads it."""

    event: Event
    text: str
    details: str


def show(visit: Visit) -> Response:
    """The newest events that are looked for; `before` goes on from an older one. That somebody reads them is noted once for a search."""
    searched = asked_for(visit)
    _note(visit, searched)
    return _page(visit, searched, number_of(visit.asked("before")))


def search(visit: Visit) -> Response:
    """What was typed, as an address without names; or the form again."""
    kind, text = visit.typed("kind"), visit.typed("about")[:200]
    typed = Search(
        kind=kind if kind in GROUPS else "decisions",
        actor=visit.typed("actor")[:20],
        run=number_of(visit.typed("run")),
        first=day_of(visit.typed("from")),
        last=day_of(visit.typed("to")),
    )
    errors = _errors(visit, typed)
    try:
        typed = replace(typed, about=word_of(visit, text) if text else "")
    except RosterError as error:
        errors["about"] = str(error)
    if errors:
        return _page(visit, typed, None, errors=errors, about=text)
    return RedirectResponse(f"/audit?{typed.query}", HTTPStatus.SEE_OTHER)


def _errors(visit: Visit, typed: Search) -> dict[str, str]:
    errors = {}
    if visit.typed("run") and typed.run is None:
        errors["run"] = "Type the number of a run, or nothing."
    for name, day in (("from", typed.first), ("to", typed.last)):
        if visit.typed(name) and day is None:
            errors[name] = "Give a day, or none."
    if typed.first and typed.last and typed.last < typed.first:
        errors["to"] = "The last day is before the first."
    return errors


def export(visit: Visit) -> Response:
    """All that was found as a table. The log says who took it, before the first byte is sent."""
    searched = asked_for(visit)
    if refusal := needs_new_sign_in(visit, f"{visit.path}?{searched.query}"):
        return refusal
    last, found = chain.head(visit.store).seq, wanted(visit, searched)
    number = reader.how_many(visit.store, found)
    settings_and_exports.exported_table(visit.store, of=f"audit log: {searched.query}", rows=number, actor=visit.actor, at=visit.at)
    return table_file("audit-log", reader.rows_of(visit.store, found, last=last))


def check(visit: Visit) -> Response:
    """Ask a worker to check every event; if somebody has asked already, that request is shown."""
    wanted_check = SyncRequest(RequestKind.VERIFY, visit.actor, "asked for beside the audit log")
    sync_requests.request(visit.settings, visit.store, wanted_check, join=True, at=visit.at)
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def _note(visit: Visit, searched: Search) -> None:
    """Once for a session and a search, not for each page of it."""
    if visit.session is None:
        return
    who = next((name for name in reader.actors(visit.store) if digest_of(name) == searched.actor), "") if searched.actor else ""
    settings_and_exports.searched(visit.store, searched.body, about=who, actor=visit.actor, since=visit.session.began_at, at=visit.at)


def _page(
    visit: Visit, searched: Search, before: int | None, *, errors: Mapping[str, str] | None = None, about: str | None = None
) -> Response:
    looked_for = wanted(visit, searched)
    found = [] if errors else reader.newest(visit.store, looked_for, limit=_PAGE + 1, before=before)
    values = {
        "rows": [_row(event) for event in found[:_PAGE]],
        "older": found[_PAGE - 1].seq if len(found) > _PAGE else None,
        "before": before,
        "total": 0 if errors else reader.how_many(visit.store, looked_for),
        "search": searched,
        "about": searched.about.removeprefix("person:") if about is None else about,
        "groups": {name: title for name, (title, _) in GROUPS.items()},
        "actors": [(digest_of(name), _SCHEDULE.get(name, name)) for name in reader.actors(visit.store)],
        "check": (last := last_check(visit.store)),
        "since": events_since(visit.store, last),
        "head": chain.head(visit.store),
        "heads": chain.heads(visit.store, _HEADS),
        "errors": errors or {},
    }
    return page(visit, "audit.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def _row(event: Event) -> Row:
    body = event.body
    changes = count(body["changes"], "change") if isinstance(body.get("changes"), int) else ""
    version = f"version {body['version']}" if "version" in body else ""
    told = [str(body[name]) for name in ("verb", "result", "status", "asked", "decision", "of", "digest") if body.get(name)]
    scope = [f"{word} {' and '.join(words)}" for word, words in event.scope.items()]
    details = ", ".join(filter(None, [str(event.key or ""), version, changes, *told, *scope]))
    return Row(event, _WORDS.get(event.kind, event.kind.replace("-", " ")), details)
