"""The webhook against a real listener: what is sent, what counts as taken, and that its address is told to nobody."""

import json

import pytest

from ilc_canvas.notices.webhook import LARGEST, Webhook
from ilc_canvas.reconcile.errors import NoticeError, SettingsError
from ilc_canvas.reconcile.notice import Notice
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
    """A redirect is not followed, whatever it asks for; it and any refusal mean that the notice was not taken."""
    listener.status = [status]
    with pytest.raises(NoticeError, match=f"does not take the notice \\({status}\\)"):
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
    """The host alone is told."""
    webhook = Webhook("https://hooks.example.org/Zq-secret?key=Zq-secret")
    assert webhook.where == "webhook at hooks.example.org"
    assert "Zq-secret" not in repr(webhook)
