"""From the outbox to the channels: what is queued arrives, once, when it can; and a channel that is down stops nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import outbox
from ilc_canvas.worker.notices import notify, send_notices
from tests.notices.cast import NOON, NOTE
from tests.notices.conftest import Listener, Post
from tests.store.cast import Clock

AWAY = "http://127.0.0.1:9/hooks/Zq-secret"


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """What is logged."""
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines


def _settings(**given: object) -> Settings:
    return read_settings(**given)


def _mailing(port: int, **given: object) -> Settings:
    given |= {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    return _settings(mail_from="ilc@example.edu", mail_to=("office@example.edu",), **given)


def _send(settings: Settings, store: Store, at: datetime) -> int:
    return send_notices(settings, store, with_commands, clock=lambda: at)


def test_what_is_queued_arrives_once(store: Store, listener: Listener, post: Post) -> None:
    """By mail and by webhook, each once, however often it is tried."""
    box = post("none")
    settings = _mailing(box.port, webhook_url=listener.url)
    assert notify(store, NOTE, NOON)
    assert [_send(settings, store, NOON) for _ in range(2)] == [1, 0]
    assert (len(box.got), len(listener.bodies)) == (1, 1)
    assert outbox.listing(store)[0].delivered_to == ("mail", "webhook")


def test_channel_down_changes_nothing(store: Store, listener: Listener, logged: list[EventDict]) -> None:
    """Nothing is raised; the notice waits, is listed with the reason, and arrives when the channel is back, under the time it was made."""
    notify(store, NOTE, NOON)
    assert _send(_settings(webhook_url=AWAY), store, NOON) == 0
    (waiting,) = outbox.listing(store)
    assert (waiting.state(NOON), waiting.error) == ("waiting", "The webhook at 127.0.0.1 cannot be reached, or does not answer in HTTP.")
    assert [line["event"] for line in logged] == ["notice.failed"]
    assert _send(_settings(webhook_url=listener.url), store, NOON + timedelta(seconds=59)) == 0
    assert _send(_settings(webhook_url=listener.url), store, NOON + timedelta(minutes=1)) == 1
    assert json.loads(listener.bodies[0])["at"] == NOON.isoformat()


def test_refused_notice_is_tried_again(store: Store, listener: Listener) -> None:
    """After a 500 it comes again a minute later, under the same identity."""
    listener.status = [500]
    notify(store, NOTE, NOON)
    settings = _settings(webhook_url=listener.url)
    assert [_send(settings, store, NOON + timedelta(minutes=minutes)) for minutes in (0, 1, 7)] == [0, 1, 0]
    assert len({json.loads(body)["id"] for body in listener.bodies}) == 1
    assert len(listener.bodies) == 2


def test_one_channel_down_is_tried_alone(store: Store, listener: Listener, post: Post) -> None:
    """Who got the mail does not get it again because the webhook is down."""
    box = post("none")
    notify(store, NOTE, NOON)
    listener.status = [503]
    settings = _mailing(box.port, webhook_url=listener.url)
    assert [_send(settings, store, NOON), _send(settings, store, NOON + timedelta(minutes=1))] == [0, 1]
    assert (len(box.got), len(listener.bodies)) == (1, 2)


def test_one_bad_notice_blocks_no_other(store: Store, listener: Listener) -> None:
    """The first failure ends the round, so that a dead server is not waited for over and over; the next round goes on behind it."""
    for number in range(4):
        notify(store, replace(NOTE, about=f"held:{number}"), NOON)
    listener.status = [400]
    settings, clock = _settings(webhook_url=listener.url), Clock(NOON)
    assert [_send(settings, store, clock()), _send(settings, store, clock())] == [0, 3]


def test_stop_is_heeded_between_notices(store: Store, listener: Listener) -> None:
    """A worker that has been asked to stop does not start another notice."""
    for number in range(3):
        notify(store, replace(NOTE, about=f"held:{number}"), NOON)
    settings = _settings(webhook_url=listener.url)
    assert send_notices(settings, store, with_commands, clock=lambda: NOON, stop=lambda: len(listener.bodies) == 1) == 1


def test_without_channel_log_tells(store: Store, logged: list[EventDict]) -> None:
    """If neither mail nor webhook is set, the notice is one line in the log, and is not kept for later."""
    notify(store, NOTE, NOON)
    assert [_send(_settings(), store, NOON), _send(_settings(), store, NOON)] == [1, 0]
    delivered_to = [line for line in logged if line["event"] == "notice.logged"]
    assert [(line["subject"], line["lines"]) for line in delivered_to] == [(NOTE.subject, list(NOTE.lines))]
    assert outbox.listing(store)[0].delivered_to == ("log",)


def test_wrong_settings_are_logged(store: Store, logged: list[EventDict]) -> None:
    """Settings with which nothing can be mailed stop nothing else, and the notice waits."""
    notify(store, NOTE, NOON)
    assert _send(_settings(smtp_host="mail.example.edu", mail_from="ilc@example.edu"), store, NOON) == 0
    assert [(line["event"], line["reason"]) for line in logged] == [
        ("notices.not_sent", "ILC_CANVAS_MAIL_TO is empty, so nobody can be mailed.")
    ]
    assert outbox.listing(store)[0].attempts == 0


def test_store_away_is_logged(store: Store, logged: list[EventDict]) -> None:
    """A store that is broken ends no run for the sake of a notice."""
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE notice")
    assert not notify(store, NOTE, NOON)
    assert _send(_settings(), store, NOON) == 0
    assert [line["event"] for line in logged] == ["notice.not_queued", "notices.not_sent"]
