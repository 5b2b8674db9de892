"""The audit log: newest first, by kind, run and person."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.names import user_key
from ilc_canvas.reconcile.wording import count
from ilc_canvas.store.audit import chain, reader
from ilc_canvas.store.audit.reader import Event, Wanted

_PAGE = 50
_GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "decisions": (
        "decisions and ends of runs",
        (
            "approved", "rejected", "closed", "identity-decided", "drift-decided", "decline-forgotten", "roster-finalized",
            "calendar-finalized", "paused", "resumed", "wished", "wish-cancelled", "released", "accepted", "erased",
        ),
    ),
    "changes": ("changes in Canvas", ("intended", "happened")),
    "rosters": ("rosters and calendars", (
            "roster-checked", "roster-drafted", "roster-signed-first", "roster-finalized", "calendar-checked", "calendar-drafted",
            "calendar-finalized",
        )),
    "people": (
        "sign-ins, roles and exports",
        ("signed-in", "signed-out", "sign-in-refused", "sign-in-limited", "account-made", "roles-changed", "sessions-ended", "exported",
         "password-changed", "code-renewed"),
    ),
    "all": ("everything", ()),
}  # fmt: skip
_WORDS = {
    "account-made": "made an account",
    "approved": "approved a plan",
    "began": "began a run",
    "calendar-checked": "had a calendar checked that has errors",
    "calendar-drafted": "imported a calendar",
    "calendar-finalized": "signed a calendar",
    "closed": "ended a run",
    "code-renewed": "took a new key for the authenticator",
    "decline-forgotten": "took back a decision to leave changes undone",
    "drift-decided": "decided about something changed by hand",
    "erased": "erased a person",
    "exported": "took data away",
    "happened": "recorded what became of a change",
    "identity-decided": "decided who is who",
    "intended": "was about to make a change",
    "password-changed": "changed the own password",
    "paused": "paused all writing",
    "person-asked-again": "took back a decision about who is who",
    "planned": "made a plan",
    "rejected": "declined a plan",
    "resumed": "ended the pause",
    "roles-changed": "changed roles",
    "roster-checked": "had a roster checked that has errors",
    "roster-drafted": "imported a roster",
    "roster-signed-first": "signed a roster as the first of two people",
    "roster-finalized": "signed a roster",
    "sessions-ended": "signed an account out everywhere",
    "sign-in-limited": "stopped further sign-ins for a quarter of an hour",
    "sign-in-refused": "refused a sign-in",
    "signed-in": "signed in",
    "signed-out": "signed out",
    "wish-cancelled": "cancelled a sync request",
    "wished": "asked for a sync",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as a person reads it."""

    event: Event
    text: str
    details: str


def show(visit: Visit) -> Response:
    """The newest events that are wanted; `before` goes on from an older one."""
    chosen = visit.asked("kind") or "decisions"
    _, kinds = _GROUPS.get(chosen, _GROUPS["decisions"])
    person = visit.asked("person")
    wanted = Wanted(run=_number(visit, "run"), kinds=kinds, people=(user_key(visit.settings.prefix, person),) if person else None)
    limit = min(_number(visit, "limit") or _PAGE, 1000)
    found, total = reader.newest(visit.store, wanted, limit=limit), reader.how_many(visit.store, wanted)
    values = {
        "rows": [_row(event) for event in found],
        "total": total,
        "limit": limit,
        "groups": {name: title for name, (title, _) in _GROUPS.items()},
        "chosen": chosen,
        "person": person,
        "run": visit.asked("run"),
        "head": chain.head(visit.store),
    }
    return page(visit, "audit.html", values)


def _number(visit: Visit, name: str) -> int | None:
    text = visit.asked(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _row(event: Event) -> Row:
    body = event.body
    changes = count(body["changes"], "change") if isinstance(body.get("changes"), int) else ""
    version = f"version {body['version']}" if "version" in body else ""
    told = [str(body[name]) for name in ("verb", "result", "status", "asked", "decision", "of", "digest") if body.get(name)]
    scope = [f"{word} {' and '.join(words)}" for word, words in event.scope.items()]
    details = ", ".join(filter(None, [str(event.key or ""), version, changes, *told, *scope]))
    return Row(event, _WORDS.get(event.kind, event.kind.replace("-", " ")), details)
