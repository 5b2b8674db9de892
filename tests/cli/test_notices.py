"""notices: what is listed, and what a test says."""

import os
from datetime import timedelta

import pytest

from ilc_canvas.process import now
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import outbox
from tests.cli.conftest import Cli

KEYS = {"notice", "at", "state", "kind", "about", "subject", "lines", "attempts", "next_at", "sent_at", "delivered_to", "error"}


def _queue() -> None:
    """Four notices: sent, over, failed, waiting."""
    store = open_store(os.environ["ILC_CANVAS_STORE"], create=True)
    for number, days in enumerate((0, 0, 8, 0), 1):
        outbox.queue(
            store, Notice("held", f"held:{number}", f"ilc-canvas: notice {number}", ("A line.",), {}), now() - timedelta(days=days)
        )
    outbox.sent(store, 1, now(), delivered_to=["mail"])
    outbox.clear(store, "held:2")
    waiting = next(one for one in outbox.listing(store) if one.number == 4)
    outbox.failed(store, waiting, now(), delivered_to=[], error="The mail server is away.")
    store.close()


def test_listing_says_what_became(cli: Cli) -> None:
    """Notices are listed newest first, each with its state, and why if it was not sent."""
    _queue()
    lines = cli("notices").out.splitlines()
    assert [line.split("Pacific")[1].split()[0] for line in lines] == ["waiting", "failed", "over", "sent"]
    assert lines[0].endswith("The mail server is away.)")
    rows = cli("notices", "--limit", "3", "--json").json
    assert [row["state"] for row in rows] == ["waiting", "failed", "over"]
    assert all(set(row) == KEYS for row in rows)


def test_empty_outbox_says_so(cli: Cli) -> None:
    """And how to see whether notices would arrive."""
    assert cli("notices").out == "There has been no notice yet. To see whether they would arrive: ilc-canvas notices --test\n"
    assert cli("notices", "--json").json == []


def test_test_says_where_to(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no channel set, only the log is used; if a channel fails, the reason is shown with exit 1, but not its secret."""
    said = cli("notices", "--test")
    assert (said.code, said.out.startswith("Sent: the log alone: neither smtp_host nor webhook_url is set.")) == (0, True)
    assert "ilc-canvas: a test" in said.err
    monkeypatch.setenv("ILC_CANVAS_WEBHOOK_URL", "http://127.0.0.1:9/Zq-secret")
    said = cli("notices", "--test")
    assert said == (1, "NOT sent: webhook at 127.0.0.1. The webhook at 127.0.0.1 cannot be reached, or does not answer in HTTP.\n", "")
    (row,) = cli("notices", "--test", "--json").json
    assert set(row) == {"channel", "where", "sent", "text"}


def test_test_of_wrong_settings(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that cannot work is reported in one sentence."""
    monkeypatch.setenv("ILC_CANVAS_SMTP_HOST", "mail.example.edu")
    said = cli("notices", "--test")
    assert (said.code, said.err) == (1, "ILC_CANVAS_MAIL_TO is empty, so nobody can be mailed.\n")
