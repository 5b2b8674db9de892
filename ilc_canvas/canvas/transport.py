"""Requests to one Canvas: our session beneath canvasapi's Requester, with time-outs, one retry layer, pacing and counting."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
import tenacity
from canvasapi.requester import Requester
from canvasapi.util import combine_kwargs
from requests.adapters import HTTPAdapter

from ilc_canvas.canvas.allowed import check_allowed
from ilc_canvas.canvas.answers import Answer, is_throttle
from ilc_canvas.canvas.failures import refusal, translated
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, SettingsError, UnavailableError
from ilc_canvas.reconcile.run import Traffic

log = structlog.get_logger(__name__)
Pairs = list[tuple[str, Any]]
TIMEOUT = (5, 45)  # seconds to connect, and between two bytes
TOTAL = 60.0  # seconds for a call with its retries' waits apart
ATTEMPTS = {"GET": 5}
WRITE_ATTEMPTS = 4
SLOW, PAUSE = 300, 100  # X-Rate-Limit-Remaining: slower below, pause below (full is 600; contract-core 3)
THROTTLE_ALLOWANCE = 900.0  # seconds that a run may wait in all because it is throttled
BREAKER = (5, 60.0)  # failures in a row, and seconds of rest


class Throttled(Exception):  # noqa: N818
    """Refused before it was done; wait and send it again."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Time and chance, as arguments."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform


