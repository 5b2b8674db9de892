"""Notices on their way: queued in the store, sent by the channels that the settings name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from ilc_canvas.bootstrap import channels, now
from ilc_canvas.notices import texts
from ilc_canvas.notices.channel import Channel
from ilc_canvas.notices.deliver import deliver
from ilc_canvas.reconcile.errors import IlcError, StoreError
from ilc_canvas.reconcile.hints import Words, put_in
from ilc_canvas.reconcile.notice import Notice
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import outbox

log = structlog.get_logger(__name__)


def notify(store: Store, notice: Notice, at: datetime) -> bool:
    """Have a notice sent; whether it was news. Where it cannot be stored that is logged: what it tells of goes on."""
    try:
        return outbox.queue(store, notice, at)
    except StoreError as error:
        log.warning("notice.not_queued", about=notice.about, reason=str(error))
        return False


def send_notices(
    settings: Settings, store: Store, words: Words, *, clock: Callable[[], datetime] = now, stop: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due, up to the first that fails; how many were sent. `words` puts hints into words.

    What fails is logged and tried again later, never raised.
    """
    count = 0
    try:
        ways = channels(settings)
        while not stop() and (one := outbox.take(store, clock())):
            if not _sent(store, one, words, ways=ways, at=clock()):
                break
            count += 1
    except IlcError as error:
        log.warning("notices.not_sent", reason=str(error))
    return count


def _sent(store: Store, one: outbox.Queued, words: Words, *, ways: tuple[Channel, ...], at: datetime) -> bool:
    delivery = deliver(worded(one.notice, words), ways, at=one.at, told=one.told)
    remark = " ".join(delivery.remarks)
    if delivery.whole:
        outbox.sent(store, one.number, at, told=delivery.told, remark=remark)
        log.info("notice.sent", notice=one.number, about=one.notice.about, by=list(delivery.told), remark=remark)
    else:
        outbox.failed(store, one, at, told=delivery.told, error=remark)
        log.warning("notice.failed", notice=one.number, about=one.notice.about, attempts=one.attempts, reason=remark)
    return delivery.whole


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a test notice has gone one way, and what is to be said of it."""

    channel: str
    where: str
    sent: bool
    remarks: str

    @property
    def sentence(self) -> str:
        """Sent: where. What is to be said."""
        return f"{'Sent' if self.sent else 'NOT sent'}: {self.where}. {self.remarks}".rstrip()


def send_trial(settings: Settings, clock: Callable[[], datetime]) -> list[Trial]:
    """A test notice by each channel, each for itself. SettingsError if one is set so that it cannot work."""
    told = []
    for channel in channels(settings):
        delivery = deliver(texts.trial(clock()), [channel], at=clock())
        told.append(Trial(channel.name, channel.where, delivery.whole, " ".join(delivery.remarks)))
    return told


def worded(notice: Notice, words: Words) -> Notice:
    """The notice as it is sent: with its hints in words."""
    data = {name: put_in(value, words) for name, value in notice.data.items()}
    return replace(notice, lines=tuple(map(words, notice.lines)), data=data)
