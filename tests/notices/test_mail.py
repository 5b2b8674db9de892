"""Mail through a real server: protected, to all recipients, and the message if it fails."""

import email
import email.policy
import socket
from email.message import EmailMessage

import pytest

from ilc_canvas.notices.deliver import deliver
from ilc_canvas.notices.mail import Mail
from ilc_canvas.reconcile.errors import NoticeError, SettingsError
from ilc_canvas.reconcile.run.notice import Notice
from tests.notices.cast import NOON, NOTE
from tests.notices.conftest import PASSWORD, USER, Post, Postbox, dripping

RECEIVERS = ("office@example.edu", "second@example.edu")
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd's, of implicit TLS


def _mail(port: int, security: str = "starttls", receivers: tuple[str, ...] = RECEIVERS, user: str = "", password: str = "") -> Mail:
    return Mail("127.0.0.1", port, security, "ilc@example.edu", receivers, user, password, timeout=2)


def _read(box: Postbox) -> EmailMessage:
    (envelope,) = box.got
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
@pytest.mark.usefixtures("trusted")
def test_mail_arrives_however_protected(post: Post, security: str) -> None:
    """One message to all receivers, over STARTTLS, TLS, or plainly on this machine."""
    box = post(security)
    assert _mail(box.port, security).send(NOTE, NOON) == ""
    assert [envelope.rcpt_tos for envelope in box.got] == [list(RECEIVERS)]
    assert box.secure == [security == "starttls"]  # the server knows of no other; over TLS it gets no plain word
    body = _read(box).get_content().splitlines()
    assert body[:2] == ["50 changes wait: nothing – yet.", "  a"]
    assert body[-3] == "-- "


