"""Sending notices: queued in the store, sent through the channels in the settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from ilc_canvas import process
from ilc_canvas.notices import texts
from ilc_canvas.notices.channel import Channel
from ilc_canvas.notices.deliver import Log, deliver
from ilc_canvas.notices.mail import Mail
from ilc_canvas.notices.webhook import Webhook
from ilc_canvas.reconcile.errors import IlcError, StoreError
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.words.hints import Words, put_in
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import outbox

log = structlog.get_logger(__name__)


def notify(store: Store, notice: Notice, at: datetime) -> bool:
    """Queue a notice and return whether it is new. If it cannot be stored, that is logged and the caller continues."""
    try:
        return outbox.queue(store, notice, at)
    except StoreError as error:
        log.warning("notice.not_queued", about=notice.about, reason=str(error))
        return False


def send_notices(
    settings: Settings, store: Store, words: Words, *, clock: Callable[[], datetime] = process.now, stop: Callable[[], bool] = lambda: False
) -> int:
    """Send the notices that are due, up to the first failure, and return how many were sent. `words` turns hints into commands.

    Failures are logged and tried again later, never raised.
    """
    count = 0
    try:
        used_channels = channels(settings)
        while not stop() and (queued := outbox.take(store, clock())):
            if not _sent(store, queued, words, used_channels=used_channels, at=clock()):
                break
            count += 1
    except IlcError as error:
        log.warning("notices.not_sent", reason=str(error))
    return count


def _sent(store: Store, queued: outbox.Queued, words: Words, *, used_channels: tuple[Channel, ...], at: datetime) -> bool:
    delivery = deliver(worded(queued.notice, words), used_channels, at=queued.at, delivered_to=queued.delivered_to)
    remark = " ".join(delivery.remarks)
    if delivery.whole:
        outbox.sent(store, queued.number, at, delivered_to=delivery.delivered_to, remark=remark)
        log.info("notice.sent", notice=queued.number, about=queued.notice.about, by=list(delivery.delivered_to), remark=remark)
    else:
        outbox.failed(store, queued, at, delivered_to=delivery.delivered_to, error=remark)
        log.warning("notice.failed", notice=queued.number, about=queued.notice.about, attempts=queued.attempts, reason=remark)
    return delivery.whole


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a test notice was sent through one channel, with remarks."""

    channel: str
    where: str
    sent: bool
    remarks: str

    @property
    def sentence(self) -> str:
        """Whether and where it was sent, and the remarks."""
        return f"{'Sent' if self.sent else 'NOT sent'}: {self.where}. {self.remarks}".rstrip()


def send_trial(settings: Settings, clock: Callable[[], datetime]) -> list[Trial]:
    """Send a test notice through each channel by itself. SettingsError if a channel's settings cannot work."""
    trials = []
    for channel in channels(settings):
        delivery = deliver(texts.trial(clock()), [channel], at=clock())
        trials.append(Trial(channel.name, channel.where, delivery.whole, " ".join(delivery.remarks)))
    return trials


def worded(notice: Notice, words: Words) -> Notice:
    """The notice as it is sent, with its hints as commands."""
    data = {name: put_in(value, words) for name, value in notice.data.items()}
    return replace(notice, lines=tuple(map(words, notice.lines)), data=data)


def channels(settings: Settings) -> tuple[Channel, ...]:
    """The channels for notices: mail and webhook, or the log if neither is set. SettingsError if a channel's settings cannot work."""
    mail = (
        Mail(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            sender=settings.mail_from,
            receivers=settings.mail_to,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
        )
        if settings.smtp_host
        else None
    )
    url = settings.webhook_url.get_secret_value()
    return (*([mail] if mail else []), *([Webhook(url)] if url else [])) or (Log(),)
