"""Requests to one Canvas: our session beneath canvasapi's Requester, with time-outs, one retry layer, pacing and counting."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
import tenacity
from canvasapi.requester import Requester
from canvasapi.util import combine_kwargs

from ilc_canvas.canvas.http.allowlist import Allowlist
from ilc_canvas.canvas.http.breaker import Breaker
from ilc_canvas.canvas.http.deadline import TooLongError, within
from ilc_canvas.canvas.http.failures import FirewallError, NotFoundError, SpentError, ThrottledOutError, refusal, translated
from ilc_canvas.canvas.http.pending_call import Pairs, PendingCall, named
from ilc_canvas.canvas.http.responses import LARGEST, Answer, is_throttle, json_of
from ilc_canvas.canvas.http.session import check_address, checked_token, new_session
from ilc_canvas.canvas.http.throttle import FULL, Throttle, breather, left_at_rest, number, told_to_wait
from ilc_canvas.reconcile.errors import (
    CanvasError,
    InDoubtError,
    MissingRightError,
    RefusedError,
    SettingsError,
    TokenError,
    UnavailableError,
)
from ilc_canvas.reconcile.run.values import Traffic

log = structlog.get_logger(__name__)
TIMEOUT = (5, 45)  # seconds to connect, and between two bytes
TOTAL = 60.0  # seconds for a call with its repeats, the time that it is throttled apart
CHUNK = 65536
ATTEMPTS = {"GET": 5}
WRITE_ATTEMPTS = 4
THROTTLE_ALLOWANCE = 900.0  # seconds that a run may wait in all because it is throttled


class Throttled(Exception):  # noqa: N818
    """Refused before it was done; wait and send it again, after `seconds` where Canvas tells how long."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Timing:
    """Time and chance, as arguments."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform
    total: float = TOTAL


class Transport(Requester):  # type: ignore[misc]  # canvasapi is untyped
    """canvasapi's Requester over our own session. `call` is what this room uses; `request` is what canvasapi's own objects call."""

    def __init__(
        self,
        base_url: str,
        token: Callable[[], str],
        calls: Allowlist,
        *,
        in_flight: int = 6,
        timing: Timing = Timing(),
        throttle: Throttle | None = None,
    ) -> None:
        check_address(base_url)
        super().__init__(base_url.rstrip("/"), "")
        self._calls = calls
        self._token, self._secret, self._timing = token, checked_token(token()), timing
        self._session = new_session(in_flight)
        self._lock, self._steps = threading.Lock(), threading.local()
        self._traffic = Traffic()
        self._breaker = Breaker(timing.monotonic)
        self._waited, self._flying = 0.0, 0
        self._remaining, self._throttle = FULL, throttle or Throttle()
        self.offset: float | None = None  # seconds that Canvas's clock is ahead of ours; None: it has not said its time
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
            return self._sent(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, [], repeatable=method != "POST")[0]
        pairs = [*(_kwargs or []), *kwargs.items()]
        return self._sent(method, f"/api/v1/{endpoint}", pairs, repeatable=method != "POST")[0]

    def call(self, method: str, path: str, *, repeatable: bool = True, **form: Any) -> Answer:
        """One call below /api/v1/, with parameters as canvasapi's own methods take them: the answer, or a CanvasError.

        `repeatable` False: a create, which must not be sent again after an unclear end (InDoubtError).
        """
        address = path if path.startswith("/") else f"/api/v1/{path}"
        response, body, attempts = self._sent(method, address, combine_kwargs(**form), repeatable=repeatable)
        return Answer(response.status_code, body, response.headers, attempts, named(method, address))

    def _sent(self, method: str, path: str, pairs: Pairs, *, repeatable: bool) -> tuple[requests.Response, Any, int]:
        """Response, its JSON, and how often it was asked for."""
        self._calls.check(method, path, (name for name, _ in pairs))
        until = self._timing.monotonic() + self._timing.total
        asked = PendingCall(method, path, [(name, _text(value)) for name, value in pairs] or None, repeatable, until)
        attempts = ATTEMPTS.get(method, WRITE_ATTEMPTS) if repeatable else 1
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception(_worth_repeating),
            sleep=self._timing.sleep,
            before_sleep=self._count_retry,
            reraise=True,
        )
        with self._breaker.call(asked.write), _in_doubt(asked):
            response, body = retrying(self._once, asked)
        if method != "GET":
            getattr(self._steps, "done", []).append(named(method, path))
        return response, body, int(retrying.statistics.get("attempt_number", 1))

    @contextmanager
    def steps(self) -> Iterator[list[str]]:
        """The writes that this thread carries out meanwhile, in order: what has been done of a change in several steps."""
        self._steps.done = done = list[str]()
        try:
            yield done
        finally:
            del self._steps.done

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Full jitter: 1, 2, 4, ... seconds at most, and never over a minute."""
        return self._timing.jitter(0, min(60.0, 2.0 ** (state.attempt_number - 1)))

    def _count_retry(self, state: tenacity.RetryCallState) -> None:
        del state
        traffic = self._add(Traffic(retries=1))
        if traffic.retries > 10 + traffic.requests * 0.2:
            raise SpentError("Canvas fails too often: the run's allowance of repeats is used up.")

    def _once(self, asked: PendingCall) -> tuple[requests.Response, Any]:
        """One attempt; throttled answers are waited out within it, for they were not done and count as no attempt."""
        if self._timing.monotonic() > asked.until:
            raise SpentError(f"Canvas took longer than {self._timing.total:.0f} seconds for {asked.name}.")
        while True:
            secret = self._secret
            self._pace()
            try:
                with self._counted(asked.method):
                    return self._answered(asked, secret)
            except Throttled as refused:
                asked.until += self._wait_out(refused.seconds)
            except InDoubtError:
                asked.unclear = True
                raise
            except TokenError:
                if asked.renewed or not self._renewed(secret):
                    raise
                asked.renewed = True

    def _renewed(self, refused: str) -> bool:
        """A refused token may have been replaced meanwhile: it is read again, and the call repeated if it is another one."""
        with self._lock:
            if self._secret == refused:
                with suppress(SettingsError, OSError):  # no better token to be had: the refusal stands
                    self._secret = checked_token(self._token())
            return self._secret != refused

    def _answered(self, asked: PendingCall, secret: str) -> tuple[requests.Response, Any]:
        try:
            response, whole = within(asked.until - self._timing.monotonic(), lambda: self._fetched(asked, secret))
        except TooLongError as error:
            raise self._late(asked, sent=error.sent) from error
        self._note(response)
        if whole and is_throttle(response):
            raise Throttled(told_to_wait(response.headers))
        return response, self._judged(asked, response, whole)

    def _fetched(self, asked: PendingCall, secret: str) -> tuple[requests.Response, bool]:
        """The answer with its body, and whether that is whole."""
        with translated(asked.name):
            response = self._session.request(
                asked.method,
                self.origin + asked.path,
                headers={"Authorization": f"Bearer {secret}"},
                params=asked.pairs if asked.method == "GET" else None,
                data=asked.pairs if asked.method != "GET" else None,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            return response, self._read(response, asked.until)

    def _late(self, asked: PendingCall, *, sent: bool) -> CanvasError:
        text = f"Canvas has not answered {asked.name} whole within {self._timing.total:.0f} seconds"
        if sent and asked.method != "GET":
            return InDoubtError(f"{text}: it may have happened.")
        return UnavailableError(f"{text}." if sent else f"{text}: no connection stood by then.")

    def _read(self, response: requests.Response, until: float) -> bool:
        """Read the body, but not without end: False if it is too large or takes too long."""
        chunks, size = [], 0
        with response:
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > LARGEST or self._timing.monotonic() > until:
                    return False
                chunks.append(chunk)
        response._content = b"".join(chunks)  # what `content` would have read
        return True

    def _judged(self, asked: PendingCall, response: requests.Response, whole: bool) -> Any:
        """The JSON of a usable answer, or our error."""
        failure = (
            refusal(response, self._calls)
            if whole
            else UnavailableError(f"Canvas's answer to {asked.name} is larger, or takes longer, than any of its API.")
        )
        body = None
        if failure is None:
            try:
                body = json_of(response)
            except ValueError:
                failure = UnavailableError(f"Canvas's answer to {asked.name} is cut or no JSON.")
        stopped = isinstance(failure, FirewallError) and asked.repeatable  # before it reached Canvas: there is nothing to settle
        if isinstance(failure, UnavailableError) and asked.method != "GET" and not stopped:
            raise InDoubtError(str(failure)) from failure  # a write without a clear answer may have happened
        if failure:
            raise failure
        return body

    @contextmanager
    def _counted(self, method: str) -> Iterator[None]:
        """Every request that is sent counts, answered or not, and how it ended."""
        self._add(Traffic(requests=1, writes=int(method != "GET")))
        with self._lock:
            self._flying += 1
        try:
            yield
        except (UnavailableError, InDoubtError):
            self._add(Traffic(unavailable=1))
            raise
        except CanvasError:
            self._add(Traffic(refused=1))
            raise
        finally:
            with self._lock:
                self._flying -= 1

    def _add(self, more: Traffic) -> Traffic:
        """Requests so far, with these."""
        with self._lock:
            self._traffic += more
            return self._traffic

    def _note(self, response: requests.Response) -> None:
        """Learn Canvas's clock and what is left in the bucket."""
        with self._lock:
            shown = response.headers.get("X-Rate-Limit-Remaining")
            self._throttle.remaining = number(shown, self._remaining)
            self._remaining = left_at_rest(number(shown, self._remaining), others=self._flying - 1) if shown else self._remaining
            if date := response.headers.get("Date"):
                with suppress(ValueError, TypeError, OverflowError):  # a proxy's odd date is not a reason to lose the answer
                    self.offset = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()

    def _pace(self) -> None:
        """Slower while little is left in the bucket."""
        span = breather(self._remaining, flying=self._flying)
        if span:
            self._timing.sleep(self._timing.jitter(*span))

    def _wait_out(self, told: float | None) -> float:
        """As long as Canvas says, and a little; else tens of seconds, as a full bucket needs a minute; within the run's allowance."""
        seconds = self._timing.jitter(10, 30) if told is None else min(60.0, told) + self._timing.jitter(0.5, 5)
        self._add(Traffic(throttled=1))
        with self._lock:
            self._waited += seconds
            if self._waited > THROTTLE_ALLOWANCE:
                raise ThrottledOutError("Canvas has throttled this token for a quarter of an hour in all; the run stops.")
        log.warning("canvas.throttled", remaining=self._remaining, waited=round(seconds, 1))
        self._timing.sleep(seconds)
        return seconds


@contextmanager
def _in_doubt(asked: PendingCall) -> Iterator[None]:
    """A write of which an attempt may have been done stays in doubt, however its repeats have failed."""
    try:
        yield
    except (TokenError, MissingRightError):
        raise
    except (UnavailableError, RefusedError) as error:
        gone = asked.method == "DELETE" and isinstance(error, NotFoundError)  # a repeat finds it gone: that is an answer
        if asked.unclear and not gone:
            raise InDoubtError(str(error)) from error
        raise


def _worth_repeating(error: BaseException) -> bool:
    return isinstance(error, UnavailableError | InDoubtError) and not isinstance(error, SpentError)


def _text(value: Any) -> str:
    """As Canvas reads it. A time without an offset would be read in the caller's zone (live-client 2.2): refused."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without an offset")
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