@pytest.mark.usefixtures("trusted")
def test_mail_says_what_it_is(post: Post) -> None:
    """Subject, date of the event, an identity that stays, and the word that keeps absence notes from answering."""
    box = post()
    _mail(box.port).send(NOTE, NOON)
    head = _read(box)
    assert head["Subject"] == NOTE.subject
    assert head["Date"].datetime == NOON
    assert (head["Auto-Submitted"], head["From"], head["To"]) == ("auto-generated", "ilc@example.edu", ", ".join(RECEIVERS))
    again, later = _mail(box.port).message(NOTE, NOON), _mail(box.port).message(NOTE, NOON.replace(day=5))
    assert head["Message-ID"] == again["Message-ID"] != later["Message-ID"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.usefixtures("trusted")
def test_login_is_right_or_refused(post: Post, security: str) -> None:
    """The right password mails; a wrong one is said, and is in no text."""
    box = post(security, login=True)
    _mail(box.port, security, user=USER, password=PASSWORD).send(NOTE, NOON)
    with pytest.raises(NoticeError, match=r"refuses the login \(535\)") as refused:
        _mail(box.port, security, user=USER, password=f"{PASSWORD}x").send(NOTE, NOON)
    assert len(box.got) == 1
    assert PASSWORD not in f"{refused.value}{_mail(box.port, password=PASSWORD)}"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_unknown_certificate_gets_nothing(post: Post, security: str) -> None:
    """A server that cannot show who it is gets neither login nor mail."""
    box = post(security, login=True)
    with pytest.raises(NoticeError, match="certificate that is not trusted"):
        _mail(box.port, security, user=USER, password=PASSWORD).send(NOTE, NOON)
    assert not box.got


@pytest.mark.usefixtures("trusted")
def test_protection_is_never_given_up(post: Post) -> None:
    """A server that offers no STARTTLS, or speaks no TLS at all, gets nothing."""
    box = post("none")
    with pytest.raises(NoticeError, match="does not support starttls"):
        _mail(box.port).send(NOTE, NOON)
    with pytest.raises(NoticeError, match="does not speak TLS"):
        _mail(box.port, "tls").send(NOTE, NOON)
    assert not box.got


def test_refused_receivers_are_counted(post: Post) -> None:
    """Some refused: a remark; all refused: not sent. No address is repeated."""
    box = post("none", refused=("second@example.edu",))
    assert _mail(box.port, "none").send(NOTE, NOON) == "The mail server refused 1 of 2 receivers."
    with pytest.raises(NoticeError, match=r"refuses all 1 receivers \(550\)") as refused:
        _mail(box.port, "none", ("second@example.edu",)).send(NOTE, NOON)
    assert "@" not in str(refused.value)


def test_refused_mail_is_not_sent(post: Post) -> None:
    """A server that does not take the message has not got it; its own words, which may be about anybody, are not repeated."""
    box = post("none", answer="554 somebody@example.org says no")
    with pytest.raises(NoticeError, match=r"does not accept the mail \(554\)\.$"):
        _mail(box.port, "none").send(NOTE, NOON)


def test_server_that_is_away() -> None:
    """If nobody listens, the error says so in one sentence."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NoticeError, match=r"cannot be reached \(Connection refused\)"):
            _mail(unused.getsockname()[1], "none").send(NOTE, NOON)


def test_server_that_hangs() -> None:
    """A server that sends nothing is abandoned after the timeout."""
    with dripping() as port, pytest.raises(NoticeError, match=r"has not answered for 0\.2 s"):
        Mail("127.0.0.1", port, "none", "ilc@example.edu", RECEIVERS, timeout=0.2).send(NOTE, NOON)


def test_server_that_drips() -> None:
    """A server that answers a byte at a time never hits the timeout: it is abandoned at the deadline."""
    with dripping(b"2") as port:
        delivery = deliver(NOTE, [_mail(port, "none")], at=NOON, deadline=0.5)
    assert (delivery.delivered_to, delivery.whole) == ((), False)
    assert delivery.remarks == ("The mail server took longer than 0.5 s.",)


def test_no_header_is_injected(post: Post) -> None:
    """Line breaks in a subject, or a line that is a dot, make no other header, receiver or end."""
    box = post("none")
    hostile = Notice("held", "held:1", "a\r\nBcc: eve@example.org\r\n\r\nx", ("one", ".", "MAIL FROM:<eve@example.org>"), {})
    _mail(box.port, "none").send(hostile, NOON)
    message = _read(box)
    assert (message["Bcc"], message["Subject"]) == (None, r"a\r\nBcc: eve@example.org\r\n\r\nx")
    assert message.get_content().splitlines()[:3] == ["one", ".", "MAIL FROM:<eve@example.org>"]
    assert box.got[0].rcpt_tos == list(RECEIVERS)


@pytest.mark.parametrize(
    "address", ["", "office", "a@b.org, c@d.org", "a@b.org\r\nRCPT TO:<c@d.org>", "<a@b.org>", "a @b.org", "ä@b.org", "@b.org", "a@"]
)
def test_odd_address_is_refused(address: str) -> None:
    """Anything but a single plain address is refused before anything is sent, as sender and as recipient."""
    for sender, receiver in ((address, "a@b.org"), ("a@b.org", address)):
        with pytest.raises(SettingsError, match="must contain only mail addresses"):
            Mail("127.0.0.1", 25, "none", sender, (receiver,))


def test_unprotected_mail_stays_here() -> None:
    """Without TLS mail goes only to this machine itself, and there has to be a recipient."""
    for host in ("mail.example.edu", "10.0.0.1", "localhost.example.edu"):
        with pytest.raises(SettingsError, match="on this machine"):
            Mail(host, 25, "none", "a@b.org", ("a@b.org",))
    assert Mail("::1", 25, "none", "a@b.org", ("a@b.org",)).where == "mail to a@b.org through ::1:25"
    with pytest.raises(SettingsError, match="nobody can be mailed"):
        Mail("mail.example.edu", 587, "starttls", "a@b.org", ())
    with pytest.raises(SettingsError, match="characters that no mail server accepts"):
        Mail("mail.example.edu", 587, "starttls", "a@b.org", ("a@b.org",), "ilc", "pässword")
