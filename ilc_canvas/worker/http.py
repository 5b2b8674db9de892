"""/healthz, /readyz and /metrics over HTTP, on a thread of the worker, for monitoring. They say nothing about any person."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from ilc_canvas.canvas.http.throttle import Throttle
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.stats import EventTotals, Numbers, numbers, unready
from ilc_canvas.worker.ready_courses import ReadyCourses

log = structlog.get_logger(__name__)
_TEXT = "text/plain; charset=utf-8"
Answer = tuple[int, str, bytes]  # status, kind, text


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class Watched(Collector):
    """Reads the store at each scrape; keeps only the totals of outcomes in memory."""

    store: Store
    worker: str  # the worker whose readiness is reported
    now: Callable[[], datetime] = _utc_now
    throttle: Throttle = field(default_factory=Throttle)
    tally: EventTotals = field(default_factory=EventTotals)
    ready: Callable[[], Sequence[ReadyCourses]] = list
    _one_by_one: threading.Lock = field(default_factory=threading.Lock)

    def collect(self) -> Iterator[Metric]:
        """All metric families. StoreError if the store cannot be read."""
        with self._one_by_one:
            now = self.now()
            totals = numbers(self.store, self.tally, now)
        yield from _counters(totals)
        yield from _gauges(totals, self.throttle)
        yield from _ages(totals, now)
        yield from _courses(self.ready())


def _courses(ready: Sequence[ReadyCourses]) -> Iterator[Metric]:
    gauge = partial(_family, GaugeMetricFamily)
    yield gauge(
        "courses_ready", "Courses that are ready to open.", labels=("year",), values={(each.school_year,): each.ready for each in ready}
    )
    yield gauge(
        "courses", "Courses that the roster asks for.", labels=("year",), values={(each.school_year,): each.courses for each in ready}
    )


def _counters(totals: Numbers) -> Iterator[Metric]:
    counter = partial(_family, CounterMetricFamily)
    yield counter("runs", "Runs by status.", labels=("status",), values={(status,): n for status, n in totals.runs.items()})
    yield counter("changes", "Changes by what became of them.", labels=("kind", "verb", "result"), values=totals.changes)
    ends = {(end,): n for end, n in totals.requests.items()}
    yield counter("requests", "Requests to Canvas of runs that have ended.", labels=("outcome",), values=ends)
    yield counter("writes", "Those of them that write.", values={(): totals.writes})


def _gauges(totals: Numbers, throttle: Throttle) -> Iterator[Metric]:
    gauge = partial(_family, GaugeMetricFamily)
    yield gauge("held_plans", "Plans that wait for a person.", values={(): totals.held})
    yield gauge("parked_changes", "Changes that are left alone for a while.", values={(): totals.parked})
    yield gauge("people_asked_about", "People about whom somebody must decide.", values={(): totals.asked})
    troubles = {(word,): n for word, n in totals.quarantine.items()}
    yield gauge("quarantine", "Troubles for which nothing is written.", labels=("trouble",), values=troubles)
    yield gauge("waiting_sync_requests", "Forced syncs that wait for a worker.", values={(): totals.sync_requests})
    yield gauge("lease", "Who has the lease.", labels=("holder",), values={(totals.holder,): 1} if totals.holder else {})
    left = {} if throttle.remaining is None else {(): throttle.remaining}
    yield gauge("throttle_remaining", "What is left of Canvas's allowance, at its last answer.", values=left)


def _ages(totals: Numbers, now: datetime) -> Iterator[Metric]:
    gauge = partial(_family, GaugeMetricFamily)
    ages = {(): (now - totals.success).total_seconds()} if totals.success else {}
    yield gauge("last_success_age_seconds", "Since the last good run ended.", values=ages)
    beats = {(worker, state): (now - at).total_seconds() for worker, (state, at) in totals.workers.items()}
    yield gauge("heartbeat_age_seconds", "Since a worker's last sign of life.", labels=("worker", "state"), values=beats)


def _family(
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily],
    name: str,
    text: str,
    *,
    values: Mapping[Any, float],
    labels: tuple[str, ...] = (),
) -> Metric:
    """One metric family; `values` are keyed by a tuple with one word for each label."""
    family = kind(f"ilc_canvas_{name}", text, labels=labels)
    for words, value in sorted(values.items()):
        family.add_metric(words, value)
    return family


_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}


class _Handler(BaseHTTPRequestHandler):
    """Answers GET on three paths. Clients are not logged, and slow ones are dropped."""

    timeout = 5
    protocol_version = "HTTP/1.0"
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d\n"

    def __init__(self, watched: Watched, registry: CollectorRegistry, *arguments: Any) -> None:
        self._paths: dict[str, Callable[[], Answer]] = {
            "/healthz": _alive,
            "/readyz": partial(_ready, watched),
            "/metrics": partial(_metrics, registry),
        }
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answer one of the three paths, or 404; 503 if the store cannot be read."""
        answer = self._paths.get(self.path.partition("?")[0], _nothing)
        try:
            status, kind, text = answer()
        except IlcError as error:
            log.warning("metrics.no_answer", error=type(error).__name__)
            status, kind, text = 503, _TEXT, b"The store cannot be read.\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def end_headers(self) -> None:
        """With every answer, errors too: it is plain text, for this once, and nothing in it is to be run."""
        for name, value in _SAFE.items():
            self.send_header(name, value)
        super().end_headers()

    def version_string(self) -> str:
        """A server name without versions."""
        return "ilc-canvas"

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def _alive() -> Answer:
    return 200, _TEXT, b"alive\n"


def _ready(watched: Watched) -> Answer:
    trouble = unready(watched.store, watched.now(), watched.worker)
    return (503 if trouble else 200), _TEXT, f"{trouble or 'ready'}\n".encode()


def _metrics(registry: CollectorRegistry) -> Answer:
    return 200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(registry)


def _nothing() -> Answer:
    return 404, _TEXT, b"There are /healthz, /readyz and /metrics.\n"


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that have gone away."""


class Server:
    """An HTTP server on its own threads, until it is closed."""

    def __init__(self, watched: Watched, host: str, port: int) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(watched)
        self._server = _Http((host, port), partial(_Handler, watched, registry))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.5,), name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening; responses under way are cut off."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(
    store: Store,
    host: str,
    port: int,
    *,
    worker: str,
    throttle: Throttle | None = None,
    ready: Callable[[], Sequence[ReadyCourses]] = list,
    now: Callable[[], datetime] = _utc_now,
) -> Server:
    """Start a server for this worker at this address, until `close`. OSError if the address is not available."""
    return Server(Watched(store, worker, now, throttle or Throttle(), ready=ready), host, port)
