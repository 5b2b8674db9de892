"""python -m ilc_canvas.sandbox: a stand-in Canvas on loopback, until it is interrupted."""

import signal
import sys
import threading
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from ilc_canvas.sandbox.account.rights import NAMES, Rights
from ilc_canvas.sandbox.canvas import Canvas
from ilc_canvas.sandbox.http.faults import Faults
from ilc_canvas.sandbox.http.inspect import Log
from ilc_canvas.sandbox.http.server import Server, Site
from ilc_canvas.sandbox.http.throttle import Throttle
from ilc_canvas.sandbox.world.clock import Clock


def instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def seconds(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def options(arguments: list[str] | None = None) -> Namespace:
    parser = ArgumentParser(prog="python -m ilc_canvas.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free one")
    parser.add_argument("--token", default="sandbox", help="the one token it knows (default: sandbox)")
    parser.add_argument("--latency-ms", type=float, default=0, help="how long each request waits first")
    parser.add_argument("--throttle", action="store_true", help="refuse when the bucket is full; otherwise it is only counted")
    parser.add_argument("--lag", type=float, default=0, metavar="SECONDS", help="how old lists are")
    parser.add_argument("--now", type=instant, metavar="INSTANT", help="its clock's start, e.g. 2021-09-01T00:00:00Z; it runs on")
    parser.add_argument(
        "--skew",
        type=seconds,
        default=(0.0,),
        metavar="SECONDS",
        help="how far its Date header is ahead of the times on what it makes; several, as -3600,3600, take turns",
    )
    parser.add_argument("--no-date", action="store_true", help="its answers have no Date header")
    parser.add_argument("--deny", nargs="+", action="extend", default=[], choices=sorted(NAMES), metavar="RIGHT", help="rights to lack")
    parser.add_argument("--site-admin", action="store_true", help="the token belongs to a site administrator, who sees a little more")
    parser.add_argument("--no-course-templates", action="store_true", help="the institution does not use course templates")
    parser.add_argument("--theme", action="store_true", help="the institution has a theme for mobile apps, which is put around rich text")
    parser.add_argument("--trail", action="store_true", help="it keeps who made, changed, published and ended its courses")
    parser.add_argument("--canvas", choices=["later", "2022-07"], default="later", help="which Canvas it is like")
    return parser.parse_args(arguments)


def site(asked: Namespace) -> Site:
    newer = asked.canvas == "later"
    rights = Rights(frozenset(asked.deny), refusal=403 if newer else 401, site_admin=asked.site_admin)
    clock = Clock(asked.now, skew=asked.skew, says_date=not asked.no_date)
    has = {"templates": not asked.no_course_templates, "theme": asked.theme, "trail": asked.trail}
    canvas = Canvas(token=asked.token, clock=clock, rights=rights, newer=newer, lag=asked.lag, **has)
    throttle = Throttle(on=asked.throttle)
    return Site(canvas=canvas, throttle=throttle, faults=Faults(), log=Log(), latency=asked.latency_ms / 1000)


def main() -> int:
    asked = options()
    try:
        server = Server(asked.port, site(asked))
    except (OSError, OverflowError) as error:
        why = "is not a port: 0 to 65535" if isinstance(error, OverflowError) else f"cannot be had ({error.strerror})"
        sys.stderr.write(f"Port {asked.port} {why}. Choose another with --port; without it a free one is taken.\n")
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    sys.stdout.write(f"listening on http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