class Transport(Requester):  # type: ignore[misc]  # canvasapi is untyped
    """canvasapi's Requester over our own session. `call` is what this room uses; `request` is what canvasapi's own objects call."""

    def __init__(self, base_url: str, token: Callable[[], str], *, in_flight: int = 6, timing: Timing = Timing()) -> None:
        _check_address(base_url)
        super().__init__(base_url.rstrip("/"), "")
        self._token, self._secret, self._timing = token, token(), timing
        self._session = _session(in_flight)
        self._lock = threading.Lock()
        self._traffic = Traffic()
        self._waited = self._failed = 0.0
        self._open_until = 0.0
        self._remaining = 600.0
        self.offset = 0.0  # seconds that Canvas's clock is ahead of ours
        logging.getLogger("canvasapi").setLevel(logging.WARNING)  # it logs addresses at INFO and bodies at DEBUG

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        return self._traffic

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return str(self.original_url)

    def request(  # type: ignore[no-untyped-def]
        self, method, endpoint=None, headers=None, use_auth=True, _url=None, _kwargs=None, json=False, **kwargs
    ) -> requests.Response:
        """canvasapi's own entry: its pages and objects come through here. Only paths on our own origin are asked for."""
        del headers, use_auth, json
        if _url:
            parts = urlsplit(_url)
            return self._sent(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, None)[0]
        pairs = [*(_kwargs or []), *kwargs.items()]
        return self._sent(method, f"/api/v1/{endpoint}", pairs)[0]

    def call(self, method: str, path: str, *, repeatable: bool = True, **form: Any) -> Answer:
        """One call below /api/v1/, with parameters as canvasapi's own methods take them: the answer, or a CanvasError.

        `repeatable` False: a create, which must not be sent again after an unclear end (InDoubtError).
        """
        pairs = [(key, _text(value)) for key, value in combine_kwargs(**form)]
        response, attempts = self._sent(method, path if path.startswith("/") else f"/api/v1/{path}", pairs or None, repeatable=repeatable)
        try:
            body = response.json()
        except ValueError as error:
            raise _unclear(method, repeatable, "Canvas's answer is cut or no JSON.") from error
        return Answer(response.status_code, body, response.headers, attempts)

    def _sent(self, method: str, path: str, pairs: Pairs | None, *, repeatable: bool = True) -> tuple[requests.Response, int]:
        check_allowed(method, path)
        attempts = ATTEMPTS.get(method, WRITE_ATTEMPTS) if repeatable else 1
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type((UnavailableError, InDoubtError)),
            sleep=self._timing.sleep,
            before_sleep=self._count_retry,
            reraise=True,
        )
        began = self._timing.monotonic()
        response = retrying(self._once, method, path, pairs, repeatable=repeatable, until=began + TOTAL)
        return response, int(retrying.statistics.get("attempt_number", 1))

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Full jitter: 1, 2, 4, ... seconds at most, and never over a minute."""
        return self._timing.jitter(0, min(60.0, 2.0 ** (state.attempt_number - 1)))

    def _count_retry(self, state: tenacity.RetryCallState) -> None:
        del state
        with self._lock:
            self._traffic = replace(self._traffic, retries=self._traffic.retries + 1)
            if self._traffic.retries > 10 + self._traffic.requests * 0.2:
                raise UnavailableError("Canvas fails too often: the run's allowance of repeats is used up.")

    def _once(self, method: str, path: str, pairs: Pairs | None, *, repeatable: bool, until: float) -> requests.Response:
        """One attempt; throttled answers are waited out within it, for they were not done and count as no attempt."""
        if self._timing.monotonic() > until:
            raise UnavailableError("Canvas took longer than a minute for one call.")
        while True:
            try:
                return self._answered(method, path, pairs, repeatable=repeatable)
            except Throttled:
                self._wait_out()

    def _answered(self, method: str, path: str, pairs: Pairs | None, *, repeatable: bool) -> requests.Response:
        self._pace()
        with translated(method):
            response = self._session.request(
                method,
                self.origin + path,
                headers={"Authorization": f"Bearer {self._secret}"},
                params=pairs if method == "GET" else None,
                data=pairs if method != "GET" else None,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        self._note(method, response)
        if is_throttle(response):
            raise Throttled
        return self._judged(method, response, repeatable)

    def _judged(self, method: str, response: requests.Response, repeatable: bool) -> requests.Response:
        failure = refusal(response)
        self._breaker(isinstance(failure, UnavailableError))
        if isinstance(failure, UnavailableError) and method != "GET":
            raise _unclear(method, repeatable, str(failure)) from failure
        if failure:
            raise failure
        return response

    def _note(self, method: str, response: requests.Response) -> None:
        """Count, and learn Canvas's clock and what is left in the bucket."""
        with self._lock:
            write = method != "GET"
            self._traffic = replace(self._traffic, requests=self._traffic.requests + 1, writes=self._traffic.writes + write)
            self._remaining = _number(response.headers.get("X-Rate-Limit-Remaining"), self._remaining)
            if date := response.headers.get("Date"):
                self.offset = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()

    def _pace(self) -> None:
        """Slower while little is left in the bucket; nothing at all while the breaker is open."""
        if self._timing.monotonic() < self._open_until:
            raise UnavailableError("Canvas failed several times in a row; it is left alone for a minute.")
        if self._remaining < PAUSE:
            self._timing.sleep(self._timing.jitter(2, 5))
        elif self._remaining < SLOW:
            self._timing.sleep(self._timing.jitter(0.1, 0.5))

    def _wait_out(self) -> None:
        """A full bucket takes a minute to empty (10 units a second of 600): wait in tens of seconds, within the run's allowance."""
        seconds = self._timing.jitter(10, 30)
        with self._lock:
            self._waited += seconds
            self._traffic = replace(self._traffic, throttled=self._traffic.throttled + 1)
            if self._waited > THROTTLE_ALLOWANCE:
                raise UnavailableError("Canvas has throttled this token for a quarter of an hour in all; the run stops.")
        log.warning("canvas.throttled", remaining=self._remaining, waited=round(seconds, 1))
        self._timing.sleep(seconds)

    def _breaker(self, failed: bool) -> None:
        with self._lock:
            self._failed = self._failed + 1 if failed else 0
            if self._failed >= BREAKER[0] * ATTEMPTS["GET"]:
                self._open_until, self._failed = self._timing.monotonic() + BREAKER[1], 0


def _unclear(method: str, repeatable: bool, text: str) -> CanvasError:
    """A create without a clear answer may have happened; anything else may simply be sent again."""
    return UnavailableError(text) if method == "GET" or repeatable else InDoubtError(text)


def _session(in_flight: int) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a .netrc entry would replace our token (seen)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=in_flight, max_retries=0, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Refusals are translated, and the language sticks to the token's user (live-server 2.2).
    session.headers.update({"User-Agent": "ilc_canvas (roster provisioning)", "Accept-Language": "en", "Accept": "application/json"})
    return session


def _check_address(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
        return
    raise SettingsError(f"The Canvas address {base_url!r} must begin with https:// (http only on this machine itself).")


def _number(text: str | None, otherwise: float) -> float:
    try:
        return float(text) if text is not None else otherwise
    except ValueError:
        return otherwise


def _text(value: Any) -> str:
    """As Canvas reads it. A time without an offset would be read in the caller's zone (live-client 2.2): refused."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without an offset")
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
