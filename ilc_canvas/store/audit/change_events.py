"""Intents and outcomes as audit events, and back: personal values apart."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from ilc_canvas.reconcile.change import Change, Outcome, Remove, fingerprint
from ilc_canvas.reconcile.run.values import Intent
from ilc_canvas.reconcile.state import Fields
from ilc_canvas.store.audit.chain import Entry
from ilc_canvas.store.db.codec import change_from_json, change_to_json, loads, nameless, outcome_to_json, split
from ilc_canvas.store.db.utc import parsed, written

_OUTCOME = ("result", "handle", "attempts", "status", "request_id", "reason", "how")


def intent_entry(run: int, change: Change, at: datetime, *, now: datetime, actor: str) -> Entry:
    """The event of a change that is about to be made. `at` is Canvas's time, `now` ours."""
    body: dict[str, Any] = {**change_to_json(change), "fingerprint": fingerprint(change), "canvas_time": written(at)}
    personal = {}
    for side in ("before", "after"):
        if body[side]:
            body[side] = nameless(body[side])
            body[side]["fields"], personal[side] = split(change.key.kind, body[side]["fields"])
    return Entry("intended", now, actor, body, run=run, key=change.key, personal=_filled(personal))


def outcome_entry(intent: Intent, outcome: Outcome, *, now: datetime, actor: str) -> Entry:
    """The event of what became of it."""
    change = intent.change
    plain, personal = split(change.key.kind, outcome.after)
    body = {**outcome_to_json(outcome), "verb": change.verb, "after": plain, "fingerprint": fingerprint(change)}
    body["covers"] = change.covers if isinstance(change, Remove) else 1
    body["canvas_time"] = written(outcome.at) if outcome.at else None
    kept = _filled({"after": personal})
    return Entry("happened", now, actor, body, run=intent.run, key=change.key, intent=intent.seq, personal=kept)


def _filled(personal: Mapping[str, Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    return {side: values for side, values in personal.items() if values}


def intent_of(row: Row[Any]) -> Intent:
    """The intent of an event and its personal values (what was erased is missing from the fields)."""
    body, personal = loads(row.body), _personal(row)
    for side in ("before", "after"):
        if body[side]:
            body[side]["fields"] |= personal.get(side, {})
    return Intent(row.seq, row.run, change_from_json(body), parsed(body["canvas_time"]))


def outcome_of(row: Row[Any]) -> Outcome:
    """The outcome of an event and its personal values."""
    body, personal = loads(row.body), _personal(row)
    return outcome_in(body, after=None if body["after"] is None else {**body["after"], **personal.get("after", {})})


def outcome_in(body: Mapping[str, Any], *, after: Fields | None = None) -> Outcome:
    """The outcome that the body of an event tells, with these fields."""
    at = parsed(body["canvas_time"]) if body["canvas_time"] else None
    return Outcome(**{name: body[name] for name in _OUTCOME}, after=after, at=at)


def _personal(row: Row[Any]) -> dict[str, Any]:
    return loads(row.content) if row.content else {}
