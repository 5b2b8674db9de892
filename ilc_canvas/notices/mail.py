"""Notices by mail: one message to all recipients, over a protected connection."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address

from ilc_canvas.notices.channel import identity
from ilc_canvas.reconcile.errors import NoticeError, SettingsError
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.words.plain import plain

_FOOT = "-- \nSent by ilc-canvas. It contains no names on purpose:\nthe commands show them to people who may see them."


@dataclass(frozen=True)
class Mail:
    """A mail server, and the sender and recipients of our mail. SettingsError if these cannot work."""

    host: str
    port: int
    security: str  # starttls, tls, or none (to this machine itself only)
    sender: str
    receivers: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 10.0  # seconds to connect, and for each answer

    def __post_init__(self) -> None:
        if self.security == "none" and not is_here(self.host):
            raise SettingsError("ILC_CANVAS_SMTP_SECURITY is none: that is only for a mail server on this machine. Nothing was mailed.")
        if not self.receivers:
            raise SettingsError("ILC_CANVAS_MAIL_TO is empty, so nobody can be mailed.")
        if not (f"{self.user}{self.password}".isascii() and f"{self.user}{self.password}".isprintable()):
            raise SettingsError("ILC_CANVAS_SMTP_USER or its password contains characters that no mail server accepts. Nothing was mailed.")
        _address("ILC_CANVAS_MAIL_FROM", self.sender)
        for receiver in self.receivers:
            _address("ILC_CANVAS_MAIL_TO", receiver)

    @property
    def name(self) -> str:
        """What the store calls it."""
        return "mail"

    @property
    def where(self) -> str:
        """For the screen of people who may see addresses."""
        return f"mail to {', '.join(self.receivers)} through {self.host}:{self.port}"

    def send(self, notice: Notice, at: datetime) -> str:
        """Send it. Returns a remark, usually empty; NoticeError if nobody received it."""
        with _translated_errors(self), self._connection() as server:
            if self.user:
                server.login(self.user, self.password)
            refused = server.send_message(self.message(notice, at), self.sender, list(self.receivers))
        return f"The mail server refused {len(refused)} of {len(self.receivers)} receivers." if refused else ""

    def message(self, notice: Notice, at: datetime) -> EmailMessage:
        """The message, identical each time this notice is sent."""
        message = EmailMessage(SMTP)
        message["From"] = _address("ILC_CANVAS_MAIL_FROM", self.sender)
        message["To"] = [_address("ILC_CANVAS_MAIL_TO", receiver) for receiver in self.receivers]
        message["Subject"] = plain(notice.subject)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{identity(notice, at)}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content("\n".join([*map(plain, notice.lines), "", _FOOT, ""]), cte="quoted-printable")
        return message

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A protected connection. An error while closing it is not a failure: the mail has been sent."""
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, self._domain, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, self._domain, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()


def is_here(host: str) -> bool:
    """Whether this host is this machine itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _address(setting: str, text: str) -> Address:
    """The parsed address; SettingsError for anything but name@domain, in ASCII, on one line."""
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError) as error:
        raise SettingsError(f"{setting} must contain only mail addresses, such as office@example.edu.") from error
    if not (address.username and address.domain and address.addr_spec == text and text.isascii() and text.isprintable()):
        raise SettingsError(f"{setting} must contain only mail addresses, such as office@example.edu.")
    return address


@contextmanager
def _translated_errors(mail: Mail) -> Iterator[None]:
    """Reports errors in our own words: a server's own text may repeat addresses."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise NoticeError(f"The mail server {mail.host}:{mail.port} {_why(error, mail)}") from error


def _why(error: OSError | smtplib.SMTPException, mail: Mail) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"refuses all {len(error.recipients)} receivers ({', '.join(codes)})."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refuses the login ({error.smtp_code}): see ILC_CANVAS_SMTP_USER and its password."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"does not accept the mail ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"does not support {mail.security}{', a login' if mail.user else ''}."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        late = isinstance(error.__context__, TimeoutError)  # smtplib turns a timeout into this error
        return _unreachable(TimeoutError(), mail.timeout) if late else "closed the connection."
    return _unreachable(error, mail.timeout)


def _unreachable(error: BaseException, timeout: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted ({error.verify_message})."
    if isinstance(error, ssl.SSLError):
        return f"does not speak TLS properly ({error.reason})."
    if isinstance(error, TimeoutError):
        return f"has not answered for {timeout:g} s."
    return f"cannot be reached ({getattr(error, 'strerror', None) or type(error).__name__})."
