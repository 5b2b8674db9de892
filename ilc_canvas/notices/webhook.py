"""Notices by webhook: a POST of JSON to an address that may itself be a secret."""

import json
from datetime import datetime

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from ilc_canvas.notices.channel import identity
from ilc_canvas.notices.mail import is_here
from ilc_canvas.reconcile.errors import NoticeError, SettingsError
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.words.plain import plain

LARGEST = 65_536  # bytes of a body


class Webhook:
    """Where the notices go: https only, except on this machine itself. SettingsError for any other address."""

    def __init__(self, url: str, timeout: tuple[float, float] = (5.0, 10.0)) -> None:
        """`timeout`: seconds to connect, and until an answer begins."""
        self._host = _host(url)
        self._url, self._timeout = url, timeout

    @property
    def name(self) -> str:
        """What the store calls it."""
        return "webhook"

    @property
    def where(self) -> str:
        """The host alone: the path is a secret."""
        return f"webhook at {self._host}"

    def send(self, notice: Notice, at: datetime) -> str:
        """POST it, without following redirects or reading the answer's body. NoticeError for anything but 2xx."""
        body, headers = payload(notice, at), {"Content-Type": "application/json", "User-Agent": "ilc_canvas (notices)"}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy, no .netrc
                answer = session.post(self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True)
                answer.close()
        except (requests.RequestException, ValueError, OSError) as error:
            raise NoticeError(f"The {self.where} {_why(error)}") from None  # the error's own text contains the address
        if not answer.ok or answer.is_redirect or answer.status_code >= 300:
            raise NoticeError(f"The {self.where} does not accept the notice ({answer.status_code}).")
        return ""


def payload(notice: Notice, at: datetime) -> bytes:
    """id, at, kind, about, subject, lines, text (subject and lines together) and data; shortened if too large."""
    whole = {
        "id": identity(notice, at),
        "at": at.isoformat(),
        "kind": notice.kind,
        "about": notice.about,
        "subject": plain(notice.subject),
        "lines": [*map(plain, notice.lines)],
        "text": "\n".join(map(plain, [notice.subject, *notice.lines])),
        "data": notice.data,
    }
    body = json.dumps(whole).encode()
    short = {**whole, "data": {}, "lines": [*map(plain, notice.lines[:10])], "text": plain(notice.subject)}
    return body if len(body) <= LARGEST else json.dumps(short).encode()


def _host(url: str) -> str:
    try:
        parts = parse_url(url)  # as the library reads it that will send it there
        host = (parts.host or "").strip("[]")
    except LocationParseError as error:
        raise SettingsError("ILC_CANVAS_WEBHOOK_URL is not an address that begins with https://. Nothing was done.") from error
    doubtful = not url.isascii() or not url.isprintable() or "\\" in url or parts.auth is not None
    if not host or doubtful or not (parts.scheme == "https" or (parts.scheme == "http" and is_here(host))):
        raise SettingsError("ILC_CANVAS_WEBHOOK_URL must begin with https:// (http only on this machine itself). Nothing was done.")
    return host


def _why(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that is not trusted, or does not speak TLS."
    if isinstance(error, requests.Timeout):
        return "has not answered in time."
    return "cannot be reached, or does not answer in HTTP."
