"""/healthz, /readyz and /metrics over HTTP, on a thread of the worker's: for whoever watches it. No person is in any of them."""

import threading
from collections.abc import Callable, Iterator, Mapping
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

from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.stats import Numbers, Tally, numbers, unready

log = structlog.get_logger(__name__)
_TEXT = "text/plain; charset=utf-8"
Answer = tuple[int, str, bytes]  # status, kind, text


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class Watched(Collector):
    """Reads the store at each scrape; in memory it keeps but the tally of outcomes."""

    store: Store
    worker: str  # the one whose readiness is told
    now: Callable[[], datetime] = _utc_now
    throttle: Throttle = field(default_factory=Throttle)
    tally: Tally = field(default_factory=Tally)
    _one_by_one: threading.Lock = field(default_factory=threading.Lock)

    def collect(self) -> Iterator[Metric]:
        """All families. StoreError where the store cannot be read."""
        with self._one_by_one:
            now = self.now()
            found = numbers(self.store, self.tally, now)
        yield from _counters(found)
        yield from _gauges(found, self.throttle)
        yield from _ages(found, now)


def _counters(found: Numbers) -> Iterator[Metric]:
    counter = partial(_family, CounterMetricFamily)
    yield counter("runs", "Runs by status.", labels=("status",), values={(status,): n for status, n in found.runs.items()})
    yield counter("changes", "Changes by what became of them.", labels=("kind", "verb", "result"), values=found.changes)
    ends = {(end,): n for end, n in found.requests.items()}
    yield counter("requests", "Requests to Canvas of runs that have ended.", labels=("outcome",), values=ends)
    yield counter("writes", "Those of them that write.", values={(): found.writes})


def _gauges(found: Numbers, throttle: Throttle) -> Iterator[Metric]:
    gauge = partial(_family, GaugeMetricFamily)
    yield gauge("held_plans", "Plans that wait for a person.", values={(): found.held})
    yield gauge("parked_changes", "Changes that are left alone for a while.", values={(): found.parked})
    yield gauge("people_asked_about", "People about whom somebody must decide.", values={(): found.asked})
    troubles = {(word,): n for word, n in found.quarantine.items()}
    yield gauge("quarantine", "Troubles for which nothing is written.", labels=("trouble",), values=troubles)
    yield gauge("waiting_wishes", "Forced syncs that wait for a worker.", values={(): found.wishes})
    yield gauge("lease", "Who has the lease.", labels=("holder",), values={(found.holder,): 1} if found.holder else {})
    left = {} if throttle.remaining is None else {(): throttle.remaining}
    yield gauge("throttle_remaining", "What is left of Canvas's allowance, at its last answer.", values=left)


def _ages(found: Numbers, now: datetime) -> Iterator[Metric]:
    gauge = partial(_family, GaugeMetricFamily)
    ages = {(): (now - found.success).total_seconds()} if found.success else {}
    yield gauge("last_success_age_seconds", "Since the last good run ended.", values=ages)
    beats = {(worker, state): (now - at).total_seconds() for worker, (state, at) in found.workers.items()}
    yield gauge("heartbeat_age_seconds", "Since a worker's last sign of life.", labels=("worker", "state"), values=beats)


def _family(
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily],
    name: str,
    text: str,
    *,
    values: Mapping[Any, float],
    labels: tuple[str, ...] = (),
) -> Metric:
    """One family; `values` go by a tuple of as many words as there are labels."""
    family = kind(f"ilc_canvas_{name}", text, labels=labels)
    for words, value in sorted(values.items()):
        family.add_metric(words, value)
    return family


class _Answers(BaseHTTPRequestHandler):
    """GET of three paths; who asks is not logged, and is not waited for longer than a moment."""

    timeout = 5
    protocol_version = "HTTP/1.0"

    def __init__(self, watched: Watched, registry: CollectorRegistry, *given: Any) -> None:
        self._paths: dict[str, Callable[[], Answer]] = {
            "/healthz": _alive,
            "/readyz": partial(_ready, watched),
            "/metrics": partial(_metrics, registry),
        }
        super().__init__(*given)

    def do_GET(self) -> None:
        """One of the three, or 404; 503 where the store cannot be read."""
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

    def version_string(self) -> str:
        """Nothing about versions."""
        return "ilc-canvas"

    def log_message(self, *_: Any) -> None:
        """Nothing."""


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
        """Whoever asked has gone: nothing is to be said about that."""


class Server:
    """Answers until it is closed."""

    def __init__(self, watched: Watched, host: str, port: int) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(watched)
        self._server = _Http((host, port), partial(_Answers, watched, registry))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.5,), name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Listen no more; answers under way are cut off."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(
    store: Store, host: str, port: int, *, worker: str, throttle: Throttle | None = None, now: Callable[[], datetime] = _utc_now
) -> Server:
    """Answer for this worker there, on threads of our own, until `close`. OSError where the address cannot be had."""
    return Server(Watched(store, worker, now, throttle or Throttle()), host, port)
