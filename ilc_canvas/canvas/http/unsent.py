"""Whether a failed request was never sent, by the types of the exceptions that led to the last one."""

import ssl
from collections.abc import Iterator

from requests.exceptions import ConnectTimeout, InvalidHeader, InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import ClosedPoolError, ConnectTimeoutError, EmptyPoolError, LocationValueError, NameResolutionError

_UNSENT = (
    *(ConnectTimeout, ConnectTimeoutError),  # NewConnectionError and NameResolutionError are of its kind
    *(ClosedPoolError, EmptyPoolError),
    *(InvalidURL, InvalidHeader, InvalidSchema, MissingSchema, LocationValueError),
)
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "no such host is known here; check the address in the settings"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted here"),  # a few say why: _CERTIFICATES
    (ssl.SSLError, "it does not speak TLS as it should; check the address in the settings"),
    (ConnectionRefusedError, "nobody answers at its address"),
    (TimeoutError, "no connection within 5 seconds"),
    (ConnectTimeout, "no connection within 5 seconds"),
)
_OWN = "its certificate is not trusted here; if it is of an authority of your own, name that one's file (PEM) in SSL_CERT_FILE"
_CERTIFICATES = {
    9: "its certificate is not valid yet; check this machine's clock",
    10: "its certificate has expired; tell those who run Canvas",
    62: "its certificate is for another host; check the address in the settings",
    64: "its certificate is for another address; check the address in the settings",
    **dict.fromkeys((18, 19, 20, 21), _OWN),
}
"""By OpenSSL's numbers (x509_vfy.h): what is wrong, and what to do."""


def never_sent(error: BaseException) -> str:
    """In words, why the request was not sent; empty if it may have been sent."""
    chain = list(_chain(error))
    if not any(isinstance(one, _UNSENT) for one in chain):
        return ""
    refused = next((one.verify_code for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
    if refused in _CERTIFICATES:
        return _CERTIFICATES[refused]
    return next((words for kind, words in _WORDS if any(isinstance(one, kind) for one in chain)), "no connection can be made")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """This error and what led to it: what it was raised from, and what requests and urllib3 keep as reason or first argument."""
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            left += [one.__cause__, getattr(one, "reason", None), *one.args[:1]]
