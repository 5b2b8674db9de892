"""/_sandbox: what a test may see and order. It needs no token and is not logged."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ilc_canvas.sandbox.account import accounts, roles, terms
from ilc_canvas.sandbox.account.rights import NAMES
from ilc_canvas.sandbox.calendar import event_json
from ilc_canvas.sandbox.canvas import Canvas, Request
from ilc_canvas.sandbox.content.modules import item_json, module_json
from ilc_canvas.sandbox.content.pages import page_json
from ilc_canvas.sandbox.content.topics import topic_json
from ilc_canvas.sandbox.courses import courses, enrollments, sections
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.faults import Faults, read_fault
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import users
from ilc_canvas.sandbox.world import notifying

PREFIX = "/_sandbox/"


@dataclass
class Entry:
    """One request that came; status stays null when the connection was cut, done says whether it was carried out all the same."""

    n: int
    method: str
    path: str
    status: int | None = None
    seconds: float | None = None
    done: bool = False


class Log:
    """The requests that came, in order of arrival; unfinished ones are not shown."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._count = 0
        self._lock = threading.Lock()

    def begin(self, request: Request) -> Entry:
        with self._lock:
            self._count += 1
            entry = Entry(self._count, request.method, request.url)
            self._entries.append(entry)
            return entry

    def finished(self) -> list[dict[str, Any]]:
        with self._lock:
            return [vars(entry) for entry in self._entries if entry.seconds is not None]

    def clear(self) -> None:
        with self._lock:
            self._entries, self._count = [], 0


def state(call: Call) -> dict[str, Any]:
    """Everything that a single read would find, by number."""
    world = call.world
    people = [user for user in world.users if world.live_logins(user.id)]
    live = [course for course in world.courses if course.state != "deleted"]
    kept = [row for row in world.sections if row.state != "deleted" and world.courses[row.course_id].state != "deleted"]
    return {
        "accounts": [accounts.as_json(call, row) for row in world.accounts if row.state != "deleted"],
        "terms": [terms.as_json(call, row) for row in world.terms],
        "roles": [roles.as_json(call, row) for row in world.roles],
        "users": [users.in_full(call, user) for user in people],
        "courses": [courses.in_full(call, course) for course in live],
        "sections": [sections.as_json(call, row) for row in kept],
        "pages": [page_json.as_json(call, row) for row in world.pages if row.state != "deleted"],
        "discussion_topics": [topic_json.as_json(call, row) for row in world.topics if row.state != "deleted"],
        "modules": [module_json.as_json(call, row) for row in world.modules if row.state != "deleted"],
        "module_items": [item_json.as_json(call, row) for row in world.items if row.state != "deleted"],
        "calendar_events": [event_json.as_json(call, row) for row in world.events],
        "enrollments": [enrollments.as_json(call, row) for row in world.enrollments],
    }


class Inspector:
    """Answers what is asked and ordered below /_sandbox."""

    def __init__(self, canvas: Canvas, log: Log, faults: Faults) -> None:
        self._canvas, self._log, self._faults = canvas, log, faults

    def answer(self, request: Request) -> Answer:
        known: dict[str, Callable[[], Answer]] = {
            "GET requests": lambda: Answer(self._log.finished()),
            "DELETE requests": self._forget,
            "GET messages": self._messages,
            "GET state": lambda: self._state(request.base),
            "POST keep": self._keep,
            "POST reset": lambda: self._reset(request.body),
            "GET faults": lambda: Answer(self._faults.left()),
            "POST faults": lambda: self._order(request.body),
            "POST deny": lambda: self._deny(request.body),
            "POST clock": lambda: self._forward(request.body),
            "POST importing": lambda: self._import(request.body),
            "DELETE faults": self._mend,
        }
        rule = known.get(f"{request.method} {request.path.removeprefix(PREFIX).strip('/')}")
        return rule() if rule else Answer({"error": "no such address"}, status=404)

    def _state(self, base: str) -> Answer:
        with self._canvas.lock:
            found = state(self._canvas.view(base))
        return Answer(None, text=json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False))

    def _messages(self) -> Answer:
        """What Canvas would have queued for people since the start."""
        with self._canvas.lock:
            return Answer(notifying.queued(self._canvas.view("").world))

    def _forget(self) -> Answer:
        self._log.clear()
        return Answer({})

    def _mend(self) -> Answer:
        self._faults.clear()
        return Answer([])

    def _keep(self) -> Answer:
        self._canvas.keep()
        return Answer({})

    def _reset(self, body: bytes) -> Answer:
        """The world is as at the start, or with {"to": "kept"} as it was when it was kept; log and faults are empty."""
        if not body:
            self._canvas.reset()
        elif not _means_kept(body):
            return Answer({"error": 'to where? {"to": "kept"}, or nothing'}, status=400)
        elif not self._canvas.go_back():
            return Answer({"error": "nothing was kept"}, status=409)
        self._faults.clear()
        return self._forget()

    def _deny(self, body: bytes) -> Answer:
        """Take the listed rights from the token; an empty list gives all of them back."""
        try:
            rights = frozenset(str(name) for name in json.loads(body))
        except (ValueError, TypeError) as wrong:
            return Answer({"error": str(wrong)}, status=400)
        if rights - NAMES:
            return Answer({"error": f"unknown rights: {', '.join(sorted(rights - NAMES))}"}, status=400)
        self._canvas.deny(rights)
        return Answer(sorted(rights))

    def _forward(self, body: bytes) -> Answer:
        """{"forward": seconds}: the clock jumps ahead, as if so much time had passed."""
        try:
            seconds = float(json.loads(body)["forward"])
            with self._canvas.lock:
                self._canvas.clock.forward(seconds)
        except (ValueError, TypeError, KeyError, OverflowError) as wrong:
            return Answer({"error": str(wrong)}, status=400)
        return Answer({"now": self._canvas.clock.now().isoformat()})

    def _import(self, body: bytes) -> Answer:
        """{"since": an instant with its offset, or null}: since then, or not at all, somebody's SIS import runs."""
        try:
            since = json.loads(body)["since"]
            instant = datetime.fromisoformat(since).astimezone(UTC) if since else None
        except (ValueError, TypeError, KeyError) as wrong:
            return Answer({"error": str(wrong)}, status=400)
        with self._canvas.lock:
            self._canvas.view("").world.importing_since = instant
        return Answer({"since": since})

    def _order(self, body: bytes) -> Answer:
        try:
            self._faults.add([read_fault(order) for order in json.loads(body)])
        except (ValueError, TypeError, AttributeError) as wrong:
            return Answer({"error": str(wrong)}, status=400)
        return Answer(self._faults.left())


def _means_kept(body: bytes) -> bool:
    try:
        return bool(json.loads(body) == {"to": "kept"})
    except ValueError:
        return False


def finish(entry: Entry, began: float, status: int | None, *, done: bool) -> None:
    entry.status, entry.done, entry.seconds = status, done, round(time.monotonic() - began, 6)
