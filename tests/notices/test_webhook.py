"""The webhook against a real listener: what is sent, what counts as accepted, and that its address is never shown."""

import json

import pytest

from ilc_canvas.notices.webhook import LARGEST, Webhook
from ilc_canvas.reconcile.errors import NoticeError, SettingsError
from ilc_canvas.reconcile.run.notice import Notice
from tests.notices.cast import NOON, NOTE
from tests.notices.conftest import Listener, Post, dripping


def test_listener_gets_documented_json(listener: Listener) -> None:
    """Exactly the documented keys, with an identity that stays the same when the notice is sent again."""
    for _ in range(2):
        assert Webhook(listener.url).send(NOTE, NOON) == ""
    first, second = map(json.loads, listener.bodies)
    assert first == second
    assert set(first) == {"id", "at", "kind", "about", "subject", "lines", "text", "data"}
    assert (first["subject"], first["lines"], first["data"]) == (NOTE.subject, list(NOTE.lines), {"run": 119})
    assert listener.heads[0]["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [302, 307, 308, 400, 404, 500, 503])
def test_only_yes_is_taken(listener: Listener, status: int) -> None:
    """No redirect is followed; a redirect or refusal means that the notice was not accepted."""
    listener.status = [status]
    with pytest.raises(NoticeError, match=f"does not accept the notice \\({status}\\)"):
        Webhook(listener.url).send(NOTE, NOON)
    assert len(listener.bodies) == 1


@pytest.mark.parametrize("word", [b"", b"no HTTP at all\r\n\r\n"])
def test_odd_listener_is_left(word: bytes) -> None:
    """One that says nothing, or nothing sensible, is left soon; its secret is in no text and no chained error."""
    with dripping(word) as port, pytest.raises(NoticeError) as left:
        Webhook(f"http://127.0.0.1:{port}/hooks/Zq-secret", timeout=(1, 0.1)).send(NOTE, NOON)
    assert "Zq-secret" not in str(left.value)
    assert left.value.__suppress_context__


def test_unknown_certificate_gets_nothing(post: Post) -> None:
    """A listener that cannot show who it is gets no notice."""
    box = post("tls")
    with pytest.raises(NoticeError, match="certificate that is not trusted"):
        Webhook(f"https://localhost:{box.port}/Zq-secret", timeout=(1, 2)).send(NOTE, NOON)


def test_no_settings_of_others_count(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment gets nothing."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    Webhook(listener.url).send(NOTE, NOON)
    assert len(listener.bodies) == 1


def test_body_has_an_end(listener: Listener) -> None:
    """However much there is to say, the body stays below 64 kB, and says the main thing."""
    Webhook(listener.url).send(Notice("held", "held:1", "subject", ("x" * 500,) * 200, {"much": "y" * LARGEST}), NOON)
    assert len(listener.bodies[0]) < LARGEST
    assert json.loads(listener.bodies[0])["subject"] == "subject"


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org", "https://", "example.org", "https://example.org:x/", "https://e.org/\n"]
)
def test_odd_address_is_refused(url: str) -> None:
    """Nothing but https, except on this machine; the address is not repeated."""
    with pytest.raises(SettingsError) as refused:
        Webhook(url)
    assert "example" not in str(refused.value)


def test_address_is_not_shown() -> None:
    """Only the host is shown."""
    webhook = Webhook("https://hooks.example.org/Zq-secret?key=Zq-secret")
    assert webhook.where == "webhook at hooks.example.org"
    assert "Zq-secret" not in repr(webhook)


@pytest.mark.parametrize(
    "address",
    [
        "http://other.example.org\\@127.0.0.1/hook",
        "https://hooks.example.org\\@other.example.org",
        "https://user:word@hooks.example.org",
        "https://hooks\u3002example.org",
        "https://hooks.example.org:99999",
        "https://[::1",
        "http://127.0.0.1.example.org",
    ],
)
def test_doubtful_address_is_refused(address: str) -> None:
    """What two programs may read as two hosts is no address, and its text, which may be a secret, is not shown."""
    with pytest.raises(SettingsError, match="ILC_CANVAS_WEBHOOK_URL") as raised:
        Webhook(address)
    assert "other.example" not in str(raised.value)
    assert "word" not in str(raised.value)
