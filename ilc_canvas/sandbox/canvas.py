"""The Canvas behind the HTTP server: one request in, one answer out, one at a time."""

import threading
from collections import deque
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from ilc_canvas.sandbox.account.rights import Rights
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.language import asked_language, in_spanish
from ilc_canvas.sandbox.http.masquerade import acting_for
from ilc_canvas.sandbox.http.params import Params, Tree, holds_nul, pairs, read_body, read_query
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.http.routes import find_rule
from ilc_canvas.sandbox.world.clock import Clock
from ilc_canvas.sandbox.world.moments import Moment, moment_of
from ilc_canvas.sandbox.world.records import Instant
from ilc_canvas.sandbox.world.seed import new_world
from ilc_canvas.sandbox.world.world import World

READS = {"GET", "HEAD"}
OVERRIDES = {"PUT", "DELETE"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    base: str

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class Canvas:
    """The world, its clock and the token's rights. With a lag, lists come from a second world that the writes reach later."""

    def __init__(
        self,
        *,
        token: str,
        clock: Clock,
        rights: Rights,
        newer: bool,
        lag: float,
        templates: bool = True,
        theme: bool = False,
        trail: bool = False,
    ) -> None:
        self.clock, self._token, self._rights, self._newer, self._templates = clock, token, rights, newer, templates
        self._theme, self._trail = theme, trail
        self._first_rights = rights
        self._lag = timedelta(seconds=lag)
        self._lock = threading.Lock()
        self._kept: tuple[World, World, deque[tuple[Instant, Request]], str] | None = None
        self.reset()

    def reset(self) -> None:
        with self._lock:
            now = self.clock.now()
            self._world = new_world(now)
            self._older = new_world(now) if self._lag else self._world
            self._writes: deque[tuple[Instant, Request]] = deque()
            self._language, self._rights = "en", self._first_rights

    def deny(self, rights: frozenset[str]) -> None:
        """Take these rights, and no others, from the token until the next reset."""
        with self._lock:
            self._rights = self._first_rights.without(rights)

    def keep(self) -> None:
        """Remember all as it is now, instead of what was kept before."""
        with self._lock:
            now = self.clock.now()
            self._catch_up(now)
            self._older.run_jobs(now)
            self._kept = deepcopy((self._world, self._older, self._writes, self._language))

    def go_back(self) -> bool:
        """To what was kept; False if nothing was."""
        with self._lock:
            if self._kept:
                self._world, self._older, self._writes, self._language = deepcopy(self._kept)
                self._rights = self._first_rights
            return self._kept is not None

    def begin(self, request: Request) -> Moment | None:
        """What a request that writes finds when it begins."""
        with self._lock:
            return moment_of(self._world, request.method, request.path)

    def answer(self, request: Request, moment: Moment | None = None) -> Answer:
        """Carry it out; what it found when it began is what it goes by, if anything."""
        with self._lock:
            now = self.clock.now()
            self._catch_up(now)
            answer = self._carry_out(self._world, request, now, moment=moment)
            if self._lag and request.method not in READS:
                self._writes.append((now, request))
            return self._in_language(request, answer)

    def _in_language(self, request: Request, answer: Answer) -> Answer:
        """A language asked for with the token sticks to the token's person until another is asked for."""
        asked = asked_language(request.headers.get("accept-language"))
        if asked and bearer(request) == self._token:
            self._language = asked
        if answer.status >= HTTPStatus.BAD_REQUEST and (asked or self._language) == "es":
            answer.body = in_spanish(answer.body, newer=self._newer)
        return answer

    def _catch_up(self, now: Instant) -> None:
        """Let the older world do what is old enough by now."""
        self._world.run_jobs(now)
        while self._writes and self._writes[0][0] <= now - self._lag:
            then, request = self._writes.popleft()
            self._older.run_jobs(then)
            self._carry_out(self._older, request, then)
            self._older.run_jobs(then)

    def _carry_out(self, world: World, request: Request, now: Instant, *, moment: Moment | None = None) -> Answer:
        try:
            return self._follow_rule(world, request, now=now, moment=moment)
        except errors.RefusedError as refusal:
            return refusal.answer

    def _follow_rule(self, world: World, request: Request, *, now: Instant, moment: Moment | None) -> Answer:
        query, form = read_query(request.query), read_body(request.headers.get("content-type", ""), request.body)
        rule, ids = find_rule(method_of(request, form), request.path)
        self._authenticate(request, query, form)
        if holds_nul(query) or holds_nul(form) or holds_nul(ids):
            raise errors.occurred(500, "internal_server_error", report=1)
        call = Call(
            world=world,
            present=world,
            listed=self._older,
            now=now,
            params=Params(query | form),
            ids=ids,
            rights=self._rights,
            newer=self._newer,
            templates=self._templates,
            theme=self._theme,
            trail=self._trail,
            moment=moment,
            base=request.base,
            path=request.path,
            query=tuple(pairs(request.query)),
        )
        return rule(acting_for(call, rule))

    def _authenticate(self, request: Request, query: Tree, form: Tree) -> None:
        """The header goes before the query, and both before the form."""
        token = bearer(request) or query.get("access_token") or form.get("access_token")
        if token is None and request.path.rstrip("/") == "/api/v1/users/self":
            raise errors.not_found()
        if token is None:
            raise errors.unauthenticated()
        if token != self._token:
            raise errors.invalid_token()

    def view(self, base: str) -> Call:
        """A call with all rights on the world as it is, to look at it."""
        rights = Rights(frozenset(), refusal=403)
        now = self.clock.now()
        self._world.run_jobs(now)
        world = self._world
        return Call(world=world, present=world, listed=world, now=now, params=Params({}), rights=rights, newer=True, base=base)

    @property
    def lock(self) -> threading.Lock:
        return self._lock


def bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme == "Bearer" else None


def method_of(request: Request, form: Tree) -> str:
    """HEAD is answered like GET; a POST can say that it means PUT or DELETE."""
    if request.method == "HEAD":
        return "GET"
    meant = str(form.get("_method") or request.headers.get("x-http-method-override") or "").upper()
    return meant if request.method == "POST" and meant in OVERRIDES else request.method
