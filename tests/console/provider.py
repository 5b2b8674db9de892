"""A small OpenID provider over HTTP, with a key of its own: what it says wrong, a test says."""

import json
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from time import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "ilc-console", "a secret of the console"
_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """Who is signed in there, and what it says otherwise than it should."""

    url: str = ""
    subject: str = "248289761001"
    claims: dict[str, Any] = field(default_factory=dict)  # in place of the right ones; None: left out
    metadata: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: _KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    token: str | None = None  # in place of the signed one
    asked: list[dict[str, str]] = field(default_factory=list)  # what came to be authorized
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanges: int = 0
    hung: threading.Event | None = None  # until it is set, nobody is answered
    waiting: int = 0
    asks: bool = False  # shows a page before it leads back

    def about(self) -> dict[str, Any]:
        """What it publishes about itself."""
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        known = {"issuer": self.url, "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
        return {**known, **{name: f"{self.url}/{path}" for name, path in ends.items()}, **self.metadata}

    def authorize(self, asked: dict[str, str]) -> str:
        """Somebody is signed in there and goes back with a code."""
        self.asked.append(asked)
        code = token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token for a code: once, for the client that asked, with its verifier."""
        self.exchanges += 1
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        if (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "<script>alert(1)</script>"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": self.token or self.signed(asked)}

    def signed(self, asked: dict[str, str]) -> str:
        """The token that says who it is."""
        at = int(time())
        right = {"iss": self.url, "sub": self.subject, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked.get("nonce", "")}
        if asked.get("max_age") == "0":
            right["auth_time"] = at
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        return jwt.encode(self.header, claims, self.key)


@contextmanager
def provider() -> Iterator[Provider]:
    """It, at a free port."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if made.hung:
                made.waiting += 1
                made.hung.wait(30)
            parts = urlsplit(self.path)
            if parts.path == "/authorize" and made.asks:
                back = escape(made.authorize(dict(parse_qsl(parts.query))))
                self._send(200, "text/html", f'<!doctype html><link rel="icon" href="data:,"><a href="{back}">Go on</a>')
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", made.authorize(dict(parse_qsl(parts.query))))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._say(200, made.about() if parts.path.startswith("/.well-known/") else {"keys": [_KEY.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*made.exchange(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, value: object) -> None:
            self._send(status, "application/json", json.dumps(value))

        def _send(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(10)
