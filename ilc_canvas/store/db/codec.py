"""Values to JSON and back, without loss."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.guards.forecast import NOBODY, Audience, Forecast
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Fields, Key, Record, course_of, has_number
from ilc_canvas.store.db.utc import parsed, written


def dumps(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Any:
    """What `dumps` wrote."""
    return json.loads(text)


def record_to_json(record: Record | None) -> dict[str, Any] | None:
    """Fields, parents and handle; the key as text."""
    if record is None:
        return None
    parents = [str(parent) for parent in record.parents]
    return {"key": str(record.key), "fields": dict(record.fields), "parents": parents, "handle": record.handle}


def record_from_json(value: Mapping[str, Any]) -> Record:
    """The record that `record_to_json` wrote."""
    return Record(Key.parse(value["key"]), value["fields"], tuple(map(Key.parse, value["parents"])), value["handle"])


def change_to_json(change: Change) -> dict[str, Any]:
    """Verb, before, after and covers."""
    after = None if isinstance(change, Remove) else change.after
    covers = change.covers if isinstance(change, Remove) else 1
    return {
        "verb": change.verb,
        "before": _before(change),
        "after": record_to_json(after),
        "covers": covers,
        **_which(change),
    }


def _before(change: Change) -> dict[str, Any] | None:
    """What is there, and what ends with it."""
    along = {"ends": change.ends, "others": change.others} if isinstance(change, Remove) else {}
    found = record_to_json(change.before)
    return found and {**found, **{name: [record_to_json(row) for row in rows] for name, rows in along.items() if rows}}


def _which(change: Change) -> dict[str, Any]:
    return {"how": change.how} if isinstance(change, Adopt) else {}


def change_from_json(value: Mapping[str, Any]) -> Change:
    """The change that `change_to_json` wrote."""
    before = record_from_json(value["before"]) if value["before"] else None
    after = record_from_json(value["after"]) if value["after"] else None
    match value["verb"], before, after:
        case "create", _, Record():
            return Create(after, before)
        case "update", Record(), Record():
            return Update(before, after)
        case "adopt", Record(), Record():
            return Adopt(before, after, value.get("how", "adopted"))
        case "remove", Record(), _:
            ends, others = (tuple(map(record_from_json, value["before"].get(name, ()))) for name in ("ends", "others"))
            return Remove(before, value["covers"], ends, others)
    raise ValueError(f"no change: verb {value['verb']!r}")


def split(kind: Kind, fields: Fields | None) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Fields without the personal ones, and the personal ones."""
    if fields is None:
        return None, {}
    personal = kind.rule.personal
    plain = {name: value for name, value in fields.items() if name not in personal}
    return plain, {name: value for name, value in fields.items() if name in personal}


def without_personal(record: str | None) -> str | None:
    """A record's JSON without its personal fields."""
    if record is None:
        return None
    value = nameless(loads(record))
    return dumps(_plain(value))


def nameless(record: dict[str, Any]) -> dict[str, Any]:
    """A record's JSON without the names of those who end with it."""
    rows = [_plain(row) for row in record.get("others", ())]
    return {**record, "others": rows} if rows else record


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "fields": split(Key.parse(record["key"]).kind, record["fields"])[0]}


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome without its fields and time, which are kept elsewhere."""
    return {
        "result": outcome.result,
        "handle": outcome.handle,
        "attempts": outcome.attempts,
        "status": outcome.status,
        "request_id": outcome.request_id,
        "reason": outcome.reason,
        "how": outcome.how,
    }


def keys_to_json(keys: Iterable[Key]) -> str:
    """Keys as a JSON list."""
    return dumps([str(key) for key in keys])


def keys_from_json(text: str) -> tuple[Key, ...]:
    """The keys that `keys_to_json` wrote."""
    return tuple(Key.parse(key) for key in loads(text))


def places_to_json(placements: Iterable[Record]) -> str:
    """The keys of placements as a JSON list; with the course if the key does not say it: Canvas and people make sections without SIS id."""
    return dumps([_place(record.key, record.course) for record in placements])


def _place(key: Key, course: Key | None) -> str | list[str]:
    return str(key) if course is None or course == course_of(key) else [str(key), str(course)]


def places_from_json(text: str) -> dict[Key, Key | None]:
    """The course of each placement that `places_to_json` wrote; None: an older version did not write it."""
    found: dict[Key, Key | None] = {}
    for each in loads(text):
        key = Key.parse(each if isinstance(each, str) else each[0])
        known = None if has_number(key) else course_of(key)
        found[key] = known if isinstance(each, str) else Key.parse(each[1])
    return found


def basis_to_json(basis: Basis) -> str:
    """A basis as JSON: two that are equal are the same text."""
    return dumps(basis.as_json())


def basis_from_json(text: str) -> Basis:
    """The basis that `basis_to_json` wrote."""
    return Basis.of(loads(text))


_PLAIN = (
    "run",
    "status",
    "digest",
    "applied",
    "failed",
    "withheld",
    "requests",
    "writes",
    "throttled",
    "refused",
    "unavailable",
    "sentence",
    "drift",
    "conflicts",
    "by_hand",
    "parked",
    "resting",
    "asked",
    "trouble",
    "not_ours",
    "undo",
    "held",
    "dry_run",
    "ahead",
)
_COURSES = ("unpublished", "invited")


def report_to_json(report: Report) -> str:
    """A report without its reasons, which have a table."""
    plain = {name: getattr(report, name) for name in _PLAIN} | {"basis": report.basis.as_json()}
    failures = {str(key): reason for key, reason in report.failures.items()}
    waits = {str(key): why for key, why in report.waits.items()}
    maps = {"counts": dict(report.counts), "deferred": dict(report.deferred), "failures": failures, "waits": waits}
    courses = {name: list(map(str, getattr(report, name))) for name in _COURSES}
    lists = {"warnings": list(report.warnings), "only": list(report.only), **courses}
    told = {"forecast": _forecast_to_json(report.forecast)} if report.forecast.notified else {}
    return dumps({**plain, **maps, **lists, **told, "until": written(report.until) if report.until else None})


def _forecast_to_json(forecast: Forecast) -> dict[str, Any]:
    """Counts by course and reason, without the people."""
    rows = [{**_named(each), "count": each.count} for each in forecast.audiences]
    return {"notified": forecast.notified, "mailed": forecast.mailed, "audiences": rows}


def _named(audience: Audience) -> dict[str, Any]:
    return {"course": str(audience.course), "reason": audience.reason, "mailed": audience.mailed}


def report_from_json(text: str, reasons: Iterable[Reason]) -> Report:
    """The report that `report_to_json` wrote, with these reasons."""
    value = loads(text)
    value["basis"] = Basis.of(value["basis"])
    value["failures"] = {Key.parse(key): reason for key, reason in value["failures"].items()}
    value["warnings"], value["only"] = tuple(value["warnings"]), tuple(value.get("only", ()))
    value["waits"] = {Key.parse(key): why for key, why in value.get("waits", {}).items()}
    value |= {name: tuple(map(Key.parse, value.get(name, ()))) for name in _COURSES}
    value["until"] = parsed(value["until"]) if value.get("until") else None
    value["forecast"] = _forecast_from_json(value["forecast"]) if "forecast" in value else NOBODY
    return Report(**value, reasons=tuple(reasons))


def _forecast_from_json(value: Mapping[str, Any]) -> Forecast:
    rows = (Audience(Key.parse(each["course"]), each["reason"], each["mailed"], each["count"]) for each in value["audiences"])
    return Forecast(value["notified"], value["mailed"], tuple(rows))
