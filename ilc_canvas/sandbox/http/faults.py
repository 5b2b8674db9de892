"""Faults ordered by a test: what shall go wrong, with which requests, how often."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.responses import Answer

NOT_DONE = ("500", "503", "429", "throttle403", "html", "401", "reset-before")
CUTS = ("reset-before", "reset-after")
AFTERWARDS = ("reset-after", "500-after", "truncate", "drop-link", "delay")
LIMIT = "Forbidden (Rate Limit Exceeded)\n"
LOGIN_PAGE = "<!DOCTYPE html>\n<html><head><title>Log in to Canvas</title></head><body><form action='/login/canvas'></form></body></html>\n"


@dataclass
class Fault:
    """One order: from the nth matching request after its posting on, `times` in a row."""

    do: str
    path: re.Pattern[str]
    method: str | None = None
    nth: int = 1
    times: int = 1
    seen: int = 0

    @property
    def left(self) -> int:
        return self.times - max(self.seen - self.nth + 1, 0)

    def strikes(self, method: str, path: str) -> bool:
        if self.method not in (None, method) or not self.path.search(path):
            return False
        self.seen += 1
        return self.seen >= self.nth

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path.pattern, "nth": self.nth, "times": self.times, "do": self.do, "left": self.left}


def read_fault(order: dict[str, Any]) -> Fault:
    """Raises ValueError where the order is none."""
    do, method = str(order.get("do")), order.get("method")
    if do.partition(":")[0] not in NOT_DONE + AFTERWARDS:
        raise ValueError(f"unknown fault {do!r}")
    path = re.compile(str(order.get("path", "")))
    fault = Fault(do, path, method and str(method).upper(), int(order.get("nth", 1)), int(order.get("times", 1)))
    seconds(do)
    return fault


def seconds(do: str | None) -> float:
    """How long a delay is; nothing for any other fault."""
    name, _, length = (do or "").partition(":")
    return float(length) if name == "delay" else 0.0


class Faults:
    """The orders not yet used up."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, orders: list[Fault]) -> None:
        with self._lock:
            self._orders += orders

    def left(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_json() for fault in self._orders]

    def clear(self) -> None:
        with self._lock:
            self._orders = []

    def strike(self, method: str, path: str) -> str | None:
        """What goes wrong with this request: the first order that strikes. Every order counts it."""
        with self._lock:
            struck = [fault for fault in self._orders if fault.strikes(method, path)]
            self._orders = [fault for fault in self._orders if fault.left > 0]
        return struck[0].do if struck else None


def in_place_of_answer(do: str | None) -> Answer | None:
    """The answer that comes instead of doing anything, for those faults that have one."""
    plain, html = "text/plain; charset=utf-8", "text/html; charset=utf-8"
    answers = {
        "reset-before": Answer(None),
        "500": Answer(None, status=500, text="", content_type=html),
        "503": Answer(None, status=503, text="<html><body>503 Service Unavailable</body></html>\n", content_type=html, metered=False),
        "429": Answer(None, status=429, text=f"429 {LIMIT}", content_type=plain, costless=True),
        "throttle403": throttled(),
        "html": Answer(None, text=LOGIN_PAGE, content_type=html, metered=False),
        "401": errors.invalid_token().answer,
    }
    return answers.get(do or "")


def throttled() -> Answer:
    return Answer(None, status=403, text=f"403 {LIMIT}", content_type="text/plain; charset=utf-8", costless=True)
